//! What a call counts for against the guest's rates.

use berkeley_constants as c;

use super::handle::Socket;
use crate::cmsg;
use crate::endpoint::OutgoingControl;
use crate::gate::Way;
use crate::policy::Transport;

impl Socket {
    /// Notes that a call has moved so many bytes of a stream, or one datagram of so many.
    pub(super) fn charge(&self, way: Way, moved: usize) {
        self.shared.gates.charge(way, moved, if self.is_stream() { 0 } else { 1 });
    }

    /// Notes that a call has sent so many bytes of a stream, or datagrams of so many.
    pub(crate) fn charge_sent(&self, sent: usize, control: Option<&OutgoingControl>) {
        let apart = self.transport == Transport::Udp && self.shared.gates.is_metered(Way::Out);
        match apart.then(|| self.segment(control)).flatten() {
            Some(segment) => self.shared.gates.charge(Way::Out, sent, sent.div_ceil(segment).max(1)),
            None => self.charge(Way::Out, sent),
        }
    }

    /// The size of the datagrams into which the kernel cuts what is sent, if the guest wants that: UDP_SEGMENT.
    pub(super) fn segment(&self, control: Option<&OutgoingControl>) -> Option<usize> {
        let messages = control.into_iter().flat_map(|control| cmsg::parse(control.as_bytes()));
        let asked = messages.filter(|(level, kind, _)| (*level, *kind) == (c::IPPROTO_UDP, c::UDP_SEGMENT));
        let asked = asked.filter_map(|(_, _, data)| data.first_chunk().map(|size| u16::from_ne_bytes(*size).into()));
        let set = || self.getsockopt_unseen(c::IPPROTO_UDP, c::UDP_SEGMENT).ok()?.try_into().ok();
        asked.last().or_else(set).filter(|size| *size > 0)
    }
}
