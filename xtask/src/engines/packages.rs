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
const WANTED: [&str; 16] = [
    "aardvark-dns",
    "conmon",
    "containerd",
    "containernetworking-plugins",
    "crun",
    "docker-compose",
    "docker.io",
    "golang-github-containers-common",
    "golang-github-containers-image",
    "iptables",
    "netavark",
    "podman",
    "runc",
    "slirp4netns",
    "tini",
    "uidmap",
];

/// By which names iptables is called, which installing it would link.
const IPTABLES: [&str; 6] =
    ["iptables", "iptables-restore", "iptables-save", "ip6tables", "ip6tables-restore", "ip6tables-save"];

/// What speaks to containerd as a kubelet does, reads what a kubelet is told, and knows what a cluster takes.
const CLIENT: [&str; 3] = ["container-runtime-interface-api==2.0.1", "kubernetes-validate==1.37.0", "pyyaml"];

/// Fetches what is not there.
pub(super) fn set_up(apt: &mut Apt) -> Result<()> {
    // The last of them that came to the list, and what is done last.
    if !["usr/bin/docker-compose", "usr/sbin/iptables"].iter().all(|path| Path::new(ROOT).join(path).exists()) {
        fs::create_dir_all("target/engines").context("cannot make target/engines")?;
        apt.unpack(&WANTED, &WANTED, Path::new(ROOT))?;
        for name in IPTABLES {
            let link = Path::new(ROOT).join("usr/sbin").join(name);
            symlink("xtables-nft-multi", &link).with_context(|| format!("cannot make {}", link.display()))?;
        }
    }
    if !Path::new(PYTHON).join("kubernetes_validate").is_dir() {
        python::install(apt, &CLIENT, Path::new(PYTHON), "installing a client of containerd's")?;
    }
    Ok(())
}
