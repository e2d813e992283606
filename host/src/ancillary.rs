//! Messages with ancillary data: sendmsg(2), recvmsg(2), cmsg(3).
//!
//! The layouts are Linux's. Descriptors never cross as numbers: sockets cross as sockets, and what was received is
//! owned from the first moment, so that none is left open.

mod batch;
mod control;
mod message;
mod receive;
mod send;

pub use batch::{IncomingDatagram, OutgoingDatagram};
pub use control::{Control, ExtendedError, Timestamp};
pub use message::{Incoming, Message, Outgoing, Passed};
