//! zig's headers of musl, which are those of all systems: without what wasi-libc leaves out, so that programs look for it
//! in vain, as with a wasi-sdk.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::home::Home;

/// The headers that a component has no functions for. Those in `libc/include` are there all the same.
const LEFT_OUT: &str = "\
aio.h elf.h lastlog.h link.h mntent.h mqueue.h pty.h resolv.h shadow.h spawn.h ucontext.h ulimit.h utmp.h utmpx.h wordexp.h \
scsi/scsi.h scsi/scsi_ioctl.h scsi/sg.h sys/acct.h sys/auxv.h sys/cachectl.h sys/fanotify.h sys/fsuid.h sys/inotify.h \
sys/io.h sys/ipc.h sys/kd.h sys/klog.h sys/membarrier.h sys/mount.h sys/msg.h sys/mtio.h sys/personality.h sys/prctl.h \
sys/procfs.h sys/ptrace.h sys/quota.h sys/reboot.h sys/sem.h sys/shm.h sys/signalfd.h sys/soundcard.h sys/statfs.h \
sys/swap.h sys/sysinfo.h sys/ucontext.h sys/user.h sys/vfs.h sys/vt.h sys/xattr.h";

/// A directory that has the others, by links.
pub(super) fn without_absent(headers: &Path, home: &Home) -> Result<PathBuf> {
    let absent: Vec<_> = LEFT_OUT.split(' ').map(Path::new).collect();
    home.made_directory(&format!("musl{}", headers.display()).replace('/', "-"), |directory| {
        link(headers, Path::new(""), directory, &absent)
            .with_context(|| format!("cannot link the headers in {}", headers.display()))
    })
}

fn link(from: &Path, below: &Path, to: &Path, absent: &[&Path]) -> io::Result<()> {
    for entry in fs::read_dir(from.join(below))? {
        let below = below.join(entry?.file_name());
        if from.join(&below).is_dir() {
            fs::create_dir(to.join(&below))?;
            link(from, &below, to, absent)?;
        } else if !absent.contains(&&*below) {
            symlink(from.join(&below), to.join(&below))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_is_left_out_of_the_links() {
        let directory = tempfile::tempdir().expect("a directory");
        let (from, to) = (directory.path().join("from"), directory.path().join("to"));
        fs::create_dir_all(from.join("sys")).expect("makes");
        fs::create_dir(&to).expect("makes");
        for name in ["stdio.h", "spawn.h", "sys/types.h", "sys/prctl.h"] {
            fs::write(from.join(name), "").expect("writes");
        }
        link(&from, Path::new(""), &to, &["spawn.h", "sys/prctl.h"].map(Path::new)).expect("links");
        assert!(to.join("stdio.h").is_file() && to.join("sys/types.h").is_file());
        assert!(!to.join("spawn.h").exists() && !to.join("sys/prctl.h").exists());
    }
}
