//! Runs a component that was compiled elsewhere, with the rules of sockets that are given after it.
//!
//! There is no compiler in this program, nor TLS: the library asks for neither.
#![allow(unsafe_code, reason = "compiled code must be trusted")]

use std::process::ExitCode;

use berkeley_host::policy::Rules;
use berkeley_host::{Command, Ended, Guest, SocketCtx};
use wasmtime::component::Component;
use wasmtime::{Engine, Result, error::Context as _};
use wasmtime_wasi::WasiCtx;

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (path, rules) = arguments.split_first().context("give a compiled component, and rules")?;
    // SAFETY: the test that starts this program has compiled the component just before.
    let component = unsafe { Component::deserialize_file(&Engine::default(), path) }?;
    let sockets = SocketCtx::builder().rules(Rules::parse(rules.iter().map(String::as_str))?)?.build();
    let guest = Guest::new(WasiCtx::builder().inherit_stdio(), sockets);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match runtime.block_on(Command::new(&component)?.run(guest))? {
        Ended::Exit(code) => Ok(ExitCode::from(code as u8)),
        Ended::Trap(trap) => Err(trap),
    }
}
