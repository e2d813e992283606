//! The C compiler: a clang that compiles for WebAssembly, with a C library's headers, found in a documented order.

use std::ffi::{OsStr, OsString};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::find::{find_program, variable};
use super::home::Home;
use super::musl;

/// What the compiler compiles for.
pub(super) const TARGET: &str = "--target=wasm32-wasip2";

/// What is said where there is none.
const NONE: &str = "no C compiler for WebAssembly was found. One of these does:
  - a wasi-sdk, 29 or newer, in /opt/wasi-sdk or where WASI_SDK_PATH says;
  - clang with a sysroot of wasi-libc, where WASI_SYSROOT says (Debian: the packages clang and wasi-libc);
  - zig, 0.15 or newer, in PATH or where BERKELEY_ZIG says, or from PyPI: `python3 -m pip install ziglang`";

/// Where Debian's wasi-libc has its headers, and where a sysroot is otherwise.
const DEBIAN_HEADERS: &str = "/usr/include/wasm32-wasi";
const SYSROOTS: [&str; 2] = ["/usr/share/wasi-sysroot", "/usr/local/share/wasi-sysroot"];

/// The names of the targets in a sysroot, the best first.
const TARGETS: [&str; 4] = ["wasm32-wasip2", "wasm32-wasi-preview2", "wasm32-wasi", "wasm32-wasip1"];

/// How many of them are for WASI 0.2, whose C library has a table of descriptors for sockets. Of the others only headers do.
const WITH_SOCKETS: usize = 2;

/// The first version of clang that makes setjmp of exceptions as WebAssembly has them now.
const LEAST_FOR_SETJMP: u32 = 20;

/// What wasi-libc's headers want to be told: that the C library is that for WASI 0.2, and that what is only imitated is
/// wanted. It is also how a program can tell. What would ask where a function returns to, as memory debuggers do, is no error:
/// WebAssembly does not say.
const DEFINITIONS: [&str; 6] = [
    "-D__wasilibc_use_wasip2",
    "-D_WASI_EMULATED_SIGNAL",
    "-D_WASI_EMULATED_GETPID",
    "-D_WASI_EMULATED_PROCESS_CLOCKS",
    "-D__BERKELEY__=1",
    "-D__builtin_return_address(level)=((void *)0)",
];

/// What zig's build of libc++ was configured with, for it has no header that says so.
const ZIG_CXX: [&str; 18] = [
    "-D_LIBCPP_ABI_VERSION=1",
    "-D_LIBCPP_ABI_NAMESPACE=__1",
    "-D_LIBCPP_HAS_THREADS=0",
    "-D_LIBCPP_HAS_MONOTONIC_CLOCK",
    "-D_LIBCPP_HAS_TERMINAL",
    "-D_LIBCPP_HAS_MUSL_LIBC=1",
    "-D_LIBCXXABI_DISABLE_VISIBILITY_ANNOTATIONS",
    "-D_LIBCPP_DISABLE_VISIBILITY_ANNOTATIONS",
    "-D_LIBCPP_HAS_VENDOR_AVAILABILITY_ANNOTATIONS=0",
    "-D_LIBCPP_HAS_FILESYSTEM=0",
    "-D_LIBCPP_HAS_RANDOM_DEVICE",
    "-D_LIBCPP_HAS_LOCALIZATION",
    "-D_LIBCPP_HAS_UNICODE",
    "-D_LIBCPP_HAS_WIDE_CHARACTERS",
    "-D_LIBCPP_HAS_NO_STD_MODULES",
    "-D_LIBCPP_PSTL_BACKEND_SERIAL",
    "-D_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_NONE",
    "-D_LIBCPP_ASSERTION_SEMANTIC_DEFAULT=_LIBCPP_ASSERTION_SEMANTIC_IGNORE",
];

/// Where a compiler comes from, which says what else is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A wasi-sdk, whole: with linker, C library and tools.
    Sdk(PathBuf),
    /// A clang, with a sysroot or headers alone.
    Clang(PathBuf),
    /// The program zig.
    Zig(PathBuf),
}

/// A compiler.
#[derive(Clone, Debug)]
pub(super) struct Compiler {
    pub(super) origin: Origin,
    /// The program, and words that come before all others.
    pub(super) command: Vec<OsString>,
    /// The C library's headers, in order.
    headers: Vec<PathBuf>,
    /// The C++ library's, which stand before them.
    cxx_headers: Vec<PathBuf>,
    cxx_flags: Vec<OsString>,
    /// The directory with `libc.a`, where the compiler brings one.
    pub(super) libc: Option<PathBuf>,
}

