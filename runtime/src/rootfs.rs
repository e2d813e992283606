//! Files of a container, as it is going to see them, looked at from the node before it runs.

use std::fs::File;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use rustix::fs::{FileType, Mode, OFlags, ResolveFlags, fstat, open, openat2};
use rustix::io::Errno;

use crate::spec::{Mount, Spec};

/// Opens a regular file of the container; none, where there is nothing.
///
/// No link leads out of the container's root, or of the volume that the path lies in. What is no regular file is not even
/// opened: that fails.
pub(crate) fn open_file(spec: &Spec, path: &Path) -> Result<Option<File>> {
    let path = normal(path);
    let (directory, below) = match mount_of(spec, &path) {
        Some((source, below)) if below.as_os_str().is_empty() => {
            let found = open(&source, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).ok();
            return found.map(|found| regular(&found, &path)).transpose();
        }
        Some(found) => found,
        None => (spec.root(), path.strip_prefix("/").unwrap_or(&path).to_owned()),
    };
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let Ok(directory) = open(&directory, flags, Mode::empty()) else { return Ok(None) };
    let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
    match openat2(&directory, &below, OFlags::PATH | OFlags::CLOEXEC, Mode::empty(), resolve) {
        Ok(found) => regular(&found, &path).map(Some),
        Err(Errno::NOSYS | Errno::PERM) => {
            Err(Errno::NOSYS).context("this needs openat2(2), which Linux has from 5.6 on")
        }
        Err(_) => Ok(None),
    }
}

/// The file to read from. Fails where it is no regular one.
fn regular(found: &OwnedFd, path: &Path) -> Result<File> {
    let shown = path.display();
    let kind = match FileType::from_raw_mode(fstat(found)?.st_mode) {
        FileType::RegularFile => {
            let file = File::open(format!("/proc/self/fd/{}", found.as_raw_fd()));
            return file.with_context(|| format!("cannot read {shown}"));
        }
        FileType::Directory => "a directory",
        FileType::Fifo => "a FIFO",
        FileType::Socket => "a socket",
        FileType::CharacterDevice | FileType::BlockDevice => "a device",
        // A link that leads nowhere, or is not followed.
        _ => "no file",
    };
    bail!("{shown} is {kind}, where a program must be a file")
}

/// The volume that the path lies in: its place on the node, and the way from there.
fn mount_of(spec: &Spec, path: &Path) -> Option<(PathBuf, PathBuf)> {
    let within = |mount: &Mount| {
        let below = path.strip_prefix(normal(Path::new(&mount.destination))).ok()?.to_owned();
        let source = mount.source.as_ref().filter(|_| mount.is_bind())?;
        Some((spec.bundle().join(source), below))
    };
    // Of those that hide each other the last one is seen, as it is of two in the same place.
    let found = spec.mounts().iter().filter_map(within);
    found.min_by_key(|(_, below)| below.components().count())
}

/// The path without `.` and `..`, from the root on.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::from("/");
    for component in path.components() {
        match component {
            Component::Normal(name) => normal.push(name),
            Component::ParentDir => {
                normal.pop();
            }
            _ => {}
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Read as _;
    use std::os::unix::fs::symlink;

    use serde_json::json;

    use super::*;

    fn content(spec: &Spec, path: &str) -> Option<String> {
        let mut text = String::new();
        open_file(spec, Path::new(path)).ok()??.read_to_string(&mut text).unwrap();
        Some(text)
    }

    #[test]
    fn files_are_those_that_the_container_sees() {
        let bundle = tempfile::tempdir().unwrap();
        let root = bundle.path().join("rootfs");
        fs::create_dir_all(root.join("bin/deep")).unwrap();
        fs::write(bundle.path().join("outside"), "outside").unwrap();
        fs::write(root.join("bin/a"), "a").unwrap();
        fs::write(root.join("bin/deep/hidden"), "hidden").unwrap();
        symlink("/bin/a", root.join("absolute")).unwrap();
        symlink("../../../../outside", root.join("upward")).unwrap();
        symlink(bundle.path().join("outside"), root.join("escape")).unwrap();
        symlink("/proc/self/exe", root.join("magic")).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, root.join("fifo"), FileType::Fifo, 0o600.into(), 0).unwrap();
        let volume = bundle.path().join("volume");
        fs::create_dir(&volume).unwrap();
        fs::write(volume.join("v"), "v").unwrap();
        symlink("/outside", volume.join("escape")).unwrap();
        let mounts = json!([
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/bin/deep", "type": "bind", "source": volume, "options": ["rbind"]},
            {"destination": "/one", "source": volume.join("v"), "options": ["bind"]},
        ]);
        let config = json!({"process": {}, "root": {"path": "rootfs"}, "mounts": mounts});
        fs::write(bundle.path().join("config.json"), config.to_string()).unwrap();
        let spec = Spec::read(bundle.path()).unwrap();
        for (path, expected) in [
            ("/bin/a", Some("a")),
            ("/bin/../bin/./a", Some("a")),
            ("/../bin/a", Some("a")),
            ("/absolute", Some("a")),
            ("/upward", None),
            ("/escape", None),
            ("/magic", None),
            ("/fifo", None),
            ("/bin", None),
            ("/bin/none", None),
            ("/bin/deep/hidden", None),
            ("/bin/deep/v", Some("v")),
            ("/bin/deep/escape", None),
            ("/one", Some("v")),
            ("/proc/self/exe", None),
        ] {
            assert_eq!(content(&spec, path).as_deref(), expected, "{path}");
        }
    }
}
