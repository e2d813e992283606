//! Inside of the namespaces: the engines' files in their places, the guides, and the tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::command::{self, say};
use crate::engines::bundles::{self, Tried};
use crate::engines::guide::Guide;
use crate::engines::packages::{PYTHON, ROOT};

/// Where the engines keep what they have, for one run.
const LIBRARY: &str = "target/engines/lib";
/// What is written to the directories of the system, for one run.
const WRITTEN: &str = "target/engines/written";
/// Where the guides' commands run, beside a link to the workspace.
const WORK: &str = "target/engines/work";

/// Directories of the system that show the packages' files as well, and take what is written.
const SHOWN: [&str; 3] = ["usr", "etc", "var"];
/// What engines keep, which must not be on a file system of such a kind.
const KEPT: [&str; 4] = ["var/lib/containerd", "var/lib/containers", "var/lib/docker", "var/cache/berkeley"];

/// The pages whose commands are run, each with what stands on it; and the tests by a program.
const GUIDES: [(&str, &[&str]); 4] = [
    ("containers", &["bundles", "docker", "podman", "kubernetes", "docker-tests", "cri", "rootless", "density"]),
    ("docker", &["podman", "kubernetes", "docker-tests", "cri", "density"]),
    ("podman", &[]),
    ("kubernetes", &["cri"]),
];
const PROGRAMS: [(&str, &str); 4] = [
    (bundles::NAME, bundles::SCRIPT),
    ("docker-tests", "tests/engines/docker.py"),
    ("cri", "tests/engines/cri.py"),
    ("rootless", "tests/engines/podman.py"),
];
/// What measures, where it is asked for by its name.
pub(super) const DENSITY: (&str, &str) = ("density", "tests/engines/density.py");

/// What stands in for systemd, of which there is none here.
const SYSTEMCTL: (&str, &str) = ("/usr/bin/systemctl", include_str!("systemctl.sh"));

/// The guests, by what the guides call them.
const GUESTS: [(&str, &str); 4] = [
    ("app.wasm", "http_server.wasm"),
    ("axum.wasm", "tokio_axum.wasm"),
    ("client.wasm", "http_client.wasm"),
    ("contained.wasm", "contained.wasm"),
];

/// Runs all guides and programs, or those with one of these names.
pub(super) fn run(names: &[String]) -> Result<ExitCode> {
    set_up()?;
    let is_wanted = |name: &str| names.is_empty() || names.iter().any(|wanted| wanted == name);
    let mut failed = Vec::new();
    for (name, others) in GUIDES {
        if is_wanted(name) || others.iter().any(|other| is_wanted(other)) {
            let page = PathBuf::from(format!("docs/src/{name}.md"));
            if let Err(error) = Guide::read(&page)?.run(Path::new(WORK)) {
                say(format_args!("{name}: {error:#}"));
                failed.push(name);
            }
        }
    }
    let measured = names.iter().any(|name| name == DENSITY.0).then_some(&DENSITY);
    for (name, program) in PROGRAMS.iter().filter(|(name, _)| is_wanted(name)).chain(measured) {
        // Nobody else may see the cgroups that it mounts. An engine that a test starts anew must be seen by the next ones.
        let is_alone = *name == bundles::NAME;
        let mut test = Command::new(if is_alone { "unshare" } else { "python3" });
        if is_alone {
            test.args(["--mount", "--propagation=private", "python3"]);
        }
        test.arg(fs::canonicalize(program)?).current_dir(WORK).env("PYTHONPATH", fs::canonicalize(PYTHON)?);
        tried().tell(&mut test)?;
        let what = format!("running {program}");
        if let Err(error) = command::step(&what, &mut test, "see what it says above") {
            say(format_args!("{error:#}"));
            failed.push(name);
        }
    }
    if failed.is_empty() {
        say("all of it went as it should");
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!("failed: {}", failed.join(", ")));
    Ok(ExitCode::FAILURE)
}

/// What the guide has installed, and the packages have.
fn tried() -> Tried {
    Tried {
        program: "/usr/local/bin/berkeley".into(),
        runtime: "/usr/local/bin/berkeley-runc".into(),
        others: ["/usr/sbin/runc", "/usr/bin/crun"].map(PathBuf::from).to_vec(),
    }
}

/// Puts everything into its place.
fn set_up() -> Result<()> {
    let base = fs::canonicalize("target/engines").context("cannot find target/engines")?;
    for directory in [LIBRARY, WRITTEN, WORK] {
        if Path::new(directory).exists() {
            fs::remove_dir_all(directory).with_context(|| format!("cannot remove {directory}"))?;
        }
        fs::create_dir_all(directory).with_context(|| format!("cannot make {directory}"))?;
    }
    let workspace = fs::canonicalize(".")?;
    for shown in SHOWN {
        let [upper, work] = ["upper", "work"].map(|part| base.join("written").join(shown).join(part));
        let lower = fs::canonicalize(ROOT)?.join(shown);
        for directory in [&upper, &work, &lower] {
            fs::create_dir_all(directory)?;
        }
        let options =
            format!("lowerdir={}:/{shown},upperdir={},workdir={}", lower.display(), upper.display(), work.display());
        mount(&["-t", "overlay", "overlay", "-o", &options, &format!("/{shown}")])?;
    }
    for kept in KEPT {
        let (own, place) = (base.join("lib").join(kept), Path::new("/").join(kept));
        fs::create_dir_all(&own)?;
        fs::create_dir_all(&place)?;
        mount(&["--bind", &own.display().to_string(), &place.display().to_string()])?;
    }
    mount(&["-t", "tmpfs", "tmpfs", "/run"])?;
    command::output(Command::new("ip").args(["link", "set", "lo", "up"]))?;
    write_program(SYSTEMCTL.0, SYSTEMCTL.1)?;
    let link = Path::new(WORK).join("berkeley");
    std::os::unix::fs::symlink(&workspace, &link).with_context(|| format!("cannot make {}", link.display()))?;
    for (name, guest) in GUESTS {
        let from = Path::new(crate::guests::DIRECTORY).join(guest);
        fs::copy(&from, Path::new(WORK).join(name)).with_context(|| format!("cannot copy {}", from.display()))?;
    }
    Ok(())
}

fn write_program(path: &str, text: &str) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path, text).with_context(|| format!("cannot write {path}"))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).with_context(|| format!("cannot change {path}"))
}

fn mount(words: &[&str]) -> Result<()> {
    command::output(Command::new("mount").args(words)).map(drop)
}
