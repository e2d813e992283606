//! Messages: what is sent and received with them beside the data.

use berkeley_guest::ancillary::ControlData;
use berkeley_guest::socket::*;

/// A control message to send.
#[derive(Debug)]
#[allow(missing_docs, reason = "as in the trait")]
pub enum Control<'a, P> {
    Rights(&'a [&'a P]),
    Data(ControlData),
}

/// A message that was received.
#[derive(Debug)]
#[allow(missing_docs, reason = "as in the trait")]
pub struct Message<P> {
    pub data: Vec<u8>,
    pub length: usize,
    pub rights: Vec<P>,
    pub ancillary: Vec<ControlData>,
    pub flags: i32,
    pub address: Address,
}

impl<P> Message<P> {
    /// What was received, of which no more than that size was wanted.
    pub(super) fn cut(mut data: Vec<u8>, size: usize, address: Address) -> Self {
        let (length, flags) = (data.len(), if data.len() > size { MSG_TRUNC } else { 0 });
        data.truncate(size);
        Self { data, length, rights: Vec::new(), ancillary: Vec::new(), flags, address }
    }
}
