//! A socket that is watched.

use std::sync::{MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::descriptor::Descriptor;
use super::watcher::Watcher;

impl Descriptor {
    /// The key by which the watcher knows it, if it watches it.
    pub(crate) fn key(&self, watcher: &Weak<dyn Watcher>) -> Option<usize> {
        self.watchers().iter().find(|(one, _)| one.ptr_eq(watcher)).map(|(_, key)| *key)
    }

    /// Notes that the watcher watches it, and knows it by that key.
    pub(crate) fn watch(&self, watcher: Weak<dyn Watcher>, key: usize) {
        let mut watchers = self.watchers();
        watchers.retain(|(one, _)| one.strong_count() > 0);
        // Most are watched by one.
        watchers.reserve_exact(1);
        watchers.push((watcher, key));
    }

    /// Notes that the watcher does so no longer.
    pub(crate) fn unwatch(&self, watcher: &Weak<dyn Watcher>) {
        self.watchers().retain(|(one, _)| !one.ptr_eq(watcher));
    }

    /// Has everybody forget it who watches it.
    pub(crate) fn unwatch_all(&self, is_told: bool) {
        let watchers = std::mem::take(&mut *self.watchers());
        for (watcher, key) in watchers.iter().filter_map(|(watcher, key)| Some((watcher.upgrade()?, *key))) {
            watcher.forget(key, &self.socket, is_told);
        }
    }

    /// Has those that watch it tell of it anew after that time.
    pub(crate) fn postpone(&self, wait: Duration) {
        let watchers: Vec<_> =
            self.watchers().iter().filter_map(|(watcher, key)| Some((watcher.upgrade()?, *key))).collect();
        for (watcher, key) in watchers {
            watcher.postpone(key, wait);
        }
    }

    fn watchers(&self) -> MutexGuard<'_, Vec<(Weak<dyn Watcher>, usize)>> {
        self.watchers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
