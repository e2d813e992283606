//! The `poll` interface.

use wasmtime::component::Resource;
use wasmtime_wasi_io::poll::{DynPollable, subscribe};

use super::error::{Failure, OrTrap};
use super::socket::nanoseconds;
use super::wit::poll as wit;
use crate::poll::{self, Subscription};
use crate::socket::Socket;
use crate::view::SocketCtxView;

impl wit::Host for SocketCtxView<'_> {
    async fn poll(&mut self, interests: Vec<wit::Interest>, limit: Option<u64>) -> Result<Vec<i16>, Failure> {
        let socket = |interest: &wit::Interest| Ok((self.socket(&interest.socket)?, interest.events));
        let interests = interests.iter().map(socket).collect::<Result<Vec<_>, Failure>>()?;
        Ok(poll::poll(&self.ctx.shared, &interests, nanoseconds(limit)).await?)
    }

    fn subscribe(&mut self, socket: Resource<Socket>, events: i16) -> Result<Resource<DynPollable>, Failure> {
        let subscription = Subscription::new(self.socket(&socket)?, events)?;
        let subscription = self.table.push(subscription).or_trap()?;
        subscribe(self.table, subscription).map_err(Failure::Trap)
    }
}
