//! What ioctl(2) tells of a socket by a number.
//!
//! The contract has it as options that are only read, at a level of their own.

/// The level, which no system has.
pub const SOL_IOCTL: i32 = 0x696f_6374;
/// Of a stream, how many bytes have come that were not received; of datagrams, how long the next one is.
pub const FIONREAD: i32 = 0x541b;
/// How many bytes were sent that the peer, or the network, has not taken.
pub const SIOCOUTQ: i32 = 0x5411;
/// Whether urgent data is next to be received: 1 or 0.
pub const SIOCATMARK: i32 = 0x8905;
