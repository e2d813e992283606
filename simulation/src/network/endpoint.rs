//! Sockets as the host has them.

use std::io::IoSlice;
use std::sync::Arc;
use std::task::Waker;

use berkeley_constants as c;
use berkeley_host::Errno;
use berkeley_host::address::RawAddress;
use berkeley_host::network::{Arrived, Endpoint, Sending};
use c::{POLLERR, POLLHUP};

use super::address;
use super::socket::{Body, SocketId};
use super::state::State;
use super::world::World;

/// A program's reference to a socket, which is closed with the last.
pub(super) struct Handle {
    pub(super) world: World,
    pub(super) id: SocketId,
}

/// Which protocol a call is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Tcp,
    Udp,
    Unix,
}

impl State {
    fn protocol(&mut self, id: SocketId) -> Result<(Protocol, i32), Errno> {
        let socket = self.socket(id)?;
        let protocol = match socket.body {
            Body::Tcp(_) => Protocol::Tcp,
            Body::Udp(_) => Protocol::Udp,
            Body::Unix(_) => Protocol::Unix,
        };
        Ok((protocol, socket.family))
    }

    fn events(&self, id: SocketId) -> i16 {
        let Some(socket) = self.sockets.get(&id) else { return POLLERR | POLLHUP };
        match &socket.body {
            Body::Tcp(tcp) => socket.tcp_events(tcp),
            Body::Udp(udp) => socket.udp_events(udp),
            Body::Unix(unix) => self.unix_events(socket, unix),
        }
    }
}

impl Handle {
    fn call<T>(&self, act: impl FnOnce(&mut State, Protocol, i32) -> Result<T, Errno>) -> Result<T, Errno> {
        self.world.with(|state| {
            let (protocol, family) = state.protocol(self.id)?;
            act(state, protocol, family)
        })
    }
}

impl Endpoint for Handle {
    fn bind(&self, address: &RawAddress) -> Result<(), Errno> {
        self.call(|state, protocol, family| {
            if protocol == Protocol::Unix {
                return state.unix_bind(self.id, address::unix_name(address)?);
            }
            // Linux takes AF_UNSPEC for any address here.
            let any = address::any(family);
            let wanted = address::internet(family, address)?.unwrap_or((any, 0).into());
            if protocol == Protocol::Tcp { state.tcp_bind(self.id, wanted) } else { state.udp_bind(self.id, wanted) }
        })
    }

    fn connect(&self, address: &RawAddress) -> Result<(), Errno> {
        self.call(|state, protocol, family| match protocol {
            Protocol::Tcp => state.tcp_connect(self.id, address::internet(family, address)?),
            Protocol::Udp => state.udp_connect(self.id, address::internet(family, address)?),
            Protocol::Unix => {
                let is_none = address.as_bytes().first_chunk() == Some(&(c::AF_UNSPEC as u16).to_ne_bytes());
                let name = if is_none { None } else { Some(address::unix_name(address)?) };
                state.unix_connect(self.id, name)
            }
        })
    }

    fn listen(&self, backlog: i32) -> Result<(), Errno> {
        self.call(|state, protocol, _| match protocol {
            Protocol::Tcp => state.tcp_listen(self.id, backlog),
            Protocol::Udp => Err(Errno::EOPNOTSUPP),
            Protocol::Unix => state.unix_listen(self.id, backlog),
        })
    }

    fn accept(&self) -> Result<(Arc<dyn Endpoint>, RawAddress), Errno> {
        let (id, peer) = self.call(|state, protocol, family| match protocol {
            Protocol::Tcp => state.tcp_accept(self.id).map(|(id, peer)| (id, address::told(family, peer))),
            Protocol::Udp => Err(Errno::EOPNOTSUPP),
            Protocol::Unix => state.unix_accept(self.id).map(|(id, name)| (id, address::unix(&name))),
        })?;
        Ok((self.world.handle(id), peer))
    }

    fn send(&self, message: Sending<'_>) -> Result<usize, Errno> {
        let data = joined(message.buffers);
        let Sending { address, control, passed, flags, .. } = message;
        self.call(|state, protocol, family| match protocol {
            Protocol::Tcp => state.tcp_send(self.id, &data, flags),
            Protocol::Udp => {
                let to = address.map(|address| address::internet(family, address)).transpose()?;
                if to == Some(None) {
                    return Err(Errno::EAFNOSUPPORT);
                }
                state.udp_send(self.id, data, to.flatten(), (control, flags))
            }
            Protocol::Unix => {
                let to = address.map(address::unix_name).transpose()?;
                state.unix_send(self.id, &data, to, (control, passed, flags))
            }
        })
    }

