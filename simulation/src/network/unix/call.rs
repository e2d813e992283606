//! What programs do with unix sockets, but for sending and receiving.

use berkeley_constants as c;
use berkeley_host::Errno;
use c::{POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP};

use super::{Unix, key};
use crate::network::socket::{Body, Socket, SocketId};
use crate::network::state::State;

/// net.unix.max_dgram_qlen
const LONGEST: usize = 10;

impl State {
    pub(super) fn unix(&mut self, id: SocketId) -> Result<&mut Unix, Errno> {
        self.socket(id)?.unix().ok_or(Errno::EINVAL)
    }

    pub(in crate::network) fn unix_bind(&mut self, id: SocketId, name: Vec<u8>) -> Result<(), Errno> {
        let socket = self.socket(id)?;
        let (host, kind) = (socket.host, socket.kind);
        let unix = self.unix(id)?;
        if !unix.name.is_empty() {
            return if name.is_empty() { Ok(()) } else { Err(Errno::EINVAL) };
        }
        let name = if name.is_empty() { self.unix_name() } else { name };
        if self.hosts[host].unix.contains_key(&key(kind, &name)) {
            return Err(Errno::EADDRINUSE);
        }
        self.hosts[host].unix.insert(key(kind, &name), id);
        self.unix(id)?.name = name;
        Ok(())
    }

    /// One that is told who sends is named itself.
    pub(super) fn unix_introduce(&mut self, id: SocketId) -> Result<(), Errno> {
        let tells = self.socket(id)?.is_on(c::SOL_SOCKET, c::SO_PASSCRED);
        if tells && self.unix(id)?.name.is_empty() { self.unix_bind(id, Vec::new()) } else { Ok(()) }
    }

    /// A name that the system chooses: of five digits.
    fn unix_name(&mut self) -> Vec<u8> {
        let number = self.random.below(1 << 20);
        format!("\0{number:05x}").into_bytes()
    }

    pub(in crate::network) fn unix_listen(&mut self, id: SocketId, backlog: i32) -> Result<(), Errno> {
        let kind = self.socket(id)?.kind;
        let unix = self.unix(id)?;
        if kind == c::SOCK_DGRAM {
            return Err(Errno::EOPNOTSUPP);
        }
        if unix.name.is_empty() || unix.is_connected {
            return Err(Errno::EINVAL);
        }
        unix.is_listening = true;
        unix.backlog = usize::try_from(backlog).map_or(4096, |backlog| backlog.min(4096));
        self.changed(id);
        Ok(())
    }

    /// Whom the name is of. ENOENT, ECONNREFUSED, EPROTOTYPE.
    pub(super) fn unix_find(&mut self, id: SocketId, name: &[u8]) -> Result<SocketId, Errno> {
        let socket = self.socket(id)?;
        let (host, kind) = (socket.host, socket.kind);
        if name.is_empty() {
            return Err(Errno::EINVAL);
        }
        let missing = if name[0] == 0 { Errno::ECONNREFUSED } else { Errno::ENOENT };
        let found = *self.hosts[host].unix.get(&key(kind, name)).ok_or(missing)?;
        if self.socket(found)?.kind == kind { Ok(found) } else { Err(Errno::EPROTOTYPE) }
    }

    pub(in crate::network) fn unix_connect(&mut self, id: SocketId, name: Option<Vec<u8>>) -> Result<(), Errno> {
        let kind = self.socket(id)?.kind;
        if name.is_some() {
            self.unix_introduce(id)?;
        }
        if kind == c::SOCK_DGRAM {
            let peer = name.map(|name| self.unix_find(id, &name)).transpose()?;
            if let Some(peer) = peer {
                self.unix_may_send(id, peer)?;
            }
            self.unix(id)?.peer = peer;
            self.changed(id);
            return Ok(());
        }
        let name = name.ok_or(Errno::EINVAL)?;
        let listener = self.unix_find(id, &name)?;
        let unix = self.unix(id)?;
        if unix.is_listening {
            return Err(Errno::EINVAL);
        }
        if unix.is_connected {
            return Err(Errno::EISCONN);
        }
        let target = self.unix(listener)?;
        if !target.is_listening || target.is_read_out {
            return Err(Errno::ECONNREFUSED);
        }
        if target.ready.len() > target.backlog {
            return Err(Errno::EAGAIN);
        }
        let socket = self.socket(listener)?;
        let numbers = (socket.family, socket.kind, socket.protocol);
        let mut child = Socket::new(socket.host, numbers, Body::Unix(Box::new(Unix { name, ..Unix::default() })));
        child.options = socket.options.clone();
        let child = self.add(child);
        self.unix_join(id, child);
        self.unix(listener)?.ready.push_back(child);
        self.changed(listener);
        Ok(())
    }

