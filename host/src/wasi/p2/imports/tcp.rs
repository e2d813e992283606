//! The interfaces `tcp` and `tcp-create-socket`.

use wasmtime::component::Resource;
use wasmtime_wasi_io::poll::{DynPollable, subscribe};
use wasmtime_wasi_io::streams::{DynInputStream, DynOutputStream};

use crate::socket::Socket;
use crate::view::SocketCtxView;
use crate::wasi::code::{Code, Failure};
use crate::wasi::option::{self, Name};
use crate::wasi::p2::bindings::network::{IpAddressFamily, IpSocketAddress};
use crate::wasi::p2::bindings::{tcp as wit, tcp_create_socket};
use crate::wasi::p2::network::Network;
use crate::wasi::p2::tcp::{Begun, TcpSocket};
use crate::wasi::tcp::Tcp;

type Streams = (Resource<DynInputStream>, Resource<DynOutputStream>);

impl SocketCtxView<'_> {
    fn tcp(&mut self, socket: &Resource<TcpSocket>) -> Result<&mut TcpSocket, Failure> {
        Ok(self.table.get_mut(socket)?)
    }

    fn push_streams(
        &mut self,
        socket: &Resource<TcpSocket>,
        (input, output): (DynInputStream, DynOutputStream),
    ) -> Result<Streams, Failure> {
        Ok((self.table.push_child(input, socket)?, self.table.push_child(output, socket)?))
    }

    /// Gets an option.
    fn tcp_option<T>(
        &self,
        socket: &Resource<TcpSocket>,
        name: Name,
        get: fn(&Socket, Name) -> Result<T, Code>,
    ) -> Result<T, Failure> {
        Ok(get(self.table.get(socket)?.tcp.socket()?, name)?)
    }

    /// Sets an option.
    fn set_tcp_option<T>(
        &self,
        socket: &Resource<TcpSocket>,
        name: Name,
        value: T,
        set: fn(&Socket, Name, T) -> Result<(), Code>,
    ) -> Result<(), Failure> {
        Ok(set(self.table.get(socket)?.tcp.socket()?, name, value)?)
    }
}

impl tcp_create_socket::Host for SocketCtxView<'_> {
    fn create_tcp_socket(&mut self, family: IpAddressFamily) -> Result<Resource<TcpSocket>, Failure> {
        let tcp = Tcp::new(&self.ctx.shared, family.into())?;
        Ok(self.table.push(TcpSocket::new(tcp))?)
    }
}

impl wit::Host for SocketCtxView<'_> {}

