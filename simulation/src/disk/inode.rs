//! What files are told to be beside their content: numbers and times of the run's own, and none of this machine's.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::Duration;

/// What this machine tells files apart by.
pub(super) type Key = (u64, u64);

/// A file, as a guest is told of it. Its times are the time since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Inode {
    pub(super) number: u64,
    pub(super) accessed: Duration,
    pub(super) modified: Duration,
    pub(super) changed: Duration,
}

/// The files of which anything was heard.
#[derive(Debug, Default)]
pub(super) struct Inodes {
    known: HashMap<Key, Inode>,
    last: u64,
}

impl Inodes {
    /// The file. One that was there before anything was heard of it is of that date.
    pub(super) fn of(&mut self, key: Key, date: Duration) -> &mut Inode {
        match self.known.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                self.last += 1;
                place.insert(Inode { number: self.last, accessed: date, modified: date, changed: date })
            }
        }
    }

    /// The file, which is new: where this machine calls it as one that is gone, it is another one all the same.
    pub(super) fn create(&mut self, key: Key, date: Duration) {
        self.known.remove(&key);
        self.of(key, date);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_is_another_one_whatever_this_machine_calls_it() {
        let [early, late] = [1, 2].map(Duration::from_secs);
        let mut inodes = Inodes::default();
        assert_eq!(inodes.of((7, 7), early).number, 1);
        assert_eq!(inodes.of((8, 8), late).number, 2);
        assert_eq!(*inodes.of((7, 7), late), Inode { number: 1, accessed: early, modified: early, changed: early });
        inodes.create((7, 7), late);
        assert_eq!(*inodes.of((7, 7), early), Inode { number: 3, accessed: late, modified: late, changed: late });
    }
}
