//! Closing as an ending process does it.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use socket2::Socket;

use crate::sys::call::answer;

/// Who closes a socket last waits as SO_LINGER says, unless it is ending itself. While this lasts, a thread holds the
/// socket too, in a table of descriptors of its own, and then ends. So whoever closes the socket before does not wait;
/// and nothing changes for others that hold it.
pub(crate) struct Ending(#[expect(dead_code, reason = "the thread ends when it is closed")] OwnedFd);

impl Ending {
    /// EPERM and others: the system does not let a thread have a table of its own.
    pub(crate) fn of(socket: &Socket) -> io::Result<Self> {
        let (own, other) = UnixStream::pair()?;
        let number = other.as_raw_fd();
        let (tell, told) = mpsc::channel();
        let hold = move || {
            let alone = have_alone(number);
            let holds = alone.is_ok();
            if tell.send(alone).is_ok() && holds {
                await_end(number);
            }
        };
        thread::Builder::new().name("berkeley-ending".into()).spawn(hold)?;
        told.recv().map_err(|_| io::ErrorKind::BrokenPipe)??;
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut passed = SendAncillaryBuffer::new(&mut space);
        let sockets = [socket.as_fd()];
        passed.push(SendAncillaryMessage::ScmRights(&sockets));
        sendmsg(&own, &[IoSlice::new(b"x")], &mut passed, SendFlags::NOSIGNAL)?;
        Ok(Self(own.into()))
    }
}

/// Gives this thread a table of descriptors of its own, with those up to the number: close_range(2).
fn have_alone(number: RawFd) -> io::Result<()> {
    close_range(number.unsigned_abs() + 1, libc::c_uint::MAX, libc::CLOSE_RANGE_UNSHARE)
}

/// Waits until nobody holds the other end of the socket that has the number in this thread's own table.
fn await_end(number: RawFd) {
    if number > 0 {
        // What is not closed here stays open for as long as this thread.
        let _ = close_range(0, number.unsigned_abs() - 1, 0);
    }
    // SAFETY: the table is this thread's own, which closes nothing more.
    let end = unsafe { BorrowedFd::borrow_raw(number) };
    while poll(&mut [PollFd::from_borrowed_fd(end, PollFlags::empty())], None)
        .is_err_and(|error| error == rustix::io::Errno::INTR)
    {}
}

fn close_range(first: libc::c_uint, last: libc::c_uint, flags: libc::c_uint) -> io::Result<()> {
    // SAFETY: with CLOSE_RANGE_UNSHARE, or after it, nobody else has the descriptors that are closed.
    let result = unsafe { libc::syscall(libc::SYS_close_range, first, last, flags) };
    answer(result as libc::c_int).map(drop)
}
