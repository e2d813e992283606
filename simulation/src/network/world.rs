//! The world: what embedders set up and disturb.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::event::Event;
use super::host::{Host, HostState};
use super::link::Link;
use super::state::{HostId, State};

/// A network of hosts, by one seed. Its clones are the same world.
///
/// All that uses it runs on one thread: on a tokio runtime of the current thread whose clock is paused.
#[derive(Clone)]
pub struct World(Arc<Inner>);

type Observer = Box<dyn Fn(&Event) + Send + Sync>;

struct Inner {
    state: Mutex<State>,
    began: Instant,
    /// Something is to happen earlier than was known.
    earlier: Notify,
    observer: Mutex<Option<Arc<Observer>>>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

impl World {
    /// A world that begins now, by tokio's clock. The same seed is the same chance.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Inner {
            state: Mutex::new(State::new(seed)),
            began: Instant::now(),
            earlier: Notify::new(),
            observer: Mutex::new(None),
        }))
    }

    /// Adds a host. Others find it by its name, and reach it by any of its addresses; it has those of loopback besides.
    ///
    /// # Panics
    ///
    /// There is a host of that name or address.
    pub fn add_host(&self, name: &str, addresses: impl IntoIterator<Item = IpAddr>) -> Host {
        let addresses: Vec<_> = addresses.into_iter().collect();
        let id = self.with(|state| {
            let is_known = state.hosts.iter().any(|host| &*host.name == name);
            let is_taken = is_known || addresses.iter().any(|ip| state.owners.contains_key(ip));
            assert!(!is_taken, "there is a host of the name {name} or of its address");
            let id = state.hosts.len();
            state.owners.extend(addresses.iter().map(|ip| (*ip, id)));
            state.hosts.push(HostState::new(name, addresses));
            id
        });
        Host { world: self.clone(), id }
    }

    /// The host of that name.
    pub fn host(&self, name: &str) -> Option<Host> {
        let id = self.with(|state| state.hosts.iter().position(|host| &*host.name == name))?;
        Some(Host { world: self.clone(), id })
    }

    /// Has the name service tell those addresses for the name from now on, whether a host has that name or not; of none it
    /// says that there is no such name.
    pub fn set_name(&self, name: &str, addresses: impl IntoIterator<Item = IpAddr>) {
        let addresses = addresses.into_iter().collect();
        self.with(|state| state.names.insert(name.to_ascii_lowercase(), addresses));
    }

    /// Has it tell what it did before any of that.
    pub fn reset_name(&self, name: &str) {
        self.with(|state| state.names.remove(&name.to_ascii_lowercase()));
    }

    /// Sets the link between any two hosts for which no other is set.
    pub fn set_links(&self, link: Link) {
        self.with(|state| state.set_usual(link));
    }

    /// Sets the link from the one host to the other, and the one back. Names that no host has are passed over.
    pub fn set_link(&self, one: &str, other: &str, link: Link) {
        self.set_way(one, other, link.clone());
        self.set_way(other, one, link);
    }

    /// Sets the link from the one host to the other, one way.
    pub fn set_way(&self, from: &str, to: &str, link: Link) {
        self.between(from, to, |state, from, to| state.link(from, to).link = link);
    }

    /// The link from the one host to the other.
    pub fn way(&self, from: &str, to: &str) -> Option<Link> {
        self.between(from, to, |state, from, to| state.link(from, to).link.clone())
    }

    /// Lets nothing through from the one host to the other, one way, or lets it through again. What is on its way arrives.
    pub fn cut(&self, from: &str, to: &str, is_cut: bool) {
        self.between(from, to, |state, from, to| state.link(from, to).is_cut = is_cut);
    }

    /// Lets nothing through between hosts of the one group and all others.
    pub fn partition(&self, group: &[&str]) {
        self.with(|state| {
            let is_in: Vec<_> = state.hosts.iter().map(|host| group.contains(&&*host.name)).collect();
            for (from, to) in pairs(is_in.len()).filter(|(from, to)| is_in[*from] != is_in[*to]) {
                state.link(from, to).is_cut = true;
            }
        });
    }

    /// Lets everything through again.
    pub fn heal(&self) {
        self.with(|state| pairs(state.hosts.len()).for_each(|(from, to)| state.link(from, to).is_cut = false));
    }

    /// Tells of each message on its way between hosts, loopback among them, in the order in which they are sent. The
    /// observer calls nothing of the world.
    pub fn observe(&self, observer: impl Fn(&Event) + Send + Sync + 'static) {
        *lock(&self.0.observer) = Some(Arc::new(Box::new(observer)));
        self.with(|state| state.is_observed = true);
    }

    /// The time since the world began.
    pub fn now(&self) -> Duration {
        self.0.began.elapsed()
    }

    /// Whether nothing is on its way, and no timer runs.
    pub fn is_quiet(&self) -> bool {
        self.with(|state| state.next_time().is_none())
    }

    /// Lets happen what is to happen, at its time; it never ends. Have it run beside the programs, by `tokio::spawn`.
    pub async fn drive(self) {
        loop {
            let earlier = self.0.earlier.notified();
            match self.with(|state| state.next_time()) {
                None => earlier.await,
                Some(next) => tokio::select! {
                    biased;
                    () = earlier => {}
                    () = tokio::time::sleep_until(self.0.began + next) => {}
                },
            }
        }
    }

    fn between<T>(&self, from: &str, to: &str, act: impl FnOnce(&mut State, HostId, HostId) -> T) -> Option<T> {
        self.with(|state| {
            let find = |name: &str| state.hosts.iter().position(|host| &*host.name == name);
            let (from, to) = (find(from)?, find(to)?);
            Some(act(state, from, to))
        })
    }

    /// Acts on the state, and lets happen what is due before and after. Who is woken or told is so afterwards.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let now = self.now();
        let mut state = lock(&self.0.state);
        let before = state.next_time();
        state.settle(now);
        let result = act(&mut state);
        state.settle(now);
        let is_earlier = state.next_time().is_some_and(|next| before.is_none_or(|before| next < before));
        let woken = std::mem::take(&mut state.woken);
        let told = std::mem::take(&mut state.told);
        let dropped = std::mem::take(&mut state.dropped);
        drop(state);
        if is_earlier {
            self.0.earlier.notify_one();
        }
        if !told.is_empty()
            && let Some(observer) = lock(&self.0.observer).clone()
        {
            told.iter().for_each(|event| observer(event));
        }
        // Closing the last of a socket comes here again.
        drop(dropped);
        woken.into_iter().for_each(std::task::Waker::wake);
        result
    }
}

fn pairs(hosts: usize) -> impl Iterator<Item = (HostId, HostId)> {
    (0..hosts).flat_map(move |from| (0..hosts).map(move |to| (from, to))).filter(|(from, to)| from != to)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