impl Compiler {
    /// The first that there is.
    pub(super) fn find(home: &Home) -> Result<Self> {
        if let Some(sdk) = variable("WASI_SDK_PATH") {
            return Self::sdk(&sdk).with_context(|| format!("WASI_SDK_PATH is {}, which has no clang", sdk.display()));
        }
        if let Some(zig) = variable("BERKELEY_ZIG") {
            let found =
                Self::zig(zig.clone()).with_context(|| format!("BERKELEY_ZIG is {}, which is no zig", zig.display()));
            return found?.without_absent(home);
        }
        let sdk = Self::sdk(Path::new("/opt/wasi-sdk"));
        let found = sdk.or_else(Self::clang).or_else(|| find_zig(home).and_then(Self::zig));
        let Some(found) = found else { bail!(NONE) };
        found.without_absent(home)
    }

    /// The same, if it has headers for more than a component has.
    fn without_absent(mut self, home: &Home) -> Result<Self> {
        if let (Origin::Zig(_), Some(all)) = (&self.origin, self.headers.last_mut()) {
            *all = musl::without_absent(all, home)?;
        }
        Ok(self)
    }

    fn sdk(root: &Path) -> Option<Self> {
        let clang = root.join("bin/clang");
        let sysroot = root.join("share/wasi-sysroot");
        let there = clang.is_file() && sysroot.is_dir();
        there.then(|| Self::with_sysroot(Origin::Sdk(root.to_owned()), clang, &sysroot))
    }

    /// The clang of this system, if there is a sysroot for it.
    fn clang() -> Option<Self> {
        let named = variable("WASI_SYSROOT");
        let sysroot =
            named.into_iter().chain(SYSROOTS.map(PathBuf::from)).find(|sysroot| sysroot.join("include").is_dir());
        let clang = find_program("clang")?;
        let origin = Origin::Clang(clang.clone());
        if let Some(sysroot) = sysroot {
            return Some(Self::with_sysroot(origin, clang, &sysroot));
        }
        let debian = PathBuf::from(DEBIAN_HEADERS);
        debian
            .is_dir()
            .then(|| Self { headers: vec![debian], ..Self::with_sysroot(origin, clang, Path::new("/nowhere")) })
    }

    fn with_sysroot(origin: Origin, clang: PathBuf, sysroot: &Path) -> Self {
        let include = sysroot.join("include");
        let of_target = |below: &dyn Fn(&Path) -> PathBuf| {
            let own = TARGETS.iter().map(|target| include.join(target)).chain([include.clone()]);
            own.map(|directory| below(&directory)).find(|directory| directory.is_dir())
        };
        let cxx = ["noeh/c++/v1", "c++/v1"].iter().find_map(|end| of_target(&|directory| directory.join(end)));
        let libraries = TARGETS[..WITH_SOCKETS].iter().map(|target| sysroot.join("lib").join(target));
        Self {
            origin,
            command: vec![clang.into()],
            headers: of_target(&Path::to_owned).into_iter().collect(),
            cxx_headers: cxx.into_iter().collect(),
            cxx_flags: Vec::new(),
            libc: libraries.into_iter().find(|directory| directory.join("crt1-command.o").is_file()),
        }
    }

    fn zig(zig: PathBuf) -> Option<Self> {
        let lib = std::fs::canonicalize(&zig).ok()?.parent()?.to_owned();
        // As it is published; and as a system's package has it.
        let lib = [lib.join("lib"), lib.join("../lib/zig"), lib.join("../lib")];
        let lib = lib.into_iter().find(|lib| lib.join("libc/include/wasm-wasi-musl").is_dir())?;
        let headers = ["include", "libc/include/wasm-wasi-musl", "libc/include/generic-musl"];
        Some(Self {
            command: vec![zig.clone().into(), "clang".into()],
            origin: Origin::Zig(zig),
            headers: headers.map(|name| lib.join(name)).to_vec(),
            cxx_headers: ["libcxx/include", "libcxxabi/include"].map(|name| lib.join(name)).to_vec(),
            cxx_flags: ZIG_CXX.map(OsString::from).to_vec(),
            libc: None,
        })
    }

    /// A file's name that tells this compiler from others.
    pub(super) fn key(&self, name: &str, end: &str) -> String {
        let mut hasher = DefaultHasher::new();
        (&self.command, &self.headers).hash(&mut hasher);
        format!("{name}-{:x}.{end}", hasher.finish())
    }

    /// What it is, for a person.
    pub(super) fn name(&self) -> String {
        match &self.origin {
            Origin::Sdk(path) => format!("the wasi-sdk in {}", path.display()),
            Origin::Clang(path) => format!("{} with the headers in {}", path.display(), self.headers[0].display()),
            Origin::Zig(path) => format!("the clang of {}", path.display()),
        }
    }

