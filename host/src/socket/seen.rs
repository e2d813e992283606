//! What observers are told of sockets.

use std::io::IoSlice;

use berkeley_constants as c;

use super::handle::Socket;
use crate::address::Address;
use crate::endpoint::OutgoingControl;
use crate::error::Result;
use crate::observer::{Answer, Call, Data, Direction, Ends, Observers, Seen, SocketInfo};
use crate::policy::Transport;

impl Socket {
    /// A call begins.
    #[inline]
    pub(crate) fn seen<'a>(&self, call: Call<'a>) -> Seen<'a> {
        Seen::begin(&self.shared.observers, call, || Some(self.info()))
    }

    /// The call has ended.
    #[inline]
    pub(crate) fn tell<T>(&self, seen: &mut Seen<'_>, result: &Result<T>, answer: impl FnOnce(&T) -> Answer<'_>) {
        seen.end(|| Some(self.info()), result, answer);
    }

    /// So many of the bytes were sent or received, by one system call. What was only looked at does not count.
    #[inline]
    pub(crate) fn tell_data(
        &self,
        direction: Direction,
        peer: Option<&Address>,
        flags: i32,
        buffers: &[IoSlice<'_>],
        length: usize,
    ) {
        if self.shared.observers.want_data() && flags & (c::MSG_PEEK | c::MSG_ERRQUEUE) == 0 {
            let socket = &self.info();
            self.shared.observers.data(&Data { socket, direction, peer, flags, length, buffers });
        }
    }

    /// The same of what was sent: as many datagrams as the kernel has made of it.
    pub(crate) fn tell_sent(
        &self,
        peer: Option<&Address>,
        flags: i32,
        buffers: &[IoSlice<'_>],
        sent: usize,
        control: Option<&OutgoingControl>,
    ) {
        let may_cut = self.shared.observers.want_data() && self.transport == Transport::Udp;
        let segment = may_cut.then(|| self.segment(control)).flatten().filter(|segment| *segment < sent);
        let Some(segment) = segment else { return self.tell_data(Direction::Sent, peer, flags, buffers, sent) };
        let mut all = buffers.to_vec();
        let (mut rest, mut left) = (all.as_mut_slice(), sent);
        while left > segment {
            self.tell_data(Direction::Sent, peer, flags, rest, segment);
            IoSlice::advance_slices(&mut rest, segment);
            left -= segment;
        }
        self.tell_data(Direction::Sent, peer, flags, rest, left);
    }

    /// Who is told.
    pub(crate) fn observers(&self) -> &Observers {
        &self.shared.observers
    }

    /// The number by which observers know it; 0 where there are none.
    pub(crate) fn number(&self) -> u64 {
        self.identity.as_ref().map_or(0, |identity| identity.number)
    }

    pub(crate) fn info(&self) -> SocketInfo {
        // What is connected stays so until it is connected anew.
        let settled = |ends: &Ends| if self.connects() { ends.peer.is_some() } else { ends.has_local() };
        let ask = || {
            self.descriptor.as_ref()?;
            Some(Ends { local: self.local().ok().flatten(), peer: self.peer().ok().flatten() })
        };
        SocketInfo {
            number: self.number(),
            family: self.family,
            kind: self.kind,
            protocol: self.protocol,
            transport: self.transport,
            ends: self.identity.as_ref().and_then(|identity| identity.ends(settled, ask)),
        }
    }

    pub(super) fn tell_opened(&self) {
        if self.identity.is_some() {
            self.shared.observers.opened(&self.info());
        }
    }

    pub(super) fn tell_closed(&self) {
        if self.identity.is_some() && self.descriptor.is_some() {
            self.shared.observers.closed(&self.info());
        }
    }

    /// Its addresses are about to change.
    pub(super) fn forget_ends(&self) {
        if let Some(identity) = &self.identity {
            identity.forget();
        }
    }

    /// Has its addresses in common with the one that it is a duplicate of.
    pub(super) fn share_ends(&mut self, original: &Self) {
        if let Some((identity, original)) = self.identity.as_mut().zip(original.identity.as_ref()) {
            identity.share(original);
        }
    }
}
