//! Debian packages: which are missing, installing them, and unpacking them elsewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::command::{self, say};

/// The arguments of `apt-get` before the names: never removes what is there, and never asks.
const INSTALL: [&str; 4] = ["install", "-y", "--no-install-recommends", "--no-remove"];

/// apt-get, which fetches its lists once per run of this program.
#[derive(Default)]
pub(crate) struct Apt {
    updated: bool,
}

impl Apt {
    /// Installs packages, if this runs as root on a system with apt-get.
    ///
    /// Otherwise the error says which command does it.
    pub(crate) fn install(&mut self, packages: &[&str]) -> Result<()> {
        let names = packages.join(" ");
        let by_hand = format!("apt-get update && apt-get {} {names}", INSTALL.join(" "));
        if command::find("apt-get").is_none() {
            bail!("the Debian packages {names} are missing, and this system has no apt-get");
        }
        if !is_root() {
            bail!("the Debian packages {names} are missing; install them as root: {by_hand}");
        }
        self.update();
        let mut install = apt_get();
        install.args(INSTALL).args(packages);
        command::step(
            &format!("installing the Debian packages {names}"),
            &mut install,
            &format!("try it by hand: {by_hand}"),
        )
    }

    /// Unpacks packages into a directory, with `also` all of those that these need and this system lacks. Nothing is
    /// installed, so that this needs no root.
    pub(crate) fn unpack(&mut self, packages: &[&str], also: &[&str], directory: &Path) -> Result<()> {
        can_unpack(packages)?;
        self.update();
        let mut names: Vec<String> = packages.iter().map(ToString::to_string).collect();
        for package in also {
            names.extend(needed(package)?);
        }
        extract(&mut apt_get(), &names, directory)
    }

    /// Unpacks packages of another release of Debian than this system's, with all that they need, whatever this system
    /// has: what is in them runs by the C library that is among them. Needs no root either.
    pub(crate) fn unpack_of(&mut self, release: &str, packages: &[&str], directory: &Path) -> Result<()> {
        can_unpack(packages)?;
        let configuration = release_lists(release)?;
        let of_release = || {
            let mut command = apt_get();
            command.arg("-c").arg(&configuration);
            command
        };
        // On a system that has nothing yet.
        let mut simulated = of_release();
        simulated.args(["-o", "Dir::State::status=/dev/null", "install", "--simulate", "--no-install-recommends"]);
        let names = to_install(simulated.args(packages))?;
        extract(&mut of_release(), &names, directory)
    }

    /// Fetches the archive of a source package, as the authors of the program have published it, into a directory.
    ///
    /// The lists of source packages are those of the places that this system has its packages from. They are kept apart
    /// from the system's own, so that this needs no root and changes nothing.
    pub(crate) fn source(&mut self, package: &str, directory: &Path) -> Result<()> {
        for program in ["apt-get", "dpkg-source"] {
            if command::find(program).is_none() {
                bail!("Debian's source {package} is wanted, and this system has no {program}");
            }
        }
        self.update();
        fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
        let configuration = source_lists()?;
        let mut fetch = apt_get();
        fetch
            .arg("-c")
            .arg(configuration)
            .args(["-q", "source", "--download-only", "--tar-only", package])
            .current_dir(directory);
        command::step(
            &format!("fetching Debian's source {package}"),
            &mut fetch,
            "look whether this machine reaches Debian's servers",
        )
    }

    /// The package that a package without files of its own, such as one for the newest version, stands for: the
    /// first that it needs whose name begins so.
    pub(crate) fn stands_for(&mut self, package: &str, begin: &str) -> Result<String> {
        self.update();
        let depends = command::output(Command::new("apt-cache").args(["depends", "--important", package]))?;
        let mut names = depends.lines().filter_map(|line| line.trim().strip_prefix("Depends: "));
        let found = names.find(|name| name.starts_with(begin)).map(str::to_owned);
        found.with_context(|| {
            format!("the Debian package {package} is not in the lists of apt-get; run `apt-get update`")
        })
    }

    /// Fetches the lists of packages, as root, who alone may. A failure is no error: the lists that are there may do.
    fn update(&mut self) {
        if self.updated || !is_root() || command::find("apt-get").is_none() {
            return;
        }
        self.updated = true;
        let what = "fetching the lists of Debian packages";
        if let Err(error) =
            command::step(what, apt_get().args(["-q", "update"]), "going on with the lists that are there")
        {
            say(format_args!("warning: {error:#}"));
        }
    }
}

/// Where the lists of packages are that this system itself has not.
const LISTS: &str = "target/apt";

/// What signs the releases of Debian.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// The configuration of apt-get by which it finds source packages.
fn source_lists() -> Result<PathBuf> {
    lists("sources", "deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)", &[])
}

/// The configuration of apt-get by which it finds the packages of another release of Debian, where this system has its own from.
fn release_lists(release: &str) -> Result<PathBuf> {
    let line = format!("deb [signed-by={KEYRING}] $(REPO_URI) {release} main");
    lists(release, &line, &["Origin: Debian", "Label: Debian"])
}

