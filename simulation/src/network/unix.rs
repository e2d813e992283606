//! Unix sockets: within a host, by names of its own.

mod call;
mod message;

use std::collections::VecDeque;

use berkeley_constants as c;
use berkeley_host::network::Passed;

use super::socket::{Body, Socket, SocketId};
use super::state::{HostId, State};

/// A unix socket.
#[derive(Default)]
pub(super) struct Unix {
    /// Its name; an empty one is none, and one that begins with a NUL is no path.
    pub(super) name: Vec<u8>,
    peer: Option<SocketId>,
    /// Whether it was ever connected, in the case of streams and their like.
    is_connected: bool,
    is_listening: bool,
    backlog: usize,
    /// Connections that wait to be accepted.
    ready: VecDeque<SocketId>,
    pub(super) queue: VecDeque<Message>,
    /// How many bytes are in the queue.
    held: usize,
    is_read_out: bool,
    is_written_out: bool,
}

/// What a name is found by among those of its host.
pub(super) fn key(kind: i32, name: &[u8]) -> (i32, Vec<u8>) {
    (if name.first() == Some(&0) { kind } else { 0 }, name.to_vec())
}

/// What was sent in one call.
pub(super) struct Message {
    data: VecDeque<u8>,
    from: Vec<u8>,
    pub(super) passed: Vec<Passed>,
}

impl Unix {
    /// FIONREAD and SIOCOUTQ.
    pub(super) fn held(&self, kind: i32) -> (usize, usize) {
        let next = || self.queue.front().map_or(0, |next| next.data.len());
        (if kind == c::SOCK_STREAM { self.held } else { next() }, 0)
    }

    pub(super) fn is_listening(&self) -> bool {
        self.is_listening
    }
}

impl State {
    /// Connects the two with each other.
    pub(super) fn unix_join(&mut self, one: SocketId, other: SocketId) {
        for (own, peer) in [(one, other), (other, one)] {
            if let Some(unix) = self.sockets.get_mut(&own).and_then(Socket::unix) {
                (unix.peer, unix.is_connected) = (Some(peer), true);
            }
            self.changed(own);
        }
    }

    /// Closes the socket. A peer that had sent what was not read learns of it by an error.
    pub(super) fn unix_close(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let (host, connects) = (socket.host, socket.kind != c::SOCK_DGRAM);
        let Some(unix) = socket.unix() else { return };
        let (peer, is_unread) = (unix.peer.filter(|_| connects), !unix.queue.is_empty() || !unix.ready.is_empty());
        for child in std::mem::take(&mut unix.ready) {
            self.unix_hang_up(child, true);
            self.remove(child);
        }
        if peer.is_some() {
            self.unix_hang_up(id, is_unread);
        }
        self.remove(id);
        self.unix_wake_senders(host, id);
    }

    /// Tells the peer that the socket is no more.
    fn unix_hang_up(&mut self, id: SocketId, is_unread: bool) {
        let peer = self.sockets.get_mut(&id).and_then(Socket::unix).and_then(|unix| unix.peer);
        let Some(socket) = peer.and_then(|peer| self.sockets.get_mut(&peer)) else { return };
        if is_unread {
            socket.error = Some(berkeley_host::Errno::ECONNRESET);
        }
        if let Some(unix) = socket.unix() {
            (unix.peer, unix.is_read_out, unix.is_written_out) = (None, true, true);
        }
        peer.into_iter().for_each(|peer| self.changed(peer));
    }

    /// Those that send to the socket may go on, or learn that they cannot.
    fn unix_wake_senders(&mut self, host: HostId, id: SocketId) {
        let sends = |socket: &Socket| matches!(&socket.body, Body::Unix(unix) if unix.peer == Some(id));
        let senders: Vec<_> = self.of_host(host).filter(|(_, socket)| sends(socket)).map(|(id, _)| id).collect();
        senders.into_iter().for_each(|sender| self.changed(sender));
    }
}
