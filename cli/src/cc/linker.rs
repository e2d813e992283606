//! The linker, the C library, and what else a component is made of.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::archive;
use super::compiler::{Compiler, Origin};
use super::find::find_program;
use super::home::Home;
use super::runtime;
use crate::temporary;

/// What is said where rustup's target is wanted and is not there.
const TARGET_REMEDY: &str =
    "the C library and the linker are those of Rust's target: `rustup target add wasm32-wasip2` gets them";

/// A program's stack: as much as on Linux. It is memory that costs nothing until it is used.
const STACK: &str = "stack-size=8388608";

/// What makes a component of objects.
#[derive(Debug)]
pub(super) struct Linker {
    /// Makes a component.
    component: PathBuf,
    /// Links a module.
    module: PathBuf,
    /// The directory of `libc.a` and of what starts a program.
    pub(super) libc: PathBuf,
    /// The compiler's own functions, where `libc.a` is not enough.
    builtins: Option<PathBuf>,
}

/// What is linked beside what the user names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standard {
    pub(super) start: bool,
    pub(super) libraries: bool,
    pub(super) cxx: bool,
}

impl Linker {
    /// The one that goes with the compiler.
    pub(super) fn find(compiler: &Compiler) -> Result<Self> {
        if let (Origin::Sdk(root), Some(libc)) = (&compiler.origin, &compiler.libc) {
            let bin = root.join("bin");
            let (component, module) = (bin.join("wasm-component-ld"), bin.join("wasm-ld"));
            return Ok(Self { component, module, libc: libc.clone(), builtins: compiler.builtins() });
        }
        let rust = Self::of_rust();
        match (&compiler.libc, rust) {
            (Some(libc), Ok(rust)) => Ok(Self { libc: libc.clone(), builtins: compiler.builtins(), ..rust }),
            (_, rust) => rust,
        }
    }

    /// That of the Rust toolchain.
    fn of_rust() -> Result<Self> {
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let asked = Command::new(&rustc).args(["--print", "sysroot", "--print", "host-tuple"]).output();
        let output = asked.with_context(|| format!("cannot run {}; {TARGET_REMEDY}", rustc.display()))?;
        let told = String::from_utf8_lossy(&output.stdout);
        let (sysroot, host) = told.trim().split_once('\n').context("rustc does not tell its sysroot")?;
        let rustlib = Path::new(sysroot).join("lib/rustlib");
        let bin = rustlib.join(host).join("bin");
        let linker = Self {
            component: bin.join("wasm-component-ld"),
            module: bin.join("gcc-ld/wasm-ld"),
            libc: rustlib.join("wasm32-wasip2/lib/self-contained"),
            builtins: None,
        };
        for file in [&linker.component, &linker.module, &linker.libc.join("libc.a")] {
            if !file.is_file() {
                bail!("{} is not there; {TARGET_REMEDY}", file.display());
            }
        }
        Ok(linker)
    }

    /// The program that links modules, for what asks for a linker.
    pub(super) fn program(&self) -> &Path {
        &self.module
    }

    /// The file of that name which a program would be linked with.
    pub(super) fn file(&self, name: &str, home: &Home) -> Option<PathBuf> {
        let file = self.libc.join(name);
        if name == archive::NAME {
            return archive::find(home, &self.libc).ok();
        }
        file.is_file().then_some(file)
    }

    /// The command that links the inputs, which are in the order of the command line.
    pub(super) fn link(
        &self,
        inputs: &[OsString],
        output: &Path,
        standard: Standard,
        compiler: &Compiler,
        home: &Home,
    ) -> Result<Command> {
        let mut command = Command::new(&self.component);
        command.arg("--wasm-ld-path").arg(&self.module).arg("-o").arg(output);
        if standard.start {
            command.arg(self.libc.join("crt1-command.o"));
        }
        if standard.start && standard.libraries {
            // What `main` returns is the exit code, by what stands in for its caller.
            command.arg("--wrap=__main_void");
            // The directories that the program is given are not its to close.
            command.arg("--wrap=close");
            // It may be in a library, from where wasi-libc's start, which can do without, does not fetch it.
            command.arg("--undefined=__main_argc_argv");
        }
        // Before the user's words, which may say otherwise.
        command.args(["-z", STACK, "--stack-first"]).args(inputs);
        if standard.libraries {
            if standard.cxx {
                command.args(compiler.cxx_libraries(home)?);
            }
            // Before libc.a, in whose place it stands.
            command
                .arg(runtime::library(compiler, home)?)
                .arg(archive::find(home, &self.libc)?)
                .arg("-L")
                .arg(&self.libc)
                .arg("-lc");
            command.args(&self.builtins).arg("--export=cabi_realloc");
        }
        Ok(command)
    }

