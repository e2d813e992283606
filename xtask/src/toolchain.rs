//! The guests' target, and the two ways to its standard library.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::apt::{self, Apt};
use crate::command::{self, say};

/// What the guests are compiled for.
pub(crate) const TARGET: &str = "wasm32-wasip2";

/// The variable that allows one way alone.
const VARIABLE: &str = "BERKELEY_GUEST_TOOLCHAIN";

/// The Debian packages of the second way: the compiler, the source of the standard library, and the C library.
const PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "wasi-libc"];

/// Debian's compiler.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// The source of Debian's standard library, where its compiler looks for it.
const DEBIAN_LIBRARY: &str = "/usr/lib/rustlib/src/rust/library";

/// Debian's C library for WASI.
const WASI_LIBC: &str = "/usr/lib/wasm32-wasi";

/// The start of a program (not of a library) in that C library.
const WASI_START: &str = "/usr/lib/wasm32-wasi/crt1-command.o";

/// The flags for a shared library. What it does not have itself is that of the libraries that it is linked with.
const SHARED: [&str; 3] = [
    "-Crelocation-model=pic",
    "-Clink-self-contained=no",
    "-Clink-args=-shared --experimental-pic --import-undefined --no-entry",
];

/// Variables that a guest build must not inherit: they are meant for the host.
const NOT_FOR_GUESTS: [&str; 6] = [
    "RUSTFLAGS",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_TARGET_WASM32_WASIP2_LINKER",
    "CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS",
];

/// A way to the target's standard library.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Rustup,
    Debian,
}

/// One thing to try.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Attempt {
    /// The target is installed: nothing to do.
    Installed,
    /// `rustup target add`.
    AddTarget,
    /// Debian's packages.
    Debian,
}

/// How guests are built.
pub(crate) enum Toolchain {
    /// With the ordinary toolchain, which has the target's standard library.
    Rustup,
    /// With Debian's compiler, which builds the standard library from source, and the ordinary toolchain's linkers.
    Debian(Linkers),
}

/// The linkers that come with rustup's toolchains.
pub(crate) struct Linkers {
    /// Makes a component of a module.
    component: PathBuf,
    /// Links a module.
    module: PathBuf,
}

/// Gets the target, in the first way that works, and says which that was.
pub(crate) fn set_up(apt: &mut Apt) -> Result<Toolchain> {
    let forced = forced(env::var_os(VARIABLE))?;
    for attempt in attempts(forced, is_target_installed()?) {
        match try_one(attempt, apt) {
            Ok(toolchain) => {
                say(format_args!("the guests are built with {}", toolchain.name()));
                return Ok(toolchain);
            }
            Err(error) => say(format_args!("warning: {error:#}")),
        }
    }
    bail!(
        "no way to the standard library of {TARGET} worked; the warnings above say why\n  what to do: make \
         `rustup target add {TARGET}` work, or install the Debian packages {}",
        PACKAGES.join(" ")
    )
}

/// The one way that the variable's value allows.
fn forced(value: Option<OsString>) -> Result<Option<Way>> {
    match value.as_ref().map(|value| value.to_string_lossy()).as_deref() {
        None | Some("") => Ok(None),
        Some("rustup") => Ok(Some(Way::Rustup)),
        Some("debian") => Ok(Some(Way::Debian)),
        Some(other) => bail!("{VARIABLE} is `{other}`; it must be `rustup` or `debian`, or not set"),
    }
}

/// What to try, in order.
fn attempts(forced: Option<Way>, installed: bool) -> Vec<Attempt> {
    match (forced, installed) {
        (Some(Way::Debian), _) => vec![Attempt::Debian],
        (_, true) => vec![Attempt::Installed],
        (Some(Way::Rustup), false) => vec![Attempt::AddTarget],
        (None, false) => vec![Attempt::AddTarget, Attempt::Debian],
    }
}

/// Tries one thing.
fn try_one(attempt: Attempt, apt: &mut Apt) -> Result<Toolchain> {
    match attempt {
        Attempt::Installed => Ok(Toolchain::Rustup),
        Attempt::AddTarget => add_target(),
        Attempt::Debian => debian(apt),
    }
}

/// Installs the target with rustup.
fn add_target() -> Result<Toolchain> {
    let remedy = format!("nothing if the next way works; {VARIABLE}=debian leaves this one out");
    let mut add = Command::new("rustup");
    command::step("installing the target with rustup", add.args(["target", "add", TARGET]), &remedy)?;
    if !is_target_installed()? {
        bail!("rustup installed {TARGET}, but not for the `rustc` in use; use rustup's `rustc`");
    }
    Ok(Toolchain::Rustup)
}

/// Installs what is missing of Debian's packages, and looks for what the build needs.
fn debian(apt: &mut Apt) -> Result<Toolchain> {
    let missing = apt::missing(&PACKAGES);
    if !missing.is_empty() {
        apt.install(&missing)?;
    }
    for path in [DEBIAN_RUSTC, DEBIAN_LIBRARY, WASI_START] {
        if !Path::new(path).exists() {
            bail!("{path} is not there, although {} are installed; install them again", PACKAGES.join(", "));
        }
    }
    linkers().map(Toolchain::Debian)
}

/// The linkers of the ordinary toolchain; Debian has none that makes components.
fn linkers() -> Result<Linkers> {
    let library = library_directory(&[])?;
    let programs = library.with_file_name("bin");
    let linkers = Linkers { component: programs.join("wasm-component-ld"), module: programs.join("gcc-ld/wasm-ld") };
    for linker in [&linkers.component, &linkers.module] {
        if !linker.is_file() {
            bail!("{} is not there; rustup's toolchains have it: use rustup's `rustc`", linker.display());
        }
    }
    Ok(linkers)
}

