//! Waiting for as much as SO_RCVLOWAT wants.

use std::sync::atomic::Ordering;

use berkeley_constants as c;
use c::{POLLERR, POLLHUP, POLLIN, POLLRDHUP};

use super::handle::Socket;
use super::patience::Patience;
use crate::error::Result;
use crate::policy::Transport;
use crate::wait::{Descriptor, PAUSE};

impl Socket {
    /// Notes whether the guest has sockets now that wait for more than one byte.
    pub(crate) fn note_low_water(&self) {
        if self.getsockopt_unseen(c::SOL_SOCKET, c::SO_RCVLOWAT).is_ok_and(|mark| mark > 1) {
            self.shared.low_water.store(true, Ordering::Relaxed);
        }
    }

    /// Waits, where the call may, until a stream has as much as SO_RCVLOWAT wants, or all that it will ever have.
    pub(super) async fn reach_low_water(
        &self,
        descriptor: &Descriptor,
        size: u64,
        patience: &mut Patience,
    ) -> Result<()> {
        let mark = u64::try_from(self.getsockopt(c::SOL_SOCKET, c::SO_RCVLOWAT)?).unwrap_or(1);
        match patience {
            Patience::None => return Ok(()),
            // As CPython does it, whatever the size.
            Patience::For(_) if mark > 1 => return self.wait(descriptor, POLLIN, patience).await,
            _ => {}
        }
        let enough = mark.min(size);
        let ends = POLLERR | POLLHUP | POLLRDHUP;
        // Where it does not tell how much it has, the call itself answers.
        let available = || descriptor.socket().available().unwrap_or(u64::MAX);
        while enough > 1 && available() < enough && descriptor.events(POLLRDHUP)? & ends == 0 {
            // Of the mark itself poll(2) tells, with TCP; of what is below, and with others, nothing does.
            let told = self.transport == Transport::Tcp && enough == mark;
            let waited = match told {
                true => self.wait(descriptor, POLLIN, patience).await,
                false => self.pause(descriptor, patience, PAUSE).await,
            };
            match waited {
                // The kernel then gives what there is.
                Err(error) if error.would_block() => break,
                Ok(()) if told => break,
                result => result?,
            }
        }
        Ok(())
    }
}
