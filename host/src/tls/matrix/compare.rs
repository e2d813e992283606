//! Comparing OpenSSL's verdicts with the host's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What differs: words of the chain's description, OpenSSL's numbers (0: it holds), the host's number, and why.
pub(super) type Difference = (&'static [&'static str], &'static [u32], u32, &'static str);

/// What `work` finds of each of so many, done by some threads at once.
pub(super) fn in_threads<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return done;
            }
            done.push((at, work(at)));
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut done: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no panic")).collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, found)| found).collect()
}

/// What comes of comparing.
pub(super) struct Compared {
    /// How often each of OpenSSL's verdicts was there.
    pub(super) seen: BTreeMap<u32, usize>,
    /// What differs, and is not known to.
    pub(super) unlike: Vec<String>,
    /// How many of the known differences there were none of.
    pub(super) unused: usize,
}

impl Compared {
    /// Nothing differs but what is known to.
    pub(super) fn assert_alike(&self) {
        assert!(self.unlike.is_empty(), "{} differ:\n{}", self.unlike.len(), self.unlike.join("\n"));
        assert_eq!(self.unused, 0, "a difference that there is no more");
    }
}

/// Compares descriptions with OpenSSL's verdicts and the host's; none may hold that OpenSSL refuses.
pub(super) fn compare(found: impl Iterator<Item = (String, u32, u32)>, differences: &[Difference]) -> Compared {
    let (mut seen, mut laxer, mut unlike) = (BTreeMap::new(), Vec::new(), Vec::new());
    let mut used = BTreeSet::new();
    let mut stricter = 0;
    for (chain, theirs, ours) in found {
        *seen.entry(theirs).or_insert(0) += 1;
        stricter += usize::from(theirs == 0 && ours != 0);
        if theirs == ours {
            continue;
        }
        let known = |(words, openssl, host, _): &Difference| {
            words.iter().all(|word| chain.contains(word)) && openssl.contains(&theirs) && ours == *host
        };
        if ours == 0 {
            laxer.push(format!("{theirs}: {chain}"));
        } else if let Some(at) = differences.iter().position(known) {
            used.insert(at);
        } else {
            unlike.push(format!("openssl {theirs}, host {ours}: {chain}"));
        }
    }
    println!("chains by OpenSSL's number: {seen:?}; {stricter} hold for OpenSSL alone");
    assert!(laxer.is_empty(), "{} hold though OpenSSL refuses them:\n{}", laxer.len(), laxer.join("\n"));
    Compared { seen, unlike, unused: differences.len() - used.len() }
}
