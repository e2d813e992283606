//! By the guest crate.

use std::net::SocketAddr;

use berkeley_guest::ancillary::Batch;
use berkeley_guest::poll::AsSocket as _;

use super::BATCH;
use crate::meter::Result;
use crate::net::UdpSocket;
use crate::workload::MESSAGE;

#[derive(Default)]
pub(crate) struct Many(Batch);

impl Many {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Sends so many datagrams as one call takes.
    pub(crate) fn send(&mut self, socket: &UdpSocket, peer: &SocketAddr) -> Result<u64> {
        self.0.clear();
        (0..BATCH).for_each(|_| self.0.push_to(&[7; MESSAGE], *peer));
        Ok(socket.as_socket().send_many(&mut self.0)? as u64)
    }

    /// Receives those that have come.
    pub(crate) fn receive(&mut self, socket: &UdpSocket) -> Result<u64> {
        Ok(socket.as_socket().recv_many(BATCH, MESSAGE)?.len() as u64)
    }
}
