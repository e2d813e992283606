//! The names by which a guest has looked addresses up.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The names by which one guest has looked addresses up.
#[derive(Debug, Default)]
pub struct Names(Mutex<HashMap<IpAddr, Vec<Arc<str>>>>);

/// How many addresses are remembered; look-ups beyond forget what was.
const REMEMBERED: usize = 8192;

impl Names {
    /// The names that led the guest to the address.
    pub fn of(&self, address: IpAddr) -> Vec<Arc<str>> {
        self.lock().get(&address).cloned().unwrap_or_default()
    }

    pub(crate) fn learn(&self, name: &str, addresses: impl Iterator<Item = SocketAddr>) {
        let name: Arc<str> = name.into();
        let mut names = self.lock();
        for address in addresses {
            if names.len() >= REMEMBERED {
                names.clear();
            }
            let known = names.entry(address.ip()).or_default();
            if !known.contains(&name) && known.len() < REMEMBERED / 64 {
                known.push(name.clone());
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Vec<Arc<str>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A host name as it is compared: in small letters, without the dot of the root.
pub(crate) fn plain_name(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}
