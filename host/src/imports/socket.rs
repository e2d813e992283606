//! The `socket` interface.

use std::time::Duration;

use wasmtime::component::Resource;

use super::answer::{Answering, at_once, later};
use super::error::{Failure, OrTrap};
use super::shadow::shadowed;
use super::wit::address::SocketAddress;
use super::wit::socket as wit;
use crate::address::Address;
use crate::error::Error;
use crate::socket::{Socket, Tried};
use crate::view::SocketCtxView;

impl SocketCtxView<'_> {
    pub(super) fn socket(&self, handle: &Resource<Socket>) -> Result<&Socket, Failure> {
        self.table.get(handle).or_trap()
    }

    pub(super) fn socket_mut(&mut self, handle: &Resource<Socket>) -> Result<&mut Socket, Failure> {
        self.table.get_mut(handle).or_trap()
    }

    /// Begins a call on the socket, without a future of its own: only what must wait gets one.
    pub(super) fn begin<'s, T>(
        &'s self,
        handle: &Resource<Socket>,
        call: impl FnOnce(&'s Socket) -> Answering<'s, T>,
    ) -> Answering<'s, T> {
        match self.socket(handle) {
            Ok(socket) => call(socket),
            Err(failure) => at_once(Err(failure)),
        }
    }

    fn accepted(
        &mut self,
        (accepted, peer): (Socket, Option<Address>),
    ) -> Result<(Resource<Socket>, Option<SocketAddress>), Failure> {
        Ok((self.push(accepted)?, peer.map(Into::into)))
    }

    fn push(&mut self, socket: Socket) -> Result<Resource<Socket>, Failure> {
        self.table.push(socket).or_trap()
    }
}

/// A limit as the contract has it, in nanoseconds.
pub(super) fn nanoseconds(limit: Option<u64>) -> Option<Duration> {
    limit.map(Duration::from_nanos)
}

impl wit::Host for SocketCtxView<'_> {
    fn create(&mut self, family: i32, kind: i32, protocol: i32) -> Result<Resource<Socket>, Failure> {
        let socket = Socket::create(&self.ctx.shared, family, kind, protocol)?;
        self.push(socket)
    }

    fn socketpair(
        &mut self,
        family: i32,
        kind: i32,
        protocol: i32,
    ) -> Result<(Resource<Socket>, Resource<Socket>), Failure> {
        let (one, other) = Socket::pair(&self.ctx.shared, family, kind, protocol)?;
        Ok((self.push(one)?, self.push(other)?))
    }

    fn fromshare(&mut self, data: Vec<u8>) -> Result<Resource<Socket>, Failure> {
        let socket = Socket::from_share(&self.ctx.shared, &data)?;
        self.push(socket)
    }

    fn preopened(&mut self) -> Result<Vec<(String, Resource<Socket>)>, Failure> {
        let sockets = self.ctx.preopened()?;
        sockets.into_iter().map(|(name, socket)| Ok((name, self.push(socket)?))).collect()
    }
}

