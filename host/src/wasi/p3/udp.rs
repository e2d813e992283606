//! The UDP sockets of the interface `types`.

use berkeley_constants as c;
use c::{POLLIN, POLLOUT};
use wasmtime::component::{Accessor, Resource};

use super::bindings::types::{HostUdpSocket, HostUdpSocketWithStore, IpAddressFamily, IpSocketAddress};
use crate::socket::Socket;
use crate::view::{HasSockets, SocketCtxView};
use crate::wasi::code::{Code, Failure};
use crate::wasi::option::{self, Name};
use crate::wasi::udp::{Exchange, Udp};
use crate::wasi::wait::ready;

impl SocketCtxView<'_> {
    fn udp3(&mut self, socket: &Resource<Udp>) -> Result<&mut Udp, Failure> {
        Ok(self.table.get_mut(socket)?)
    }

    /// Gets an option.
    fn udp3_option<T>(
        &mut self,
        socket: &Resource<Udp>,
        name: Name,
        get: fn(&Socket, Name) -> Result<T, Code>,
    ) -> Result<T, Failure> {
        Ok(get(self.udp3(socket)?.socket(), name)?)
    }

    /// Sets an option.
    fn set_udp3_option<T>(
        &mut self,
        socket: &Resource<Udp>,
        name: Name,
        value: T,
        set: fn(&Socket, Name, T) -> Result<(), Code>,
    ) -> Result<(), Failure> {
        Ok(set(self.udp3(socket)?.socket(), name, value)?)
    }
}

/// Calls until it need not wait. Meanwhile the guest may use the socket, also to change its peer.
async fn until_done<T, R>(
    accessor: &Accessor<T, HasSockets>,
    socket: &Resource<Udp>,
    events: i16,
    call: impl Fn(&Exchange) -> Result<R, Code>,
) -> Result<R, Failure> {
    let exchange = accessor.with(|mut access| Ok::<_, Failure>(access.get().udp3(socket)?.exchange()))?;
    loop {
        match call(&exchange) {
            Err(Code::WouldBlock) => ready(exchange.socket(), events).await,
            result => return Ok(result?),
        }
    }
}

impl<T> HostUdpSocketWithStore<T> for HasSockets {
    async fn send(
        accessor: &Accessor<T, Self>,
        socket: Resource<Udp>,
        data: Vec<u8>,
        peer: Option<IpSocketAddress>,
    ) -> Result<(), Failure> {
        let peer = peer.map(Into::into);
        until_done(accessor, &socket, POLLOUT, |exchange| exchange.send(&data, peer)).await
    }

    async fn receive(
        accessor: &Accessor<T, Self>,
        socket: Resource<Udp>,
    ) -> Result<(Vec<u8>, IpSocketAddress), Failure> {
        let (data, from) = until_done(accessor, &socket, POLLIN, Exchange::receive).await?;
        Ok((data, from.into()))
    }
}

impl HostUdpSocket for SocketCtxView<'_> {
    fn create(&mut self, family: IpAddressFamily) -> Result<Resource<Udp>, Failure> {
        let udp = Udp::new(&self.ctx.shared, family.into())?;
        Ok(self.table.push(udp)?)
    }

    fn bind(&mut self, socket: Resource<Udp>, address: IpSocketAddress) -> Result<(), Failure> {
        Ok(self.udp3(&socket)?.bind(address.into())?)
    }

    fn connect(&mut self, socket: Resource<Udp>, peer: IpSocketAddress) -> Result<(), Failure> {
        Ok(self.udp3(&socket)?.connect(peer.into())?)
    }

    fn disconnect(&mut self, socket: Resource<Udp>) -> Result<(), Failure> {
        Ok(self.udp3(&socket)?.disconnect()?)
    }

    fn get_local_address(&mut self, socket: Resource<Udp>) -> Result<IpSocketAddress, Failure> {
        Ok(self.udp3(&socket)?.local_address()?.into())
    }

    fn get_remote_address(&mut self, socket: Resource<Udp>) -> Result<IpSocketAddress, Failure> {
        Ok(self.udp3(&socket)?.remote_address()?.into())
    }

    fn get_address_family(&mut self, socket: Resource<Udp>) -> wasmtime::Result<IpAddressFamily> {
        Ok(self.table.get(&socket)?.family().into())
    }

    fn get_unicast_hop_limit(&mut self, socket: Resource<Udp>) -> Result<u8, Failure> {
        let family = self.udp3(&socket)?.family();
        self.udp3_option(&socket, option::hop_limit_of(family), option::hops)
    }

    fn set_unicast_hop_limit(&mut self, socket: Resource<Udp>, value: u8) -> Result<(), Failure> {
        let family = self.udp3(&socket)?.family();
        self.set_udp3_option(&socket, option::hop_limit_of(family), value, option::set_hops)
    }

    fn get_receive_buffer_size(&mut self, socket: Resource<Udp>) -> Result<u64, Failure> {
        self.udp3_option(&socket, option::RECEIVE_BUFFER, option::buffer)
    }

    fn set_receive_buffer_size(&mut self, socket: Resource<Udp>, value: u64) -> Result<(), Failure> {
        self.set_udp3_option(&socket, option::RECEIVE_BUFFER, value, option::set_buffer)
    }

    fn get_send_buffer_size(&mut self, socket: Resource<Udp>) -> Result<u64, Failure> {
        self.udp3_option(&socket, option::SEND_BUFFER, option::buffer)
    }

    fn set_send_buffer_size(&mut self, socket: Resource<Udp>, value: u64) -> Result<(), Failure> {
        self.set_udp3_option(&socket, option::SEND_BUFFER, value, option::set_buffer)
    }

    fn drop(&mut self, socket: Resource<Udp>) -> wasmtime::Result<()> {
        self.table.delete(socket)?;
        Ok(())
    }
}
