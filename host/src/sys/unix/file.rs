//! Files.

use std::fs::File;

use rustix::fs::OFlags;

/// Whether the file may be read, and whether it may be written.
pub(crate) fn access(file: &File) -> (bool, bool) {
    match rustix::fs::fcntl_getfl(file).map(|flags| flags & OFlags::ACCMODE) {
        Ok(OFlags::WRONLY) => (false, true),
        Ok(OFlags::RDWR) => (true, true),
        _ => (true, false),
    }
}
