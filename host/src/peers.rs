//! Whom a datagram socket has heard from, so that it may answer them.

use std::collections::{HashSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use crate::budget::{Budget, Share};

/// How many peers one socket remembers; the eldest is forgotten first.
const REMEMBERED: usize = 4096;

/// The peers whose datagrams the policy has let through.
#[derive(Debug)]
pub(crate) struct Peers {
    known: Mutex<Known>,
    /// What all the guest's sockets remember, and how much that may be.
    budget: Budget,
    most: usize,
}

#[derive(Debug, Default)]
struct Known {
    peers: HashSet<SocketAddr>,
    /// Of which policy they are.
    generation: u64,
    order: VecDeque<(SocketAddr, Share)>,
}

impl Peers {
    pub(crate) fn new(budget: &Budget, most: usize) -> Self {
        Self { known: Mutex::default(), budget: budget.clone(), most }
    }

    pub(crate) fn contains(&self, peer: SocketAddr) -> bool {
        self.lock().peers.contains(&peer)
    }

    pub(crate) fn remember(&self, peer: SocketAddr) {
        let mut known = self.lock();
        if !known.peers.insert(peer) {
            return;
        }
        let full = known.order.len() >= REMEMBERED;
        let share = if full { None } else { self.budget.take(1, self.most) };
        let share = share.or_else(|| {
            let (eldest, share) = known.order.pop_front()?;
            known.peers.remove(&eldest);
            Some(share)
        });
        // Each socket may answer one at least.
        known.order.push_back((peer, share.unwrap_or_else(|| self.budget.take_anyway(1))));
    }

    /// Forgets those that an earlier policy has let through.
    pub(crate) fn forget_before(&self, generation: u64) {
        let mut known = self.lock();
        if known.generation < generation {
            *known = Known { generation, ..Known::default() };
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eldest_is_forgotten() {
        let peers = Peers::new(&Budget::default(), usize::MAX);
        let peer = |port| SocketAddr::from(([127, 0, 0, 1], port));
        for port in 0..=REMEMBERED as u16 {
            peers.remember(peer(port));
            peers.remember(peer(port));
        }
        assert!(!peers.contains(peer(0)));
        assert!(peers.contains(peer(1)) && peers.contains(peer(REMEMBERED as u16)));
    }

    #[test]
    fn sockets_of_one_guest_share_what_they_remember() {
        let budget = Budget::default();
        let (one, other) = (Peers::new(&budget, 3), Peers::new(&budget, 3));
        let peer = |port| SocketAddr::from(([127, 0, 0, 1], port));
        (1..=5).for_each(|port| one.remember(peer(port)));
        other.remember(peer(1));
        other.remember(peer(2));
        assert_eq!(budget.taken(), 4, "one more than there may be, for a socket that would know nobody");
        assert!(one.contains(peer(3)) && !one.contains(peer(2)) && other.contains(peer(2)) && !other.contains(peer(1)));
        drop((one, other));
        assert_eq!(budget.taken(), 0);
    }
}
