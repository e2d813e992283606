//! Waiting for room at a unix socket's peer, of which no readiness of the socket itself tells.
#![allow(clippy::disallowed_methods, reason = "the peer stands behind the policy: it was judged as the call's own")]

use berkeley_constants as c;
use c::POLLOUT;

use super::attempt::{Attempt, would_block};
use super::handle::Socket;
use super::patience::{Patience, Pauses};
use crate::address::RawAddress;
use crate::error::Result;
use crate::gate::Way;
use crate::wait::Descriptor;

impl Socket {
    /// As [`attempt`](Self::attempt), of a datagram to a unix peer, whose queue may be full.
    ///
    /// A socket that is connected to the same peer tells when there is room again, so one is made to be asked.
    pub(super) async fn attempt_towards<T: Send>(
        &self,
        peer: &RawAddress,
        patience: &mut Patience,
        call: Attempt<'_, T>,
    ) -> Result<T> {
        let descriptor = self.descriptor()?;
        let mut asked = None;
        let mut pauses = Pauses::default();
        loop {
            self.obey()?;
            self.pass(descriptor, Way::Out, patience).await?;
            descriptor.file().send();
            match call(descriptor.socket()) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) if would_block(&error) => patience.begin(descriptor)?,
                result => return Ok(result?),
            };
            let asked = asked.get_or_insert_with(|| self.connected_to(peer));
            match asked {
                Some(asked) if asked.events(POLLOUT)? == 0 => self.wait(asked, POLLOUT, patience).await?,
                // It is the socket's own buffer that is full, of which it tells unless it is connected elsewhere.
                _ if descriptor.socket().peer_address().is_err() && descriptor.events(POLLOUT)? == 0 => {
                    self.wait(descriptor, POLLOUT, patience).await?;
                }
                _ => self.pause(descriptor, patience, pauses.longer()).await?,
            }
        }
    }

    /// A socket that is connected to the peer; none where there can be none, as where the peer is connected itself.
    fn connected_to(&self, peer: &RawAddress) -> Option<Descriptor> {
        let socket = self.shared.open_socket(c::AF_UNIX, c::SOCK_DGRAM, 0).ok()?;
        socket.connect(peer).ok()?;
        Some(Descriptor::new(socket, self.shared.given_lease()))
    }
}
