//! What programs do with connections.

use std::net::{IpAddr, SocketAddr};

use berkeley_constants as c;
use berkeley_host::Errno;
use berkeley_host::network::Arrived;

use super::{Stage, Tcp};
use crate::network::address;
use crate::network::packet::Segment;
use crate::network::socket::{Body, Socket, SocketId};
use crate::network::state::{Happening, NEIGHBOUR, State};

impl State {
    fn tcp(&mut self, id: SocketId) -> Result<&mut Tcp, Errno> {
        self.socket(id)?.tcp().ok_or(Errno::EINVAL)
    }

    pub(in crate::network) fn tcp_bind(&mut self, id: SocketId, wanted: SocketAddr) -> Result<(), Errno> {
        let tcp = self.tcp(id)?;
        if tcp.stage != Stage::Closed || tcp.local.is_some() || self.socket(id)?.refuses(wanted) {
            return Err(Errno::EINVAL);
        }
        let local = self.claim(id, wanted)?;
        let tcp = self.tcp(id)?;
        (tcp.local, tcp.is_bound) = (Some(local), true);
        Ok(())
    }

    pub(in crate::network) fn tcp_listen(&mut self, id: SocketId, backlog: i32) -> Result<(), Errno> {
        let family = self.socket(id)?.family;
        let tcp = self.tcp(id)?;
        match tcp.stage {
            Stage::Closed | Stage::Listening => {}
            _ => return Err(Errno::EINVAL),
        }
        if tcp.local.is_none() {
            let local = self.claim(id, SocketAddr::new(address::any(family), 0))?;
            self.tcp(id)?.local = Some(local);
        } else if self.tcp(id)?.stage == Stage::Closed && self.hears_twice(id) {
            return Err(Errno::EADDRINUSE);
        }
        let tcp = self.tcp(id)?;
        tcp.stage = Stage::Listening;
        // net.core.somaxconn
        tcp.backlog = usize::try_from(backlog).map_or(4096, |backlog| backlog.min(4096));
        self.changed(id);
        Ok(())
    }

    /// Whether another listens at the same address, which SO_REUSEADDR does not allow.
    fn hears_twice(&self, id: SocketId) -> bool {
        let Some(own) = self.sockets.get(&id) else { return false };
        let Some(local) = own.local() else { return false };
        self.of_host(own.host).any(|(other, socket)| {
            let shares = [own, socket].iter().all(|socket| socket.is_on(c::SOL_SOCKET, c::SO_REUSEPORT));
            let listens = matches!(&socket.body, Body::Tcp(tcp) if tcp.is_listening());
            let is_same = socket
                .local()
                .is_some_and(|theirs| theirs.port() == local.port() && (socket.hears(local) || own.hears(theirs)));
            other != id && listens && is_same && !shares
        })
    }

    pub(in crate::network) fn tcp_connect(&mut self, id: SocketId, to: Option<SocketAddr>) -> Result<(), Errno> {
        let socket = self.socket(id)?;
        let (host, family) = (socket.host, socket.family);
        let is_v6only = socket.is_on(c::IPPROTO_IPV6, c::IPV6_V6ONLY);
        let Some(to) = to else { return self.tcp_disconnect(id) };
        let stage = self.tcp(id)?.stage;
        if stage == Stage::Closed {
            // What became of the attempt before; if that was told by SO_ERROR, that it has failed.
            let is_vain = std::mem::take(&mut self.tcp(id)?.is_vain);
            self.socket(id)?.take_error()?;
            if is_vain {
                return Err(Errno::ECONNABORTED);
            }
        }
        let tcp = self.tcp(id)?;
        match stage {
            Stage::Asking | Stage::Answering => return Err(Errno::EALREADY),
            Stage::Open if std::mem::take(&mut tcp.is_news) && tcp.listener.is_none() => return Ok(()),
            Stage::Closed => {}
            _ => return Err(Errno::EISCONN),
        }
        let is_foreign = family == c::AF_INET6 && to.is_ipv4() && is_v6only;
        if is_foreign || to.ip().is_multicast() || self.is_broadcast(host, to.ip()) {
            return Err(Errno::ENETUNREACH);
        }
        let bound = self.tcp(id)?.local;
        let source = bound.map(|local| local.ip()).filter(|ip| !ip.is_unspecified() && ip.is_ipv4() == to.is_ipv4());
        let source = source.or_else(|| self.source(host, to.ip())).ok_or(Errno::ENETUNREACH)?;
        let to = SocketAddr::new(if to.ip().is_unspecified() { loopback(to.ip()) } else { to.ip() }, to.port());
        let local = match bound {
            Some(local) => SocketAddr::new(source, local.port()),
            None => self.claim_for(id, SocketAddr::new(source, 0), Some(to)).map_err(|_| Errno::EADDRNOTAVAIL)?,
        };
        if self.connections.contains_key(&(host, local, to)) || self.past.contains_key(&(host, local, to)) {
            return Err(Errno::EADDRNOTAVAIL);
        }
        let now = self.now;
        let tcp = self.tcp(id)?;
        (tcp.stage, tcp.local, tcp.peer, tcp.attempts) = (Stage::Asking, Some(local), Some(to), 0);
        (tcp.is_news, tcp.heard) = (true, now);
        self.connections.insert((host, local, to), id);
        if self.host_of(host, to.ip()).is_none() {
            self.schedule(now + NEIGHBOUR, Happening::NoHost(id));
        }
        self.tcp_send_syn(id);
        Err(Errno::EINPROGRESS)
    }

