//! `--pcap`: what a guest's TCP and UDP sockets send and receive, as packets.
//!
//! The kernel shows a program bytes, and no packets. So these are made up around the bytes: a handshake, segments, the end
//! of each direction, or a reset. Addresses, ports, bytes and the order of what the guest does are the true ones; sequence
//! numbers, windows and the bounds of segments are not. What the guest does not see is not there, such as an ICMP message,
//! or bytes that it never received.

mod capture;
mod connection;
mod file;
mod packet;
mod route;

pub(crate) use capture::Pcap;
pub(crate) use file::SNAP_LENGTH;
pub(crate) use packet::{Segment, tcp, udp};
