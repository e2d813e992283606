//! Building the guest that runs Python programs.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use berkeley_constants::{ALL, CPYTHON, TEXTS, errno};

use crate::apt::Apt;
use crate::command::{self, say};
use crate::toolchain;

/// Where the guest is after the build.
const DIRECTORY: &str = "target/guests/python";
/// There: the component, and the standard library, which is mounted when it runs.
const COMPONENT: &str = "target/guests/python/python.wasm";
pub(crate) const LIBRARY: &str = "target/guests/python/lib";
/// There, for the build alone: the archives of the package as they are published, the package as pip installs it of them,
/// and the program that runs others.
const ARCHIVES: &str = "target/guests/python/build/dist";
const SITE: &str = "target/guests/python/build/site";
const PROGRAM: &str = "target/guests/python/build/runner";
const BUILT: &str = "target/guests/python/build/python.wasm";

/// The package's machine code: its name for cargo, where cargo leaves it, and where the package has it.
const NATIVE: &str = "berkeley-python";
const LIBRARY_BUILT: &str = "target/guests/wasm32-wasip2/shared/berkeley_python.wasm";
const LIBRARY_PLACE: &str = "python/berkeley_sockets/_native.cpython-314-wasm32-wasi.so";

/// The package's wheel, which is built of its source archive.
const WHEEL: &str = concat!("berkeley_sockets-", env!("CARGO_PKG_VERSION"), "-py3-none-any.whl");

/// What makes components of Python programs, with the interpreter, another version of which may have another; and what
/// builds packages.
const TOOLS: [&str; 2] = ["componentize-py==0.25.1", "build==1.6.1"];

/// The Python environment that they are installed in.
const ENVIRONMENT: &str = "target/python";

/// What the tests' programs import, in guests and beside them: one place for both, since those parts of a package that
/// are machine code have a part in Python which does the same, more slowly.
const PACKAGES: [&str; 25] = [
    "aiohttp==3.14.5",
    "aiosmtpd==1.4.6",
    "bottle==0.13.4",
    "dnspython==2.9.2",
    "flask==3.1.3",
    "h2==4.4.1",
    "httpx==0.28.1",
    "hypercorn==0.18.0",
    "ldap3==2.9.1",
    "mysql-mimic==3.0.5",
    "paho-mqtt==2.2.0",
    "pg8000==1.31.6",
    "pproxy==2.7.9",
    "pyftpdlib==2.2.0",
    "pymysql==1.2.4",
    "pysyncobj==0.3.17",
    "python-socks==3.2.1",
    "redis==8.1.0",
    "requests==2.34.2",
    "tornado==6.6.1",
    "trio==0.35.0",
    "twisted==26.10.0",
    "urllib3==2.8.0",
    "websockets==17.4",
    "zeroconf==0.154.0",
];
const PACKAGES_SITE: &str = "target/python/site";

/// What the guest is made of. The package is built of the first, which has the second in it by a link.
const SOURCES: [&str; 4] = ["python", "wit", "constants", "xtask/src/python.rs"];

/// Its program, and modules that it adds to the standard library.
const RUNNER: &str = "python/runner/runner.py";
const MODULES: &str = "python/runner/library";

/// What is generated from the table of constants.
const CONSTANTS: &str = "python/berkeley_sockets/_constants.py";

const PIP_REMEDY: &str = "pip fetches it from PyPI; make that work, for instance with pip's proxy or index settings";

/// Whether the guest that runs Python programs is there.
pub(crate) fn is_built() -> bool {
    Path::new(COMPONENT).exists()
}