    fn receive(&self, size: usize, control: usize, flags: i32) -> Result<Arrived, Errno> {
        self.call(|state, protocol, _| match protocol {
            Protocol::Tcp => state.tcp_receive(self.id, size, flags),
            Protocol::Udp => state.udp_receive(self.id, size, control, flags),
            Protocol::Unix => state.unix_receive(self.id, size, control, flags),
        })
    }

    fn shutdown(&self, how: i32) -> Result<(), Errno> {
        if !matches!(how, c::SHUT_RD | c::SHUT_WR | c::SHUT_RDWR) {
            return Err(Errno::EINVAL);
        }
        self.call(|state, protocol, _| match protocol {
            Protocol::Tcp => state.tcp_shutdown(self.id, how),
            Protocol::Udp => state.udp_shutdown(self.id, how),
            Protocol::Unix => state.unix_shutdown(self.id, how),
        })
    }

    fn local_address(&self) -> Result<RawAddress, Errno> {
        self.call(|state, _, family| {
            let socket = state.socket(self.id)?;
            Ok(match &socket.body {
                Body::Unix(unix) => address::unix(&unix.name),
                body => {
                    let former = if let Body::Tcp(tcp) = body { tcp.former } else { None };
                    let any = (address::any(family), former.unwrap_or(0));
                    address::told_local(family, socket.local().unwrap_or(any.into()))
                }
            })
        })
    }

    fn peer_address(&self) -> Result<RawAddress, Errno> {
        self.call(|state, protocol, family| {
            if protocol == Protocol::Unix {
                return state.unix_peer(self.id).map(|name| address::unix(&name));
            }
            let peer = match &state.socket(self.id)?.body {
                Body::Tcp(tcp) => tcp.connected()?,
                Body::Udp(udp) => udp.peer.ok_or(Errno::ENOTCONN)?,
                Body::Unix(_) => return Err(Errno::ENOTCONN),
            };
            Ok(address::told(family, peer))
        })
    }

    fn option(&self, level: i32, name: i32, size: usize) -> Result<Vec<u8>, Errno> {
        self.call(|state, _, _| state.option(self.id, level, name, size))
    }

    fn set_option(&self, level: i32, name: i32, value: &[u8]) -> Result<(), Errno> {
        self.call(|state, _, _| state.set_option(self.id, level, name, value))
    }

    fn ioctl(&self, request: i32) -> Result<i32, Errno> {
        self.call(|state, _, _| {
            let socket = state.socket(self.id)?;
            let (received, sent) = match &socket.body {
                Body::Tcp(tcp) => tcp.held()?,
                Body::Udp(udp) => (udp.next_size(), 0),
                Body::Unix(unix) => unix.held(socket.kind),
            };
            let number = |size: usize| i32::try_from(size).unwrap_or(i32::MAX);
            match request {
                c::ioctl::FIONREAD => Ok(number(received)),
                c::ioctl::SIOCOUTQ => Ok(number(sent)),
                c::ioctl::SIOCATMARK if matches!(socket.body, Body::Tcp(_)) => Ok(0),
                c::ioctl::SIOCATMARK => Err(Errno::ENOTTY),
                _ => Err(Errno::ENOPROTOOPT),
            }
        })
    }

    fn events(&self, asked: i16) -> i16 {
        self.world.with(|state| state.events(self.id) & (asked | POLLERR | POLLHUP))
    }

    fn changes(&self) -> u64 {
        self.world.with(|state| state.sockets.get(&self.id).map_or(u64::MAX, |socket| socket.changes))
    }

    fn wake(&self, waker: &Waker) {
        self.world.with(|state| {
            let Some(socket) = state.sockets.get_mut(&self.id) else { return };
            if !socket.wakers.iter().any(|known| known.will_wake(waker)) {
                socket.wakers.push(waker.clone());
            }
        });
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.world.with(|state| state.close(self.id));
    }
}

fn joined(buffers: &[IoSlice<'_>]) -> Vec<u8> {
    buffers.iter().flat_map(|buffer| buffer.iter().copied()).collect()
}
