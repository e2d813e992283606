//! What is told of a file, in the types of each version of WASI.

use std::time::Duration;

use wasmtime_wasi::p2::bindings::clocks::wall_clock::Datetime;
use wasmtime_wasi::p2::bindings::filesystem::types as p2;
use wasmtime_wasi::p3::bindings::clocks::system_clock::Instant;
use wasmtime_wasi::p3::bindings::filesystem::types as p3;

use super::inode::Inode;

/// Functions of both versions of WASI, which differ in their types alone.
macro_rules! of_version {
    ($told:ident, $set:ident, $wasi:ident, $to:ident, $from:ident) => {
        /// What is told of a file: its own times, and of a directory, or what is not on the guest's disk, nothing else that is
        /// this machine's.
        pub(super) fn $told(stat: $wasi::DescriptorStat, inode: Option<Inode>, is_own: bool) -> $wasi::DescriptorStat {
            let Some(inode) = inode else { return stat };
            let is_directory = matches!(stat.type_, $wasi::DescriptorType::Directory);
            $wasi::DescriptorStat {
                size: if is_directory { 0 } else { stat.size },
                link_count: if is_directory || !is_own { 1 } else { stat.link_count },
                data_access_timestamp: Some($to(inode.accessed)),
                data_modification_timestamp: Some($to(inode.modified)),
                status_change_timestamp: Some($to(inode.changed)),
                ..stat
            }
        }

        /// The time that is to be set; none where it stays.
        pub(super) fn $set(time: $wasi::NewTimestamp, now: Duration) -> Option<Duration> {
            match time {
                $wasi::NewTimestamp::NoChange => None,
                $wasi::NewTimestamp::Now => Some(now),
                $wasi::NewTimestamp::Timestamp(time) => Some($from(time)),
            }
        }
    };
}

of_version!(told_p2, set_p2, p2, datetime, since);
of_version!(told_p3, set_p3, p3, instant, since_p3);

fn datetime(time: Duration) -> Datetime {
    Datetime { seconds: time.as_secs(), nanoseconds: time.subsec_nanos() }
}

fn since(time: Datetime) -> Duration {
    Duration::from_secs(time.seconds).saturating_add(Duration::from_nanos(time.nanoseconds.into()))
}

fn instant(time: Duration) -> Instant {
    Instant { seconds: i64::try_from(time.as_secs()).unwrap_or(i64::MAX), nanoseconds: time.subsec_nanos() }
}

/// What is before 1970 is told as 1970.
fn since_p3(time: Instant) -> Duration {
    let seconds = Duration::from_secs(u64::try_from(time.seconds).unwrap_or_default());
    seconds.saturating_add(Duration::from_nanos(time.nanoseconds.into()))
}
