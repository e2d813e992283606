//! What observers of a world are told.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// TCP: a connection is asked for.
    Syn,
    /// TCP: it is granted.
    SynAck,
    /// TCP: data came, or there is room for more.
    Ack,
    /// TCP: data.
    Data,
    /// TCP: the end of the data.
    Fin,
    /// TCP: the connection is no more, or never was.
    Reset,
    /// UDP: a datagram.
    Datagram,
    /// ICMP: nobody is at the port.
    Unreachable,
}

/// What became of a message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it was sent, since the world began.
    pub sent: Duration,
    /// When it arrives; none if it is lost.
    pub arrives: Option<Duration>,
    /// The name of the host that sends.
    pub from_host: Arc<str>,
    /// The name of the host that it is for.
    pub to_host: Arc<str>,
    /// Who sends.
    pub from: SocketAddr,
    /// Whom it is for.
    pub to: SocketAddr,
    /// What it is.
    pub kind: Kind,
    /// TCP: the place of its first byte in the stream; 0 is that of the SYN.
    pub sequence: u64,
    /// TCP: the place up to which its sender has received.
    pub acknowledged: u64,
    /// What it carries.
    pub data: Vec<u8>,
}
