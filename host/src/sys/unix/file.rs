//! Files.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use rustix::fs::OFlags;

/// Whether the file may be read, and whether it may be written.
pub(crate) fn access(file: &File) -> (bool, bool) {
    match rustix::fs::fcntl_getfl(file).map(|flags| flags & OFlags::ACCMODE) {
        Ok(OFlags::WRONLY) => (false, true),
        Ok(OFlags::RDWR) => (true, true),
        _ => (true, false),
    }
}

/// Reads at most so many bytes from there on. Fewer: the file ends there, or for now.
pub(crate) fn read_at(file: &File, at: u64, size: usize) -> io::Result<Vec<u8>> {
    let mut data = vec![0; size];
    let read = file.read_at(&mut data, at)?;
    data.truncate(read);
    Ok(data)
}
