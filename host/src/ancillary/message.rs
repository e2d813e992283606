//! Messages, with what comes beside the data.

use std::fs::File;
use std::sync::Arc;

use super::control::Control;
use crate::address::Address;
use crate::socket::Socket;

/// A control message to send.
#[derive(Debug)]
pub enum Outgoing<'a> {
    /// SCM_RIGHTS.
    Rights(Vec<&'a Socket>),
    /// SCM_RIGHTS. The kernel makes one list of all, in this order.
    Files(Vec<Arc<File>>),
    /// Anything else.
    Data(Control),
}

/// A descriptor that was received.
#[derive(Debug)]
pub enum Passed {
    /// A socket.
    Socket(Socket),
    /// A file or directory, which the policy lets in.
    File(File),
}

/// A control message that was received.
#[derive(Debug)]
pub enum Incoming {
    /// SCM_RIGHTS.
    Rights(Vec<Passed>),
    /// Anything else.
    Data(Control),
}

/// A message that was received.
#[derive(Debug)]
pub struct Message {
    /// The data.
    pub data: Vec<u8>,
    /// What the kernel gave as the length.
    pub length: usize,
    /// The control messages.
    pub ancillary: Vec<Incoming>,
    /// MSG_EOR, MSG_TRUNC, MSG_CTRUNC, MSG_OOB and MSG_ERRQUEUE.
    pub flags: i32,
    /// Who sent it.
    pub address: Option<Address>,
}
