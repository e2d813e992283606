//! A resolver that nobody answers.

use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use berkeley_host::resolver::{AddressInfo, HostEntry, Lookup, Query, Resolver, blocking};
use berkeley_host::{Address, Error};

/// Never answers: for one name without a thread, for another in one, until the sender is dropped.
#[derive(Clone)]
pub(crate) struct Silent {
    held: Arc<Mutex<mpsc::Receiver<()>>>,
    blocking: Arc<AtomicUsize>,
}

impl Silent {
    /// One, and what keeps those threads.
    pub(crate) fn new() -> (mpsc::Sender<()>, Self) {
        let (sender, receiver) = mpsc::channel();
        (sender, Self { held: Arc::new(Mutex::new(receiver)), blocking: Arc::default() })
    }

    /// How many look-ups have begun in a thread.
    pub(crate) fn blocking(&self) -> usize {
        self.blocking.load(Ordering::Relaxed)
    }
}

impl Resolver for Silent {
    fn getaddrinfo(&self, query: Query) -> Lookup<'_, Vec<AddressInfo>> {
        let held = self.held.clone();
        match query.host.as_deref() {
            Some(b"blocking.test") => {
                let begun = self.blocking.clone();
                blocking(move || {
                    begun.fetch_add(1, Ordering::Relaxed);
                    // It ends by an error.
                    let _ = held.lock().map(|held| held.recv());
                    Err(Error::TimedOut)
                })
            }
            _ => Box::pin(std::future::pending()),
        }
    }

    fn getnameinfo(&self, _: Address, _: i32) -> Lookup<'_, (Vec<u8>, Vec<u8>)> {
        Box::pin(std::future::pending())
    }

    fn gethostbyname(&self, _: Vec<u8>) -> Lookup<'_, HostEntry> {
        Box::pin(std::future::pending())
    }

    fn gethostbyaddr(&self, _: IpAddr) -> Lookup<'_, HostEntry> {
        Box::pin(std::future::pending())
    }
}
