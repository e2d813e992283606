//! Where names led that a policy denies something to.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

/// The addresses that names have led to, for good: what is denied does not lapse.
#[derive(Debug, Default)]
pub(super) struct Shunned {
    known: BTreeMap<IpAddr, BTreeSet<Arc<str>>>,
    bytes: usize,
}

/// What an address takes under a name beside the name itself, with what the trees and the allocator add.
const EACH: usize = 192;

impl Shunned {
    /// Remembers to which addresses a name has led; not if all would take more than so many bytes.
    pub(super) fn learn(&mut self, name: &str, addresses: &[IpAddr], most: usize) -> bool {
        let name: Arc<str> = name.into();
        let is_known = |ip: &IpAddr| self.known.get(ip).is_some_and(|names| names.contains(&name));
        let new: BTreeSet<_> = addresses.iter().copied().filter(|ip| !is_known(ip)).collect();
        let more = if new.is_empty() { 0 } else { name.len() + EACH * new.len() };
        if self.bytes + more > most {
            return false;
        }
        self.bytes += more;
        for ip in new {
            self.known.entry(ip).or_default().insert(name.clone());
        }
        true
    }

    /// The names that have led to the address.
    pub(super) fn of(&self, ip: IpAddr) -> impl Iterator<Item = &Arc<str>> {
        self.known.get(&ip).into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_room_is_told_and_what_is_known_needs_none() {
        let (mut shunned, ip) = (Shunned::default(), |last| IpAddr::from([11, 0, 0, last]));
        assert!(shunned.learn("a.example", &[ip(1), ip(1), ip(2)], 600));
        assert!(shunned.learn("a.example", &[ip(1), ip(2)], 600));
        assert!(!shunned.learn("a.example", &[ip(2), ip(3)], 500));
        assert!(shunned.learn("b.example", &[ip(2)], 700));
        assert_eq!((shunned.of(ip(1)).count(), shunned.of(ip(2)).count(), shunned.of(ip(3)).count()), (1, 2, 0));
    }
}
