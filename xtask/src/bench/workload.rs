//! What is measured, as a table.

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

const fn program(
    name: &'static str,
    title: &'static str,
    arguments: &'static [&'static str],
    peer: Peer,
    figure: Figure,
) -> Workload {
    Workload { name, title, kind: Kind::Program(arguments, peer), figure }
}

const fn other(name: &'static str, title: &'static str, kind: Kind, figure: Figure) -> Workload {
    Workload { name, title, kind, figure }
}

use Figure::{Bytes, Megabytes, Microseconds, Milliseconds, PerSecond};
use Peer::{None as Alone, One};

/// All of them, in the order of the page.
pub(super) const WORKLOADS: &[Workload] = &[
    program("round", "TCP, 64 bytes there and back", &["round"], One, Microseconds),
    program("nothing", "recv that gives EAGAIN", &["nothing"], One, Microseconds),
    program("ready", "send and recv of 64 bytes, without waiting", &["ready"], Alone, Microseconds),
    program("received-1K", "receive a stream, 1 KiB a call", &["received", "1024"], One, Megabytes),
    program("received-16K", "receive a stream, 16 KiB a call", &["received", "16384"], One, Megabytes),
    program("received-64K", "receive a stream, 64 KiB a call", &["received", "65536"], One, Megabytes),
    program("received-1M", "receive a stream, 1 MiB a call", &["received", "1048576"], One, Megabytes),
    program("sent-1K", "send a stream, 1 KiB a call", &["sent", "1024"], One, Megabytes),
    program("sent-16K", "send a stream, 16 KiB a call", &["sent", "16384"], One, Megabytes),
    program("sent-64K", "send a stream, 64 KiB a call", &["sent", "65536"], One, Megabytes),
    program("sent-1M", "send a stream, 1 MiB a call", &["sent", "1048576"], One, Megabytes),
    program("datagrams", "UDP, 64 bytes there and back", &["datagrams"], One, Microseconds),
    program("sendto", "sendto of 64 bytes", &["sendto"], One, PerSecond),
    program("connection", "connect, accept, close both", &["connection"], Alone, Microseconds),
    program(
        "one-of-idle",
        "1 active connection among the idle, each message",
        &["events", IDLE, "1"],
        One,
        Microseconds,
    ),
    program("100-of-idle", "100 active among the idle, each message", &["events", IDLE, "100"], One, Microseconds),
    program("one-of-one", "1 active connection and no idle one", &["events", "0", "1"], One, Microseconds),
    other("requests", "HTTP: axum, 50 connections of wrk", Kind::Requests, PerSecond),
    other("guests-1", "1 guest on a thread, round trips", Kind::Guests(1), PerSecond),
    other("guests-10", "10 guests on a thread, round trips of all", Kind::Guests(10), PerSecond),
    other("guests-100", "100 guests on a thread, round trips of all", Kind::Guests(100), PerSecond),
    other("guests-1000", "1,000 guests on a thread, round trips of all", Kind::Guests(1000), PerSecond),
    program("lookup-localhost", "getaddrinfo of localhost", &["lookup", "localhost"], Alone, Microseconds),
    program("lookup-literal", "getaddrinfo of 127.0.0.1", &["lookup", "127.0.0.1"], Alone, Microseconds),
    program("memory", "memory of an idle connection", &["memory", "4000"], One, Bytes),
    other("start", "start and end of a program, the code being kept", Kind::Start, Milliseconds),
    other("python-round", "Python, 64 bytes there and back", Kind::Python("round"), Microseconds),
    other("python-received", "Python, receive a stream, 64 KiB a call", Kind::Python("received"), Megabytes),
    other("python-sent", "Python, send a stream, 64 KiB a call", Kind::Python("sent"), Megabytes),
    other("python-asyncio", "Python, 64 bytes there and back in asyncio", Kind::Python("asyncio"), Microseconds),
];

impl Workload {
    /// Whether it takes the programs with well-known crates.
    pub(super) fn is_of_tokio(&self) -> bool {
        matches!(self.kind, Kind::Requests)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        let mut names: Vec<_> = WORKLOADS.iter().map(|workload| workload.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), WORKLOADS.len());
    }
}
