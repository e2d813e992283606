//! What a network's sockets must do.

use std::fmt;
use std::fs::File;
use std::io::IoSlice;
use std::sync::Arc;
use std::task::Waker;

use crate::address::RawAddress;
use crate::error::Errno;

/// A socket of a [`Network`](crate::network::Network) other than the kernel's.
///
/// Numbers, structures and errors are Linux's, as in the manual pages. No call waits: one that would have to answers
/// EAGAIN, or EINPROGRESS to connect(2), whatever its flags; the host waits, by [`events`](Self::events) and
/// [`wake`](Self::wake). Policy, limits and observers are the host's, too: what comes here is allowed.
///
/// A duplicate, dup(2), is a clone of the `Arc`. The socket is closed when the last clone is dropped.
pub trait Endpoint: Send + Sync + 'static {
    /// bind(2). The path of a unix socket is the guest's.
    fn bind(&self, address: &RawAddress) -> Result<(), Errno>;

    /// connect(2). EINPROGRESS: POLLOUT tells when it has ended, and SO_ERROR how; or another call, as in Linux.
    fn connect(&self, address: &RawAddress) -> Result<(), Errno>;

    /// listen(2).
    fn listen(&self, backlog: i32) -> Result<(), Errno>;

    /// accept(2): the connection, and its peer's address.
    fn accept(&self) -> Result<(Arc<dyn Endpoint>, RawAddress), Errno>;

    /// sendmsg(2), and all that sends: tells how many bytes were taken.
    fn send(&self, message: Sending<'_>) -> Result<usize, Errno>;

    /// recvmsg(2), and all that receives: at most `size` bytes, and control messages in at most `control` bytes of room,
    /// by cmsg(3).
    fn receive(&self, size: usize, control: usize, flags: i32) -> Result<Arrived, Errno>;

    /// shutdown(2).
    fn shutdown(&self, how: i32) -> Result<(), Errno>;

    /// getsockname(2).
    fn local_address(&self) -> Result<RawAddress, Errno>;

    /// getpeername(2).
    fn peer_address(&self) -> Result<RawAddress, Errno>;

    /// getsockopt(2): at most `size` bytes. SO_DOMAIN, SO_TYPE, SO_PROTOCOL, SO_ACCEPTCONN and SO_ERROR are asked by the
    /// host as well.
    fn option(&self, level: i32, name: i32, size: usize) -> Result<Vec<u8>, Errno>;

    /// setsockopt(2).
    fn set_option(&self, level: i32, name: i32, value: &[u8]) -> Result<(), Errno>;

    /// ioctl(2) with FIONREAD, SIOCOUTQ or SIOCATMARK: the number that it tells. ENOPROTOOPT: another request.
    fn ioctl(&self, request: i32) -> Result<i32, Errno>;

    /// Which of the events that are asked for hold now, in poll(2)'s bits; and POLLERR and POLLHUP unasked.
    fn events(&self, asked: i16) -> i16;

    /// A number that grows with each thing that comes about: data, room to send, a connection, an end, an error. By it
    /// edges are told, EPOLLET.
    fn changes(&self) -> u64;

    /// Wakes once, when [`changes`](Self::changes) grows next. It may wake for nothing.
    fn wake(&self, waker: &Waker);
}

/// A message to send.
pub struct Sending<'a> {
    /// The data, one part behind the other.
    pub buffers: &'a [IoSlice<'a>],
    /// Whom to; none is the peer that it is connected to.
    pub address: Option<&'a RawAddress>,
    /// Control messages but for SCM_RIGHTS: level, type and data of each.
    pub control: &'a [ControlMessage],
    /// What SCM_RIGHTS passes on, in its order.
    pub passed: &'a [Passed],
    /// MSG_ flags; MSG_DONTWAIT and MSG_NOSIGNAL among them.
    pub flags: i32,
}

/// A control message: its level, its type, its data.
pub type ControlMessage = (i32, i32, Vec<u8>);

/// A message that came.
#[derive(Default)]
pub struct Arrived {
    /// The data.
    pub data: Vec<u8>,
    /// What recvmsg(2) answers: with MSG_TRUNC, the length of the whole datagram.
    pub length: usize,
    /// Who sent it; none where the protocol does not tell.
    pub address: Option<RawAddress>,
    /// Control messages but for SCM_RIGHTS.
    pub control: Vec<ControlMessage>,
    /// What SCM_RIGHTS has passed on.
    pub passed: Vec<Passed>,
    /// MSG_TRUNC, MSG_CTRUNC, MSG_EOR and so on.
    pub flags: i32,
}

/// What is passed on by SCM_RIGHTS: a reference, as a descriptor is.
#[derive(Clone)]
pub enum Passed {
    /// A socket of the same network.
    Endpoint(Arc<dyn Endpoint>),
    /// A file of the host's, or a directory.
    File(Arc<File>),
}

impl fmt::Debug for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Endpoint(_) => "Endpoint",
            Self::File(_) => "File",
        })
    }
}