impl wit::HostSocket for SocketCtxView<'_> {
    fn family(&mut self, socket: Resource<Socket>) -> wasmtime::Result<i32> {
        Ok(self.table.get(&socket)?.family())
    }

    fn type_(&mut self, socket: Resource<Socket>) -> wasmtime::Result<i32> {
        Ok(self.table.get(&socket)?.kind())
    }

    fn protocol(&mut self, socket: Resource<Socket>) -> wasmtime::Result<i32> {
        Ok(self.table.get(&socket)?.protocol())
    }

    fn settimeout(&mut self, socket: Resource<Socket>, limit: Option<u64>) -> wasmtime::Result<()> {
        self.table.get_mut(&socket)?.settimeout(nanoseconds(limit));
        Ok(())
    }

    fn gettimeout(&mut self, socket: Resource<Socket>) -> wasmtime::Result<Option<u64>> {
        // It was set from as many nanoseconds.
        Ok(self.table.get(&socket)?.gettimeout().map(|limit| limit.as_nanos() as u64))
    }

    fn bind(&mut self, socket: Resource<Socket>, address: SocketAddress) -> Result<(), Failure> {
        Ok(self.socket_mut(&socket)?.bind(&Address::try_from(address)?)?)
    }

    fn listen(&mut self, socket: Resource<Socket>, backlog: i32) -> Result<(), Failure> {
        Ok(self.socket_mut(&socket)?.listen(backlog)?)
    }

    fn accept(
        &mut self,
        socket: Resource<Socket>,
    ) -> impl Future<Output = Result<(Resource<Socket>, Option<SocketAddress>), Failure>> + Send {
        match self.socket(&socket).map(Socket::accept_now) {
            Err(failure) => at_once(Err(failure)),
            Ok(Tried::Done(result)) => {
                at_once(result.map_err(Failure::from).and_then(|accepted| self.accepted(accepted)))
            }
            Ok(Tried::Blocked(blocked)) => later(async move {
                let accepted = self.socket(&socket)?.accept_on(blocked).await?;
                self.accepted(accepted)
            }),
        }
    }

    fn connect(
        &mut self,
        socket: Resource<Socket>,
        address: SocketAddress,
    ) -> impl Future<Output = Result<(), Failure>> + Send {
        let lifted = self.socket_mut(&socket).and_then(|socket| Ok((socket, Address::try_from(address)?)));
        let (socket, address) = match lifted {
            Ok(lifted) => lifted,
            Err(failure) => return at_once(Err(failure)),
        };
        match socket.connect_now(&address) {
            Tried::Done(result) => at_once(result.map_err(Failure::from)),
            Tried::Blocked(begun) => later(async move { Ok(socket.connect_on(begun, &address).await?) }),
        }
    }

    async fn send(&mut self, _: Resource<Socket>, _: Vec<u8>, _: i32) -> Result<u64, Failure> {
        Err(shadowed())
    }

    async fn sendall(&mut self, _: Resource<Socket>, _: Vec<u8>, _: i32) -> Result<(), Failure> {
        Err(shadowed())
    }

    async fn sendto(&mut self, _: Resource<Socket>, _: Vec<u8>, _: i32, _: SocketAddress) -> Result<u64, Failure> {
        Err(shadowed())
    }

    async fn recv(&mut self, _: Resource<Socket>, _: u64, _: i32) -> Result<Vec<u8>, Failure> {
        Err(shadowed())
    }

    fn recvfrom(
        &mut self,
        socket: Resource<Socket>,
        size: u64,
        flags: i32,
    ) -> impl Future<Output = Result<(Vec<u8>, Option<SocketAddress>), Failure>> + Send {
        let told = |result: Result<(Vec<u8>, Option<Address>), Error>| {
            let (data, peer) = result?;
            Ok((data, peer.map(Into::into)))
        };
        self.begin(&socket, move |socket| match socket.recvfrom_now(size, flags) {
            Tried::Done(result) => at_once(told(result)),
            Tried::Blocked(blocked) => later(async move { told(socket.recvfrom_on(blocked, size, flags).await) }),
        })
    }

    fn shutdown(&mut self, socket: Resource<Socket>, how: i32) -> Result<(), Failure> {
        Ok(self.socket(&socket)?.shutdown(how)?)
    }

    fn close(&mut self, socket: Resource<Socket>) -> Result<(), Failure> {
        Ok(self.socket_mut(&socket)?.close()?)
    }

    fn dup(&mut self, socket: Resource<Socket>) -> Result<Resource<Socket>, Failure> {
        let copy = self.socket(&socket)?.dup()?;
        self.push(copy)
    }

    fn ioctl(&mut self, socket: Resource<Socket>, control: u32, argument: Vec<u8>) -> Result<(), Failure> {
        Ok(self.socket(&socket)?.ioctl(control, &argument)?)
    }

    fn share(&mut self, socket: Resource<Socket>, process: u32) -> Result<Vec<u8>, Failure> {
        Ok(self.socket(&socket)?.share(process)?)
    }

    fn getsockname(&mut self, socket: Resource<Socket>) -> Result<Option<SocketAddress>, Failure> {
        Ok(self.socket(&socket)?.getsockname()?.map(Into::into))
    }

    fn getpeername(&mut self, socket: Resource<Socket>) -> Result<Option<SocketAddress>, Failure> {
        Ok(self.socket(&socket)?.getpeername()?.map(Into::into))
    }

    fn drop(&mut self, socket: Resource<Socket>) -> wasmtime::Result<()> {
        self.table.delete(socket)?;
        Ok(())
    }
}
