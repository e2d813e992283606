//! Files, whatever the system.

/// What an entry of a directory is that cannot be opened as a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Special {
    Fifo,
    Socket,
}