    /// EPERM: the receiver hears another alone.
    pub(super) fn unix_may_send(&mut self, id: SocketId, to: SocketId) -> Result<(), Errno> {
        let hears = self.unix(to)?.peer.is_none_or(|peer| peer == id);
        if hears { Ok(()) } else { Err(Errno::EPERM) }
    }

    pub(in crate::network) fn unix_accept(&mut self, id: SocketId) -> Result<(SocketId, Vec<u8>), Errno> {
        let kind = self.socket(id)?.kind;
        let unix = self.unix(id)?;
        if kind == c::SOCK_DGRAM {
            return Err(Errno::EOPNOTSUPP);
        }
        if !unix.is_listening {
            return Err(Errno::EINVAL);
        }
        let child = unix.ready.pop_front().ok_or(Errno::EAGAIN)?;
        // Who could not connect, as the queue was full, tries again.
        self.changed(id);
        let peer = self.unix(child)?.peer;
        let name = peer.and_then(|peer| self.unix(peer).ok()).map(|unix| unix.name.clone());
        Ok((child, name.unwrap_or_default()))
    }

    /// The name of the peer. ENOTCONN.
    pub(in crate::network) fn unix_peer(&mut self, id: SocketId) -> Result<Vec<u8>, Errno> {
        let peer = self.unix(id)?.peer.ok_or(Errno::ENOTCONN)?;
        Ok(self.unix(peer).map_err(|_| Errno::ENOTCONN)?.name.clone())
    }

    pub(in crate::network) fn unix_shutdown(&mut self, id: SocketId, how: i32) -> Result<(), Errno> {
        let (reads, writes) = (how != c::SHUT_WR, how != c::SHUT_RD);
        let connects = self.socket(id)?.kind != c::SOCK_DGRAM;
        let unix = self.unix(id)?;
        unix.is_read_out |= reads;
        unix.is_written_out |= writes;
        let peer = unix.peer.filter(|_| connects);
        if let Some(peer) = peer
            && let Ok(unix) = self.unix(peer)
        {
            unix.is_read_out |= writes;
            unix.is_written_out |= reads;
            self.changed(peer);
        }
        self.changed(id);
        Ok(())
    }

    /// poll(2), as unix_poll and unix_dgram_poll of Linux have it.
    pub(in crate::network) fn unix_events(&self, socket: &Socket, unix: &Unix) -> i16 {
        const POLLRDNORM: i16 = 0x40;
        const POLLWRNORM: i16 = 0x100;
        const POLLWRBAND: i16 = 0x200;
        let connects = socket.kind != c::SOCK_DGRAM;
        let mut events = 0;
        if !unix.queue.is_empty() || !unix.ready.is_empty() || unix.is_read_out {
            events |= POLLIN | POLLRDNORM;
        }
        if unix.is_read_out {
            events |= POLLRDHUP;
        }
        let is_fresh = connects && !unix.is_connected && !unix.is_listening;
        if unix.is_read_out && unix.is_written_out || is_fresh {
            events |= POLLHUP;
        }
        if socket.error.is_some() {
            events |= POLLERR;
        }
        let peer = unix.peer.and_then(|peer| self.sockets.get(&peer)).map(|peer| &peer.body);
        let has_room = match peer {
            Some(Body::Unix(peer)) if connects => peer.held * 4 <= socket.number(c::SOL_SOCKET, c::SO_SNDBUF) as usize,
            Some(Body::Unix(peer)) => peer.queue.len() <= LONGEST,
            _ => !unix.is_listening,
        };
        if has_room {
            events |= POLLOUT | POLLWRNORM | POLLWRBAND;
        }
        events
    }

    /// Whether the receiver's queue of datagrams is full.
    pub(super) fn unix_is_full(&mut self, to: SocketId) -> Result<bool, Errno> {
        Ok(self.unix(to)?.queue.len() > LONGEST)
    }
}
