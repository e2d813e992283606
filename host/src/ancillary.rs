//! Messages with ancillary data: sendmsg(2), recvmsg(2), cmsg(3).
//!
//! The layouts are Linux's. Descriptors never cross as numbers: sockets cross as sockets, and what was received is
//! owned from the first moment, so that none is left open.

use std::fs::File;
use std::io::IoSlice;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use berkeley_constants as c;

use crate::address::{Address, INET_LEN, INET6_LEN, RawAddress};
use crate::cmsg::{RawControl, descriptors, has_descriptors, parse, put};
use crate::error::{Errno, Result};
use crate::option::{self, Access};
use crate::policy::{Operation, Refusal, Transport};
use crate::socket::Socket;
use crate::sys::{self, Opened, Received};

const IPPROTO_SCTP: i32 = 132;
/// linux/sctp.h: enum sctp_cmsg_type; these two hold addresses.
const SCTP_DSTADDRV4: i32 = 7;
const SCTP_DSTADDRV6: i32 = 8;
/// What any guest may send. Others carry what the policy would not see, such as the route that a packet is to take.
const ORDINARY: &[(i32, i32)] = &[
    (c::SOL_SOCKET, c::SO_PRIORITY),
    (c::SOL_SOCKET, c::SO_TIMESTAMPING),
    (c::SOL_SOCKET, SCM_TS_OPT_ID),
    (c::IPPROTO_IP, c::IP_PKTINFO),
    (c::IPPROTO_IP, c::IP_TOS),
    (c::IPPROTO_IP, c::IP_TTL),
    (c::IPPROTO_IPV6, c::IPV6_DONTFRAG),
    (c::IPPROTO_IPV6, c::IPV6_HOPLIMIT),
    (c::IPPROTO_IPV6, c::IPV6_PKTINFO),
    (c::IPPROTO_IPV6, c::IPV6_TCLASS),
    (c::IPPROTO_UDP, c::UDP_SEGMENT),
    (c::SOL_TLS, TLS_SET_RECORD_TYPE),
    // SCTP_INIT, SCTP_SNDRCV, SCTP_SNDINFO, SCTP_PRINFO, SCTP_AUTHINFO
    (IPPROTO_SCTP, 0),
    (IPPROTO_SCTP, 1),
    (IPPROTO_SCTP, 2),
    (IPPROTO_SCTP, 5),
    (IPPROTO_SCTP, 6),
];
/// linux/rds.h: what they carry are addresses of the host's memory, to be read and written by a peer.
const POINTERS: &[(i32, i32)] = &[
    (c::SOL_RDS, c::RDS_CMSG_RDMA_ARGS),
    (c::SOL_RDS, c::RDS_CMSG_RDMA_DEST),
    (c::SOL_RDS, c::RDS_CMSG_RDMA_MAP),
    (c::SOL_RDS, c::RDS_CMSG_ATOMIC_FADD),
    (c::SOL_RDS, c::RDS_CMSG_ATOMIC_CSWP),
    (c::SOL_RDS, c::RDS_CMSG_MASKED_ATOMIC_FADD),
    (c::SOL_RDS, c::RDS_CMSG_MASKED_ATOMIC_CSWP),
];
/// asm/socket.h: by what number the error queue calls the message's timestamps.
const SCM_TS_OPT_ID: i32 = 81;
/// linux/in6.h: the older form of IPV6_PKTINFO, which the kernel takes as the same.
const IPV6_2292PKTINFO: i32 = 2;
/// linux/tls.h: of what kind the record is.
const TLS_SET_RECORD_TYPE: i32 = 1;
/// linux/in.h, linux/in6.h: struct in_pktinfo and in6_pktinfo.
const PKTINFO: usize = 12;
const PKTINFO6: usize = 20;
/// net/scm.h: SCM_MAX_FD. The kernel passes no more descriptors with one message.
const MOST_PASSED: usize = 253;

/// A point in time, since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are documented in wit/ancillary.wit")]
pub struct Timestamp {
    pub seconds: i64,
    pub nanoseconds: u32,
}

