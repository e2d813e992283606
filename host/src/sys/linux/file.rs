//! Files.

use std::fs::File;
use std::io::{self, IoSliceMut};

use rustix::fs::{FileType, Mode, OFlags, ResolveFlags, fstat, openat2};
use rustix::io::{ReadWriteFlags, preadv2};
use socket2::Socket;

use crate::sys::file::Special;

/// sendfile(2): sends at most so many bytes of the file from there on, and goes on from behind them.
pub(crate) fn sendfile(socket: &Socket, file: &File, at: &mut u64, count: usize) -> io::Result<usize> {
    Ok(rustix::fs::sendfile(socket, file, Some(at), count)?)
}

/// Whether so much of the file is in memory, from there on: preadv2(2), RWF_NOWAIT. It is looked at here and there, as
/// the kernel reads ahead further than that.
pub(crate) fn is_at_hand(file: &File, at: u64, size: usize) -> bool {
    const STEP: usize = 1 << 16;
    let has = |offset: u64| preadv2(file, &mut [IoSliceMut::new(&mut [0])], offset, ReadWriteFlags::NOWAIT).is_ok();
    let last = at.saturating_add(size.saturating_sub(1) as u64);
    (0..size).step_by(STEP).map(|step| at.saturating_add(step as u64)).chain([last]).all(has)
}

/// What is at the path beneath the directory, if it is a special file: openat2(2), RESOLVE_BENEATH. It is not opened.
pub(crate) fn special_at(directory: &File, path: &str, follow: bool) -> Option<Special> {
    let flags = OFlags::PATH | OFlags::CLOEXEC | if follow { OFlags::empty() } else { OFlags::NOFOLLOW };
    let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    let found = openat2(directory, path, flags, Mode::empty(), beneath).ok()?;
    match FileType::from_raw_mode(fstat(found).ok()?.st_mode) {
        FileType::Fifo => Some(Special::Fifo),
        FileType::Socket => Some(Special::Socket),
        _ => None,
    }
}
