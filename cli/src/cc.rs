//! `berkeley cc` and the programs of its family: C programs, as they are, become components with real sockets.

mod archive;
mod cast;
mod compiler;
mod driver;
mod find;
mod home;
mod install;
mod line;
mod linker;
mod musl;
mod option;
mod runtime;
mod strip;
mod words;

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};

use self::compiler::Compiler;
use self::home::Home;
use self::linker::Linker;
use self::strip::Strip;
use crate::tell::answer;

/// What the words of a compiler's command line are, for clap: all of them are the compiler's.
#[derive(Args)]
pub(crate) struct Words {
    /// The compiler's own arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
    words: Vec<OsString>,
}

#[derive(Subcommand)]
pub(crate) enum Family {
    /// Compiles and links C programs, as they are, to components with real sockets
    #[command(disable_help_flag = true, after_help = HELP, override_usage = "berkeley cc [COMPILER ARGUMENTS]...\n       \
        berkeley cc --setup | --where | --library | --cmake | --install DIRECTORY")]
    Cc(Words),
    /// Compiles and links C++ programs likewise
    #[command(name = "c++", disable_help_flag = true, after_help = HELP)]
    Cxx(Words),
    /// Makes archives of objects
    #[command(hide = true, disable_help_flag = true)]
    Ar(Words),
    /// Writes the index of an archive
    #[command(hide = true, disable_help_flag = true)]
    Ranlib(Words),
    /// Lists the symbols of objects
    #[command(hide = true, disable_help_flag = true)]
    Nm(Words),
    /// Shows what is in objects
    #[command(hide = true, disable_help_flag = true)]
    Objdump(Words),
    /// Removes what only debuggers read from components and objects
    #[command(hide = true, disable_help_flag = true)]
    Strip(Words),
}

const HELP: &str = "\
The arguments are those of GCC and clang: -c, -o, -E, -S, -M…, -I, -D, -l, -L, -x, @FILE, several files, - for stdin. \
The output is a component, which `berkeley run` runs. It serves as CC of make, configure and CMake:

  make CC='berkeley cc'
  ./configure --host=wasm32-wasi CC='berkeley cc' AR='berkeley ar' RANLIB='berkeley ranlib' --disable-shared
  berkeley cc --cmake > berkeley.cmake && cmake -DCMAKE_TOOLCHAIN_FILE=$PWD/berkeley.cmake …

berkeley c++, ar, ranlib, nm, objdump and strip are its family. As berkeley-cc, berkeley-c++ and so on they are one \
word each, for what wants that:

  --install DIRECTORY  Makes these names there, as links to this program
  --cmake              Prints a toolchain file for CMake
  --setup              Builds what programs are linked with, libberkeley_libc.a, with cargo
  --where              Tells which compiler, linker and libraries are used
  --library            Tells the directory of a copy of libberkeley_libc.a that Rust programs are linked with

The compiler is the first of these:

  1. the wasi-sdk that WASI_SDK_PATH names, else the zig that BERKELEY_ZIG names
  2. a wasi-sdk in /opt/wasi-sdk
  3. clang in PATH, if there is a sysroot or headers of wasi-libc: where WASI_SYSROOT says, in /usr/share/wasi-sysroot, \
     or Debian's
  4. zig: that of `cargo xtask setup`, one in PATH, or PyPI's package ziglang

A wasi-sdk brings its linker and its C library. Otherwise they are those of Rust's target wasm32-wasip2. \
libberkeley_libc.a is where BERKELEY_LIBC says, or what `cargo xtask guests` built in the workspace, or what --setup \
built; that takes the crate berkeley-libc of this version from crates.io, or from where BERKELEY_LIBC_SOURCE says.

A program that calls functions by pointers of another type traps there, unless it is linked with -Wl,--fpcast-emu; that \
takes Binaryen's wasm-opt, which is in PATH, or where BERKELEY_WASM_OPT says.

What a component has not: -shared is an error; -pthread defines _REENTRANT, and pthread_create fails when the program \
runs. setjmp works with clang 20 or newer. C++ exceptions do not: compile with -fno-exceptions.";

/// The tools whose name is that of the subcommand, with `berkeley-` before it where it is a program of its own.
const NAMES: [&str; 7] = ["cc", "c++", "ar", "ranlib", "nm", "objdump", "strip"];

/// The words of the command line, with the subcommand that the program's own name stands for.
pub(crate) fn by_name(words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut words = words.into_iter();
    let first = words.next().unwrap_or_else(|| "berkeley".into());
    let name = Path::new(&first).file_name().and_then(OsStr::to_str).and_then(|name| name.strip_prefix("berkeley-"));
    let subcommand = NAMES.iter().find(|known| name == Some(known)).map(OsString::from);
    [first.clone()].into_iter().chain(subcommand).chain(words).collect()
}

