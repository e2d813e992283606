//! What is measured, as tables.

use super::workload::{Figure, IDLE, Kind, Peer, Workload};

/// Workloads of one kind, which the page has in a table of their own.
pub(super) struct Group {
    pub(super) title: &'static str,
    pub(super) workloads: &'static [Workload],
}

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
pub(super) const GROUPS: &[Group] = &[
    Group { title: "One connection", workloads: ONE },
    Group { title: "Datagrams", workloads: DATAGRAMS },
    Group { title: "Many connections", workloads: MANY },
    Group { title: "Many guests on one thread", workloads: GUESTS },
    Group { title: "Names, and starting", workloads: ONCE },
    Group { title: "A C program, built by `berkeley cc`", workloads: C },
    Group { title: "Python", workloads: PYTHON },
];

/// All workloads.
pub(super) fn workloads() -> impl Iterator<Item = &'static Workload> {
    GROUPS.iter().flat_map(|group| group.workloads)
}

const ONE: &[Workload] = &[
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
    program("connection", "connect, accept, close both", &["connection"], Alone, Microseconds),
];

const DATAGRAMS: &[Workload] = &[
    program("datagrams", "UDP, 64 bytes there and back", &["datagrams"], One, Microseconds),
    program("sendto", "sendto of 64 bytes", &["sendto"], One, PerSecond),
    program("sendto-many", "sendmmsg of 32 times 64 bytes, datagrams", &["sendto-many"], One, PerSecond),
    program("exchange-many", "sendmmsg and recvmmsg of the same", &["exchange-many"], Alone, PerSecond),
];

const MANY: &[Workload] = &[
    program(
        "one-of-idle",
        "1 active connection among the idle, each message",
        &["events", IDLE, "1"],
        One,
        Microseconds,
    ),
    program("100-of-idle", "100 active among the idle, each message", &["events", IDLE, "100"], One, Microseconds),
    program("one-of-one", "1 active connection and no idle one", &["events", "0", "1"], One, Microseconds),
    program("memory", "memory of an idle connection", &["memory", "4000"], One, Bytes),
    other("requests", "HTTP: axum, 50 connections of wrk", Kind::Requests, PerSecond),
];

const GUESTS: &[Workload] = &[
    other("guests-1", "1 guest, round trips", Kind::Guests(1), PerSecond),
    other("guests-10", "10 guests, round trips of all", Kind::Guests(10), PerSecond),
    other("guests-100", "100 guests, round trips of all", Kind::Guests(100), PerSecond),
    other("guests-1000", "1,000 guests, round trips of all", Kind::Guests(1000), PerSecond),
];

const ONCE: &[Workload] = &[
    program("lookup-localhost", "getaddrinfo of localhost", &["lookup", "localhost"], Alone, Microseconds),
    program("lookup-literal", "getaddrinfo of 127.0.0.1", &["lookup", "127.0.0.1"], Alone, Microseconds),
    other("start", "start and end of a program, the code being kept", Kind::Start, Milliseconds),
];

const C: &[Workload] = &[
    other("c-round", "C, TCP, 64 bytes there and back", Kind::C("round", 64), Microseconds),
    other("c-received", "C, receive a stream, 64 KiB a call", Kind::C("received", 1 << 16), Megabytes),
    other("c-sent", "C, send a stream, 64 KiB a call", Kind::C("sent", 1 << 16), Megabytes),
    other("c-poll-100", "C, poll of 100 sockets, one of them ready", Kind::C("poll", 100), Microseconds),
    other("c-poll-1000", "C, poll of 1,000 sockets, one of them ready", Kind::C("poll", 1000), Microseconds),
];

const PYTHON: &[Workload] = &[
    other("python-round", "Python, 64 bytes there and back", Kind::Python("round"), Microseconds),
    other("python-received", "Python, receive a stream, 64 KiB a call", Kind::Python("received"), Megabytes),
    other("python-sent", "Python, send a stream, 64 KiB a call", Kind::Python("sent"), Megabytes),
    other("python-asyncio", "Python, 64 bytes there and back in asyncio", Kind::Python("asyncio"), Microseconds),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        let mut names: Vec<_> = workloads().map(|workload| workload.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), workloads().count());
    }
}
