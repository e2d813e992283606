//! Files, whatever the system.

/// What an entry of a directory is that cannot be opened as a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "Linux alone tells, within the directory"))]
pub(crate) enum Special {
    Fifo,
    Socket,
}
