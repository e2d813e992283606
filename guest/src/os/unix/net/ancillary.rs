//! Control messages beside what is sent and received.

use std::io::{IoSlice, IoSliceMut};

use berkeley_constants::{MSG_CTRUNC, MSG_TRUNC, SCM_CREDENTIALS, SCM_RIGHTS, SOL_SOCKET};

use super::address::SocketAddr;
use super::credentials::SocketCred;
use super::messages::{AncillaryData, Messages, Raw, put};
use crate::address::Address;
use crate::ancillary::{CMSG_SPACE, ControlData, ControlMessage, Passed, Received};
use crate::error::{Errno, Error, Result};
use crate::socket::Socket;

/// Control messages for [`UnixStream`](super::UnixStream) and [`UnixDatagram`](super::UnixDatagram), in a buffer of the
/// program's, where they take what [`CMSG_SPACE`] says.
#[derive(Debug)]
pub struct SocketAncillary<'a> {
    buffer: &'a mut [u8],
    length: usize,
    truncated: bool,
}

impl<'a> SocketAncillary<'a> {
    /// None, with that room for some.
    pub fn new(buffer: &'a mut [u8]) -> Self {
        Self { buffer, length: 0, truncated: false }
    }

    /// The size of the room.
    pub fn capacity(&self) -> usize {
        self.buffer.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// How much of the room they take.
    pub fn len(&self) -> usize {
        self.length
    }

    /// The messages, one after the other.
    pub fn messages(&self) -> Messages<'_> {
        Messages(Raw(&self.buffer[..self.length]))
    }

    /// Whether some that came were left out, for want of room or of a grant. Files that came are left out too, for they
    /// have no number here: [`Socket::recvmsg`] gives them.
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    /// Adds sockets by their numbers, as [`os::fd`](crate::os::fd) has them. False if there is no room.
    pub fn add_fds(&mut self, fds: &[i32]) -> bool {
        self.add(SCM_RIGHTS, &fds.iter().flat_map(|fd| fd.to_le_bytes()).collect::<Vec<_>>())
    }

    /// Adds credentials. False if there is no room.
    pub fn add_creds(&mut self, creds: &[SocketCred]) -> bool {
        let data = creds.iter().flat_map(|cred| ControlData::Credentials(cred.0).to_raw().data);
        self.add(SCM_CREDENTIALS, &data.collect::<Vec<_>>())
    }

    /// Leaves all out.
    pub fn clear(&mut self) {
        self.length = 0;
        self.truncated = false;
    }

    fn add(&mut self, r#type: i32, data: &[u8]) -> bool {
        self.truncated = false;
        self.put(SOL_SOCKET, r#type, data)
    }

    fn put(&mut self, level: i32, r#type: i32, data: &[u8]) -> bool {
        let taken = put(&mut self.buffer[self.length..], level, r#type, data);
        self.length += taken.unwrap_or(0);
        taken.is_some()
    }

    /// Sends the buffers with the messages. EBADF: a number that is no socket's.
    pub(super) fn send(
        &mut self,
        socket: &Socket,
        buffers: &[IoSlice<'_>],
        address: Option<SocketAddr>,
    ) -> Result<usize> {
        self.truncated = false;
        let mut data = Vec::new();
        let mut rights = Rights(Vec::new());
        for (message, (level, r#type, bytes)) in self.messages().zip(Raw(&self.buffer[..self.length])) {
            match message {
                Ok(AncillaryData::ScmRights(numbers)) => numbers.into_iter().try_for_each(|fd| rights.push(fd))?,
                Ok(AncillaryData::ScmCredentials(all)) => {
                    data.extend(all.map(|cred| ControlMessage::Data(ControlData::Credentials(cred.0))));
                }
                Err(_) => data.push(ControlMessage::raw(level, r#type, bytes)),
            }
        }
        let sockets: Vec<_> = rights.0.iter().collect();
        if !sockets.is_empty() {
            data.push(ControlMessage::Rights(&sockets));
        }
        let buffers: Vec<&[u8]> = buffers.iter().map(|buffer| &**buffer).collect();
        match address {
            Some(address) => socket.sendmsg_to(&buffers, &data, 0, address),
            None => socket.sendmsg(&buffers, &data, 0),
        }
    }

    /// Receives into the buffers: how many bytes there are, whether some of a datagram were lost, and who sent it.
    pub(super) fn receive(
        &mut self,
        socket: &Socket,
        buffers: &mut [IoSliceMut<'_>],
    ) -> Result<(usize, bool, Address)> {
        let message = socket.recvmsg_into(buffers, self.capacity(), 0)?;
        self.clear();
        self.truncated = message.flags & MSG_CTRUNC != 0;
        for received in message.ancillary {
            let whole = match received {
                Received::Rights(passed) => self.take(passed),
                Received::Data(data) => {
                    let raw = data.to_raw();
                    self.put(raw.level, raw.type_, &raw.data)
                }
            };
            self.truncated |= !whole;
        }
        Ok((message.length, message.flags & MSG_TRUNC != 0, message.address))
    }

    /// Takes what was passed, and tells whether all of it. What is not taken is closed.
    fn take(&mut self, passed: Vec<Passed>) -> bool {
        let all = passed.len();
        let socket = |passed| match passed {
            Passed::Socket(socket) => Some(socket),
            Passed::File(_) => None,
        };
        let sockets: Vec<_> = passed.into_iter().filter_map(socket).collect();
        let whole = sockets.len() == all;
        if self.capacity() - self.length < CMSG_SPACE(size_of::<i32>() * sockets.len()) {
            return false;
        }
        let numbers: Vec<_> = sockets.into_iter().flat_map(|socket| socket.detach().to_le_bytes()).collect();
        self.put(SOL_SOCKET, SCM_RIGHTS, &numbers) && whole
    }
}

/// Sockets by their numbers, for a moment.
struct Rights(Vec<Socket>);

impl Rights {
    fn push(&mut self, number: i32) -> Result<()> {
        self.0.push(Socket::by_number(number).ok_or(Error::Os(Errno::Ebadf))?);
        Ok(())
    }
}

impl Drop for Rights {
    fn drop(&mut self) {
        // Whoever has the numbers keeps them.
        for socket in self.0.drain(..) {
            socket.detach();
        }
    }
}