    /// connect(2) to AF_UNSPEC.
    fn tcp_disconnect(&mut self, id: SocketId) -> Result<(), Errno> {
        if matches!(self.tcp(id)?.stage, Stage::Open | Stage::Answering) {
            self.tcp_reset(id);
        }
        self.tcp_stop(id);
        self.tcp_close_queue(id);
        self.socket(id)?.error = None;
        let tcp = self.tcp(id)?;
        let (is_bound, local) = (tcp.is_bound, tcp.local);
        *tcp = Tcp { is_bound, local: local.filter(|_| is_bound), ..Tcp::default() };
        self.changed(id);
        Ok(())
    }

    /// Tells the peer that the connection is no more.
    fn tcp_reset(&mut self, id: SocketId) {
        let Some(tcp) = self.sockets.get_mut(&id).and_then(Socket::tcp) else { return };
        let (sequence, acknowledged) = (tcp.outgoing.sent, Some(tcp.incoming.next));
        self.tcp_transmit(id, Segment { reset: true, sequence, acknowledged, ..Segment::default() });
    }

    pub(in crate::network) fn tcp_accept(&mut self, id: SocketId) -> Result<(SocketId, SocketAddr), Errno> {
        self.socket(id)?.take_error()?;
        let tcp = self.tcp(id)?;
        if tcp.stage != Stage::Listening {
            return Err(Errno::EINVAL);
        }
        let child = tcp.ready.pop_front().ok_or(Errno::EAGAIN)?;
        let tcp = self.tcp(child)?;
        tcp.listener = None;
        tcp.is_news = false;
        Ok((child, tcp.peer.ok_or(Errno::ECONNABORTED)?))
    }

    pub(in crate::network) fn tcp_send(&mut self, id: SocketId, data: &[u8], flags: i32) -> Result<usize, Errno> {
        if flags & (c::MSG_OOB | c::MSG_FASTOPEN) != 0 {
            return Err(Errno::EOPNOTSUPP);
        }
        let socket = self.socket(id)?;
        let capacity = socket.sending_room();
        let error = socket.error;
        let Some(tcp) = socket.tcp() else { return Err(Errno::EINVAL) };
        match tcp.stage {
            Stage::Asking | Stage::Answering => return Err(Errno::EAGAIN),
            Stage::Open if tcp.outgoing.fin.is_none() && error.is_none() => {}
            _ => {
                socket.take_error()?;
                return Err(Errno::EPIPE);
            }
        }
        let room = capacity.saturating_sub(tcp.outgoing.data.len());
        if room == 0 && !data.is_empty() {
            return Err(Errno::EAGAIN);
        }
        let taken = data.len().min(room);
        tcp.outgoing.data.extend(&data[..taken]);
        tcp.holds_more = flags & c::MSG_MORE != 0;
        self.tcp_output(id);
        Ok(taken)
    }