/// An error from a socket's error queue: ip(7).
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are documented in wit/ancillary.wit")]
pub struct ExtendedError {
    pub number: u32,
    pub origin: u8,
    pub kind: u8,
    pub code: u8,
    pub info: u32,
    pub data: u32,
    pub offender: Option<Address>,
}

/// What a control message says, but for descriptors: the case of the contract's `control-data` by the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the cases are documented in wit/ancillary.wit")]
pub enum Control {
    Credentials { pid: i32, uid: u32, gid: u32 },
    Timestamp(Timestamp),
    TimestampNs(Timestamp),
    Timestamping([Timestamp; 3]),
    IpPktinfo { interface: u32, local: Ipv4Addr, destination: Ipv4Addr },
    Ipv6Pktinfo { address: Ipv6Addr, interface: u32 },
    IpTtl(i32),
    IpTos(u8),
    Ipv6HopLimit(i32),
    Ipv6Tclass(i32),
    IpRecverr(ExtendedError),
    Ipv6Recverr(ExtendedError),
    Raw { level: i32, kind: i32, data: Vec<u8> },
}

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

/// Control messages for sendmsg(2).
#[derive(Clone, Default)]
pub(crate) struct OutgoingControl {
    pub(crate) bytes: Vec<u8>,
    /// What the numbers among the bytes stand for, which must stay open until they are sent.
    passed: Vec<Arc<dyn Send + Sync>>,
}

impl OutgoingControl {
    fn put_rights(&mut self, numbers: &[i32]) {
        let data: Vec<_> = numbers.iter().flat_map(|number| number.to_ne_bytes()).collect();
        put(&mut self.bytes, (c::SOL_SOCKET, c::SCM_RIGHTS, &data));
    }
}

/// Numbers of a structure, one after the other.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take().map(u8::from_ne_bytes)
    }

    fn i32(&mut self) -> Option<i32> {
        self.take().map(i32::from_ne_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_ne_bytes)
    }

    fn i64(&mut self) -> Option<i64> {
        self.take().map(i64::from_ne_bytes)
    }

    /// A timeval or timespec, the parts of whose seconds are so many nanoseconds.
    fn timestamp(&mut self, unit: i64) -> Option<Timestamp> {
        let (seconds, parts) = (self.i64()?, self.i64()?);
        Some(Timestamp { seconds, nanoseconds: u32::try_from(parts.checked_mul(unit)?).ok()? })
    }

    /// linux/errqueue.h: struct sock_extended_err, and the address of the node that reported it, which has so many
    /// bytes unless it was cut off.
    fn extended_error(&mut self, size: usize) -> Option<ExtendedError> {
        let number = self.u32()?;
        let (origin, kind, code, _) = (self.u8()?, self.u8()?, self.u8()?, self.u8()?);
        let (info, data) = (self.u32()?, self.u32()?);
        let bytes = std::mem::take(&mut self.0);
        let offender =
            if bytes.len() == size { Address::decode(&RawAddress::from_bytes(bytes), 0) } else { return None };
        let offender = offender.filter(|address| *address != Address::Unspecified);
        Some(ExtendedError { number, origin, kind, code, info, data, offender })
    }
}

