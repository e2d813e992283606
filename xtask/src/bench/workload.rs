//! What a row consists of.

/// One row.
pub(super) struct Workload {
    /// How it is called on the command line and in JSON.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) kind: Kind,
    pub(super) figure: Figure,
}

/// What is run.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A workload of the program `bench`, with its arguments; the port of a peer is added, where there is one. `IDLE` is as
    /// many as the limit on descriptors allows.
    Program(&'static [&'static str], Peer),
    /// A workload of `bench.c`, with its size.
    C(&'static str, u32),
    /// So many guests on one thread, each with a connection; natively one program with so many connections.
    Guests(usize),
    /// A server of axum's, that wrk asks over 50 connections.
    Requests,
    /// A program from its start to its end.
    Start,
    /// A workload of `bench.py`.
    Python(&'static str),
}

/// Whether a workload has a native peer.
#[derive(Clone, Copy)]
pub(super) enum Peer {
    None,
    One,
}

/// What is told of a workload.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Figure {
    /// The time of one.
    Microseconds,
    /// The same, where it is longer.
    Milliseconds,
    /// How many a second.
    PerSecond,
    /// Megabytes a second, of units that are bytes.
    Megabytes,
    /// By how many bytes the process grows with one.
    Bytes,
}

impl Figure {
    pub(super) fn unit(self) -> &'static str {
        match self {
            Self::Microseconds => "µs",
            Self::Milliseconds => "ms",
            Self::PerSecond => "/s",
            Self::Megabytes => "MB/s",
            Self::Bytes => "B",
        }
    }

    /// Whether more is better.
    pub(super) fn is_rate(self) -> bool {
        matches!(self, Self::PerSecond | Self::Megabytes)
    }
}

/// What stands in arguments for the number of idle connections.
pub(super) const IDLE: &str = "IDLE";

impl Workload {
    /// Whether it takes the program in C.
    pub(super) fn is_of_c(&self) -> bool {
        matches!(self.kind, Kind::C(..))
    }

    /// Whether it takes the programs with well-known crates.
    pub(super) fn is_of_tokio(&self) -> bool {
        matches!(self.kind, Kind::Requests)
    }
}