    pub(in crate::network) fn tcp_receive(&mut self, id: SocketId, size: usize, flags: i32) -> Result<Arrived, Errno> {
        if flags & c::MSG_OOB != 0 {
            return Err(Errno::EINVAL);
        }
        if flags & c::MSG_ERRQUEUE != 0 {
            return Err(Errno::EAGAIN);
        }
        let socket = self.socket(id)?;
        let capacity = socket.reception();
        let Some(tcp) = socket.tcp() else { return Err(Errno::EINVAL) };
        let size = size.min(tcp.incoming.data.len());
        if size == 0 {
            let has_data = !tcp.incoming.data.is_empty();
            let is_over = tcp.stage == Stage::Over || tcp.incoming.is_shut;
            let stage = tcp.stage;
            // Once the peer's end has come, what goes wrong is told by other calls.
            if has_data || tcp.incoming.is_over() {
                return Ok(Arrived::default());
            }
            socket.take_error()?;
            return match stage {
                Stage::Closed | Stage::Listening => Err(Errno::ENOTCONN),
                _ if is_over => Ok(Arrived::default()),
                _ => Err(Errno::EAGAIN),
            };
        }
        let data =
            if flags & c::MSG_TRUNC == 0 { tcp.incoming.data.range(..size).copied().collect() } else { Vec::new() };
        if flags & c::MSG_PEEK == 0 {
            tcp.incoming.data.drain(..size);
            let edge = tcp.incoming.next + capacity.saturating_sub(tcp.incoming.data.len() as u64);
            if tcp.stage == Stage::Open && edge.saturating_sub(tcp.incoming.told) >= capacity / 2 {
                self.tcp_acknowledge(id);
            }
        }
        Ok(Arrived { data, length: size, ..Arrived::default() })
    }

    pub(in crate::network) fn tcp_shutdown(&mut self, id: SocketId, how: i32) -> Result<(), Errno> {
        let tcp = self.tcp(id)?;
        let (reads, writes) = (how != c::SHUT_WR, how != c::SHUT_RD);
        match tcp.stage {
            Stage::Listening if reads => {
                self.tcp_close_queue(id);
                let tcp = self.tcp(id)?;
                tcp.stage = Stage::Closed;
            }
            Stage::Listening => {}
            Stage::Asking => return self.tcp_disconnect(id),
            Stage::Open => {
                tcp.incoming.is_shut |= reads;
                if writes {
                    tcp.finish();
                }
                self.tcp_output(id);
                self.tcp_end(id);
            }
            // It counts all the same.
            _ => {
                tcp.incoming.is_shut |= reads;
                if writes {
                    tcp.finish();
                }
                self.changed(id);
                return Err(Errno::ENOTCONN);
            }
        }
        self.changed(id);
        Ok(())
    }

    /// Resets the connections that wait to be accepted, and those on their way to it.
    fn tcp_close_queue(&mut self, id: SocketId) {
        let mine = |socket: &Socket| matches!(&socket.body, Body::Tcp(tcp) if tcp.listener == Some(id));
        let Some(host) = self.sockets.get(&id).map(|socket| socket.host) else { return };
        let waiting: Vec<_> = self.of_host(host).filter(|(_, socket)| mine(socket)).map(|(id, _)| id).collect();
        for child in waiting {
            self.tcp_reset(child);
            self.remove(child);
        }
    }

    pub(in crate::network) fn tcp_close(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let linger = socket.options.get(&(c::SOL_SOCKET, c::SO_LINGER)).and_then(|value| value.first_chunk::<8>());
        let is_abrupt = linger.is_some_and(|linger| linger[..4] != [0; 4] && linger[4..] == [0; 4]);
        let Some(tcp) = socket.tcp() else { return };
        match tcp.stage {
            Stage::Listening => {
                self.tcp_close_queue(id);
                self.remove(id);
            }
            Stage::Open if is_abrupt || !tcp.incoming.data.is_empty() => {
                self.tcp_reset(id);
                self.remove(id);
            }
            Stage::Open => {
                tcp.is_orphan = true;
                tcp.finish();
                self.tcp_output(id);
                self.tcp_end(id);
            }
            _ => self.remove(id),
        }
    }
}

impl Tcp {
    /// FIONREAD and SIOCOUTQ.
    pub(in crate::network) fn held(&self) -> Result<(usize, usize), Errno> {
        if self.is_listening() {
            return Err(Errno::EINVAL);
        }
        Ok((self.incoming.data.len(), self.outgoing.data.len()))
    }

    /// The peer, while there is one. ENOTCONN.
    pub(in crate::network) fn connected(&self) -> Result<SocketAddr, Errno> {
        self.peer.filter(|_| self.stage == Stage::Open).ok_or(Errno::ENOTCONN)
    }
}

fn loopback(like: IpAddr) -> IpAddr {
    if like.is_ipv4() { [127, 0, 0, 1].into() } else { std::net::Ipv6Addr::LOCALHOST.into() }
}