impl Control {
    /// What the bytes mean; as they are, where they mean nothing that has a case.
    fn decode((level, kind, data): RawControl<'_>) -> Self {
        let mut at = Fields(data);
        let typed = match (level, kind) {
            (c::SOL_SOCKET, c::SCM_CREDENTIALS) => {
                at.i32().zip(at.u32()).zip(at.u32()).map(|((pid, uid), gid)| Self::Credentials { pid, uid, gid })
            }
            (c::SOL_SOCKET, c::SO_TIMESTAMP) => at.timestamp(1000).map(Self::Timestamp),
            (c::SOL_SOCKET, c::SO_TIMESTAMPNS) => at.timestamp(1).map(Self::TimestampNs),
            (c::SOL_SOCKET, c::SO_TIMESTAMPING) => {
                let three = [at.timestamp(1), at.timestamp(1), at.timestamp(1)];
                let [Some(first), Some(second), Some(third)] = three else { return Self::raw(level, kind, data) };
                Some(Self::Timestamping([first, second, third]))
            }
            (c::IPPROTO_IP, c::IP_PKTINFO) => {
                at.u32().zip(at.take::<4>()).zip(at.take::<4>()).map(|((interface, local), destination)| {
                    Self::IpPktinfo { interface, local: local.into(), destination: destination.into() }
                })
            }
            (c::IPPROTO_IP, c::IP_TTL) => at.i32().map(Self::IpTtl),
            (c::IPPROTO_IP, c::IP_TOS) => at.u8().map(Self::IpTos),
            (c::IPPROTO_IP, c::IP_RECVERR) => at.extended_error(INET_LEN).map(Self::IpRecverr),
            (c::IPPROTO_IPV6, c::IPV6_PKTINFO) => at
                .take::<16>()
                .zip(at.u32())
                .map(|(address, interface)| Self::Ipv6Pktinfo { address: address.into(), interface }),
            (c::IPPROTO_IPV6, c::IPV6_HOPLIMIT) => at.i32().map(Self::Ipv6HopLimit),
            (c::IPPROTO_IPV6, c::IPV6_TCLASS) => at.i32().map(Self::Ipv6Tclass),
            (c::IPPROTO_IPV6, c::IPV6_RECVERR) => at.extended_error(INET6_LEN).map(Self::Ipv6Recverr),
            _ => None,
        };
        typed.filter(|_| at.0.is_empty()).unwrap_or_else(|| Self::raw(level, kind, data))
    }

    fn raw(level: i32, kind: i32, data: &[u8]) -> Self {
        Self::Raw { level, kind, data: data.to_vec() }
    }

    /// The level, the type and the bytes. EINVAL: something that is only ever received.
    fn encode(&self) -> Result<(i32, i32, Vec<u8>)> {
        Ok(match self {
            Self::Credentials { pid, uid, gid } => {
                let data = [pid.to_ne_bytes(), uid.to_ne_bytes(), gid.to_ne_bytes()].concat();
                (c::SOL_SOCKET, c::SCM_CREDENTIALS, data)
            }
            Self::IpPktinfo { interface, local, destination } => {
                let data = [interface.to_ne_bytes(), local.octets(), destination.octets()].concat();
                (c::IPPROTO_IP, c::IP_PKTINFO, data)
            }
            Self::Ipv6Pktinfo { address, interface } => {
                let data = [&address.octets()[..], &interface.to_ne_bytes()].concat();
                (c::IPPROTO_IPV6, c::IPV6_PKTINFO, data)
            }
            Self::IpTtl(ttl) => (c::IPPROTO_IP, c::IP_TTL, ttl.to_ne_bytes().to_vec()),
            Self::IpTos(tos) => (c::IPPROTO_IP, c::IP_TOS, vec![*tos]),
            Self::Ipv6HopLimit(limit) => (c::IPPROTO_IPV6, c::IPV6_HOPLIMIT, limit.to_ne_bytes().to_vec()),
            Self::Ipv6Tclass(class) => (c::IPPROTO_IPV6, c::IPV6_TCLASS, class.to_ne_bytes().to_vec()),
            Self::Raw { level, kind, data } => (*level, *kind, data.clone()),
            Self::Timestamp(_)
            | Self::TimestampNs(_)
            | Self::Timestamping(_)
            | Self::IpRecverr(_)
            | Self::Ipv6Recverr(_) => return Err(Errno::EINVAL.into()),
        })
    }
}

