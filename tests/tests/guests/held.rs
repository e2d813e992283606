//! What this process holds: it is to be the same after guests as before.

use std::fs;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use crate::alone::has_own_network;

/// Longer than anything takes; what waits for it has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Threads of pools, which stay for a while, or for good: by the first letters of their names.
const POOLS: &[&str] = &["berkeley-names", "berkeley-work", "tokio"];

#[derive(Debug)]
pub(crate) struct Held {
    at: Instant,
    descriptors: usize,
    threads: Vec<String>,
    /// All that the network has, with those that nobody has open.
    sockets: Option<usize>,
}

impl Held {
    pub(crate) fn now() -> Self {
        // What is on its way to nobody is collected by the kernel when a unix socket is closed.
        drop(UnixStream::pair());
        let mut threads: Vec<_> = fs::read_dir("/proc/self/task").expect("is there").flatten().collect::<Vec<_>>();
        threads.sort_by_key(fs::DirEntry::file_name);
        let name = |entry: &fs::DirEntry| fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
        let mut threads: Vec<_> = threads.iter().map(name).map(|name| name.trim().to_owned()).collect();
        threads.retain(|name| !POOLS.iter().any(|pool| name.starts_with(pool)));
        Self {
            at: Instant::now(),
            descriptors: fs::read_dir("/proc/self/fd").expect("is there").count(),
            threads,
            sockets: has_own_network().then(sockets),
        }
    }

    /// Waits until no more is held than then.
    pub(crate) fn comes_back(&self, after: impl std::fmt::Display) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let now = Self::now();
            // Of what was left of others then, some may be gone.
            if now.descriptors <= self.descriptors && now.has_no_thread_beside(self) && now.sockets <= self.sockets {
                return;
            }
            assert!(Instant::now() < deadline, "{after}: {now:?} instead of {self:?}\n{}", open());
            std::thread::yield_now();
        }
    }
}

impl Held {
    /// Whether all threads were there then. One that closed the sockets of others may have ended since.
    fn has_no_thread_beside(&self, then: &Self) -> bool {
        let mut others = then.threads.clone();
        self.threads.iter().all(|thread| {
            let at = others.iter().position(|other| other == thread);
            at.map(|at| others.swap_remove(at)).is_some()
        })
    }

    /// Whether there are as many descriptors as then and so many more, and no thread beside those. Fails where that takes long.
    pub(crate) fn has_beside(&self, more: usize, what: impl std::fmt::Display) -> bool {
        let now = Self::now();
        let has = now.descriptors == self.descriptors + more && now.has_no_thread_beside(self);
        assert!(has || now.at < self.at + PATIENCE, "{what}: {now:?} instead of {self:?} and {more}\n{}", open());
        has
    }
}

/// How many sockets of the network are used, though nobody has them open any more.
fn sockets() -> usize {
    let text = fs::read_to_string("/proc/self/net/sockstat").expect("is there");
    let used = text.lines().find_map(|line| line.strip_prefix("sockets: used "));
    used.expect("the kernel tells").trim().parse().expect("a number")
}

/// What is open, for whoever reads that it is too much.
fn open() -> String {
    let entries = fs::read_dir("/proc/self/fd").expect("is there").flatten();
    let lines: Vec<_> = entries.filter_map(|entry| Some(format!("{:?}", fs::read_link(entry.path()).ok()?))).collect();
    lines.join("\n")
}
