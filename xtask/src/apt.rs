//! Debian packages: which are missing, and installing them.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

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

    /// Fetches the lists of packages. A failure is no error: the lists that are there may do.
    fn update(&mut self) {
        if self.updated {
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

/// Whether this runs as root.
fn is_root() -> bool {
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
