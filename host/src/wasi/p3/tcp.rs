//! The TCP sockets of the interface `types`.

use berkeley_constants as c;
use c::POLLOUT;
use tokio::sync::oneshot;
use wasmtime::component::{Access, Accessor, FutureReader, Resource, StreamReader};

use super::bindings::types::{ErrorCode, HostTcpSocket, HostTcpSocketWithStore, IpAddressFamily, IpSocketAddress};
use super::stream::{Connections, End, Receiver, Sender};
use crate::socket::Socket;
use crate::view::{HasSockets, SocketCtxView};
use crate::wasi::code::{Code, Failure};
use crate::wasi::option::{self, Name};
use crate::wasi::tcp::Tcp;
use crate::wasi::wait::ready;

impl SocketCtxView<'_> {
    fn tcp3(&mut self, socket: &Resource<Tcp>) -> Result<&mut Tcp, Failure> {
        Ok(self.table.get_mut(socket)?)
    }

    /// Gets an option.
    fn tcp3_option<T>(
        &mut self,
        socket: &Resource<Tcp>,
        name: Name,
        get: fn(&Socket, Name) -> Result<T, Code>,
    ) -> Result<T, Failure> {
        Ok(get(self.tcp3(socket)?.socket()?, name)?)
    }

    /// Sets an option.
    fn set_tcp3_option<T>(
        &mut self,
        socket: &Resource<Tcp>,
        name: Name,
        value: T,
        set: fn(&Socket, Name, T) -> Result<(), Code>,
    ) -> Result<(), Failure> {
        Ok(set(self.tcp3(socket)?.socket()?, name, value)?)
    }
}

/// A direction that never was: it ends with that code.
async fn ended(code: Code) -> wasmtime::Result<End> {
    Ok(Err(code.into()))
}

impl<T: Send> HostTcpSocketWithStore<T> for HasSockets {
    async fn connect(
        accessor: &Accessor<T, Self>,
        socket: Resource<Tcp>,
        peer: IpSocketAddress,
    ) -> Result<(), Failure> {
        accessor.with(|mut access| Ok::<_, Failure>(access.get().tcp3(&socket)?.start_connect(peer.into())?))?;
        loop {
            let connecting = accessor.with(|mut access| {
                let mut view = access.get();
                let tcp = view.tcp3(&socket)?;
                match tcp.finish_connect() {
                    Err(Code::WouldBlock) => Ok(tcp.connecting().cloned()),
                    result => result.map(|()| None).map_err(Failure::from),
                }
            })?;
            match connecting {
                Some(socket) => ready(&socket, POLLOUT).await,
                None => return Ok(()),
            }
        }
    }

    fn listen(mut access: Access<'_, T, Self>, socket: Resource<Tcp>) -> Result<StreamReader<Resource<Tcp>>, Failure> {
        let view = access.getter();
        let listener = access.get().tcp3(&socket)?.listen()?;
        StreamReader::new(&mut access, Connections::new(listener, view)).map_err(Failure::Trap)
    }

    fn send(
        mut access: Access<'_, T, Self>,
        socket: Resource<Tcp>,
        mut data: StreamReader<u8>,
    ) -> wasmtime::Result<FutureReader<Result<(), ErrorCode>>> {
        match access.get().table.get_mut(&socket)?.take_sender() {
            Ok(socket) => {
                let (end, ended) = oneshot::channel();
                data.pipe(&mut access, Sender::new(socket, end))?;
                FutureReader::new(&mut access, ended)
            }
            Err(code) => {
                data.close(&mut access)?;
                FutureReader::new(&mut access, ended(code))
            }
        }
    }

    fn receive(
        mut access: Access<'_, T, Self>,
        socket: Resource<Tcp>,
    ) -> wasmtime::Result<(StreamReader<u8>, FutureReader<Result<(), ErrorCode>>)> {
        match access.get().table.get_mut(&socket)?.take_receiver() {
            Ok(socket) => {
                let (end, ended) = oneshot::channel();
                let stream = StreamReader::new(&mut access, Receiver::new(socket, end))?;
                Ok((stream, FutureReader::new(&mut access, ended)?))
            }
            Err(code) => {
                let stream = StreamReader::new(&mut access, std::iter::empty())?;
                Ok((stream, FutureReader::new(&mut access, ended(code))?))
            }
        }
    }
}

