//! By the guest crate's poller.

use berkeley_guest::poller::{EPOLLIN, Poller};

use super::MOST;
use crate::meter::Result;
use crate::net::TcpStream;

pub(crate) struct Watch(Poller);

impl Watch {
    /// Watches them all. Each is known by its place.
    pub(crate) fn new(streams: &[TcpStream]) -> Result<Self> {
        let poller = Poller::new()?;
        for (at, stream) in streams.iter().enumerate() {
            poller.add(stream, EPOLLIN, at as u64)?;
        }
        Ok(Self(poller))
    }

    /// Waits until some have something to receive.
    pub(crate) fn wait(&mut self) -> Result<impl Iterator<Item = usize>> {
        Ok(self.0.wait(MOST, None)?.into_iter().map(|event| event.token as usize))
    }
}