/// A configuration of apt-get with lists of its own, which are fetched once: such a line for each of the places that this
/// system has its packages from, of those that the words choose.
fn lists(name: &str, line: &str, chosen: &[&str]) -> Result<PathBuf> {
    let root = Path::new(LISTS).join(name);
    let configuration = root.join("apt.conf");
    if !configuration.is_file() {
        make_anew(&root)?;
        let root = fs::canonicalize(root)?;
        for directory in ["lists/partial", "archives/partial"] {
            fs::create_dir_all(root.join(directory)).with_context(|| format!("cannot make {directory}"))?;
        }
        let mut targets = apt_get();
        targets.args(["indextargets", "--format", line, "Created-By: Packages"]).args(chosen);
        let lines = command::output(&mut targets)?;
        // Several of a system's lists may be of one place.
        let lines: BTreeSet<_> = lines.lines().collect();
        if lines.is_empty() {
            bail!("this system has no packages of Debian's");
        }
        fs::write(root.join("sources.list"), lines.into_iter().collect::<Vec<_>>().join("\n") + "\n")
            .context("cannot write a list")?;
        let path = |name: &str| root.join(name).display().to_string();
        let lines = [
            format!("Dir::Etc::sourcelist {:?};", path("sources.list")),
            "Dir::Etc::sourceparts \"/dev/null\";".to_owned(),
            format!("Dir::State::lists {:?};", path("lists")),
            format!("Dir::Cache {:?};", root.display().to_string()),
            format!("Dir::Cache::archives {:?};", path("archives")),
        ];
        let new = root.join("apt.conf.new");
        fs::write(&new, lines.join("\n")).context("cannot write a configuration")?;
        let mut update = apt_get();
        update.arg("-c").arg(&new).args(["-q", "update", "--error-on=any"]);
        command::step(
            &format!("fetching the lists of Debian's {name}"),
            &mut update,
            "look whether this machine reaches Debian's servers",
        )?;
        // Last: where it is, all is there.
        fs::rename(&new, root.join("apt.conf")).context("cannot write a configuration")?;
    }
    fs::canonicalize(&configuration).with_context(|| format!("cannot find {}", configuration.display()))
}

/// Fails where packages cannot be fetched and unpacked.
fn can_unpack(packages: &[&str]) -> Result<()> {
    for program in ["apt-get", "dpkg-deb"] {
        if command::find(program).is_none() {
            bail!("the Debian packages {} are wanted, and this system has no {program}", packages.join(", "));
        }
    }
    Ok(())
}

/// Fetches packages by that apt-get, and unpacks them into an empty directory.
fn extract(apt_get: &mut Command, names: &[String], directory: &Path) -> Result<()> {
    let archives = directory.with_extension("deb");
    make_anew(&archives)?;
    make_anew(directory)?;
    command::step(
        &format!("fetching the Debian packages {}", names.join(" ")),
        apt_get.args(["-q", "download"]).args(names).current_dir(&archives),
        "look whether this machine reaches Debian's servers; `apt-get update`, as root, fetches the lists anew",
    )?;
    for archive in fs::read_dir(&archives)? {
        command::output(Command::new("dpkg-deb").arg("--extract").arg(archive?.path()).arg(directory))?;
    }
    fs::remove_dir_all(&archives).with_context(|| format!("cannot remove {}", archives.display()))
}

/// Those of the packages that are not installed.
pub(crate) fn missing<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    packages.iter().copied().filter(|package| !is_installed(package)).collect()
}

/// Whether a Debian package is installed. Without dpkg nothing is.
fn is_installed(package: &str) -> bool {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${db:Status-Status}", package]);
    command::output(&mut query).is_ok_and(|status| status == "installed")
}

/// The package, and those that it needs and that are not installed.
fn needed(package: &str) -> Result<Vec<String>> {
    let mut simulated = apt_get();
    simulated.args(["install", "--simulate", "--no-install-recommends", package]);
    to_install(&mut simulated)
}

/// The packages that a simulated run of apt-get would install.
fn to_install(simulated: &mut Command) -> Result<Vec<String>> {
    let output = command::output(simulated)?;
    let names = output.lines().filter_map(|line| line.strip_prefix("Inst ")?.split(' ').next());
    Ok(names.map(str::to_owned).collect())
}

/// Makes an empty directory, in the place of what is there.
fn make_anew(directory: &Path) -> Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory).with_context(|| format!("cannot remove {}", directory.display()))?;
    }
    fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))
}

/// Whether this runs as root.
pub(crate) fn is_root() -> bool {
    command::output(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}

/// apt-get, which must ask nothing: nobody may be there to answer.
fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_does_not_exist_is_missing() {
        assert_eq!(missing(&["berkeley-no-such-package"]), ["berkeley-no-such-package"]);
    }
}
