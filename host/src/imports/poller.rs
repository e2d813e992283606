//! The `poller` interface.

use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi_io::poll::{DynPollable, subscribe};

use super::error::{Failure, OrTrap};
use super::socket::nanoseconds;
use super::wit::poller as wit;
use crate::poller::{Event, Handles, Poller};
use crate::socket::Socket;
use crate::view::SocketCtxView;

/// The sockets that the guest has.
struct Table<'a>(&'a mut ResourceTable);

impl Handles for Table<'_> {
    fn socket(&mut self, handle: u32) -> Option<&Socket> {
        self.0.get(&Resource::new_borrow(handle)).ok()
    }
}

impl SocketCtxView<'_> {
    fn poller(&self, handle: &Resource<Poller>) -> Result<&Poller, Failure> {
        self.table.get(handle).or_trap()
    }
}

impl From<Event> for wit::Event {
    fn from(Event { events, token }: Event) -> Self {
        Self { events, token }
    }
}

impl wit::Host for SocketCtxView<'_> {
    fn create(&mut self) -> Result<Resource<Poller>, Failure> {
        let poller = Poller::create(&self.ctx.shared)?;
        self.table.push(poller).or_trap()
    }
}

impl wit::HostPoller for SocketCtxView<'_> {
    fn add(
        &mut self,
        poller: Resource<Poller>,
        socket: Resource<Socket>,
        events: u32,
        token: u64,
    ) -> Result<(), Failure> {
        Ok(self.poller(&poller)?.add(self.socket(&socket)?, socket.rep(), events, token)?)
    }

    fn modify(
        &mut self,
        poller: Resource<Poller>,
        socket: Resource<Socket>,
        events: u32,
        token: u64,
    ) -> Result<(), Failure> {
        Ok(self.poller(&poller)?.modify(self.socket(&socket)?, events, token)?)
    }

    fn remove(&mut self, poller: Resource<Poller>, socket: Resource<Socket>) -> Result<(), Failure> {
        Ok(self.poller(&poller)?.remove(self.socket(&socket)?)?)
    }

    async fn wait(
        &mut self,
        poller: Resource<Poller>,
        most: u32,
        limit: Option<u64>,
    ) -> Result<Vec<wit::Event>, Failure> {
        let poller = self.poller(&poller)?.clone();
        let found = poller.wait(&mut Table(self.table), most, nanoseconds(limit)).await?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    fn subscribe(&mut self, poller: Resource<Poller>) -> wasmtime::Result<Resource<DynPollable>> {
        let subscription = self.table.get(&poller)?.subscribe();
        let subscription = self.table.push(subscription)?;
        subscribe(self.table, subscription)
    }

    fn drop(&mut self, poller: Resource<Poller>) -> wasmtime::Result<()> {
        self.table.delete(poller)?;
        Ok(())
    }
}
