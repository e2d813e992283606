//! Building what is measured.

use std::fs;
use std::process::Command;

use anyhow::Result;

use super::workload::Workload;
use crate::apt::Apt;
use crate::command::{self, say};
use crate::{c, guests, host, toolchain};

/// The program that is measured, in a workspace of its own.
pub(crate) const MANIFEST: &str = "tests/bench/Cargo.toml";

/// Where the programs are that are native.
pub(super) const NATIVE: &str = "target/bench/native";

/// The program in C: native, and for WebAssembly.
pub(super) const C: [&str; 2] = ["target/bench/native/bench-c", "target/bench/libc/bench-c.wasm"];
const C_SOURCE: &str = "tests/bench/bench.c";

/// The program that is a server of axum's.
const AXUM: &str = "tokio_axum";

const REMEDY: &str = "see cargo's messages above";

/// The server of axum's, native, and over `berkeley-libc`.
pub(super) fn axum() -> [String; 2] {
    [format!("{NATIVE}/release/{AXUM}"), Variant::Libc.release(AXUM)]
}

/// A guest's way of having sockets. Each is built in a directory of its own, for all have the same name.
#[derive(Clone, Copy)]
pub(super) enum Variant {
    Guest,
    Libc,
    Streams,
    Wasi2,
    Wasi3,
}

impl Variant {
    const ALL: [Self; 5] = [Self::Guest, Self::Libc, Self::Streams, Self::Wasi2, Self::Wasi3];

    fn directory(self) -> &'static str {
        match self {
            Self::Guest => "target/bench/guest",
            Self::Libc => "target/bench/libc",
            Self::Streams => "target/bench/streams",
            Self::Wasi2 => "target/bench/wasi2",
            Self::Wasi3 => "target/bench/wasi3",
        }
    }

    /// What chooses it.
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Guest => &["--bins", "--features", "guest"],
            Self::Libc => &["--bins", "--features", "libc"],
            Self::Streams => &["--example", "streams", "--features", "streams"],
            Self::Wasi2 => &["--bins"],
            Self::Wasi3 => &["--example", "bench3", "--features", "wasi3"],
        }
    }

    /// Where the program is after the build.
    pub(super) fn program(self) -> String {
        let name = match self {
            Self::Streams => "examples/streams",
            Self::Wasi3 => "examples/bench3",
            _ => "bench",
        };
        self.release(name)
    }

    /// Where a program of that name is.
    fn release(self, name: &str) -> String {
        format!("{}/{}/release/{name}.wasm", self.directory(), toolchain::TARGET)
    }
}

/// Builds what these workloads take, and the host.
pub(super) fn build(apt: &mut Apt, quick: bool, workloads: &[&Workload]) -> Result<()> {
    let toolchain = toolchain::set_up(apt)?;
    let base = ["build", "--release", "--manifest-path", MANIFEST, "--target-dir"];
    let native = base.into_iter().chain([NATIVE, "--bins"]);
    command::step("building the program that is measured, natively", &mut command::cargo(native), REMEDY)?;
    for variant in Variant::ALL {
        if !toolchain.is_released() && !matches!(variant, Variant::Guest) {
            say(format_args!("leaving out {}: it only links with the target as Rust releases it", variant.directory()));
            continue;
        }
        let words = base.into_iter().chain([variant.directory()]).chain(variant.arguments().iter().copied());
        let mut cargo = command::cargo(words);
        toolchain.apply(&mut cargo);
        let what = format!("building the program that is measured, into {}", variant.directory());
        command::step(&what, &mut cargo, REMEDY)?;
    }
    if workloads.iter().any(|workload| workload.is_of_tokio()) && toolchain.is_released() {
        build_tokio(&toolchain)?;
    }
    // No more than what is measured: each is optimised as a whole.
    host::build_measured(quick, &["--example", "many", "--example", "beside"])?;
    if workloads.iter().any(|workload| workload.is_of_c()) && toolchain.is_released() {
        guests::build_library(&toolchain)?;
        build_c(apt, quick);
    }
    Ok(())
}

/// Compiles the program in C where there are compilers; what is not there is not measured.
fn build_c(apt: &mut Apt, quick: bool) {
    c::set_up_if_possible(apt);
    let [native, guest] = C.map(|program| ["-O2", "-Wall", "-Wextra", "-o", program, C_SOURCE]);
    let (mut cc, mut berkeley) = (Command::new("cc"), Command::new(host::directory(quick).join("berkeley")));
    let compilers = [cc.args(native), berkeley.arg("cc").args(guest)];
    for (compiler, program) in compilers.into_iter().zip(C) {
        // An old one must not be measured.
        let _ = fs::remove_file(program);
        if let Err(error) = command::step("building the program in C", compiler, "see the messages above") {
            say(format_args!("warning: {error:#}"));
        }
    }
}

/// Builds the server of axum's as its users would, with all that is optimised for speed, and not as the tests have it.
fn build_tokio(toolchain: &toolchain::Toolchain) -> Result<()> {
    let [manifest, config] = guests::TOKIO;
    let base = ["build", "--release", "--manifest-path", manifest, "--bin", AXUM, "--target-dir"];
    let mut native = command::cargo(base.into_iter().chain([NATIVE, "--no-default-features"]));
    let mut libc = command::cargo(base.into_iter().chain([Variant::Libc.directory(), "--config", config]));
    toolchain.apply(&mut libc);
    for cargo in [&mut native, &mut libc] {
        command::step("building the server of axum's", cargo, REMEDY)?;
    }
    Ok(())
}