/// Builds the guest, unless nothing has changed since it was built.
pub(crate) fn build(apt: &mut Apt) -> Result<()> {
    if fs::read_to_string(CONSTANTS).ok().as_deref() != Some(&constants()) {
        fs::write(CONSTANTS, constants()).with_context(|| format!("cannot write {CONSTANTS}"))?;
    }
    if is_fresh(Path::new(COMPONENT), &SOURCES)? {
        say(format_args!("the guest that runs Python programs is in {DIRECTORY}"));
        return Ok(());
    }
    let pip = environment(apt)?;
    remove(Path::new(DIRECTORY))?;
    fs::create_dir_all(PROGRAM).with_context(|| format!("cannot make {PROGRAM}"))?;
    fs::copy(RUNNER, Path::new(PROGRAM).join("runner.py")).with_context(|| format!("cannot copy {RUNNER}"))?;
    copy_files(MODULES, &Path::new(PROGRAM).join("library"))?;
    build_native(apt)?;
    let mut archives = Command::new(Path::new(ENVIRONMENT).join("bin/python"));
    archives.args(["-m", "build", "-qq", "--outdir", ARCHIVES, "python"]);
    command::step("building the archives of the Python package", &mut archives, PIP_REMEDY)?;
    let mut install = Command::new(pip);
    install.args(["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-index", "--target", SITE]);
    command::step("installing the Python package", install.arg(Path::new(ARCHIVES).join(WHEEL)), PIP_REMEDY)?;
    let mut componentize = Command::new(Path::new(ENVIRONMENT).join("bin/componentize-py"));
    componentize.args(["--quiet", "-d", "python/runner/wit", "-w", "berkeley:python/runner", "componentize"]);
    componentize.args(["-m", "berkeley_sockets=berkeley:sockets/imports@0.1.0"]);
    componentize.args(["-p", PROGRAM, "-p", SITE, "runner", "-o", BUILT]);
    command::step("building the guest that runs Python programs", &mut componentize, "see the messages above")?;
    // The component comes last: where it is, the build was done to its end.
    let library = Path::new(PROGRAM).join("lib");
    fs::rename(&library, LIBRARY).with_context(|| format!("cannot move {}", library.display()))?;
    fs::rename(BUILT, COMPONENT).with_context(|| format!("cannot move {BUILT}"))?;
    Ok(())
}

/// Builds the machine code of the package, and puts it there.
fn build_native(apt: &mut Apt) -> Result<()> {
    let mut build = command::cargo(["build", "--profile", "shared", "--target-dir", "target/guests"]);
    toolchain::set_up(apt)?.apply_to_shared(&mut build);
    build.args(["--package", NATIVE]);
    command::step("building the machine code of the Python package", &mut build, "see cargo's messages above")?;
    fs::copy(LIBRARY_BUILT, LIBRARY_PLACE).with_context(|| format!("cannot copy {LIBRARY_BUILT}"))?;
    Ok(())
}

/// Installs what the tests' programs import.
pub(crate) fn install_packages(apt: &mut Apt) -> Result<()> {
    // A file that tells that it was done to the end, and with what.
    let mark = Path::new(PACKAGES_SITE).join("packages.txt");
    let packages = PACKAGES.join("\n");
    if fs::read_to_string(&mark).ok().as_deref() == Some(&packages) {
        return Ok(());
    }
    let what = "installing the packages that the tests' Python programs import";
    install(apt, &PACKAGES, Path::new(PACKAGES_SITE), what)?;
    fs::write(&mark, packages).with_context(|| format!("cannot write {}", mark.display()))
}

/// Installs packages of PyPI into a directory, in the place of what is there.
pub(crate) fn install(apt: &mut Apt, packages: &[&str], directory: &Path, what: &str) -> Result<()> {
    let pip = environment(apt)?;
    remove(directory)?;
    let mut install = Command::new(pip);
    install.args(["install", "--quiet", "--disable-pip-version-check", "--target"]).arg(directory).args(packages);
    command::step(what, &mut install, PIP_REMEDY)
}

/// Whether a component is newer than all that it is made of.
pub(crate) fn is_fresh(component: &Path, sources: &[&str]) -> Result<bool> {
    let Ok(built) = fs::metadata(component).and_then(|metadata| metadata.modified()) else { return Ok(false) };
    for source in sources {
        if newest(Path::new(source))? > built {
            return Ok(false);
        }
    }
    Ok(true)
}

