//! The files that a guest is given: the container's, without what is a way out of WebAssembly.
//!
//! By `/proc/self/mem` a guest would write to the memory of the program that runs it, and so do more than its rules say. The
//! container's root has `/proc` in it, so the guest is given another view of the root: without what is mounted there, but
//! for volumes, which are mounted once more in the view.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::fs::statfs;
use serde_json::Map;

use crate::rootfs::normal;
use crate::spec::{Mount, Spec};

/// Kinds of file systems by which the kernel is spoken to.
const KERNEL: [&str; 13] = [
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "fusectl",
    "mqueue",
    "proc",
    "securityfs",
    "sysfs",
    "tracefs",
];
/// Where no guest has anything to look for, but for single files that the engine puts there.
const HIDDEN: [&str; 3] = ["/dev", "/proc", "/sys"];

/// A guest's files.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct View {
    /// What is mounted for it.
    pub(crate) mounts: Vec<Mount>,
    /// The directories that it is given: where they are in the container, and what the guest calls them.
    pub(crate) directories: Vec<(String, String)>,
}

impl View {
    /// The view of that container, at that place in it.
    pub(crate) fn of(spec: &Spec, place: &str) -> Self {
        let mut view = Self::default();
        let access = if spec.root.readonly { "ro" } else { "rw" };
        let options = ["bind", "nosuid", "nodev", "noexec", access].map(str::to_owned).to_vec();
        view.mounts.push(Mount { options: Some(options), ..Mount::readable(&spec.root(), place.to_owned()) });
        view.directories.push((place.to_owned(), "/".to_owned()));
        for mount in spec.mounts() {
            view.add(mount, spec, place);
        }
        view
    }

    fn add(&mut self, mount: &Mount, spec: &Spec, place: &str) {
        let destination = normal(Path::new(&mount.destination));
        let Some(name) = destination.to_str().filter(|name| *name != "/") else { return };
        let is_hidden = HIDDEN.iter().any(|hidden| destination.starts_with(hidden));
        if mount.is_bind() {
            let Some(source) = mount.source.as_ref().map(|source| spec.bundle().join(source)) else { return };
            let is_given = match fs::metadata(&source) {
                Ok(found) if found.is_dir() => !is_hidden && !is_of_kernel(&source),
                Ok(found) => found.is_file() && !is_of_kernel(&source),
                Err(_) => false,
            };
            if is_given {
                self.mounts.push(Mount { destination: format!("{place}{name}"), ..without_its_own(mount) });
            }
        } else if !is_hidden && !mount.kind.as_deref().is_some_and(|kind| KERNEL.contains(&kind)) {
            let holds_others = |other: &Mount| {
                let below = normal(Path::new(&other.destination));
                below != destination && below.starts_with(&destination)
            };
            if mount.is_tmpfs() && spec.mounts().iter().any(holds_others) {
                // In one that is the view's own, volumes have the place that they have in the container's.
                self.mounts.push(Mount { destination: format!("{place}{name}"), ..mount.clone() });
            } else {
                self.directories.push((name.to_owned(), name.to_owned()));
            }
        }
    }
}

/// A volume without what is mounted in it on the node.
fn without_its_own(mount: &Mount) -> Mount {
    let options = mount.options.iter().flatten().filter(|option| *option != "rbind" && *option != "bind");
    Mount {
        options: Some(["bind".to_owned()].into_iter().chain(options.cloned()).collect()),
        rest: Map::clone(&mount.rest),
        ..mount.clone()
    }
}

/// Whether the kernel is spoken to by files there.
fn is_of_kernel(source: &PathBuf) -> bool {
    // The numbers of proc and sysfs.
    statfs(source).is_ok_and(|found| matches!(found.f_type, 0x9fa0 | 0x6265_6572))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// What the view of a container with these mounts has: destinations with options, and directories.
    fn view(mounts: &Value, readonly: bool) -> (Vec<String>, Vec<String>) {
        let spec = json!({"process": {}, "root": {"path": "/r", "readonly": readonly}, "mounts": mounts});
        let view = View::of(&serde_json::from_value(spec).unwrap(), "/dev/.berkeley/root");
        let told = |mount: Mount| format!("{} {}", mount.destination, mount.options.unwrap_or_default().join(","));
        let given = |(host, guest): (String, String)| format!("{host} {guest}");
        (view.mounts.into_iter().map(told).collect(), view.directories.into_iter().map(given).collect())
    }

    #[test]
    fn a_guest_sees_volumes_and_no_proc() {
        let here = tempfile::tempdir().unwrap();
        let (directory, file) = (here.path().join("d"), here.path().join("f"));
        fs::create_dir(&directory).unwrap();
        fs::write(&file, "").unwrap();
        let mounts = json!([
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"},
            {"destination": "/dev/shm", "type": "bind", "source": directory, "options": ["rbind"]},
            {"destination": "/dev/termination-log", "type": "bind", "source": file, "options": ["rbind", "rw"]},
            {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup"},
            {"destination": "/data/", "source": directory, "options": ["ro", "rbind"]},
            {"destination": "/etc/hosts", "type": "bind", "source": file, "options": ["bind"]},
            {"destination": "/host", "type": "bind", "source": "/proc", "options": ["rbind"]},
            {"destination": "/status", "type": "bind", "source": "/proc/self/status", "options": ["rbind"]},
            {"destination": "/null", "type": "bind", "source": "/dev/null", "options": ["rbind"]},
            {"destination": "/none", "type": "bind", "source": "/no/such", "options": ["rbind"]},
            {"destination": "/tmp", "type": "tmpfs", "options": ["size=1m"]},
            {"destination": "/run", "type": "tmpfs", "options": ["mode=755"]},
            {"destination": "/run/secrets", "type": "bind", "source": directory, "options": ["rbind"]},
            {"destination": "/x/../proc/y", "type": "bind", "source": directory, "options": ["rbind"]},
        ]);
        let (mounted, given) = view(&mounts, false);
        let place = "/dev/.berkeley/root";
        let expected = [
            " bind,nosuid,nodev,noexec,rw",
            "/dev/termination-log bind,rw",
            "/data bind,ro",
            "/etc/hosts bind",
            "/run mode=755",
            "/run/secrets bind",
        ];
        assert_eq!(mounted, expected.map(|rest| format!("{place}{rest}")));
        assert_eq!(given, [format!("{place} /"), "/tmp /tmp".to_owned()]);
    }

    #[test]
    fn a_root_that_is_read_only_is_so_for_the_guest() {
        assert_eq!(view(&Value::Null, true).0, ["/dev/.berkeley/root bind,nosuid,nodev,noexec,ro"]);
    }
}
