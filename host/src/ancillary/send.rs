//! Sending messages: sendmsg(2). What a control message may not do is refused here.

use std::array;
use std::borrow::Borrow;
use std::fs::File;
use std::io::IoSlice;
use std::net::IpAddr;

use berkeley_constants as c;

use super::control::Control;
use super::message::Outgoing;
use crate::address::Address;
use crate::cmsg::{MOST_PASSED, RawControl, has_descriptors};
use crate::endpoint::{AnySocket, OutgoingControl, Passed};
use crate::error::{Errno, Refusal, Result};
use crate::observer::{Answer, Call, watched};
use crate::option::{self, Access};
use crate::policy::{Operation, Transport};
use crate::socket::{Begun, Socket, Tried, is_privileged};
use crate::sys;

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

impl Socket {
    /// Sends the buffers as one message: sendmsg(2).
    pub async fn sendmsg(
        &self,
        buffers: &[impl AsRef<[u8]> + Sync],
        ancillary: &[Outgoing<'_>],
        flags: i32,
        address: Option<&Address>,
    ) -> Result<usize> {
        match self.sendmsg_now(buffers, ancillary, flags, address) {
            Tried::Done(result) => result,
            Tried::Blocked(begun) => self.sendmsg_on(begun, buffers, ancillary, flags, address).await,
        }
    }

    /// Sends what there is room for already, if that is all that the call does. Otherwise
    /// [`sendmsg_on`](Self::sendmsg_on) goes on.
    pub(crate) fn sendmsg_now(
        &self,
        buffers: &[impl AsRef<[u8]> + Sync],
        ancillary: &[Outgoing<'_>],
        flags: i32,
        address: Option<&Address>,
    ) -> Tried<usize, Begun> {
        if passed(ancillary) > 0 || self.observers().want_calls() {
            return Tried::Blocked(Begun::default());
        }
        match self.outgoing_control(ancillary) {
            Ok(control) => slices(buffers, |buffers| self.transmit_message_now(buffers, &control, flags, address)),
            Err(error) => Tried::Done(Err(error)),
        }
    }

    /// Goes on with what [`sendmsg_now`](Self::sendmsg_now) has begun.
    pub(crate) async fn sendmsg_on(
        &self,
        begun: Begun,
        buffers: &[impl AsRef<[u8]> + Sync],
        ancillary: &[Outgoing<'_>],
        flags: i32,
        address: Option<&Address>,
    ) -> Result<usize> {
        let size = buffers.iter().map(|buffer| buffer.as_ref().len()).sum();
        let mut seen = self.seen(Call::Sendmsg { size, control: ancillary.len(), flags, address });
        let result = watched!(seen, self.sendmsg_unseen(begun, buffers, ancillary, flags, address));
        self.tell(&mut seen, &result, |sent| Answer::Bytes(*sent as u64));
        result
    }

    async fn sendmsg_unseen(
        &self,
        begun: Begun,
        buffers: &[impl AsRef<[u8]> + Sync],
        ancillary: &[Outgoing<'_>],
        flags: i32,
        address: Option<&Address>,
    ) -> Result<usize> {
        // As the kernel does it, but before anything is done with them.
        let passed = passed(ancillary);
        if passed > MOST_PASSED {
            return Err(Errno::EINVAL.into());
        }
        let control = self.outgoing_control(ancillary)?;
        let buffers: Vec<_> = buffers.iter().map(|buffer| IoSlice::new(buffer.as_ref())).collect();
        let patience = &mut self.patience_to_send(flags);
        if passed == 0 || self.transport() != Transport::Unix {
            return self.transmit_message(begun, &buffers, &control, flags, address, patience).await;
        }
        let carrier = self.descriptor()?;
        self.flights().depart(carrier, passed, self.shared().most_passed())?;
        let result = self.transmit_message(begun, &buffers, &control, flags, address, patience).await;
        if result.is_err() {
            self.flights().stay(carrier, passed);
        }
        result
    }

    /// The control messages as the kernel takes them, those that the guest may send.
    pub(super) fn outgoing_control<'a>(
        &self,
        ancillary: impl IntoIterator<Item = impl Borrow<Outgoing<'a>>>,
    ) -> Result<OutgoingControl> {
        let mut control = OutgoingControl::default();
        ancillary.into_iter().try_for_each(|message| self.put_outgoing(&mut control, message.borrow()))?;
        Ok(control)
    }

    fn put_outgoing(&self, control: &mut OutgoingControl, message: &Outgoing<'_>) -> Result<()> {
        let is_kernels = self.descriptor()?.socket().kernel().is_some();
        match message {
            Outgoing::Rights(sockets) => {
                let mut numbers = Vec::new();
                for socket in sockets {
                    let descriptor = socket.descriptor()?;
                    socket.prepare_to_pass()?;
                    match (descriptor.socket(), is_kernels) {
                        (AnySocket::Kernel(socket), true) => numbers.push(sys::passed_number(&**socket)?),
                        (AnySocket::Endpoint(endpoint), false) => control.pass(Passed::Endpoint(endpoint.clone())),
                        // A network knows no sockets of another.
                        _ => return Err(Errno::EINVAL.into()),
                    }
                    control.keep(descriptor.clone());
                }
                control.put_rights(&numbers);
            }
            Outgoing::Files(files) => {
                let mut numbers = Vec::new();
                for file in files {
                    self.judge_file(file)?;
                    if is_kernels {
                        numbers.push(sys::passed_number(&**file)?);
                    } else {
                        control.pass(Passed::File(file.clone()));
                    }
                    control.keep(file.clone());
                }
                control.put_rights(&numbers);
            }
            Outgoing::Data(data) => {
                let (level, kind, data) = data.encode()?;
                self.judge_control(level, kind, &data)?;
                self.judge_pktinfo((level, kind, &data))?;
                control.put((level, kind, &data));
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
        Err(self.refuse(Refusal::absolute(format!("send {what} over a unix socket"))))
    }

    /// A control message may do no more than the option or the call of the same effect.
    fn judge_control(&self, level: i32, kind: i32, data: &[u8]) -> Result<()> {
        let operation = Operation::SetOption { level, name: kind };
        match (level, kind) {
            (c::SOL_SOCKET, c::SCM_RIGHTS) if self.family() == c::AF_UNIX => check_rights(data),
            // Numbers of descriptors mean those of the host.
            _ if has_descriptors(level, kind) => Err(Errno::EINVAL.into()),
            (c::SOL_SOCKET, c::SCM_CREDENTIALS) => check_credentials(data),
            (IPPROTO_SCTP, SCTP_DSTADDRV4 | SCTP_DSTADDRV6) => Err(self.refused(&operation)),
            numbers if POINTERS.contains(&numbers) => Err(self.refused(&operation)),
            _ if option::access(level, kind) == Access::Never => Err(self.refused(&operation)),
            numbers if ORDINARY.contains(&numbers) && !is_privileged(level, kind, data) => self.tolerate(&operation),
            // The levels of a family that was granted are granted with it.
            _ if self.transport().is_privileged() && option::access(level, kind) == Access::Unknown => Ok(()),
            _ => self.judge(&operation),
        }
    }

    /// Sending from an address is as binding to it, and by an interface as binding to that.
    fn judge_pktinfo(&self, control: RawControl<'_>) -> Result<()> {
        let (source, interface) = match source(control) {
            Some(Control::IpPktinfo { interface, local, .. }) => (IpAddr::V4(local), interface),
            Some(Control::Ipv6Pktinfo { address, interface }) => (IpAddr::V6(address), interface),
            _ => return Ok(()),
        };
        if interface != 0 {
            self.judge(&Operation::SetOption { level: c::SOL_SOCKET, name: c::SO_BINDTODEVICE })?;
        }
        self.judge_source(source)
    }
}

/// How many descriptors are to be passed on.
fn passed(ancillary: &[Outgoing<'_>]) -> usize {
    let rights = ancillary.iter().map(|message| match message {
        Outgoing::Rights(sockets) => sockets.len(),
        Outgoing::Files(files) => files.len(),
        Outgoing::Data(_) => 0,
    });
    rights.fold(0, usize::saturating_add)
}

/// Calls with the buffers as system calls take them; few of them need no list on the heap.
fn slices<T>(buffers: &[impl AsRef<[u8]>], call: impl FnOnce(&[IoSlice<'_>]) -> T) -> T {
    const FEW: usize = 8;
    let mut slices = buffers.iter().map(|buffer| IoSlice::new(buffer.as_ref()));
    if buffers.len() > FEW {
        return call(&slices.collect::<Vec<_>>());
    }
    let few: [_; FEW] = array::from_fn(|_| slices.next().unwrap_or(IoSlice::new(&[])));
    call(&few[..buffers.len()])
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

/// A number in the data would be that of a descriptor of the host's, of which a guest has none. EBADF; EINVAL for more
/// than the kernel looks at.
fn check_rights(data: &[u8]) -> Result<()> {
    match data.len() / size_of::<i32>() {
        0 => Ok(()),
        1..=MOST_PASSED => Err(Errno::EBADF.into()),
        _ => Err(Errno::EINVAL.into()),
    }
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
            let to = Address::from(host.parse::<std::net::SocketAddr>().expect("an address"));
            let send = |data: &[u8]| {
                let control = [Outgoing::Data(Control::raw(level, kind, data))];
                socket.sendmsg(&[b"x".to_vec()], &control, 0, Some(&to)).now_or_never().expect("it need not wait")
            };
            assert!(matches!(send(data), Err(Error::Denied(_))), "{host}, {kind}, {data:?}");
            assert_eq!(send(&vec![0; data.len()]), Ok(1), "from any address");
        }
    }
}
