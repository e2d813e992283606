//! What control messages say, and how: cmsg(3), in Linux's 64-bit little-endian layout.
//!
//! What the contract has no case for crosses raw; the more usual ones of these are read and made here.

use berkeley_constants::*;

use super::message::ControlMessage;
use super::numbers::{SCM_SECURITY, TLS_GET_RECORD_TYPE, TLS_SET_RECORD_TYPE};
use crate::address::Address;
use crate::bindings::ancillary::{ControlData, ExtendedError, RawControlMessage, Timestamp};
use crate::layout::{Fields, ipv6_pktinfo, sockaddr, socket_addr};

/// PACKET_AUXDATA: more about a frame of AF_PACKET: packet(7), `struct tpacket_auxdata`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketAuxdata {
    /// TP_STATUS_ flags.
    pub status: u32,
    /// The frame's length.
    pub len: u32,
    /// How much of it was kept.
    pub snaplen: u32,
    /// Where the frame begins.
    pub mac: u16,
    /// Where the packet in it begins.
    pub net: u16,
    /// The VLAN's tag, if `status` has TP_STATUS_VLAN_VALID.
    pub vlan_tci: u16,
    /// The VLAN's protocol, if `status` has TP_STATUS_VLAN_TPID_VALID.
    pub vlan_tpid: u16,
}

/// The levels and types of the contract's cases.
impl ControlData {
    /// As Python has it: the level, the type, and the data in Linux's 64-bit little-endian layout, byte by byte as the
    /// kernel gives them.
    ///
    /// ```
    /// use berkeley_guest::ancillary::ControlData;
    /// use berkeley_guest::socket::{IP_TTL, IPPROTO_IP};
    ///
    /// let raw = ControlData::IpTtl(64).to_raw();
    /// assert_eq!((raw.level, raw.type_, raw.data), (IPPROTO_IP, IP_TTL, vec![64, 0, 0, 0]));
    /// ```
    pub fn to_raw(&self) -> RawControlMessage {
        let (level, r#type, data) = match self {
            Self::Credentials(at) => {
                let data = [at.pid.to_le_bytes(), at.uid.to_le_bytes(), at.gid.to_le_bytes()].concat();
                (SOL_SOCKET, SCM_CREDENTIALS, data)
            }
            Self::Timestamp(time) => (SOL_SOCKET, SO_TIMESTAMP, timestamp(time, 1000)),
            Self::Timestampns(time) => (SOL_SOCKET, SO_TIMESTAMPNS, timestamp(time, 1)),
            Self::Timestamping((one, two, three)) => {
                (SOL_SOCKET, SO_TIMESTAMPING, [one, two, three].map(|time| timestamp(time, 1)).concat())
            }
            Self::IpPktinfo(at) => {
                let (local, destination) = (<[u8; 4]>::from(at.local_address), <[u8; 4]>::from(at.destination));
                (IPPROTO_IP, IP_PKTINFO, [at.interface_index.to_le_bytes(), local, destination].concat())
            }
            Self::Ipv6Pktinfo(at) => (IPPROTO_IPV6, IPV6_PKTINFO, ipv6_pktinfo(at)),
            Self::IpTtl(ttl) => (IPPROTO_IP, IP_TTL, ttl.to_le_bytes().into()),
            Self::IpTos(tos) => (IPPROTO_IP, IP_TOS, vec![*tos]),
            Self::Ipv6Hoplimit(limit) => (IPPROTO_IPV6, IPV6_HOPLIMIT, limit.to_le_bytes().into()),
            Self::Ipv6Tclass(class) => (IPPROTO_IPV6, IPV6_TCLASS, class.to_le_bytes().into()),
            Self::IpRecverr(error) => (IPPROTO_IP, IP_RECVERR, extended_error(error, INET)),
            Self::Ipv6Recverr(error) => (IPPROTO_IPV6, IPV6_RECVERR, extended_error(error, INET6)),
            Self::Raw(raw) => return raw.clone(),
        };
        RawControlMessage { level, type_: r#type, data }
    }

    /// IP_ORIGDSTADDR and IPV6_ORIGDSTADDR: where a datagram was sent to, which IP_RECVORIGDSTADDR asks for.
    pub fn original_destination(&self) -> Option<Address> {
        match self {
            Self::Raw(RawControlMessage { level: IPPROTO_IP, type_: IP_RECVORIGDSTADDR, data }) => {
                socket_addr(data).map(Into::into)
            }
            Self::Raw(RawControlMessage { level: IPPROTO_IPV6, type_: IPV6_RECVORIGDSTADDR, data }) => {
                socket_addr(data).map(Into::into)
            }
            _ => None,
        }
    }

    /// UDP_GRO: the size of the datagrams that were received at once; the last one may be smaller.
    pub fn segment_size(&self) -> Option<u32> {
        self.raw(IPPROTO_UDP, UDP_GRO)?.next().map(u32::from_le_bytes)
    }

    /// SO_RXQ_OVFL: how many datagrams the socket has dropped so far for want of room.
    pub fn dropped(&self) -> Option<u32> {
        self.raw(SOL_SOCKET, SO_RXQ_OVFL)?.next().map(u32::from_le_bytes)
    }

    /// SCM_SECURITY: the security label of who sent the message.
    pub fn security(&self) -> Option<&[u8]> {
        Some(self.raw(SOL_SOCKET, SCM_SECURITY)?.0)
    }

    /// PACKET_AUXDATA: more about a frame.
    pub fn packet_auxdata(&self) -> Option<PacketAuxdata> {
        let mut at = self.raw(SOL_PACKET, PACKET_AUXDATA)?;
        Some(PacketAuxdata {
            status: at.next().map(u32::from_le_bytes)?,
            len: at.next().map(u32::from_le_bytes)?,
            snaplen: at.next().map(u32::from_le_bytes)?,
            mac: at.next().map(u16::from_le_bytes)?,
            net: at.next().map(u16::from_le_bytes)?,
            vlan_tci: at.next().map(u16::from_le_bytes)?,
            vlan_tpid: at.next().map(u16::from_le_bytes)?,
        })
    }

    /// TLS_GET_RECORD_TYPE: what kind of record was received, such as 23 for data.
    pub fn tls_record_type(&self) -> Option<u8> {
        self.raw(SOL_TLS, TLS_GET_RECORD_TYPE)?.next().map(u8::from_le_bytes)
    }

    fn raw(&self, wanted_level: i32, wanted_type: i32) -> Option<Fields<'_>> {
        match self {
            Self::Raw(RawControlMessage { level, type_, data }) if (*level, *type_) == (wanted_level, wanted_type) => {
                Some(Fields(data))
            }
            _ => None,
        }
    }
}