impl HostTcpSocket for SocketCtxView<'_> {
    fn create(&mut self, family: IpAddressFamily) -> Result<Resource<Tcp>, Failure> {
        let tcp = Tcp::new(&self.ctx.shared, family.into())?;
        Ok(self.table.push(tcp)?)
    }

    fn bind(&mut self, socket: Resource<Tcp>, address: IpSocketAddress) -> Result<(), Failure> {
        Ok(self.tcp3(&socket)?.bind(address.into())?)
    }

    fn get_local_address(&mut self, socket: Resource<Tcp>) -> Result<IpSocketAddress, Failure> {
        Ok(self.tcp3(&socket)?.local_address()?.into())
    }

    fn get_remote_address(&mut self, socket: Resource<Tcp>) -> Result<IpSocketAddress, Failure> {
        Ok(self.tcp3(&socket)?.remote_address()?.into())
    }

    fn get_is_listening(&mut self, socket: Resource<Tcp>) -> wasmtime::Result<bool> {
        Ok(self.table.get(&socket)?.is_listening())
    }

    fn get_address_family(&mut self, socket: Resource<Tcp>) -> wasmtime::Result<IpAddressFamily> {
        Ok(self.table.get(&socket)?.family().into())
    }

    fn set_listen_backlog_size(&mut self, socket: Resource<Tcp>, size: u64) -> Result<(), Failure> {
        Ok(self.tcp3(&socket)?.set_backlog(size)?)
    }

    fn get_keep_alive_enabled(&mut self, socket: Resource<Tcp>) -> Result<bool, Failure> {
        self.tcp3_option(&socket, option::KEEP_ALIVE, option::flag)
    }

    fn set_keep_alive_enabled(&mut self, socket: Resource<Tcp>, value: bool) -> Result<(), Failure> {
        self.set_tcp3_option(&socket, option::KEEP_ALIVE, value, option::set_flag)
    }

    fn get_keep_alive_idle_time(&mut self, socket: Resource<Tcp>) -> Result<u64, Failure> {
        self.tcp3_option(&socket, option::KEEP_IDLE, option::time)
    }

    fn set_keep_alive_idle_time(&mut self, socket: Resource<Tcp>, value: u64) -> Result<(), Failure> {
        self.set_tcp3_option(&socket, option::KEEP_IDLE, value, option::set_time)
    }

    fn get_keep_alive_interval(&mut self, socket: Resource<Tcp>) -> Result<u64, Failure> {
        self.tcp3_option(&socket, option::KEEP_INTERVAL, option::time)
    }

    fn set_keep_alive_interval(&mut self, socket: Resource<Tcp>, value: u64) -> Result<(), Failure> {
        self.set_tcp3_option(&socket, option::KEEP_INTERVAL, value, option::set_time)
    }

    fn get_keep_alive_count(&mut self, socket: Resource<Tcp>) -> Result<u32, Failure> {
        self.tcp3_option(&socket, option::KEEP_COUNT, option::count)
    }

    fn set_keep_alive_count(&mut self, socket: Resource<Tcp>, value: u32) -> Result<(), Failure> {
        self.set_tcp3_option(&socket, option::KEEP_COUNT, value, option::set_count)
    }

    fn get_hop_limit(&mut self, socket: Resource<Tcp>) -> Result<u8, Failure> {
        let family = self.tcp3(&socket)?.family();
        self.tcp3_option(&socket, option::hop_limit_of(family), option::hops)
    }

    fn set_hop_limit(&mut self, socket: Resource<Tcp>, value: u8) -> Result<(), Failure> {
        let family = self.tcp3(&socket)?.family();
        self.set_tcp3_option(&socket, option::hop_limit_of(family), value, option::set_hops)
    }

    fn get_receive_buffer_size(&mut self, socket: Resource<Tcp>) -> Result<u64, Failure> {
        self.tcp3_option(&socket, option::RECEIVE_BUFFER, option::buffer)
    }

    fn set_receive_buffer_size(&mut self, socket: Resource<Tcp>, value: u64) -> Result<(), Failure> {
        self.set_tcp3_option(&socket, option::RECEIVE_BUFFER, value, option::set_buffer)
    }

    fn get_send_buffer_size(&mut self, socket: Resource<Tcp>) -> Result<u64, Failure> {
        self.tcp3_option(&socket, option::SEND_BUFFER, option::buffer)
    }

    fn set_send_buffer_size(&mut self, socket: Resource<Tcp>, value: u64) -> Result<(), Failure> {
        self.set_tcp3_option(&socket, option::SEND_BUFFER, value, option::set_buffer)
    }

    fn drop(&mut self, socket: Resource<Tcp>) -> wasmtime::Result<()> {
        self.table.delete(socket)?;
        Ok(())
    }
}
