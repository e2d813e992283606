//! The interfaces `udp` and `udp-create-socket`.

use berkeley_constants as c;
use c::POLLOUT;
use wasmtime::component::Resource;
use wasmtime_wasi_io::poll::{DynPollable, subscribe};

use crate::error::Error;
use crate::socket::Socket;
use crate::view::SocketCtxView;
use crate::wasi::code::{Code, Failure};
use crate::wasi::option::{self, Name};
use crate::wasi::p2::bindings::network::{IpAddressFamily, IpSocketAddress};
use crate::wasi::p2::bindings::{udp as wit, udp_create_socket};
use crate::wasi::p2::network::Network;
use crate::wasi::p2::udp::{Incoming, Outgoing, UdpSocket};
use crate::wasi::udp::Udp;

/// One call sends no more datagrams, and receives no more.
const MOST: usize = 16;
/// One call receives no more datagrams once they have so many bytes.
const MOST_BYTES: usize = 1 << 16;

impl SocketCtxView<'_> {
    fn udp(&mut self, socket: &Resource<UdpSocket>) -> Result<&mut UdpSocket, Failure> {
        Ok(self.table.get_mut(socket)?)
    }

    /// Gets an option.
    fn udp_option<T>(
        &self,
        socket: &Resource<UdpSocket>,
        name: Name,
        get: fn(&Socket, Name) -> Result<T, Code>,
    ) -> Result<T, Failure> {
        Ok(get(self.table.get(socket)?.udp.socket(), name)?)
    }

    /// Sets an option.
    fn set_udp_option<T>(
        &self,
        socket: &Resource<UdpSocket>,
        name: Name,
        value: T,
        set: fn(&Socket, Name, T) -> Result<(), Code>,
    ) -> Result<(), Failure> {
        Ok(set(self.table.get(socket)?.udp.socket(), name, value)?)
    }
}

impl udp_create_socket::Host for SocketCtxView<'_> {
    fn create_udp_socket(&mut self, family: IpAddressFamily) -> Result<Resource<UdpSocket>, Failure> {
        let udp = Udp::new(&self.ctx.shared, family.into())?;
        Ok(self.table.push(UdpSocket { udp, binding: false })?)
    }
}

impl wit::Host for SocketCtxView<'_> {}

impl wit::HostUdpSocket for SocketCtxView<'_> {
    fn start_bind(
        &mut self,
        socket: Resource<UdpSocket>,
        network: Resource<Network>,
        address: IpSocketAddress,
    ) -> Result<(), Failure> {
        self.shown(&network)?;
        let socket = self.udp(&socket)?;
        if socket.binding {
            return Err(Code::ConcurrencyConflict.into());
        }
        socket.udp.bind(address.into())?;
        socket.binding = true;
        Ok(())
    }

    fn finish_bind(&mut self, socket: Resource<UdpSocket>) -> Result<(), Failure> {
        match std::mem::take(&mut self.udp(&socket)?.binding) {
            true => Ok(()),
            false => Err(Code::NotInProgress.into()),
        }
    }

    fn stream(
        &mut self,
        handle: Resource<UdpSocket>,
        peer: Option<IpSocketAddress>,
    ) -> Result<(Resource<Incoming>, Resource<Outgoing>), Failure> {
        if self.table.iter_children(&handle)?.any(|child| child.is::<Incoming>() || child.is::<Outgoing>()) {
            return Err(Failure::Trap(wasmtime::format_err!("the streams of the UDP socket are not dropped yet")));
        }
        let udp = &mut self.udp(&handle)?.udp;
        if !udp.is_bound() {
            return Err(Code::InvalidState.into());
        }
        match peer {
            Some(peer) => udp.connect(peer.into())?,
            None if udp.is_connected() => udp.disconnect()?,
            None => {}
        }
        let exchange = udp.exchange();
        let incoming = self.table.push_child(Incoming(exchange.clone()), &handle)?;
        Ok((incoming, self.table.push_child(Outgoing { exchange, permit: 0 }, &handle)?))
    }

    fn local_address(&mut self, socket: Resource<UdpSocket>) -> Result<IpSocketAddress, Failure> {
        Ok(self.udp(&socket)?.udp.local_address()?.into())
    }

    fn remote_address(&mut self, socket: Resource<UdpSocket>) -> Result<IpSocketAddress, Failure> {
        Ok(self.udp(&socket)?.udp.remote_address()?.into())
    }

    fn address_family(&mut self, socket: Resource<UdpSocket>) -> wasmtime::Result<IpAddressFamily> {
        Ok(self.table.get(&socket)?.udp.family().into())
    }

    fn unicast_hop_limit(&mut self, socket: Resource<UdpSocket>) -> Result<u8, Failure> {
        let family = self.udp(&socket)?.udp.family();
        self.udp_option(&socket, option::hop_limit_of(family), option::hops)
    }

    fn set_unicast_hop_limit(&mut self, socket: Resource<UdpSocket>, value: u8) -> Result<(), Failure> {
        let family = self.udp(&socket)?.udp.family();
        self.set_udp_option(&socket, option::hop_limit_of(family), value, option::set_hops)
    }

    fn receive_buffer_size(&mut self, socket: Resource<UdpSocket>) -> Result<u64, Failure> {
        self.udp_option(&socket, option::RECEIVE_BUFFER, option::buffer)
    }

    fn set_receive_buffer_size(&mut self, socket: Resource<UdpSocket>, value: u64) -> Result<(), Failure> {
        self.set_udp_option(&socket, option::RECEIVE_BUFFER, value, option::set_buffer)
    }

    fn send_buffer_size(&mut self, socket: Resource<UdpSocket>) -> Result<u64, Failure> {
        self.udp_option(&socket, option::SEND_BUFFER, option::buffer)
    }

    fn set_send_buffer_size(&mut self, socket: Resource<UdpSocket>, value: u64) -> Result<(), Failure> {
        self.set_udp_option(&socket, option::SEND_BUFFER, value, option::set_buffer)
    }

    fn subscribe(&mut self, socket: Resource<UdpSocket>) -> wasmtime::Result<Resource<DynPollable>> {
        subscribe(self.table, socket)
    }

    fn drop(&mut self, socket: Resource<UdpSocket>) -> wasmtime::Result<()> {
        self.table.delete(socket)?;
        Ok(())
    }
}

