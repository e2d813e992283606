//! Building what is measured.

use anyhow::Result;

use crate::apt::Apt;
use crate::command::{self, say};
use crate::{guests, host, toolchain};

/// The program that is measured, in a workspace of its own.
pub(crate) const MANIFEST: &str = "tests/bench/Cargo.toml";

/// Where the programs are that are native.
pub(super) const NATIVE: &str = "target/bench/native";

const REMEDY: &str = "see cargo's messages above";

/// A guest's way of having sockets. Each is built in a directory of its own, for all have the same name.
#[derive(Clone, Copy)]
pub(super) enum Variant {
    Guest,
    Libc,
    Wasi2,
    Wasi3,
}

impl Variant {
    const ALL: [Self; 4] = [Self::Guest, Self::Libc, Self::Wasi2, Self::Wasi3];

    fn directory(self) -> &'static str {
        match self {
            Self::Guest => "target/bench/guest",
            Self::Libc => "target/bench/libc",
            Self::Wasi2 => "target/bench/wasi2",
            Self::Wasi3 => "target/bench/wasi3",
        }
    }

    /// What chooses it.
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Guest => &["--bins", "--features", "guest"],
            Self::Libc => &["--bins", "--features", "libc"],
            Self::Wasi2 => &["--bins"],
            Self::Wasi3 => &["--example", "bench3", "--features", "wasi3"],
        }
    }

    /// Where the program is after the build.
    pub(super) fn program(self) -> String {
        let name = if matches!(self, Self::Wasi3) { "examples/bench3" } else { "bench" };
        format!("{}/{}/release/{name}.wasm", self.directory(), toolchain::TARGET)
    }

    /// A program with well-known crates, in this way.
    pub(super) fn tokio(self, name: &str) -> String {
        format!("{}/{}/guest/{name}.wasm", self.directory(), toolchain::TARGET)
    }
}

/// Builds it all; the programs with tokio only where they are wanted.
pub(super) fn build(apt: &mut Apt, quick: bool, tokio: bool) -> Result<()> {
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
    if tokio && toolchain.is_released() {
        build_tokio(&toolchain)?;
    }
    host::build_measured(quick, &["--examples"])
}

fn build_tokio(toolchain: &toolchain::Toolchain) -> Result<()> {
    let [manifest, config] = guests::TOKIO;
    let base = ["build", "--profile", "guest", "--manifest-path", manifest, "--bin", "tokio_axum", "--target-dir"];
    let mut native = command::cargo(base.into_iter().chain([NATIVE, "--no-default-features"]));
    let with_config = |directory| command::cargo(base.into_iter().chain([directory, "--config", config]));
    let mut libc = with_config("target/guests");
    let mut wasi = with_config(Variant::Wasi2.directory());
    wasi.arg("--no-default-features");
    toolchain.apply(&mut libc);
    toolchain.apply(&mut wasi);
    for cargo in [&mut native, &mut libc, &mut wasi] {
        command::step("building the server of axum's", cargo, REMEDY)?;
    }
    Ok(())
}
