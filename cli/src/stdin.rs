//! Stdin, for guests that wait for it together with sockets: over a socket.
//!
//! The guest sends how many bytes it wants at most, in 4 bytes, the lowest first. It is sent how many there are, likewise,
//! and then these: none at the end, and [`FAILED`] where reading fails. Nothing is read that was not asked for, so that it stays for
//! whoever else has this process's stdin.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::thread;

use rustix::event::{PollFd, PollFlags};

/// The name of the guest's socket among those that are open before it starts.
pub(crate) const NAME: &str = "stdin";

/// How much is read at once.
const MOST: u32 = 1 << 16;

/// What is sent where reading fails.
const FAILED: u32 = u32::MAX;

/// Begins to read for a guest, over the socket that is given.
pub(crate) fn give() -> io::Result<OwnedFd> {
    let (own, guest) = UnixStream::pair()?;
    // Not by `io::stdin()`, which reads more than it is asked for.
    let stdin = io::stdin().as_fd().try_clone_to_owned()?;
    // It may wait in a read for ever, and ends with the process.
    thread::Builder::new().name("stdin".into()).spawn(move || serve(own, stdin.into()))?;
    Ok(guest.into())
}

/// Reads what is asked for, until the guest closes its socket.
fn serve(mut guest: UnixStream, mut stdin: File) -> io::Result<()> {
    let mut bytes = vec![0; MOST as usize];
    loop {
        let mut most = [0; 4];
        guest.read_exact(&mut most)?;
        let most = u32::from_le_bytes(most).clamp(1, MOST);
        let (number, bytes) = match read(&mut stdin, &mut bytes[..most as usize]) {
            Ok(length) => (length as u32, &bytes[..length]),
            Err(_) => (FAILED, &[][..]),
        };
        guest.write_all(&[&number.to_le_bytes(), bytes].concat())?;
    }
}

/// Reads once there is something, though whoever has opened the file may not want to wait for it.
fn read(stdin: &mut File, bytes: &mut [u8]) -> io::Result<usize> {
    loop {
        match stdin.read(bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                rustix::event::poll(&mut [PollFd::new(stdin, PollFlags::IN)], None)?;
            }
            result => return result,
        }
    }
}
