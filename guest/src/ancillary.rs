//! Messages with ancillary data: Python's `sendmsg`, `recvmsg`, `send_fds`, `recv_fds`.
//!
//! A control message is [`ControlData`], which has a case for each that the contract knows. The others are raw: methods
//! of it, such as [`ControlData::segment_size`], read the more usual ones, and functions of [`ControlMessage`], such as
//! [`ControlMessage::udp_segment`], make them. [`ControlData::to_raw`] gives every one as Python does.
//!
//! Many datagrams are sent by one call as a [`Batch`], and received as [`Datagrams`].

mod batch;
mod control;
mod exchange;
mod message;
mod numbers;
mod rights;
mod size;

pub use batch::{Batch, Datagram, Datagrams, DatagramsIter};
pub use berkeley_constants::{
    IP_RECVORIGDSTADDR, IPV6_RECVORIGDSTADDR, PACKET_AUXDATA, SO_RXQ_OVFL, SO_TIMESTAMPING, SOL_PACKET, SOL_TLS,
    UDP_GRO, UDP_SEGMENT,
};
pub use control::PacketAuxdata;
pub use message::{ControlMessage, Message, Passed, Received};
pub use numbers::{SCM_SECURITY, TLS_GET_RECORD_TYPE, TLS_SET_RECORD_TYPE};
pub use rights::{recv_fds, send_fds, send_fds_to};
pub use size::{CMSG_LEN, CMSG_SPACE};

pub use crate::bindings::ancillary::{
    ControlData, Credentials, ExtendedError, IpPktinfo, Ipv6Pktinfo, RawControlMessage, Timestamp,
};
