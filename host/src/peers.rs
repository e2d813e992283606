//! Whom a datagram socket has heard from, so that it may answer them.

use std::collections::{HashSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

/// How many peers are remembered; the eldest is forgotten first.
const REMEMBERED: usize = 4096;

/// The peers whose datagrams the policy has let through.
#[derive(Debug, Default)]
pub(crate) struct Peers(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    peers: HashSet<SocketAddr>,
    /// Of which policy they are.
    generation: u64,
    order: VecDeque<SocketAddr>,
}

impl Peers {
    pub(crate) fn contains(&self, peer: SocketAddr) -> bool {
        self.lock().peers.contains(&peer)
    }

    pub(crate) fn remember(&self, peer: SocketAddr) {
        let mut known = self.lock();
        if !known.peers.insert(peer) {
            return;
        }
        known.order.push_back(peer);
        if known.order.len() > REMEMBERED
            && let Some(eldest) = known.order.pop_front()
        {
            known.peers.remove(&eldest);
        }
    }

    /// Forgets those that an earlier policy has let through.
    pub(crate) fn forget_before(&self, generation: u64) {
        let mut known = self.lock();
        if known.generation < generation {
            *known = Known { generation, ..Known::default() };
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eldest_is_forgotten() {
        let peers = Peers::default();
        let peer = |port| SocketAddr::from(([127, 0, 0, 1], port));
        for port in 0..=REMEMBERED as u16 {
            peers.remember(peer(port));
            peers.remember(peer(port));
        }
        assert!(!peers.contains(peer(0)));
        assert!(peers.contains(peer(1)) && peers.contains(peer(REMEMBERED as u16)));
    }
}
