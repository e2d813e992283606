//! Functions that send: they take the bytes from where they lie in the guest's memory, without a copy of the host's.
//!
//! The generated bindings would copy each `list<u8>` into a `Vec` before the call. So these functions are added by hand, in
//! the place of the generated ones, with [`WasmList`]. A call waits, if it must, with the store in its hands: nothing of the
//! guest runs, and its bytes stay as they are.

use std::future::ready;

use futures_util::future::Either;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource, ResourceTable, WasmList};

use super::ancillary::outgoing;
use super::answer::{Answering, Lowered, at_once, later, lower};
use super::error::{Failure, OrTrap};
use super::wit::address::SocketAddress;
use super::wit::ancillary::{OutgoingControlMessage, OutgoingDatagram};
use crate::address::Address;
use crate::socket::{Socket, Tried, until_error};
use crate::sys::{self, MOST_AT_ONCE};
use crate::view::{SocketCtxView, SocketView};

/// What an added function answers.
type Promise<'a, T> = Box<dyn Future<Output = Lowered<T>> + std::marker::Send + 'a>;

type Send = (Resource<Socket>, WasmList<u8>, i32);
type SendTo = (Resource<Socket>, WasmList<u8>, i32, SocketAddress);
type SendMany = (Resource<Socket>, WasmList<u8>, Vec<OutgoingDatagram>, i32);
type SendMessage = (Resource<Socket>, WasmList<WasmList<u8>>, Vec<OutgoingControlMessage>, i32, Option<SocketAddress>);

/// Adds them where the generated ones are.
pub(super) fn add_to_linker<T: SocketView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    let mut socket = linker.instance("berkeley:sockets/socket@0.1.0")?;
    socket.func_wrap_async("[method]socket.send", |store, (socket, data, flags): Send| {
        promise(with_bytes(store, &socket, &data, |socket, data| send(socket, data, flags)))
    })?;
    socket.func_wrap_async("[method]socket.sendall", |store, (socket, data, flags): Send| {
        promise(with_bytes(store, &socket, &data, |socket, data| sendall(socket, data, flags)))
    })?;
    socket.func_wrap_async("[method]socket.sendto", |store, (socket, data, flags, address): SendTo| {
        promise(with_bytes(store, &socket, &data, |socket, data| sendto(socket, data, flags, address)))
    })?;
    let mut ancillary = linker.instance("berkeley:sockets/ancillary@0.1.0")?;
    ancillary.func_wrap_async("sendmmsg", |store, (socket, data, datagrams, flags): SendMany| {
        promise(with_bytes(store, &socket, &data, |socket, data| sendmmsg(socket, data, datagrams, flags)))
    })?;
    ancillary.func_wrap_async("sendmsg", |store, message: SendMessage| {
        let (socket, buffers, ancillary, flags, address) = message;
        promise(match sys::lent_lists(store, &buffers) {
            Ok((state, buffers)) => sendmsg(state.sockets().table, &socket, buffers, ancillary, flags, address),
            Err(error) => at_once(Err(Failure::Trap(error))),
        })
    })
}

/// Calls with the socket and the bytes, both lent for as long as the store is.
fn with_bytes<'a, T: SocketView + 'static, R>(
    store: StoreContextMut<'a, T>,
    handle: &Resource<Socket>,
    data: &WasmList<u8>,
    call: impl FnOnce(&'a Socket, &'a [u8]) -> Answering<'a, R>,
) -> Answering<'a, R> {
    let (state, data) = sys::lent(store, data);
    let SocketCtxView { table, .. } = state.sockets();
    match table.get(handle).or_trap() {
        Ok(socket) => call(socket, data),
        Err(failure) => at_once(Err(failure)),
    }
}

fn promise<'a, T: std::marker::Send + 'a>(answering: Answering<'a, T>) -> Promise<'a, T> {
    match answering {
        Either::Left(answer) => Box::new(ready(lower(answer.into_inner()))),
        Either::Right(answer) => Box::new(async move { lower(answer.await) }),
    }
}

fn send<'a>(socket: &'a Socket, data: &'a [u8], flags: i32) -> Answering<'a, u64> {
    match socket.send_now(data, flags, socket.sends_all(flags)) {
        Tried::Done(result) => at_once(count(result)),
        Tried::Blocked(begun) => later(async move { count(socket.send_on(begun, data, flags).await) }),
    }
}

fn sendall<'a>(socket: &'a Socket, data: &'a [u8], flags: i32) -> Answering<'a, ()> {
    match socket.send_now(data, flags, true) {
        Tried::Done(result) => at_once(result.map(drop).map_err(Failure::from)),
        Tried::Blocked(begun) => later(async move { Ok(socket.sendall_on(begun, data, flags).await?) }),
    }
}

fn sendto<'a>(socket: &'a Socket, data: &'a [u8], flags: i32, address: SocketAddress) -> Answering<'a, u64> {
    let address = match Address::try_from(address) {
        Ok(address) => address,
        Err(error) => return at_once(Err(error.into())),
    };
    match socket.sendto_now(data, flags, &address) {
        Tried::Done(result) => at_once(count(result)),
        Tried::Blocked(begun) => later(async move { count(socket.sendto_on(begun, data, flags, &address).await) }),
    }
}

fn sendmmsg<'a>(
    socket: &'a Socket,
    data: &'a [u8],
    datagrams: Vec<OutgoingDatagram>,
    flags: i32,
) -> Answering<'a, u32> {
    later(async move {
        let datagrams = until_error(datagrams.into_iter().take(MOST_AT_ONCE).map(TryFrom::try_from))?;
        Ok(socket.sendmmsg(data, datagrams, flags).await? as u32)
    })
}

fn sendmsg<'a>(
    table: &'a ResourceTable,
    socket: &Resource<Socket>,
    buffers: Vec<&'a [u8]>,
    ancillary: Vec<OutgoingControlMessage>,
    flags: i32,
    address: Option<SocketAddress>,
) -> Answering<'a, u64> {
    let lift = || {
        let ancillary: Vec<_> =
            ancillary.into_iter().map(|message| outgoing(table, message)).collect::<Result<_, _>>()?;
        let address = address.map(Address::try_from).transpose()?;
        Ok((table.get(socket).or_trap()?, ancillary, address))
    };
    let (socket, ancillary, address) = match lift() {
        Ok(lifted) => lifted,
        Err(failure) => return at_once(Err(failure)),
    };
    match socket.sendmsg_now(&buffers, &ancillary, flags, address.as_ref()) {
        Tried::Done(result) => at_once(count(result)),
        Tried::Blocked(begun) => {
            later(async move { count(socket.sendmsg_on(begun, &buffers, &ancillary, flags, address.as_ref()).await) })
        }
    }
}

fn count(sent: Result<usize, crate::error::Error>) -> Result<u64, Failure> {
    Ok(sent? as u64)
}
