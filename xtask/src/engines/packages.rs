//! The engines: Debian's packages, and a client of containerd's from PyPI.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use anyhow::{Context, Result};

use crate::apt::Apt;
use crate::python;

/// Where Debian's packages are unpacked.
pub(super) const ROOT: &str = "target/engines/root";

/// Where the client is.
pub(super) const PYTHON: &str = "target/engines/python";

/// What is wanted whether or not it is installed, so that the versions are Debian's; and what it needs comes along.
const WANTED: [&str; 12] = [
    "aardvark-dns",
    "conmon",
    "containerd",
    "containernetworking-plugins",
    "crun",
    "docker.io",
    "golang-github-containers-common",
    "golang-github-containers-image",
    "iptables",
    "netavark",
    "podman",
    "runc",
];

/// By which names iptables is called, which installing it would link.
const IPTABLES: [&str; 6] =
    ["iptables", "iptables-restore", "iptables-save", "ip6tables", "ip6tables-restore", "ip6tables-save"];

/// What speaks to containerd as a kubelet does, and reads what a kubelet is told.
const CLIENT: [&str; 2] = ["container-runtime-interface-api==2.0.1", "pyyaml"];

/// Fetches what is not there.
pub(super) fn set_up(apt: &mut Apt) -> Result<()> {
    if !Path::new(ROOT).join("usr/sbin/iptables").exists() {
        fs::create_dir_all("target/engines").context("cannot make target/engines")?;
        apt.unpack(&WANTED, &WANTED, Path::new(ROOT))?;
        for name in IPTABLES {
            let link = Path::new(ROOT).join("usr/sbin").join(name);
            symlink("xtables-nft-multi", &link).with_context(|| format!("cannot make {}", link.display()))?;
        }
    }
    if !Path::new(PYTHON).join("cri_api").is_dir() {
        python::install(apt, &CLIENT, Path::new(PYTHON), "installing a client of containerd's")?;
    }
    Ok(())
}
