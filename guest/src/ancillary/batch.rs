//! Many datagrams by one call: sendmmsg(2), recvmmsg(2).

use std::fmt;
use std::slice;

use crate::address::Address;
use crate::bindings::ancillary as wit;
use crate::bindings::ancillary::ControlData;
use crate::endpoint::Socket;
use crate::error::{Errno, Error, Result};

/// Datagrams that are sent by one call: [`Socket::send_many`].
///
/// Once they are sent it is empty, and its memory is there for the next ones.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    data: Vec<u8>,
    datagrams: Vec<wit::OutgoingDatagram>,
}

impl Batch {
    /// One without datagrams.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a datagram for the peer that the socket is connected to.
    pub fn push(&mut self, data: &[u8]) {
        self.add(data, None, Vec::new());
    }

    /// Adds a datagram for the address.
    pub fn push_to(&mut self, data: &[u8], address: impl Into<Address>) {
        self.add(data, Some(address.into()), Vec::new());
    }

    /// Adds a datagram with control messages; without an address, for the peer that the socket is connected to.
    pub fn push_with(&mut self, data: &[u8], address: Option<Address>, ancillary: Vec<ControlData>) {
        self.add(data, address, ancillary);
    }

    fn add(&mut self, data: &[u8], address: Option<Address>, ancillary: Vec<ControlData>) {
        self.data.extend_from_slice(data);
        let (length, address) = (data.len() as u32, address.map(Into::into));
        self.datagrams.push(wit::OutgoingDatagram { length, address, ancillary });
    }

    /// How many datagrams there are.
    pub fn len(&self) -> usize {
        self.datagrams.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.datagrams.is_empty()
    }

    /// Takes all of them out.
    pub fn clear(&mut self) {
        self.data.clear();
        self.datagrams.clear();
    }

    /// Takes the first ones out: so many, or all.
    pub fn remove_first(&mut self, count: usize) {
        if count >= self.len() {
            return self.clear();
        }
        let bytes: usize = self.datagrams.drain(..count).map(|datagram| datagram.length as usize).sum();
        self.data.drain(..bytes);
    }
}

/// Datagrams that came by one call: [`Socket::recv_many`].
#[derive(Clone, Debug, Default)]
pub struct Datagrams {
    data: Vec<u8>,
    datagrams: Vec<wit::IncomingDatagram>,
}

impl Datagrams {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.datagrams.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.datagrams.is_empty()
    }

    /// The datagrams, in the order in which they came.
    pub fn iter(&self) -> DatagramsIter<'_> {
        DatagramsIter { data: &self.data, datagrams: self.datagrams.iter() }
    }
}

impl<'a> IntoIterator for &'a Datagrams {
    type Item = Datagram<'a>;
    type IntoIter = DatagramsIter<'a>;

    fn into_iter(self) -> DatagramsIter<'a> {
        self.iter()
    }
}

/// What [`Datagrams::iter`] gives.
#[derive(Clone, Debug)]
pub struct DatagramsIter<'a> {
    data: &'a [u8],
    datagrams: slice::Iter<'a, wit::IncomingDatagram>,
}

impl<'a> Iterator for DatagramsIter<'a> {
    type Item = Datagram<'a>;

    fn next(&mut self) -> Option<Datagram<'a>> {
        let record = self.datagrams.next()?;
        let (data, rest) = self.data.split_at(record.length as usize);
        self.data = rest;
        Some(Datagram { data, record })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.datagrams.size_hint()
    }
}

impl ExactSizeIterator for DatagramsIter<'_> {}

/// A datagram that came along with others.
#[derive(Clone, Copy)]
pub struct Datagram<'a> {
    data: &'a [u8],
    record: &'a wit::IncomingDatagram,
}

impl<'a> Datagram<'a> {
    /// The bytes.
    pub fn data(&self) -> &'a [u8] {
        self.data
    }

    /// Who sent it; [`Address::Unspecified`] where nothing tells.
    pub fn address(&self) -> Address {
        self.record.address.clone().map_or(Address::Unspecified, Into::into)
    }

    /// The length as the kernel tells it; with MSG_TRUNC it may be more than there are bytes.
    pub fn whole_length(&self) -> usize {
        self.record.whole_length as usize
    }

    /// MSG_TRUNC, where it was longer than there was room for; MSG_CTRUNC, where its control messages were; and others.
    pub fn flags(&self) -> i32 {
        self.record.flags
    }

    /// The control messages.
    pub fn ancillary(&self) -> &'a [ControlData] {
        &self.record.ancillary
    }

    /// The datagrams that it was put together of, where the socket has UDP_GRO: [`ControlData::segment_size`]. Mostly it
    /// is one alone.
    ///
    /// There must have been room for the control message: 24 bytes, `CMSG_SPACE(4)`.
    pub fn segments(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let told = self.ancillary().iter().find_map(ControlData::segment_size);
        let size = told.map_or(self.data.len(), |size| size as usize).max(1);
        // An empty datagram is one, too.
        let empty = self.data.is_empty().then_some(self.data);
        self.data.chunks(size).chain(empty)
    }
}

