//! The register that the log describes, and its snapshots, which are kept in a file.

use std::io::{self, Cursor};
use std::sync::{Arc, Mutex, PoisonError};

use openraft::storage::RaftStateMachine;
use openraft::{
    BasicNode, Entry, EntryPayload, LogId, OptionalSend, RaftSnapshotBuilder, Snapshot, SnapshotMeta, StorageError,
    StorageIOError, StoredMembership,
};
use serde::{Deserialize, Serialize};

use crate::log::{keep, kept};
use crate::message::Types;

type Result<T = ()> = std::result::Result<T, StorageError<u64>>;
type Members = StoredMembership<u64, BasicNode>;

const FILE: &str = "/machine.json";

#[derive(Clone, Default, Serialize, Deserialize)]
struct Register {
    applied: Option<LogId<u64>>,
    members: Members,
    value: u64,
}

/// The register; its clones are the same one.
#[derive(Clone)]
pub(crate) struct Machine(Arc<Mutex<Register>>);

impl Machine {
    /// As the last snapshot has it: the log brings the rest.
    pub(crate) fn open() -> io::Result<Self> {
        Ok(Self(Arc::new(Mutex::new(kept(FILE)?))))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Register) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn value(&self) -> u64 {
        self.with(|register| register.value)
    }
}

fn snapshot(register: &Register) -> Result<Snapshot<Types>> {
    let bytes = serde_json::to_vec(register).map_err(|error| StorageIOError::read_snapshot(None, &error))?;
    let meta = SnapshotMeta {
        last_log_id: register.applied,
        last_membership: register.members.clone(),
        snapshot_id: register.applied.map_or(String::new(), |id| id.to_string()),
    };
    Ok(Snapshot { meta, snapshot: Box::new(Cursor::new(bytes)) })
}

impl RaftSnapshotBuilder<Types> for Machine {
    async fn build_snapshot(&mut self) -> Result<Snapshot<Types>> {
        self.with(|register| {
            keep(FILE, register).map_err(|error| StorageIOError::write_snapshot(None, &error))?;
            snapshot(register)
        })
    }
}

impl RaftStateMachine<Types> for Machine {
    type SnapshotBuilder = Self;

    async fn applied_state(&mut self) -> Result<(Option<LogId<u64>>, Members)> {
        Ok(self.with(|register| (register.applied, register.members.clone())))
    }

    async fn apply<I>(&mut self, entries: I) -> Result<Vec<u64>>
    where
        I: IntoIterator<Item = Entry<Types>> + OptionalSend,
        I::IntoIter: OptionalSend,
    {
        Ok(self.with(|register| {
            let apply = |entry: Entry<Types>| {
                register.applied = Some(entry.log_id);
                match entry.payload {
                    EntryPayload::Blank => {}
                    EntryPayload::Normal(value) => register.value = value,
                    EntryPayload::Membership(members) => register.members = Members::new(Some(entry.log_id), members),
                }
                register.value
            };
            entries.into_iter().map(apply).collect()
        }))
    }

    async fn get_snapshot_builder(&mut self) -> Self {
        self.clone()
    }

    async fn begin_receiving_snapshot(&mut self) -> Result<Box<Cursor<Vec<u8>>>> {
        Ok(Box::default())
    }

    async fn install_snapshot(
        &mut self,
        meta: &SnapshotMeta<u64, BasicNode>,
        snapshot: Box<Cursor<Vec<u8>>>,
    ) -> Result {
        let failed = |error: io::Error| StorageIOError::write_snapshot(Some(meta.signature()), &error);
        let register: Register = serde_json::from_slice(snapshot.get_ref()).map_err(|error| failed(error.into()))?;
        keep(FILE, &register).map_err(failed)?;
        self.with(|own| *own = register);
        Ok(())
    }

    async fn get_current_snapshot(&mut self) -> Result<Option<Snapshot<Types>>> {
        let kept: Register = kept(FILE).map_err(|error| StorageIOError::read_snapshot(None, &error))?;
        kept.applied.map(|_| snapshot(&kept)).transpose()
    }
}
