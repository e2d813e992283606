//! The two ways to wait, and why a wait is over.

/// How a guest waits for a socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Waiting {
    /// The guest's thread waits in poll(2). Fastest; for programs that give each guest a thread of its own.
    Inline,
    /// The guest's future is pending until tokio's reactor finds the socket ready, so that other tasks run meanwhile.
    ///
    /// Needs a tokio runtime with I/O and time enabled; outside one it waits as `Inline` does. A guest whose sockets
    /// are always ready never waits, and so never yields: set the store's epoch deadline to yield now and then.
    #[default]
    Yield,
}

/// Why a wait is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// An event holds.
    Ready,
    /// The deadline has come.
    Late,
    /// The alarm has rung.
    Rung,
}
