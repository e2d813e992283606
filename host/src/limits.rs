//! What one guest may have at most.

use std::time::Duration;

/// What one guest may have at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Open sockets, those of `wasi:sockets` among them. One more fails with EMFILE, or `new-socket-limit`. Never so many that the process would have no descriptor left.
    ///
    /// As many TLS connections may there be, too; one more fails with a text that says so.
    ///
    /// As many more may be on their way to others as ancillary data. One more of these fails with ETOOMANYREFS.
    pub sockets: usize,
    /// Bytes that one call receives from a stream. More asked for is received in parts.
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
    /// admits it so long; a connection that is open by then stays.
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
}

impl Default for Limits {
    /// 4,096 sockets, 1 MiB, 16 MiB, 65,536 sockets, 16 look-ups, 30 seconds, 10 minutes, 16 answers, 128 KiB, 64 MiB.
    fn default() -> Self {
        Self {
            sockets: 4096,
            receive: 1 << 20,
            datagram: 16 << 20,
            poll: 65_536,
            lookups: 16,
            lookup_time: Duration::from_secs(30),
            name_time: Duration::from_mins(10),
            answers: 16,
            names: 128 << 10,
            tls: 64 << 20,
        }
    }
}
