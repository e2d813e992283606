//! The times of a disk's files, which are virtual.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use wasmtime::component::Resource;
use wasmtime_wasi::FsPerms;
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystemCtxView};
use wasmtime_wasi::p2::FsResult;
use wasmtime_wasi::p2::bindings::clocks::wall_clock::Datetime;
use wasmtime_wasi::p2::bindings::filesystem::types::{DescriptorStat, HostDescriptor as _, NewTimestamp, PathFlags};

use super::again;
use crate::clock::Clock;

/// The times of files.
///
/// What the guest has changed has the real time, until the guest looks at it: then it gets the virtual time.
#[derive(Clone)]
pub(super) struct Times(Clock);

impl Times {
    pub(super) fn new(clock: Clock) -> Self {
        Self(clock)
    }

    pub(super) async fn stat(
        &self,
        files: &mut WasiFilesystemCtxView<'_>,
        fd: &Resource<Descriptor>,
    ) -> FsResult<DescriptorStat> {
        let stat = files.stat(again(fd)).await?;
        if !self.is_changed(files, fd, &stat) {
            return Ok(same_times(stat));
        }
        // One that is not open to be written to cannot be told.
        let _ = files.set_times(again(fd), self.now(), self.now()).await;
        Ok(self.told(stat))
    }

    pub(super) async fn stat_at(
        &self,
        files: &mut WasiFilesystemCtxView<'_>,
        fd: &Resource<Descriptor>,
        flags: PathFlags,
        path: String,
    ) -> FsResult<DescriptorStat> {
        let stat = files.stat_at(again(fd), flags, path.clone()).await?;
        if !self.is_changed(files, fd, &stat) {
            return Ok(same_times(stat));
        }
        let _ = files.set_times_at(again(fd), flags, path, self.now(), self.now()).await;
        Ok(self.told(stat))
    }

    /// Whether the guest has changed it: it is on its disk, and its time is of this machine's present.
    fn is_changed(&self, files: &WasiFilesystemCtxView<'_>, fd: &Resource<Descriptor>, stat: &DescriptorStat) -> bool {
        let is_own = files.table.get(fd).is_ok_and(|descriptor| match descriptor {
            Descriptor::File(file) => file.perms == FsPerms::ReadWrite,
            Descriptor::Dir(directory) => directory.perms == FsPerms::ReadWrite,
        });
        let present = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let changed = stat.data_modification_timestamp.map_or(present, |time| time.seconds);
        is_own && changed.abs_diff(present) < RECENT.as_secs()
    }

    fn now(&self) -> NewTimestamp {
        NewTimestamp::Timestamp(datetime(self.0.date()))
    }

    fn told(&self, stat: DescriptorStat) -> DescriptorStat {
        let now = datetime(self.0.date());
        same_times(DescriptorStat { data_modification_timestamp: Some(now), ..stat })
    }
}

/// How long ago a file of this run can have been changed.
const RECENT: Duration = Duration::from_secs(24 * 60 * 60);

/// The file with the one time that is virtual.
fn same_times(stat: DescriptorStat) -> DescriptorStat {
    let time = stat.data_modification_timestamp;
    DescriptorStat { data_access_timestamp: time, status_change_timestamp: time, ..stat }
}

fn datetime(time: Duration) -> Datetime {
    Datetime { seconds: time.as_secs(), nanoseconds: time.subsec_nanos() }
}