    /// The command that makes one object of several.
    pub(super) fn relocatable(&self, inputs: &[OsString], output: &Path) -> Command {
        let mut command = Command::new(&self.module);
        command.args(["-r", "-o"]).arg(output).args(inputs);
        command
    }
}

impl Compiler {
    /// The functions that the compiler calls by itself, where it brings them.
    fn builtins(&self) -> Option<PathBuf> {
        let output = self.start(false).arg("-print-libgcc-file-name").output().ok()?;
        let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
        path.is_file().then_some(path)
    }

    /// The C++ library, as words of the linker.
    fn cxx_libraries(&self, home: &Home) -> Result<Vec<OsString>> {
        let Origin::Zig(zig) = &self.origin else {
            let directory = self.libc.as_ref().context("this compiler brings no C++ library; use a wasi-sdk or zig")?;
            let noeh = Some(directory.join("noeh")).filter(|noeh| noeh.is_dir());
            let directory = noeh.as_ref().unwrap_or(directory);
            return Ok(["libc++.a", "libc++abi.a"].map(|name| directory.join(name).into()).to_vec());
        };
        let note = home.made(&self.key("zig-c++", "txt"), |note| {
            let paths = build_zig_cxx(zig)?;
            fs::write(note, paths.join("\n")).context("cannot write where they are")
        })?;
        let paths: Vec<OsString> = fs::read_to_string(&note)?.lines().map(OsString::from).collect();
        if paths.iter().any(|path| !Path::new(path).is_file()) {
            // zig's own cache was emptied.
            fs::remove_file(note)?;
            return self.cxx_libraries(home);
        }
        Ok(paths)
    }
}

/// Lets zig build its C++ library, which it keeps, and tells where it is.
fn build_zig_cxx(zig: &Path) -> Result<Vec<String>> {
    eprintln!("berkeley c++: zig builds its C++ library, once; that takes some minutes");
    let directory = temporary::directory().context("cannot make a directory")?;
    fs::write(directory.path().join("empty.cpp"), "int main() { return 0; }\n").context("cannot write a program")?;
    let mut build = Command::new(zig);
    build.args(["build-exe", "-target", "wasm32-wasi", "-lc++", "--verbose-link", "-O", "ReleaseSmall", "empty.cpp"]);
    let output =
        build.current_dir(directory.path()).output().with_context(|| format!("cannot run {}", zig.display()))?;
    let told = String::from_utf8_lossy(&output.stderr);
    let word = |end: &str| told.split_whitespace().find(|word| word.ends_with(end)).map(str::to_owned);
    let found: Option<Vec<_>> = ["/libc++.a", "/libc++abi.a"].into_iter().map(word).collect();
    found.with_context(|| format!("zig did not build its C++ library: {told}"))
}

/// A tool of the compiler's family: `ar`, `nm` and their like.
pub(super) fn tool(compiler: &Compiler, name: &str) -> Option<Vec<OsString>> {
    let llvm = format!("llvm-{name}");
    let beside = match &compiler.origin {
        Origin::Sdk(root) => Some(root.join("bin").join(&llvm)),
        Origin::Clang(clang) => fs::canonicalize(clang).ok().map(|clang| clang.with_file_name(&llvm)),
        Origin::Zig(zig) if matches!(name, "ar" | "ranlib") => return Some(vec![zig.into(), name.into()]),
        Origin::Zig(_) => None,
    };
    let found = beside.filter(|tool| tool.is_file()).or_else(|| find_program(&llvm)).or_else(|| of_rust(&llvm))?;
    Some(vec![found.into()])
}

/// The tool as rustup's component `llvm-tools` has it.
fn of_rust(name: &str) -> Option<PathBuf> {
    let linker = Linker::of_rust().ok()?;
    let tool = linker.component.with_file_name(name);
    tool.is_file().then_some(tool)
}
