//! The times of a disk's files, which are virtual.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use berkeley_host::Guest;
use wasmtime::component::{Accessor, Resource};
use wasmtime_wasi::FsPerms;
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystem, WasiFilesystemCtxView};
use wasmtime_wasi::p2::FsResult;
use wasmtime_wasi::p2::bindings::clocks::wall_clock::Datetime;
use wasmtime_wasi::p2::bindings::filesystem::types as p2;
use wasmtime_wasi::p2::bindings::filesystem::types::HostDescriptor as _;
use wasmtime_wasi::p3::bindings::clocks::system_clock::Instant;
use wasmtime_wasi::p3::bindings::filesystem::types as p3;
use wasmtime_wasi::p3::bindings::filesystem::types::HostDescriptorWithStore as _;
use wasmtime_wasi::p3::filesystem::FilesystemResult;

use super::again;
use crate::clock::Clock;

/// The times of files.
///
/// What the guest has changed has the real time, until the guest looks at it: then it gets the virtual time.
#[derive(Clone)]
pub(super) struct Times(Clock);

/// How long ago a file of this run can have been changed.
const RECENT: Duration = Duration::from_secs(24 * 60 * 60);

/// Functions of both versions of WASI, which differ in their types alone.
macro_rules! told {
    ($name:ident, $wasi:ident, $time:ident) => {
        /// What is told of a file: of its times the one that is virtual, and of a directory nothing that is this machine's.
        fn $name(&self, stat: $wasi::DescriptorStat, is_changed: bool) -> $wasi::DescriptorStat {
            let time = if is_changed { Some($time(self.0.date())) } else { stat.data_modification_timestamp };
            let is_directory = matches!(stat.type_, $wasi::DescriptorType::Directory);
            $wasi::DescriptorStat {
                size: if is_directory { 0 } else { stat.size },
                link_count: if is_directory { 1 } else { stat.link_count },
                data_access_timestamp: time,
                data_modification_timestamp: time,
                status_change_timestamp: time,
                ..stat
            }
        }
    };
}

impl Times {
    pub(super) fn new(clock: Clock) -> Self {
        Self(clock)
    }

    told!(told_p2, p2, datetime);
    told!(told_p3, p3, instant);

    pub(super) async fn stat(
        &self,
        files: &mut WasiFilesystemCtxView<'_>,
        fd: &Resource<Descriptor>,
    ) -> FsResult<p2::DescriptorStat> {
        let stat = files.stat(again(fd)).await?;
        let is_changed = is_own(files, fd) && is_recent(stat.data_modification_timestamp.map(|time| time.seconds));
        if is_changed {
            let now = || p2::NewTimestamp::Timestamp(datetime(self.0.date()));
            // One that is not open to be written to cannot be told.
            let _ = files.set_times(again(fd), now(), now()).await;
        }
        Ok(self.told_p2(stat, is_changed))
    }

    pub(super) async fn stat_at(
        &self,
        files: &mut WasiFilesystemCtxView<'_>,
        fd: &Resource<Descriptor>,
        flags: p2::PathFlags,
        path: String,
    ) -> FsResult<p2::DescriptorStat> {
        let stat = files.stat_at(again(fd), flags, path.clone()).await?;
        let is_changed = is_own(files, fd) && is_recent(stat.data_modification_timestamp.map(|time| time.seconds));
        if is_changed {
            let now = || p2::NewTimestamp::Timestamp(datetime(self.0.date()));
            let _ = files.set_times_at(again(fd), flags, path, now(), now()).await;
        }
        Ok(self.told_p2(stat, is_changed))
    }

    pub(super) async fn stat_p3(
        &self,
        files: &Accessor<Guest, WasiFilesystem>,
        fd: &Resource<Descriptor>,
    ) -> FilesystemResult<p3::DescriptorStat> {
        let stat = WasiFilesystem::stat(files, again(fd)).await?;
        let modified = stat.data_modification_timestamp.and_then(|time| u64::try_from(time.seconds).ok());
        let is_changed = files.with(|mut access| is_own(&access.get(), fd)) && is_recent(modified);
        if is_changed {
            let now = || p3::NewTimestamp::Timestamp(instant(self.0.date()));
            let _ = WasiFilesystem::set_times(files, again(fd), now(), now()).await;
        }
        Ok(self.told_p3(stat, is_changed))
    }

    pub(super) async fn stat_at_p3(
        &self,
        files: &Accessor<Guest, WasiFilesystem>,
        fd: &Resource<Descriptor>,
        flags: p3::PathFlags,
        path: String,
    ) -> FilesystemResult<p3::DescriptorStat> {
        let stat = WasiFilesystem::stat_at(files, again(fd), flags, path.clone()).await?;
        let modified = stat.data_modification_timestamp.and_then(|time| u64::try_from(time.seconds).ok());
        let is_changed = files.with(|mut access| is_own(&access.get(), fd)) && is_recent(modified);
        if is_changed {
            let now = || p3::NewTimestamp::Timestamp(instant(self.0.date()));
            let _ = WasiFilesystem::set_times_at(files, again(fd), flags, path, now(), now()).await;
        }
        Ok(self.told_p3(stat, is_changed))
    }
}

/// Whether it is on the guest's own disk.
fn is_own(files: &WasiFilesystemCtxView<'_>, fd: &Resource<Descriptor>) -> bool {
    files.table.get(fd).is_ok_and(|descriptor| match descriptor {
        Descriptor::File(file) => file.perms == FsPerms::ReadWrite,
        Descriptor::Dir(directory) => directory.perms == FsPerms::ReadWrite,
    })
}

/// Whether that time, in seconds since 1970, is of this machine's present.
fn is_recent(modified: Option<u64>) -> bool {
    let present = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    modified.unwrap_or(present).abs_diff(present) < RECENT.as_secs()
}

fn datetime(time: Duration) -> Datetime {
    Datetime { seconds: time.as_secs(), nanoseconds: time.subsec_nanos() }
}

fn instant(time: Duration) -> Instant {
    Instant { seconds: i64::try_from(time.as_secs()).unwrap_or(i64::MAX), nanoseconds: time.subsec_nanos() }
}