impl Socket {
    /// Sends the buffers as one message: sendmsg(2).
    pub async fn sendmsg(
        &self,
        buffers: &[Vec<u8>],
        ancillary: &[Outgoing<'_>],
        flags: i32,
        address: Option<&Address>,
    ) -> Result<usize> {
        let rights = ancillary.iter().map(|message| match message {
            Outgoing::Rights(sockets) => sockets.len(),
            Outgoing::Files(files) => files.len(),
            Outgoing::Data(_) => 0,
        });
        // As the kernel does it, but before anything is done with them.
        let passed = rights.fold(0, usize::saturating_add);
        if passed > MOST_PASSED {
            return Err(Errno::EINVAL.into());
        }
        let mut control = OutgoingControl::default();
        for message in ancillary {
            self.put_outgoing(&mut control, message)?;
        }
        let buffers: Vec<_> = buffers.iter().map(|buffer| IoSlice::new(buffer)).collect();
        if passed == 0 || self.transport() != Transport::Unix {
            return self.transmit_message(&buffers, &control, flags, address).await;
        }
        let carrier = self.descriptor()?;
        self.flights().depart(carrier, passed, self.limits().sockets)?;
        let result = self.transmit_message(&buffers, &control, flags, address).await;
        if result.is_err() {
            self.flights().stay(carrier, passed);
        }
        result
    }

    fn put_outgoing(&self, control: &mut OutgoingControl, message: &Outgoing<'_>) -> Result<()> {
        match message {
            Outgoing::Rights(sockets) => {
                let mut numbers = Vec::new();
                for socket in sockets {
                    let descriptor = socket.descriptor()?;
                    socket.prepare_to_pass()?;
                    numbers.push(sys::passed_number(descriptor.socket())?);
                    control.passed.push(descriptor.clone());
                }
                control.put_rights(&numbers);
            }
            Outgoing::Files(files) => {
                let mut numbers = Vec::new();
                for file in files {
                    self.judge_file(file)?;
                    numbers.push(sys::passed_number(&**file)?);
                    control.passed.push(file.clone());
                }
                control.put_rights(&numbers);
            }
            Outgoing::Data(data) => {
                let (level, kind, data) = data.encode()?;
                self.judge_control(level, kind, &data)?;
                self.judge_source((level, kind, &data))?;
                put(&mut control.bytes, (level, kind, &data));
            }
        }
        Ok(())
    }

    /// A guest may hand on what it has. From a directory that is more to the one who gets it: what is outside of it.
    fn judge_file(&self, file: &File) -> Result<()> {
        let kind = file.metadata()?.file_type();
        if kind.is_file() {
            return Ok(());
        }
        let what = if kind.is_dir() { "a directory" } else { "what is no regular file" };
        Err(self.refuse(Refusal::of(format!("send {what} over a unix socket"))))
    }

    /// A control message may do no more than the option or the call of the same effect.
    fn judge_control(&self, level: i32, kind: i32, data: &[u8]) -> Result<()> {
        let operation = Operation::SetOption { level, name: kind };
        match (level, kind) {
            // Numbers of descriptors mean those of the host.
            _ if has_descriptors(level, kind) => Err(Errno::EINVAL.into()),
            (c::SOL_SOCKET, c::SCM_CREDENTIALS) => check_credentials(data),
            (IPPROTO_SCTP, SCTP_DSTADDRV4 | SCTP_DSTADDRV6) => Err(self.refused(&operation)),
            numbers if POINTERS.contains(&numbers) => Err(self.refused(&operation)),
            _ if option::access(level, kind) == Access::Never => Err(self.refused(&operation)),
            numbers if ORDINARY.contains(&numbers) && !option::is_privileged(level, kind, data) => Ok(()),
            // The levels of a family that was granted are granted with it.
            _ if self.transport().is_privileged() && option::access(level, kind) == Access::Unknown => Ok(()),
            _ => self.judge(&operation),
        }
    }

    /// Sending from an address is as binding to it, and by an interface as binding to that.
    fn judge_source(&self, control: RawControl<'_>) -> Result<()> {
        let (source, interface) = match source(control) {
            Some(Control::IpPktinfo { interface, local, .. }) => (IpAddr::V4(local), interface),
            Some(Control::Ipv6Pktinfo { address, interface }) => (IpAddr::V6(address), interface),
            _ => return Ok(()),
        };
        if interface != 0 {
            self.judge(&Operation::SetOption { level: c::SOL_SOCKET, name: c::SO_BINDTODEVICE })?;
        }
        if source.is_unspecified() {
            return Ok(());
        }
        let port = self.getsockname()?.and_then(|local| local.internet()).map_or(0, |local| local.port());
        let bound = Address::from(SocketAddr::new(source, port));
        let chosen = Address::from(SocketAddr::new(source, 0));
        let transport = self.transport();
        if self.would_allow(&Operation::Bind { transport, address: &bound }) {
            return Ok(());
        }
        self.judge(&Operation::Bind { transport, address: &chosen })
    }

    /// Receives a message of at most `size` bytes, with at most `ancillary_size` bytes of control messages: recvmsg(2).
    pub async fn recvmsg(&self, size: u64, ancillary_size: u64, flags: i32) -> Result<Message> {
        let (received, address) = self.receive_whole_message(size, ancillary_size, flags).await?;
        // The kernel repeats this one, which the host asks for where it can.
        let repeated = c::MSG_CMSG_CLOEXEC;
        let mut told = received.flags & !repeated | flags & repeated;
        let mut owned = received.descriptors;
        let mut ancillary = Vec::new();
        for (level, kind, data) in parse(&received.control) {
            if !has_descriptors(level, kind) {
                ancillary.push(Incoming::Data(Control::decode((level, kind, data))));
                continue;
            }
            let count = descriptors(data).count();
            let descriptors = owned.drain(..count.min(owned.len()));
            // A descriptor of a process is of no use to a guest.
            if kind == c::SCM_RIGHTS {
                ancillary.push(Incoming::Rights(self.let_in(descriptors, &mut told)));
            }
        }
        Ok(Message { data: received.data, length: received.length, ancillary, flags: told, address })
    }

    /// Takes the descriptors that may be handed over. The others are closed, and the guest is told so as the kernel
    /// does it where the process may have no more, or where its security module refuses one.
    fn let_in(&self, descriptors: impl Iterator<Item = Received>, flags: &mut i32) -> Vec<Passed> {
        let admitted = descriptors.map(|descriptor| self.admit(descriptor));
        admitted.filter_map(|passed| passed.inspect_err(|_| *flags |= c::MSG_CTRUNC).ok()).collect()
    }

    fn admit(&self, descriptor: Received) -> Result<Passed> {
        let kind = match sys::opened(descriptor)? {
            Opened::Socket(socket) => return Ok(Passed::Socket(self.receive_socket(socket)?)),
            Opened::File(file) => {
                self.judge(&Operation::Files)?;
                return Ok(Passed::File(file));
            }
            Opened::Other(kind) => kind,
        };
        // WASI has nothing that it could be.
        Err(self.refuse(Refusal::of(format!("receive {kind} over a unix socket"))))
    }
}

/// IP_PKTINFO or IPV6_PKTINFO, as the kernel reads it, which looks at the beginning alone.
fn source((level, kind, data): RawControl<'_>) -> Option<Control> {
    let (kind, length) = match (level, kind) {
        (c::IPPROTO_IP, c::IP_PKTINFO) => (kind, PKTINFO),
        (c::IPPROTO_IPV6, c::IPV6_PKTINFO | IPV6_2292PKTINFO) => (c::IPV6_PKTINFO, PKTINFO6),
        _ => return None,
    };
    Some(Control::decode((level, kind, data.get(..length)?)))
}

/// A guest says no more of itself than what the kernel would say of the host's process. EPERM.
fn check_credentials(data: &[u8]) -> Result<()> {
    let Control::Credentials { pid, uid, gid } = Control::decode((c::SOL_SOCKET, c::SCM_CREDENTIALS, data)) else {
        return Err(Errno::EINVAL.into());
    };
    if sys::is_this_process(pid, uid, gid) { Ok(()) } else { Err(Errno::EPERM.into()) }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::SocketCtx;
    use crate::error::Error;
    use crate::policy::{Names, Policy};

    #[test]
    fn pointers_are_never_sent() {
        let ctx = crate::SocketCtx::builder().allow_all().expect("a context").build();
        let socket = Socket::create(&ctx.shared, c::AF_INET, c::SOCK_DGRAM, 0).expect("a socket");
        // linux/rds.h: RDMA and atomic operations.
        for kind in [1, 2, 3, 6, 7, 8, 9] {
            let judged = socket.judge_control(c::SOL_RDS, kind, &[0; 48]);
            assert!(matches!(judged, Err(crate::Error::Denied(_))), "{kind}: {judged:?}");
        }
    }

    #[test]
    fn what_is_sent_is_what_is_received() {
        for control in [
            Control::Credentials { pid: 1, uid: 2, gid: 3 },
            Control::IpPktinfo { interface: 1, local: Ipv4Addr::LOCALHOST, destination: Ipv4Addr::BROADCAST },
            Control::Ipv6Pktinfo { address: Ipv6Addr::LOCALHOST, interface: 3 },
            Control::IpTtl(64),
            Control::IpTos(16),
            Control::Ipv6HopLimit(255),
            Control::Ipv6Tclass(7),
            Control::Raw { level: 279, kind: 3, data: vec![1, 2, 3] },
        ] {
            let (level, kind, data) = control.encode().expect("can be sent");
            assert_eq!(Control::decode((level, kind, &data)), control);
        }
        let error = Control::Timestamp(Timestamp { seconds: 0, nanoseconds: 0 }).encode();
        assert_eq!(error.err(), Some(Errno::EINVAL.into()));
    }

    #[test]
    fn what_is_received_is_typed() {
        let timeval = [5i64.to_ne_bytes(), 6i64.to_ne_bytes()].concat();
        let stamp = |nanoseconds| Timestamp { seconds: 5, nanoseconds };
        assert_eq!(Control::decode((1, 29, &timeval)), Control::Timestamp(stamp(6000)));
        assert_eq!(Control::decode((1, 35, &timeval)), Control::TimestampNs(stamp(6)));
        let overflow = [5i64.to_ne_bytes(), i64::MAX.to_ne_bytes()].concat();
        let long = [&timeval[..], &[0]].concat();
        for data in [&b"short"[..], &overflow, &long] {
            assert_eq!(Control::decode((1, 29, data)), Control::raw(1, 29, data));
        }
        let mut error = [111u32.to_ne_bytes(), [2, 3, 4, 0], 5u32.to_ne_bytes(), 6u32.to_ne_bytes()].concat();
        error.extend(Address::Inet("127.0.0.1:0".parse().expect("an address")).encode().expect("encodes").as_bytes());
        let Control::IpRecverr(error) = Control::decode((0, 11, &error)) else { panic!("an error") };
        assert_eq!((error.number, error.origin, error.kind, error.code, error.info, error.data), (111, 2, 3, 4, 5, 6));
        assert_eq!(error.offender.expect("an offender").to_string(), "127.0.0.1:0");
    }

    /// Allows everything but taking a local address.
    struct NoBind;

    impl Policy for NoBind {
        fn check(&self, operation: &Operation<'_>, _: &Names) -> Result<(), Refusal> {
            if matches!(operation, Operation::Bind { .. }) { Err(Refusal::new(operation)) } else { Ok(()) }
        }
    }

    #[test]
    fn sending_from_an_address_is_as_binding_to_it() {
        let ctx = SocketCtx::builder().policy(NoBind).build();
        let (local, local6) = ([0, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0], [&[0; 15][..], &[1, 0, 0, 0, 0]].concat());
        for (family, host, level, kind, data) in [
            (c::AF_INET, "127.0.0.1:9", c::IPPROTO_IP, c::IP_PKTINFO, &local[..]),
            (c::AF_INET6, "[::1]:9", c::IPPROTO_IPV6, c::IPV6_PKTINFO, &local6),
            (c::AF_INET6, "[::1]:9", c::IPPROTO_IPV6, IPV6_2292PKTINFO, &local6),
            // As long as it begins so.
            (c::AF_INET6, "[::1]:9", c::IPPROTO_IPV6, c::IPV6_PKTINFO, &[&local6[..], &[0; 4]].concat()),
        ] {
            // Others take neither the older form nor a longer one.
            if !cfg!(target_os = "linux") && (kind == IPV6_2292PKTINFO || data.len() > PKTINFO6) {
                continue;
            }
            let socket = Socket::create(&ctx.shared, family, c::SOCK_DGRAM, 0).expect("a socket");
            let to = Address::from(host.parse::<SocketAddr>().expect("an address"));
            let send = |data: &[u8]| {
                let control = [Outgoing::Data(Control::raw(level, kind, data))];
                socket.sendmsg(&[b"x".to_vec()], &control, 0, Some(&to)).now_or_never().expect("it need not wait")
            };
            assert!(matches!(send(data), Err(Error::Denied(_))), "{host}, {kind}, {data:?}");
            assert_eq!(send(&vec![0; data.len()]), Ok(1), "from any address");
        }
    }
}
