//! Datagrams by the many, with their control messages: sendmmsg(2), recvmmsg(2).

use super::control::Control;
use super::message::Outgoing;
use crate::address::Address;
use crate::cmsg;
use crate::error::{Errno, Result};
use crate::observer::{Answer, Call, watched};
use crate::socket::{Came, Parcel, Socket, until_error};

/// A datagram to send along with others.
#[derive(Clone, Debug)]
pub struct OutgoingDatagram {
    /// How many of the bytes are its: the next ones after those of the datagrams before it.
    pub length: usize,
    /// Whom to; none is the peer that the socket is connected to.
    pub address: Option<Address>,
    /// The control messages for it.
    pub ancillary: Vec<Control>,
}

/// A datagram that was received along with others.
#[derive(Clone, Debug)]
pub struct IncomingDatagram {
    /// How many of the bytes are its: the next ones after those of the datagrams before it.
    pub length: usize,
    /// What the kernel gave as the length.
    pub whole_length: usize,
    /// MSG_TRUNC, MSG_CTRUNC and so on.
    pub flags: i32,
    /// Who sent it.
    pub address: Option<Address>,
    /// The control messages, but for descriptors, which are closed.
    pub ancillary: Vec<Control>,
}

impl Socket {
    /// Sends the datagrams, whose bytes lie one behind the other, and tells how many went: sendmmsg(2).
    ///
    /// What stops it is an error only where none went. EINVAL: there are not as many bytes. EOPNOTSUPP: a stream has
    /// no datagrams.
    pub async fn sendmmsg(&self, data: &[u8], datagrams: Vec<OutgoingDatagram>, flags: i32) -> Result<usize> {
        let size = data.len();
        let mut seen = self.seen(Call::Sendmmsg { datagrams: datagrams.len(), size, flags });
        let result = watched!(seen, self.sendmmsg_unseen(data, datagrams, flags));
        self.tell(&mut seen, &result, |&(count, bytes)| Answer::Datagrams(count, bytes as u64));
        result.map(|(count, _)| count)
    }

    async fn sendmmsg_unseen(
        &self,
        data: &[u8],
        datagrams: Vec<OutgoingDatagram>,
        flags: i32,
    ) -> Result<(usize, usize)> {
        self.has_datagrams()?;
        let total = datagrams.iter().try_fold(0usize, |sum, datagram| sum.checked_add(datagram.length));
        if total.is_none_or(|total| total > data.len()) {
            return Err(Errno::EINVAL.into());
        }
        let parcels = until_error(datagrams.into_iter().map(|datagram| self.parcel(datagram)))?;
        let sent = self.transmit_many(data, &parcels, flags).await?;
        Ok((sent, parcels[..sent].iter().map(|parcel| parcel.length).sum()))
    }

    /// EOPNOTSUPP: a stream has no datagrams.
    fn has_datagrams(&self) -> Result<()> {
        self.descriptor()?;
        if self.is_stream() { Err(Errno::EOPNOTSUPP.into()) } else { Ok(()) }
    }

    fn parcel(&self, datagram: OutgoingDatagram) -> Result<Parcel> {
        let control = self.outgoing_control(datagram.ancillary.into_iter().map(Outgoing::Data))?;
        Ok(Parcel { length: datagram.length, address: datagram.address, control })
    }

    /// Receives datagrams, and their bytes one behind the other: recvmmsg(2) with MSG_WAITFORONE.
    ///
    /// It waits for the first alone, and gives what is there by then: at most `count`, of at most `size` bytes and
    /// `ancillary_size` bytes of control messages each. EOPNOTSUPP: a stream has no datagrams.
    pub async fn recvmmsg(
        &self,
        count: u32,
        size: u64,
        ancillary_size: u64,
        flags: i32,
    ) -> Result<(Vec<u8>, Vec<IncomingDatagram>)> {
        let mut seen = self.seen(Call::Recvmmsg { datagrams: count, size, control: ancillary_size, flags });
        let result = watched!(seen, self.recvmmsg_unseen(count, size, ancillary_size, flags));
        self.tell(&mut seen, &result, |(data, came)| Answer::Datagrams(came.len(), data.len() as u64));
        result
    }

    async fn recvmmsg_unseen(
        &self,
        count: u32,
        size: u64,
        ancillary_size: u64,
        flags: i32,
    ) -> Result<(Vec<u8>, Vec<IncomingDatagram>)> {
        self.has_datagrams()?;
        let (data, came) = self.receive_many(count as usize, (size, ancillary_size), flags).await?;
        Ok((data, came.into_iter().map(IncomingDatagram::from).collect()))
    }
}

impl From<Came> for IncomingDatagram {
    fn from(came: Came) -> Self {
        Self {
            length: came.length,
            whole_length: came.told,
            flags: came.flags,
            address: came.peer,
            ancillary: cmsg::plain(&came.control).map(Control::decode).collect(),
        }
    }
}
