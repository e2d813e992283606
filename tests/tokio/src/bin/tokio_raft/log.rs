//! The log, kept in a file.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::ops::RangeBounds;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::{fs, io};

use openraft::storage::{LogFlushed, RaftLogStorage};
use openraft::{
    Entry, LogId, LogState, OptionalSend, RaftLogId as _, RaftLogReader, StorageError, StorageIOError, Vote,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::message::Types;

type Result<T = ()> = std::result::Result<T, StorageError<u64>>;

/// Writes the file in the place of the one that is there, so that whoever falls meanwhile finds the one or the other.
pub(crate) fn keep(path: &str, value: &impl Serialize) -> io::Result<()> {
    let new = format!("{path}.new");
    fs::write(&new, serde_json::to_vec(value)?)?;
    fs::rename(new, path)
}

/// What was kept.
pub(crate) fn kept<T: DeserializeOwned + Default>(path: &str) -> io::Result<T> {
    if Path::new(path).exists() { Ok(serde_json::from_slice(&fs::read(path)?)?) } else { Ok(T::default()) }
}

const FILE: &str = "/log.json";

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    vote: Option<Vote<u64>>,
    purged: Option<LogId<u64>>,
    #[serde(default)]
    committed: Option<LogId<u64>>,
    entries: BTreeMap<u64, Entry<Types>>,
}

/// The log; its clones are the same one.
#[derive(Clone)]
pub(crate) struct Log {
    kept: Arc<Mutex<Kept>>,
    /// Whether it keeps how far it is committed, too.
    keeps_committed: bool,
}

impl Log {
    pub(crate) fn open(keeps_committed: bool) -> io::Result<Self> {
        Ok(Self { kept: Arc::new(Mutex::new(kept(FILE)?)), keeps_committed })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Kept) -> T) -> T {
        act(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes it, in the file as well.
    fn change(&self, act: impl FnOnce(&mut Kept)) -> Result {
        self.with(|log| {
            act(log);
            keep(FILE, log).map_err(|error| StorageIOError::write_logs(&error).into())
        })
    }
}

impl RaftLogReader<Types> for Log {
    async fn try_get_log_entries<R: RangeBounds<u64> + Clone + Debug + OptionalSend>(
        &mut self,
        range: R,
    ) -> Result<Vec<Entry<Types>>> {
        Ok(self.with(|log| log.entries.range(range).map(|(_, entry)| entry.clone()).collect()))
    }
}

impl RaftLogStorage<Types> for Log {
    type LogReader = Self;

    async fn get_log_state(&mut self) -> Result<LogState<Types>> {
        Ok(self.with(|log| LogState {
            last_purged_log_id: log.purged,
            last_log_id: log.entries.last_key_value().map(|(_, entry)| *entry.get_log_id()).or(log.purged),
        }))
    }

    async fn get_log_reader(&mut self) -> Self {
        self.clone()
    }

    async fn save_vote(&mut self, vote: &Vote<u64>) -> Result {
        self.change(|log| log.vote = Some(*vote))
    }

    async fn read_vote(&mut self) -> Result<Option<Vote<u64>>> {
        Ok(self.with(|log| log.vote))
    }

    async fn save_committed(&mut self, committed: Option<LogId<u64>>) -> Result {
        if self.keeps_committed { self.change(|log| log.committed = committed) } else { Ok(()) }
    }

    async fn read_committed(&mut self) -> Result<Option<LogId<u64>>> {
        Ok(self.with(|log| log.committed))
    }

    async fn append<I>(&mut self, entries: I, callback: LogFlushed<Types>) -> Result
    where
        I: IntoIterator<Item = Entry<Types>> + OptionalSend,
        I::IntoIter: OptionalSend,
    {
        self.change(|log| log.entries.extend(entries.into_iter().map(|entry| (entry.log_id.index, entry))))?;
        callback.log_io_completed(Ok(()));
        Ok(())
    }

    async fn truncate(&mut self, log_id: LogId<u64>) -> Result {
        self.change(|log| drop(log.entries.split_off(&log_id.index)))
    }

    async fn purge(&mut self, log_id: LogId<u64>) -> Result {
        self.change(|log| {
            log.purged = Some(log_id);
            log.entries = log.entries.split_off(&(log_id.index + 1));
        })
    }
}