impl wit::HostTcpSocket for SocketCtxView<'_> {
    fn start_bind(
        &mut self,
        socket: Resource<TcpSocket>,
        network: Resource<Network>,
        address: IpSocketAddress,
    ) -> Result<(), Failure> {
        self.shown(&network)?;
        let socket = self.tcp(&socket)?;
        socket.may_begin()?;
        socket.tcp.bind(address.into())?;
        socket.begun = Some(Begun::Bind);
        Ok(())
    }

    fn finish_bind(&mut self, socket: Resource<TcpSocket>) -> Result<(), Failure> {
        Ok(self.tcp(&socket)?.finish(Begun::Bind)?)
    }

    fn start_connect(
        &mut self,
        socket: Resource<TcpSocket>,
        network: Resource<Network>,
        address: IpSocketAddress,
    ) -> Result<(), Failure> {
        self.shown(&network)?;
        let socket = self.tcp(&socket)?;
        socket.may_begin()?;
        socket.tcp.start_connect(address.into())?;
        socket.begun = Some(Begun::Connect);
        Ok(())
    }

    fn finish_connect(&mut self, handle: Resource<TcpSocket>) -> Result<Streams, Failure> {
        let socket = self.tcp(&handle)?;
        socket.has_begun(Begun::Connect)?;
        match socket.tcp.finish_connect() {
            Err(Code::WouldBlock) => return Err(Code::WouldBlock.into()),
            result => {
                socket.begun = None;
                result?;
            }
        }
        let streams = socket.open_streams()?;
        self.push_streams(&handle, streams)
    }

    fn start_listen(&mut self, socket: Resource<TcpSocket>) -> Result<(), Failure> {
        let socket = self.tcp(&socket)?;
        socket.may_begin()?;
        // WASI 0.3 binds it by itself.
        if !socket.tcp.is_bound() {
            return Err(Code::InvalidState.into());
        }
        socket.listener = Some(socket.tcp.listen()?);
        socket.begun = Some(Begun::Listen);
        Ok(())
    }

    fn finish_listen(&mut self, socket: Resource<TcpSocket>) -> Result<(), Failure> {
        Ok(self.tcp(&socket)?.finish(Begun::Listen)?)
    }

    fn accept(
        &mut self,
        socket: Resource<TcpSocket>,
    ) -> Result<(Resource<TcpSocket>, Resource<DynInputStream>, Resource<DynOutputStream>), Failure> {
        let listener = self.tcp(&socket)?.listener.as_ref().ok_or(Code::InvalidState)?;
        let mut accepted = TcpSocket::new(listener.accept()?);
        let streams = accepted.open_streams()?;
        let accepted = self.table.push(accepted)?;
        let (input, output) = self.push_streams(&accepted, streams)?;
        Ok((accepted, input, output))
    }

    fn local_address(&mut self, socket: Resource<TcpSocket>) -> Result<IpSocketAddress, Failure> {
        Ok(self.tcp(&socket)?.tcp.local_address()?.into())
    }

    fn remote_address(&mut self, socket: Resource<TcpSocket>) -> Result<IpSocketAddress, Failure> {
        Ok(self.tcp(&socket)?.tcp.remote_address()?.into())
    }

    fn is_listening(&mut self, socket: Resource<TcpSocket>) -> wasmtime::Result<bool> {
        Ok(self.table.get(&socket)?.tcp.is_listening())
    }

    fn address_family(&mut self, socket: Resource<TcpSocket>) -> wasmtime::Result<IpAddressFamily> {
        Ok(self.table.get(&socket)?.tcp.family().into())
    }

    fn set_listen_backlog_size(&mut self, socket: Resource<TcpSocket>, size: u64) -> Result<(), Failure> {
        Ok(self.tcp(&socket)?.tcp.set_backlog(size)?)
    }

    fn keep_alive_enabled(&mut self, socket: Resource<TcpSocket>) -> Result<bool, Failure> {
        self.tcp_option(&socket, option::KEEP_ALIVE, option::flag)
    }

    fn set_keep_alive_enabled(&mut self, socket: Resource<TcpSocket>, value: bool) -> Result<(), Failure> {
        self.set_tcp_option(&socket, option::KEEP_ALIVE, value, option::set_flag)
    }

    fn keep_alive_idle_time(&mut self, socket: Resource<TcpSocket>) -> Result<u64, Failure> {
        self.tcp_option(&socket, option::KEEP_IDLE, option::time)
    }

    fn set_keep_alive_idle_time(&mut self, socket: Resource<TcpSocket>, value: u64) -> Result<(), Failure> {
        self.set_tcp_option(&socket, option::KEEP_IDLE, value, option::set_time)
    }

    fn keep_alive_interval(&mut self, socket: Resource<TcpSocket>) -> Result<u64, Failure> {
        self.tcp_option(&socket, option::KEEP_INTERVAL, option::time)
    }

    fn set_keep_alive_interval(&mut self, socket: Resource<TcpSocket>, value: u64) -> Result<(), Failure> {
        self.set_tcp_option(&socket, option::KEEP_INTERVAL, value, option::set_time)
    }

    fn keep_alive_count(&mut self, socket: Resource<TcpSocket>) -> Result<u32, Failure> {
        self.tcp_option(&socket, option::KEEP_COUNT, option::count)
    }

    fn set_keep_alive_count(&mut self, socket: Resource<TcpSocket>, value: u32) -> Result<(), Failure> {
        self.set_tcp_option(&socket, option::KEEP_COUNT, value, option::set_count)
    }

    fn hop_limit(&mut self, socket: Resource<TcpSocket>) -> Result<u8, Failure> {
        let family = self.tcp(&socket)?.tcp.family();
        self.tcp_option(&socket, option::hop_limit_of(family), option::hops)
    }

    fn set_hop_limit(&mut self, socket: Resource<TcpSocket>, value: u8) -> Result<(), Failure> {
        let family = self.tcp(&socket)?.tcp.family();
        self.set_tcp_option(&socket, option::hop_limit_of(family), value, option::set_hops)
    }

    fn receive_buffer_size(&mut self, socket: Resource<TcpSocket>) -> Result<u64, Failure> {
        self.tcp_option(&socket, option::RECEIVE_BUFFER, option::buffer)
    }

    fn set_receive_buffer_size(&mut self, socket: Resource<TcpSocket>, value: u64) -> Result<(), Failure> {
        self.set_tcp_option(&socket, option::RECEIVE_BUFFER, value, option::set_buffer)
    }

    fn send_buffer_size(&mut self, socket: Resource<TcpSocket>) -> Result<u64, Failure> {
        self.tcp_option(&socket, option::SEND_BUFFER, option::buffer)
    }

    fn set_send_buffer_size(&mut self, socket: Resource<TcpSocket>, value: u64) -> Result<(), Failure> {
        self.set_tcp_option(&socket, option::SEND_BUFFER, value, option::set_buffer)
    }

    fn subscribe(&mut self, socket: Resource<TcpSocket>) -> wasmtime::Result<Resource<DynPollable>> {
        subscribe(self.table, socket)
    }

    fn shutdown(&mut self, socket: Resource<TcpSocket>, how: wit::ShutdownType) -> Result<(), Failure> {
        let (input, output) = self.tcp(&socket)?.streams.as_ref().ok_or(Code::InvalidState)?;
        if how != wit::ShutdownType::Send {
            input.shut_down();
        }
        if how != wit::ShutdownType::Receive {
            output.shut_down();
        }
        Ok(())
    }

    fn drop(&mut self, socket: Resource<TcpSocket>) -> wasmtime::Result<()> {
        self.table.delete(socket)?;
        Ok(())
    }
}
