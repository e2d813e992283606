//! `berkeley-runc`, an OCI runtime: runc, or another one, but containers whose entry point is WebAssembly are guests of
//! Berkeley.
//!
//! It takes runc's command line. On `create` and `run` it looks at the bundle's entry point. Where that is WebAssembly, it
//! rewrites `config.json`, so that `berkeley run` is the container's program; and on `exec` likewise the process that is to
//! run in such a container. Then it becomes the runtime, to which every other command goes as it is.

#[cfg(target_os = "linux")]
mod ask;
#[cfg(target_os = "linux")]
mod code;
#[cfg(target_os = "linux")]
mod config;
#[cfg(target_os = "linux")]
mod container;
#[cfg(target_os = "linux")]
mod engine;
#[cfg(target_os = "linux")]
mod entry;
#[cfg(target_os = "linux")]
mod line;
#[cfg(target_os = "linux")]
mod program;
#[cfg(target_os = "linux")]
mod report;
#[cfg(target_os = "linux")]
mod rootfs;
#[cfg(target_os = "linux")]
mod spec;
#[cfg(target_os = "linux")]
mod view;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    engine::serve(std::env::args_os().skip(1).collect())
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("berkeley-runc: containers are Linux's");
    ExitCode::FAILURE
}