/// Whether the ordinary toolchain has the guests' standard library.
fn is_target_installed() -> Result<bool> {
    is_installed(TARGET)
}

/// Whether the ordinary toolchain has the target's standard library.
pub(crate) fn is_installed(target: &str) -> Result<bool> {
    let Ok(entries) = fs::read_dir(library_directory(&["--target", target])?) else { return Ok(false) };
    let names: Vec<_> = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    Ok(has_standard_library(&names))
}

/// Whether these files of a target's directory make a standard library.
fn has_standard_library(names: &[String]) -> bool {
    ["libcore-", "libstd-"]
        .iter()
        .all(|crate_name| names.iter().any(|name| name.starts_with(crate_name) && name.ends_with(".rlib")))
}

/// Where the ordinary compiler's libraries are: those of the host, or with a `--target` those of the target.
fn library_directory(args: &[&str]) -> Result<PathBuf> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let directory = command::output(Command::new(rustc).args(["--print", "target-libdir"]).args(args));
    directory.map(PathBuf::from).context("cannot find out about the Rust toolchain")
}

impl Toolchain {
    /// What to call it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Rustup => "rustup's target",
            Self::Debian(_) => "Debian's compiler and its library from source",
        }
    }

    /// Whether the standard library is the one that Rust releases.
    pub(crate) fn is_released(&self) -> bool {
        matches!(self, Self::Rustup)
    }

    /// Prepares a `cargo build` of a shared library that other code of a guest is linked with.
    pub(crate) fn apply_to_shared(&self, build: &mut Command) {
        let mut flags: Vec<_> = SHARED.map(str::to_owned).into();
        if let Self::Debian(linkers) = self {
            build.arg("-Zbuild-std=core,alloc,panic_abort");
            flags.extend(linkers.flags());
        }
        self.prepare(build, &flags);
    }

    /// Prepares a `cargo build` for a guest. What is set here is for that command alone, and not for the host's build.
    pub(crate) fn apply(&self, build: &mut Command) {
        let flags = match self {
            Self::Rustup => vec![],
            Self::Debian(linkers) => {
                build.arg("-Zbuild-std=std,panic_abort");
                linkers.flags_of_program()
            }
        };
        self.prepare(build, &flags);
    }

    fn prepare(&self, build: &mut Command, flags: &[String]) {
        for name in NOT_FOR_GUESTS {
            build.env_remove(name);
        }
        build.args(["--target", TARGET]);
        if !flags.is_empty() {
            build.arg("--config").arg(setting(flags));
        }
        if let Self::Debian(_) = self {
            // Building the standard library is an unstable feature of cargo, which RUSTC_BOOTSTRAP allows.
            build.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1");
        }
    }
}

impl Linkers {
    /// The flags that make rustc link with them.
    fn flags(&self) -> Vec<String> {
        let linker = format!("-Clinker={}", self.component.display());
        vec![linker, format!("-Clink-arg=--wasm-ld-path={}", self.module.display())]
    }

    /// Those that make it link a program, with Debian's C library.
    fn flags_of_program(&self) -> Vec<String> {
        let mut flags = self.flags();
        let library = format!("-Lnative={WASI_LIBC}");
        flags.extend([library, "-Clink-self-contained=no".to_owned(), format!("-Clink-arg={WASI_START}")]);
        flags
    }
}

/// The setting that gives rustc these flags. It is not RUSTFLAGS, because those are split at spaces, which a path may have.
fn setting(flags: &[String]) -> String {
    // A list of strings is written alike in Rust and TOML.
    format!("target.{TARGET}.rustflags={flags:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_is_parsed() {
        assert_eq!(forced(None).unwrap(), None);
        assert_eq!(forced(Some("".into())).unwrap(), None);
        assert_eq!(forced(Some("rustup".into())).unwrap(), Some(Way::Rustup));
        assert_eq!(forced(Some("debian".into())).unwrap(), Some(Way::Debian));
        let error = forced(Some("nix".into())).unwrap_err().to_string();
        assert!(error.contains("`nix`"), "{error}");
    }

    #[test]
    fn the_order_of_attempts() {
        use Attempt::*;
        for (forced, installed, expected) in [
            (None, true, vec![Installed]),
            (None, false, vec![AddTarget, Debian]),
            (Some(Way::Rustup), true, vec![Installed]),
            (Some(Way::Rustup), false, vec![AddTarget]),
            (Some(Way::Debian), true, vec![Debian]),
            (Some(Way::Debian), false, vec![Debian]),
        ] {
            assert_eq!(attempts(forced, installed), expected, "{forced:?}, {installed}");
        }
    }

    #[test]
    fn a_standard_library_has_core_and_std() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert!(has_standard_library(&names(&["libcore-1.rlib", "libstd-2.rlib"])));
        assert!(!has_standard_library(&names(&["libcore-1.rlib", "libstd-2.rmeta"])));
        assert!(!has_standard_library(&names(&["self-contained"])));
    }

    #[test]
    fn the_ordinary_toolchain_builds_without_settings() {
        let mut build = command::cargo(["build"]);
        Toolchain::Rustup.apply(&mut build);
        assert_eq!(command::line(&build), "cargo build --target wasm32-wasip2");
    }

    #[test]
    fn the_setting_is_a_list_of_strings() {
        let linkers = Linkers { component: "/a b/wasm-component-ld".into(), module: "/a b/wasm-ld".into() };
        let config = setting(&linkers.flags_of_program());
        assert!(
            config.starts_with(r#"target.wasm32-wasip2.rustflags=["-Clinker=/a b/wasm-component-ld", "#),
            "{config}"
        );
        assert!(config.ends_with(r#"crt1-command.o"]"#), "{config}");
    }
}
