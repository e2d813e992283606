//! Receiving from a connection: much of it goes straight to where it will lie in the guest's memory.

use std::future::ready;

use wasmtime::component::{Linker, Resource};

use super::answer::lower;
use super::error::{Failure, OrTrap};
use super::wit::error::Error;
use crate::socket::{Given, Queued, Socket, Tried};
use crate::sys::{self, Placed, Source};
use crate::view::{SocketCtxView, SocketView};

impl Source for Queued {
    type Error = Error;

    fn length(&self) -> usize {
        self.length()
    }

    fn put(&self, room: &mut [u8]) -> Result<usize, Error> {
        Ok(self.receive_into(room)?)
    }
}

type Told = wasmtime::Result<(Placed<Queued>,)>;

/// What the function answers.
type Promise<'a> = Box<dyn Future<Output = Told> + Send + 'a>;

/// Adds the function where the generated one is.
pub(super) fn add_to_linker<T: SocketView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    let mut socket = linker.instance("berkeley:sockets/socket@0.1.0")?;
    socket.func_wrap_async("[method]socket.recv", |store, (socket, size, flags): (Resource<Socket>, u64, i32)| {
        let SocketCtxView { table, .. } = sys::state(store).sockets();
        match table.get(&socket).or_trap() {
            Ok(socket) => recv(socket, size, flags),
            Err(failure) => Box::new(ready(told(Err(failure)))),
        }
    })
}

fn recv(socket: &Socket, size: u64, flags: i32) -> Promise<'_> {
    match socket.give_now(size, flags) {
        Tried::Done(result) => Box::new(ready(told(result.map_err(Failure::from)))),
        Tried::Blocked(blocked) => {
            Box::new(async move { told(socket.give_on(blocked, size, flags).await.map_err(Failure::from)) })
        }
    }
}

fn told(answer: Result<Given, Failure>) -> Told {
    let known = match answer {
        Ok(Given::Queued(queued)) => return Ok((Placed::From(queued),)),
        Ok(Given::Data(data)) => Ok(data),
        Err(failure) => Err(failure),
    };
    lower(known).map(|(whole,)| (Placed::Known(whole),))
}