impl fmt::Debug for Datagram<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Datagram");
        fields.field("data", &self.data).field("address", &self.address()).field("flags", &self.flags());
        fields.field("ancillary", &self.ancillary()).finish()
    }
}

impl Socket {
    /// Sends the datagrams by one call of the host's, and tells how many went: sendmmsg(2). Those are taken out of the
    /// batch.
    ///
    /// In blocking mode all go, of 1024 at most, unless an error stops it. Where some went, the error is told by the next
    /// call. EOPNOTSUPP on a stream.
    ///
    /// On Linux those to one peer that have one length go through the kernel as one, and cost little more than one.
    ///
    /// ```no_run
    /// use berkeley_guest::ancillary::Batch;
    /// use berkeley_guest::socket::{AF_INET, SOCK_DGRAM, Socket};
    ///
    /// let socket = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    /// let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 7));
    /// let mut batch = Batch::new();
    /// for number in 0..32u32 {
    ///     batch.push_to(&number.to_le_bytes(), peer);
    /// }
    /// while !batch.is_empty() {
    ///     socket.send_many(&mut batch)?;
    /// }
    /// for datagram in &socket.recv_many(32, 2048)? {
    ///     println!("{} sent {} bytes", datagram.address(), datagram.data().len());
    /// }
    /// # Ok::<(), berkeley_guest::Error>(())
    /// ```
    pub fn send_many(&self, batch: &mut Batch) -> Result<usize> {
        self.send_many_flags(batch, 0)
    }

    /// As `send_many`, with MSG_ flags.
    pub fn send_many_flags(&self, batch: &mut Batch, flags: i32) -> Result<usize> {
        if u32::try_from(batch.data.len()).is_err() {
            return Err(Error::Os(Errno::Einval));
        }
        let sent = wit::sendmmsg(self.handle(), &batch.data, &batch.datagrams, flags)? as usize;
        batch.remove_first(sent);
        Ok(sent)
    }

    /// Receives datagrams by one call of the host's, at most `count` of at most `size` bytes each: recvmmsg(2).
    ///
    /// It waits for the first alone, and gives what is there by then; the host may give fewer at a time than there are.
    /// What is longer than `size` is cut off. EOPNOTSUPP on a stream.
    pub fn recv_many(&self, count: usize, size: usize) -> Result<Datagrams> {
        self.recv_many_flags(count, size, 0, 0)
    }

    /// As `recv_many`, with at most `ancillary_size` bytes of control messages for each, counted as
    /// [`CMSG_SPACE`](super::CMSG_SPACE) does, and with MSG_ flags. Descriptors that come are closed; `recvmsg` receives
    /// them.
    pub fn recv_many_flags(&self, count: usize, size: usize, ancillary_size: usize, flags: i32) -> Result<Datagrams> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let (data, datagrams) = wit::recvmmsg(self.handle(), count, size as u64, ancillary_size as u64, flags)?;
        Ok(Datagrams { data, datagrams })
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use super::*;

    #[test]
    fn what_was_sent_is_taken_out() {
        let mut batch = Batch::new();
        batch.push(b"one");
        batch.push_to(b"", SocketAddr::from((Ipv4Addr::LOCALHOST, 7)));
        batch.push(b"three");
        batch.remove_first(2);
        assert_eq!((batch.len(), &*batch.data, batch.datagrams[0].length), (1, &b"three"[..], 5));
        batch.remove_first(2);
        assert!(batch.is_empty() && batch.data.is_empty());
    }

    fn came(lengths: &[u32], ancillary: &[ControlData]) -> Datagrams {
        let data = (0..).take(lengths.iter().sum::<u32>() as usize).collect();
        let record = |&length: &u32| wit::IncomingDatagram {
            length,
            whole_length: length,
            flags: 0,
            address: None,
            ancillary: ancillary.to_vec(),
        };
        Datagrams { data, datagrams: lengths.iter().map(record).collect() }
    }

    #[test]
    fn each_datagram_has_its_own_bytes() {
        let came = came(&[3, 0, 2], &[]);
        let data: Vec<_> = came.iter().map(|datagram| datagram.data()).collect();
        assert_eq!(data, [&[0, 1, 2][..], &[], &[3, 4]]);
        assert!(came.iter().all(|datagram| datagram.address() == Address::Unspecified));
        assert!(came.iter().all(|datagram| datagram.segments().eq([datagram.data()])));
    }

    #[test]
    fn what_was_put_together_is_taken_apart() {
        let size = wit::RawControlMessage { level: 17, type_: 104, data: 4u32.to_le_bytes().to_vec() };
        let came = came(&[10], &[ControlData::Raw(size)]);
        let segments: Vec<_> = came.iter().next().expect("one").segments().collect();
        assert_eq!(segments, [&[0, 1, 2, 3][..], &[4, 5, 6, 7], &[8, 9]]);
    }
}