impl Family {
    /// Does what it is asked for, and gives the exit code of the program that did it.
    pub(crate) fn execute(self) -> Result<ExitCode> {
        match self {
            Self::Cc(Words { words }) | Self::Cxx(Words { words }) if words == ["--help"] => {
                answer(HELP).and_then(|()| answer("\n")).map(|()| ExitCode::SUCCESS)
            }
            Self::Cc(Words { words }) => match words.iter().map(|word| word.to_str()).collect::<Vec<_>>()[..] {
                [Some("--setup")] => set_up(),
                [Some("--where")] => tell(),
                [Some("--library")] => library(),
                [Some("--cmake")] => install::cmake(),
                [Some("--install"), _] => install::links(Path::new(&words[1]), &NAMES),
                [Some("--install"), ..] => bail!("--install needs one directory"),
                [Some(alone @ ("--setup" | "--where" | "--library" | "--cmake")), ..] => {
                    bail!("{alone} stands alone, and {} follows it", words[1].display())
                }
                _ => driver::drive(false, words),
            },
            Self::Cxx(Words { words }) => driver::drive(true, words),
            Self::Ar(Words { words }) => tool("ar", &words),
            Self::Ranlib(Words { words }) => tool("ranlib", &words),
            Self::Nm(Words { words }) => reader("nm", &words),
            Self::Objdump(Words { words }) => reader("objdump", &words),
            Self::Strip(Words { words }) => {
                let strip = Strip::new(&words);
                if !strip.has_component() {
                    return tool("strip", &words);
                }
                strip.execute().map(|()| ExitCode::SUCCESS)
            }
        }
    }
}

/// Becomes a tool of the compiler's family.
fn tool(name: &str, words: &[OsString]) -> Result<ExitCode> {
    let compiler = Compiler::find(&Home::find()?)?;
    let tool = linker::tool(&compiler, name).with_context(|| {
        format!(
            "llvm-{name} is not there; a wasi-sdk has it, `rustup component add llvm-tools` gets it, or a system's LLVM"
        )
    })?;
    driver::replace(Command::new(&tool[0]).args(&tool[1..]).args(words))
}

/// Becomes a tool that reads objects and modules.
fn reader(name: &str, words: &[OsString]) -> Result<ExitCode> {
    match strip::unreadable(name, words) {
        Some(told) => bail!(told),
        None => tool(name, words),
    }
}

fn set_up() -> Result<ExitCode> {
    let home = Home::find()?;
    let linker = Linker::find(&Compiler::find(&home)?)?;
    let built = archive::build(&home, &linker.libc)?;
    answer(&format!("{}\n", built.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// Tells what is used, and what is missing.
fn tell() -> Result<ExitCode> {
    let home = Home::find()?;
    let compiler = Compiler::find(&home)?;
    answer(&format!("compiler: {}\n", compiler.name()))?;
    answer(&format!("headers:  {}\n", home.headers()?.display()))?;
    let linker = Linker::find(&compiler)?;
    answer(&format!("linker:   {}\n", linker.program().display()))?;
    answer(&format!("libc:     {}\n", linker.libc.join("libc.a").display()))?;
    answer(&format!("sockets:  {}\n", archive::find(&home, &linker.libc)?.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// Tells where the library for Rust programs is. Where the variable names the library, that takes no compiler of C.
fn library() -> Result<ExitCode> {
    let home = Home::find()?;
    let library = match archive::named()? {
        Some(named) => named,
        None => archive::find(&home, &Linker::find(&Compiler::find(&home)?)?.libc)?,
    };
    answer(&format!("{}\n", archive::for_rust(&home, &library)?.display()))?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_name_stands_for_the_subcommand() {
        let named = |words: &[&str]| by_name(words.iter().map(OsString::from));
        assert_eq!(named(&["berkeley", "run", "a.wasm"]), ["berkeley", "run", "a.wasm"]);
        assert_eq!(named(&["/usr/bin/berkeley-cc", "-c", "a.c"]), ["/usr/bin/berkeley-cc", "cc", "-c", "a.c"]);
        assert_eq!(named(&["berkeley-c++"]), ["berkeley-c++", "c++"]);
        assert_eq!(named(&["berkeley-other", "x"]), ["berkeley-other", "x"]);
        assert_eq!(named(&[]), ["berkeley"]);
    }
}