/// Those without a case that are sent.
impl ControlMessage<'_> {
    /// UDP_SEGMENT: cuts what is sent into datagrams of that many bytes.
    pub fn udp_segment(size: u16) -> Self {
        Self::raw(IPPROTO_UDP, UDP_SEGMENT, &size.to_le_bytes())
    }

    /// SO_TIMESTAMPING: asks for timestamps of this message, by SOF_TIMESTAMPING_TX_ flags.
    pub fn timestamping(flags: u32) -> Self {
        Self::raw(SOL_SOCKET, SO_TIMESTAMPING, &flags.to_le_bytes())
    }

    /// TLS_SET_RECORD_TYPE: the kind of record to send.
    pub fn tls_record_type(r#type: u8) -> Self {
        Self::raw(SOL_TLS, TLS_SET_RECORD_TYPE, &[r#type])
    }

    /// ALG_SET_OP: what the kernel is to do, such as ALG_OP_ENCRYPT.
    pub fn alg_op(op: i32) -> Self {
        Self::raw(SOL_ALG, ALG_SET_OP, &op.to_le_bytes())
    }

    /// ALG_SET_IV: the initialisation vector.
    pub fn alg_iv(iv: &[u8]) -> Self {
        Self::raw(SOL_ALG, ALG_SET_IV, &[&(iv.len() as u32).to_le_bytes()[..], iv].concat())
    }

    /// ALG_SET_AEAD_ASSOCLEN: how many of the bytes are authenticated only.
    pub fn alg_assoclen(length: u32) -> Self {
        Self::raw(SOL_ALG, ALG_SET_AEAD_ASSOCLEN, &length.to_le_bytes())
    }
}

/// A timeval or timespec, the parts of whose seconds are so many nanoseconds.
fn timestamp(time: &Timestamp, unit: u32) -> Vec<u8> {
    [time.seconds.to_le_bytes(), i64::from(time.nanoseconds / unit).to_le_bytes()].concat()
}

/// The sizes of struct sockaddr_in and struct sockaddr_in6.
const INET: usize = 16;
const INET6: usize = 28;

/// struct sock_extended_err, and an address of that size.
fn extended_error(error: &ExtendedError, size: usize) -> Vec<u8> {
    let kind = [error.origin, error.type_, error.code, 0];
    let mut data = [error.number.to_le_bytes(), kind, error.info.to_le_bytes(), error.data.to_le_bytes()].concat();
    let end = data.len() + size;
    let offender = error.offender.clone().map(Address::from);
    data.extend(offender.and_then(|at| at.as_socket_addr()).iter().flat_map(sockaddr));
    data.resize(end, 0);
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bindings::ancillary::{Credentials, IpPktinfo, Ipv6Pktinfo};

    fn raw(level: i32, r#type: i32, data: &[u8]) -> ControlData {
        ControlData::Raw(RawControlMessage { level, type_: r#type, data: data.to_vec() })
    }

    #[track_caller]
    fn lies(data: &ControlData, numbers: (i32, i32), expected: &[u8]) {
        let raw = data.to_raw();
        assert_eq!(((raw.level, raw.type_), raw.data.as_slice()), (numbers, expected));
    }

    #[test]
    fn data_lie_as_in_the_headers() {
        let credentials = Credentials { pid: 1, uid: 2, gid: 3 };
        lies(&ControlData::Credentials(credentials), (1, 2), &[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]);
        let time = Timestamp { seconds: 1, nanoseconds: 5000 };
        let (micro, nano) = ([[1, 0, 0, 0, 0, 0, 0, 0], [5, 0, 0, 0, 0, 0, 0, 0]], [0x88, 0x13, 0, 0, 0, 0, 0, 0]);
        lies(&ControlData::Timestamp(time), (1, 29), &micro.concat());
        lies(&ControlData::Timestampns(time), (1, 35), &[micro[0], nano].concat());
        let three = [micro[0], nano].concat().repeat(3);
        lies(&ControlData::Timestamping((time, time, time)), (1, 37), &three);
        let info = IpPktinfo { interface_index: 1, local_address: (127, 0, 0, 1), destination: (127, 0, 0, 2) };
        lies(&ControlData::IpPktinfo(info), (0, 8), &[1, 0, 0, 0, 127, 0, 0, 1, 127, 0, 0, 2]);
        let info = Ipv6Pktinfo { address: (0xfe80, 0, 0, 0, 0, 0, 0, 1), interface_index: 2 };
        lies(
            &ControlData::Ipv6Pktinfo(info),
            (41, 50),
            &[0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0],
        );
        lies(&ControlData::IpTos(16), (0, 1), &[16]);
        lies(&ControlData::Ipv6Tclass(-1), (41, 67), &[255; 4]);
        lies(&raw(9, 8, b"7"), (9, 8), b"7");
    }

    #[test]
    fn errors_lie_as_in_the_headers() {
        let offender = Some(Address::Inet("127.0.0.1:0".parse().expect("an address")).into());
        let error = ExtendedError { number: 111, origin: 2, type_: 3, code: 3, info: 4, data: 5, offender };
        let ours = [&[111, 0, 0, 0, 2, 3, 3, 0, 4, 0, 0, 0, 5, 0, 0, 0][..], &[2, 0, 0, 0, 127, 0, 0, 1], &[0; 8]];
        lies(&ControlData::IpRecverr(error.clone()), (0, 11), &ours.concat());
        let offender = Some(Address::Inet6("[::1]:0".parse().expect("an address")).into());
        let of_six = ControlData::Ipv6Recverr(ExtendedError { offender, ..error.clone() }).to_raw();
        assert_eq!(of_six.data[16..], [&[10, 0][..], &[0; 21], &[1], &[0; 4]].concat());
        let nobody = ControlData::Ipv6Recverr(ExtendedError { offender: None, ..error }).to_raw();
        assert_eq!(nobody.data[16..], [0; 28]);
    }

    #[test]
    fn raw_messages_are_read() {
        let address = |text: &str| Some(Address::from(text.parse::<std::net::SocketAddr>().expect("an address")));
        let inet = [&[2, 0, 0, 80, 127, 0, 0, 1][..], &[0; 8]].concat();
        assert_eq!(raw(0, 20, &inet).original_destination(), address("127.0.0.1:80"));
        let inet6 = [&[10, 0, 0, 80][..], &[0; 19], &[1], &[0; 4]].concat();
        assert_eq!(raw(41, 74, &inet6).original_destination(), address("[::1]:80"));
        assert_eq!(raw(17, 104, &[0x10, 1, 0, 0]).segment_size(), Some(272));
        assert_eq!(raw(1, 40, &[3, 0, 0, 0]).dropped(), Some(3));
        assert_eq!(raw(1, 3, b"label\0").security(), Some(&b"label\0"[..]));
        assert_eq!(raw(282, 2, &[23]).tls_record_type(), Some(23));
        let aux = [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 5, 0, 6, 0, 7, 0];
        let fields = PacketAuxdata { status: 1, len: 2, snaplen: 3, mac: 4, net: 5, vlan_tci: 6, vlan_tpid: 7 };
        assert_eq!(raw(263, 8, &aux).packet_auxdata(), Some(fields));
        assert_eq!(raw(263, 8, &aux[1..]).packet_auxdata(), None);
        assert_eq!(raw(263, 9, &aux).packet_auxdata(), None);
        assert_eq!(raw(0, 20, &inet[..6]).original_destination(), None);
        assert_eq!(raw(1, 40, &[3]).dropped(), None);
    }
}