impl wit::HostIncomingDatagramStream for SocketCtxView<'_> {
    fn receive(&mut self, stream: Resource<Incoming>, most: u64) -> Result<Vec<wit::IncomingDatagram>, Failure> {
        let Incoming(exchange) = self.table.get(&stream)?;
        let most = usize::try_from(most).unwrap_or(MOST).min(MOST);
        let (mut datagrams, mut bytes) = (Vec::new(), 0);
        while datagrams.len() < most && bytes < MOST_BYTES {
            match exchange.receive() {
                Ok((data, from)) => {
                    bytes += data.len() + 1;
                    datagrams.push(wit::IncomingDatagram { data, remote_address: from.into() });
                }
                Err(Code::WouldBlock) => break,
                Err(_) if !datagrams.is_empty() => break,
                Err(code) => return Err(code.into()),
            }
        }
        Ok(datagrams)
    }

    fn subscribe(&mut self, stream: Resource<Incoming>) -> wasmtime::Result<Resource<DynPollable>> {
        subscribe(self.table, stream)
    }

    fn drop(&mut self, stream: Resource<Incoming>) -> wasmtime::Result<()> {
        self.table.delete(stream)?;
        Ok(())
    }
}

impl wit::HostOutgoingDatagramStream for SocketCtxView<'_> {
    fn check_send(&mut self, stream: Resource<Outgoing>) -> Result<u64, Failure> {
        let stream = self.table.get_mut(&stream)?;
        // How many the kernel has room for, it does not tell.
        let ready = stream.exchange.socket().descriptor()?.events(POLLOUT).map_err(Error::from)?;
        stream.permit = if ready == 0 { 0 } else { MOST };
        Ok(stream.permit as u64)
    }

    fn send(&mut self, stream: Resource<Outgoing>, datagrams: Vec<wit::OutgoingDatagram>) -> Result<u64, Failure> {
        let stream = self.table.get_mut(&stream)?;
        if datagrams.is_empty() {
            return Ok(0);
        }
        if datagrams.len() > stream.permit {
            return Err(Failure::Trap(wasmtime::format_err!("not permitted to send {} datagrams", datagrams.len())));
        }
        stream.permit = 0;
        let mut sent = 0;
        for datagram in datagrams {
            match stream.exchange.send(&datagram.data, datagram.remote_address.map(Into::into)) {
                Ok(()) => sent += 1,
                Err(Code::WouldBlock) => break,
                // What was sent is told; what went wrong, the next call tells.
                Err(_) if sent > 0 => break,
                Err(code) => return Err(code.into()),
            }
        }
        Ok(sent)
    }

    fn subscribe(&mut self, stream: Resource<Outgoing>) -> wasmtime::Result<Resource<DynPollable>> {
        subscribe(self.table, stream)
    }

    fn drop(&mut self, stream: Resource<Outgoing>) -> wasmtime::Result<()> {
        self.table.delete(stream)?;
        Ok(())
    }
}