/// When the youngest file of the directory was written.
fn newest(path: &Path) -> Result<SystemTime> {
    let metadata = fs::symlink_metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut newest = metadata.modified()?;
    if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            newest = newest.max(self::newest(&entry?.path())?);
        }
    }
    Ok(newest)
}

/// Copies the files of a directory to another, which it makes.
fn copy_files(from: &str, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {from}"))? {
        let path = entry?.path();
        if let Some(name) = path.file_name().filter(|_| path.is_file()) {
            fs::copy(&path, to.join(name)).with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}

fn remove(directory: &Path) -> Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory).with_context(|| format!("cannot remove {}", directory.display()))?;
    }
    Ok(())
}

/// The environment with the tools, and its pip.
fn environment(apt: &mut Apt) -> Result<PathBuf> {
    let pip = Path::new(ENVIRONMENT).join("bin/pip");
    // A file that tells that it was made to the end, and with what.
    let mark = Path::new(ENVIRONMENT).join("tools.txt");
    let tools = TOOLS.join("\n");
    if fs::read_to_string(&mark).ok().as_deref() == Some(&tools) {
        return Ok(pip);
    }
    if command::find("python3").is_none() {
        bail!("the program `python3` was not found: install Python 3.10 or newer");
    }
    let mut create = Command::new("python3");
    create.args(["-m", "venv", "--clear", ENVIRONMENT]);
    let mut create = || command::step("making a Python environment", &mut create, "install Python's module venv");
    // Debian's interpreter comes without.
    create().or_else(|_| apt.install(&["python3-venv"]).and_then(|()| create()))?;
    let mut install = Command::new(&pip);
    install.args(["install", "--quiet", "--disable-pip-version-check"]).args(TOOLS);
    command::step(&format!("installing {}", TOOLS.join(" and ")), &mut install, PIP_REMEDY)?;
    fs::write(&mark, tools).with_context(|| format!("cannot write {}", mark.display()))?;
    Ok(pip)
}

/// The package's constants, as Python.
fn constants() -> String {
    let cpython = |name: &str| CPYTHON.lines().any(|line| line.split(' ').next() == Some(name));
    let numbers = ALL.iter().map(|(name, value)| (*name, value.to_string()));
    let texts = TEXTS.iter().map(|(name, value)| (*name, format!("{value:?}")));
    let (own, more): (Vec<_>, Vec<_>) = numbers.chain(texts).partition(|(name, _)| cpython(name));
    let mut python = String::from("\"\"\"Generated from the table in constants/ by `cargo xtask python`.\"\"\"\n");
    let mut dictionary = |comment: &str, name: &str, rows: &[(&str, String)]| {
        write!(python, "\n#: {comment}\n{name}: dict[str, int | str] = {{\n").expect("a string takes it");
        for (name, value) in rows {
            writeln!(python, "    \"{name}\": {value},").expect("a string takes it");
        }
        python.push_str("}\n");
    };
    dictionary("What the module of CPython 3.14 has on Linux.", "SOCKET", &own);
    dictionary("What it does not have.", "MORE", &more);
    python
        .push_str("\nALL = SOCKET | MORE\n\n#: Linux's number, the name and Linux's text of each error.\nERRNO = [\n");
    for (number, name, text) in errno::ERRNOS {
        writeln!(python, "    ({number}, \"{name}\", \"{text}\"),").expect("a string takes it");
    }
    python.push_str("]\n");
    python
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_of_the_package_are_those_of_the_table() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(CONSTANTS);
        let written = fs::read_to_string(&path).expect("reads");
        assert!(written == constants(), "{} is not up to date; run `cargo xtask python`", path.display());
    }

    #[test]
    fn what_cpython_has_not_stands_apart() {
        let constants = constants();
        let (own, more) = constants.split_once("MORE:").expect("two dictionaries");
        assert!(own.contains("\"AF_INET\": 2,") && own.contains("\"BDADDR_ANY\": \"00:00:00:00:00:00\","));
        assert!(!own.contains("\"POLLIN\"") && more.contains("\"POLLIN\": 1,"));
    }
}
