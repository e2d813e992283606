//! What one guest may have at most.

use std::fmt;
use std::num::NonZeroU64;
use std::time::Duration;

/// What one guest may have at most.
///
/// What runs out is answered as a kernel that has no more of it answers, or is waited for as a full buffer is. It never
/// harms others: another guest, or the host. [`SocketCtxBuilder::on_limit`](crate::SocketCtxBuilder::on_limit) is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Open sockets, those of `wasi:sockets` among them. One more fails with EMFILE, or `new-socket-limit`.
    ///
    /// As many TLS connections may there be, too; one more fails with a text that says so.
    ///
    /// As many more may be on their way to others as ancillary data. One more of these fails with ETOOMANYREFS.
    ///
    /// Beside this limit, all guests of the process together leave it some descriptors; see
    /// [`Limit::Descriptors`].
    pub sockets: usize,
    /// Connections that wait to be accepted, on each listener. A backlog beyond is clamped, as the kernel clamps it to
    /// `somaxconn`. At least 1.
    ///
    /// All the guest's listeners together have room for 16 times as many; what is listened on then has room for one.
    pub backlog: usize,
    /// Bytes that the kernel holds for the guest's sockets, in Linux: what was sent and not received, and what was received
    /// and not read, with the kernel's own overhead.
    ///
    /// A guest that has used it up can send no more: it waits, or gets EAGAIN, as where the socket's own buffer is full.
    /// It can always receive.
    ///
    /// SO_SNDBUF and SO_RCVBUF are clamped to a sixteenth of it. Where the buffers for reception could hold more than all
    /// of it, they are made smaller.
    pub buffers: usize,
    /// Peers that are remembered, so that datagram sockets may answer them, for all sockets together. A socket that hears
    /// from one more forgets its eldest.
    pub peers: usize,
    /// Bytes that one call receives from a stream, or has room for where it receives many datagrams. More asked for is
    /// received in parts.
    pub receive: usize,
    /// Bytes of one datagram. What is longer is cut off, as if the guest had asked for no more.
    pub datagram: usize,
    /// Sockets in one call of `poll`. More fail with EINVAL.
    pub poll: usize,
    /// Look-ups at once, also those that were given up but still go on. One more waits; of 1,024 that wait already, one
    /// more fails with EAI_AGAIN.
    pub lookups: usize,
    /// How long a look-up takes, from when the guest asks. One that takes longer fails with EAI_AGAIN.
    pub lookup_time: Duration,
    /// How long an address that a name led to is remembered after the last answer that had it. A rule for the name
    /// admits it so long; a connection that is open by then stays, and to whom a datagram socket has sent.
    pub name_time: Duration,
    /// How many of the last answers for one name are remembered, 1 at least. A rule for the name admits no address that
    /// was in older ones alone.
    pub answers: usize,
    /// Bytes that remembered names and their addresses take. For more, the oldest are forgotten.
    pub names: usize,
    /// Bytes that TLS holds for the guest at once: its trusted certificates, revocation lists and keys, and what its
    /// connections are made of and have not yet passed on. What the host trusts is shared by all guests, and not counted.
    /// What would take more fails with a text that says so.
    pub tls: usize,
    /// New connections in a second, made and accepted, those of unix sockets among them; none is no limit. One more
    /// waits, or fails with EAGAIN. As many may be made at once after a quiet second.
    pub connections_per_second: Option<NonZeroU64>,
    /// Bytes received in a second; none is no limit. A call waits, or fails with EAGAIN, while more was received, and
    /// `poll` does not call a socket readable. The kernel slows a stream's sender down, and drops datagrams. Each datagram
    /// counts 28 bytes beside its own, as much as the headers of IPv4 and UDP.
    pub bandwidth_in: Option<NonZeroU64>,
    /// Bytes sent in a second; none is no limit. A call waits, or fails with EAGAIN, while more was sent, and `poll` does
    /// not call a socket writable. A datagram counts as in [`bandwidth_in`](Self::bandwidth_in); what UDP_SEGMENT cuts
    /// apart counts as what comes of it.
    pub bandwidth_out: Option<NonZeroU64>,
}

impl Default for Limits {
    /// 4,096 sockets, a backlog of 4,096, 256 MiB of buffers, 65,536 peers, 1 MiB and 16 MiB to receive, 65,536 sockets to
    /// poll, 16 look-ups of 30 seconds, 16 answers for 10 minutes in 128 KiB, 64 MiB for TLS; connections and bandwidth without limit.
    fn default() -> Self {
        Self {
            sockets: 4096,
            backlog: 4096,
            buffers: 256 << 20,
            peers: 65_536,
            receive: 1 << 20,
            datagram: 16 << 20,
            poll: 65_536,
            lookups: 16,
            lookup_time: Duration::from_secs(30),
            name_time: Duration::from_mins(10),
            answers: 16,
            names: 128 << 10,
            tls: 64 << 20,
            connections_per_second: None,
            bandwidth_in: None,
            bandwidth_out: None,
        }
    }
}

/// Which limit a guest has met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// The process's own, RLIMIT_NOFILE: all guests of the process together leave it a quarter of its descriptors, or 64 if
    /// that is less, and those that hold more than an equal share leave a quarter more. A socket that would take one of
    /// these fails with EMFILE. Files that guests open by WASI take half of them at most.
    Descriptors,
    /// [`Limits::sockets`].
    Sockets,
    /// [`Limits::backlog`].
    Backlog,
    /// [`Limits::buffers`].
    Buffers,
    /// [`Limits::poll`].
    Poll,
    /// [`Limits::lookups`]: too many wait already.
    Lookups,
    /// [`Limits::lookup_time`].
    LookupTime,
    /// [`Limits::connections_per_second`].
    ConnectionsPerSecond,
    /// [`Limits::bandwidth_in`].
    BandwidthIn,
    /// [`Limits::bandwidth_out`].
    BandwidthOut,
}

impl Limit {
    /// The name: that of the field of [`Limits`], with hyphens.
    pub fn name(self) -> &'static str {
        match self {
            Self::Descriptors => "descriptors",
            Self::Sockets => "sockets",
            Self::Backlog => "backlog",
            Self::Buffers => "buffers",
            Self::Poll => "poll",
            Self::Lookups => "lookups",
            Self::LookupTime => "lookup-time",
            Self::ConnectionsPerSecond => "connections-per-second",
            Self::BandwidthIn => "bandwidth-in",
            Self::BandwidthOut => "bandwidth-out",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
