//! What was written and not synced: what a host may lose when its power fails.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::inode::Key;
use crate::chance::Chance;

/// After what time the system writes by itself what nobody has synced: dirty_expire_centisecs.
const EXPIRES: Duration = Duration::from_secs(30);

/// The files that were written to. Nothing is kept unless power can fail, as it takes time and memory.
#[derive(Debug, Default)]
pub(super) struct Journal {
    is_kept: bool,
    files: HashMap<Key, Kept>,
}

/// A file, and how what was last written to it can be undone.
#[derive(Debug)]
struct Kept {
    /// Opened for this alone: the guest's own may be one that only writes.
    file: Arc<File>,
    /// By which the guest writes.
    users: Vec<Weak<File>>,
    writes: VecDeque<Write>,
}

/// One change of a file: what was there before.
#[derive(Debug)]
struct Write {
    at: Duration,
    place: u64,
    before: Vec<u8>,
    /// How large the file was.
    size: u64,
    /// How many bytes were written; none where the file was cut, or grew.
    length: u64,
}

impl Journal {
    pub(super) fn new(is_kept: bool) -> Self {
        Self { is_kept, files: HashMap::new() }
    }

    pub(super) fn is_kept(&self) -> bool {
        self.is_kept
    }

    /// Forgets all: the disk is another one.
    pub(super) fn clear(&mut self) {
        self.files.clear();
    }

    /// The guest has opened the file to write to it; `own` is the same, opened to be read and written.
    pub(super) fn open(&mut self, key: Key, own: Arc<File>, user: Option<&Arc<File>>, now: Duration) {
        self.files.retain(|_, kept| {
            kept.users.retain(|user| user.strong_count() > 0);
            kept.expire(now);
            !(kept.users.is_empty() && kept.writes.is_empty())
        });
        let kept =
            self.files.entry(key).or_insert_with(|| Kept { file: own, users: Vec::new(), writes: VecDeque::new() });
        kept.users.extend(user.map(Arc::downgrade));
    }

    /// So many bytes will be written there; without a place, at the end.
    pub(super) fn will_write(&mut self, key: Key, place: Option<u64>, length: u64, now: Duration) -> io::Result<()> {
        let Some(kept) = self.files.get_mut(&key) else { return Ok(()) };
        let size = kept.file.metadata()?.len();
        let place = place.unwrap_or(size);
        let before = read(&kept.file, place, length.min(size.saturating_sub(place)))?;
        kept.writes.push_back(Write { at: now, place, before, size, length });
        Ok(())
    }

    /// The file will be of that size.
    pub(super) fn will_resize(&mut self, key: Key, to: u64, now: Duration) -> io::Result<()> {
        let Some(kept) = self.files.get_mut(&key) else { return Ok(()) };
        let size = kept.file.metadata()?.len();
        let before = read(&kept.file, to, size.saturating_sub(to))?;
        kept.writes.push_back(Write { at: now, place: to, before, size, length: 0 });
        Ok(())
    }

    /// All that was written to the file is on the disk.
    pub(super) fn sync(&mut self, key: Key) {
        if let Some(kept) = self.files.get_mut(&key) {
            kept.writes.clear();
        }
    }

    /// The power fails: of each file, in the order of these numbers, some of the last writes are undone.
    pub(super) fn lose(
        &mut self,
        number: &mut dyn FnMut(&Key) -> u64,
        chance: &mut Chance,
        now: Duration,
    ) -> io::Result<()> {
        let mut files: Vec<_> = self.files.drain().collect();
        files.sort_by_cached_key(|(key, _)| number(key));
        for (_, mut kept) in files {
            kept.expire(now);
            kept.lose(chance)?;
        }
        Ok(())
    }
}

impl Kept {
    /// What is old enough is on the disk.
    fn expire(&mut self, now: Duration) {
        while self.writes.front().is_some_and(|write| write.at + EXPIRES <= now) {
            self.writes.pop_front();
        }
    }

    /// Keeps so many of the writes as chance has it, and perhaps a part of the next one.
    fn lose(&mut self, chance: &mut Chance) -> io::Result<()> {
        let kept = chance.index(self.writes.len() + 1);
        while self.writes.len() > kept {
            let Some(write) = self.writes.pop_back() else { break };
            let is_torn = self.writes.len() == kept && chance.happens(0.5);
            let part = if is_torn { chance.below(write.length) } else { 0 };
            let written = read(&self.file, write.place, part)?;
            put(&self.file, write.place, &write.before)?;
            self.file.set_len(write.size)?;
            if part > 0 {
                put(&self.file, write.place, &written)?;
            }
        }
        Ok(())
    }
}

/// So many bytes from there on, or as many as there are.
fn read(mut file: &File, place: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if length > 0 {
        file.seek(SeekFrom::Start(place))?;
        file.take(length).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn put(mut file: &File, place: u64, bytes: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(place))?;
    file.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fs;

    use super::*;

    const KEY: Key = (1, 1);

    /// What the file can be once its power has failed.
    fn after(write: impl Fn(&mut Journal, &Arc<File>, &mut Duration)) -> HashSet<String> {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        let mut found = HashSet::new();
        for seed in 0..50 {
            fs::write(&path, "begin").expect("writes");
            let file = Arc::new(File::options().read(true).write(true).open(&path).expect("opens"));
            let (mut journal, mut now) = (Journal::new(true), Duration::ZERO);
            journal.open(KEY, file.clone(), Some(&file), now);
            write(&mut journal, &file, &mut now);
            journal.lose(&mut |_| 1, &mut Chance::new(seed, "power"), now).expect("loses");
            found.insert(fs::read_to_string(&path).expect("reads"));
        }
        found
    }

    fn append(journal: &mut Journal, file: &File, text: &str, now: Duration) {
        journal.will_write(KEY, None, text.len() as u64, now).expect("notes");
        put(file, file.metadata().expect("tells").len(), text.as_bytes()).expect("writes");
    }

    fn set<const N: usize>(texts: [&str; N]) -> HashSet<String> {
        texts.map(String::from).into()
    }

    #[test]
    fn what_was_not_synced_is_lost_from_the_end_on() {
        let found = after(|journal, file, now| {
            append(journal, file, "12", *now);
            journal.sync(KEY);
            append(journal, file, "3", *now);
            append(journal, file, "45", *now);
        });
        assert_eq!(found, set(["begin12", "begin123", "begin1234", "begin12345"]));
    }

    #[test]
    fn what_was_overwritten_and_cut_is_there_again() {
        let found = after(|journal, file, now| {
            journal.will_resize(KEY, 0, *now).expect("notes");
            file.set_len(0).expect("cuts");
            append(journal, file, "e", *now);
            journal.will_write(KEY, Some(0), 1, *now).expect("notes");
            put(file, 0, b"n").expect("writes");
        });
        assert_eq!(found, set(["begin", "", "e", "n"]));
    }

    #[test]
    fn what_is_old_is_on_the_disk() {
        let found = after(|journal, file, now| {
            append(journal, file, "1", *now);
            *now += EXPIRES;
            append(journal, file, "2", *now);
        });
        assert_eq!(found, set(["begin1", "begin12"]));
    }
}