    /// The command that compiles, as `c++` or as `cc`, which takes C++ too by a file's name: with these words of the
    /// user's, and the headers after the directories that they name.
    pub(super) fn compile(&self, is_cxx: bool, has_cxx: bool, words: &[OsString], overlay: &Path) -> Result<Command> {
        let mut command = self.start(is_cxx);
        let cxx = is_cxx || has_cxx;
        command.args(words);
        let has = |option: &str| words.iter().any(|word| word == option);
        if has("-nostdlibinc") && !has("-nostdinc") {
            // The compiler's own headers stay, which zig's clang does not find by itself.
            let own = self.headers.first().filter(|_| matches!(self.origin, Origin::Zig(_)));
            command.args(own.into_iter().flat_map(|own| [OsStr::new("-isystem"), own.as_os_str()]));
        }
        if has("-nostdlibinc") || has("-nostdinc") {
            return Ok(command);
        }
        command.arg("-nostdlibinc");
        if cxx {
            command.arg("-nostdinc++").args(&self.cxx_flags);
        }
        let cxx_headers = self.cxx_headers.iter().filter(|_| cxx).map(PathBuf::as_path);
        for directory in cxx_headers.chain([overlay]).chain(self.headers.iter().map(PathBuf::as_path)) {
            command.arg("-isystem").arg(directory);
        }
        if self.has_setjmp()? {
            command.args([
                "-mllvm",
                "-wasm-enable-sjlj",
                "-mllvm",
                "-wasm-use-legacy-eh=false",
                "-mexception-handling",
            ]);
        }
        Ok(command)
    }

    /// The command, with what it must know in any case.
    pub(super) fn start(&self, cxx: bool) -> Command {
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]);
        if cxx {
            command.arg("--driver-mode=g++");
        }
        // GCC does not mind what it has no use for; programs' scripts take that for granted.
        command.args([TARGET, "-Qunused-arguments"]).args(DEFINITIONS);
        command
    }

    /// Whether `setjmp` works: by exceptions, which older versions make in a way that runtimes no longer take.
    pub(super) fn has_setjmp(&self) -> Result<bool> {
        let output = Command::new(&self.command[0]).args(&self.command[1..]).arg("-dumpversion").output();
        let output = output.with_context(|| format!("cannot run {}", self.command[0].display()))?;
        let version = String::from_utf8_lossy(&output.stdout);
        let major = version.split('.').next().and_then(|major| major.trim().parse::<u32>().ok());
        Ok(major.is_some_and(|major| major >= LEAST_FOR_SETJMP))
    }
}

/// zig: that which `cargo xtask setup` gets, or one in PATH, or that of the package `ziglang`.
fn find_zig(home: &Home) -> Option<PathBuf> {
    let workspace = super::home::workspace().map(|target| target.join("tools/ziglang/ziglang/zig"));
    let found = workspace.filter(|zig| zig.is_file()).or_else(|| find_program("zig"));
    found.or_else(|| home.remembered("ziglang", of_python))
}

/// Where Python's package has the program.
fn of_python() -> Option<PathBuf> {
    let python = find_program("python3").or_else(|| find_program("python"))?;
    let code = "import os, ziglang; print(os.path.join(os.path.dirname(ziglang.__file__), 'zig'))";
    let output = Command::new(python).args(["-c", code]).output().ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    path.is_file().then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(path: &Path) {
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("makes");
        std::fs::write(path, "").expect("writes");
    }

    #[test]
    fn the_pieces_of_a_wasi_sdk_are_found() {
        let directory = tempfile::tempdir().expect("a directory");
        let sysroot = directory.path().join("share/wasi-sysroot");
        assert!(Compiler::sdk(directory.path()).is_none());
        touch(&directory.path().join("bin/clang"));
        touch(&sysroot.join("include/wasm32-wasip2/stdio.h"));
        touch(&sysroot.join("include/wasm32-wasip1/stdio.h"));
        touch(&sysroot.join("include/wasm32-wasip2/noeh/c++/v1/vector"));
        touch(&sysroot.join("lib/wasm32-wasip1/crt1-command.o"));
        touch(&sysroot.join("lib/wasm32-wasip2/crt1-command.o"));
        let found = Compiler::sdk(directory.path()).expect("an sdk");
        assert_eq!(found.headers, [sysroot.join("include/wasm32-wasip2")]);
        assert_eq!(found.cxx_headers, [sysroot.join("include/wasm32-wasip2/noeh/c++/v1")]);
        assert_eq!(found.libc, Some(sysroot.join("lib/wasm32-wasip2")));
        std::fs::remove_dir_all(sysroot.join("lib/wasm32-wasip2")).expect("removes");
        assert_eq!(Compiler::sdk(directory.path()).expect("an sdk").libc, None);
    }

    #[test]
    fn zig_is_found_by_its_headers() {
        let directory = tempfile::tempdir().expect("a directory");
        let zig = directory.path().join("zig");
        touch(&zig);
        assert!(Compiler::zig(zig.clone()).is_none());
        touch(&directory.path().join("lib/libc/include/wasm-wasi-musl/errno.h"));
        let found = Compiler::zig(zig.clone()).expect("zig");
        assert_eq!(found.command, [zig.into_os_string(), "clang".into()]);
        assert!(found.headers[1].ends_with("lib/libc/include/wasm-wasi-musl"));
    }
}
