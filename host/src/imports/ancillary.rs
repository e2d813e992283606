//! The `ancillary` interface.

use std::fs::File;

use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::FsPerms;
use wasmtime_wasi::filesystem::{Descriptor, Dir, File as WasiFile, OpenMode};

use super::answer::{at_once, later};
use super::error::{Failure, OrTrap};
use super::shadow::shadowed;
use super::wit::address::SocketAddress;
use super::wit::ancillary as wit;
use crate::address::Address;
use crate::ancillary::{
    Control, ExtendedError, Incoming, IncomingDatagram, Message, Outgoing, OutgoingDatagram, Passed, Timestamp,
};
use crate::error::Error;
use crate::socket::{Socket, Tried};
use crate::sys;
use crate::view::SocketCtxView;

impl From<wit::Timestamp> for Timestamp {
    fn from(time: wit::Timestamp) -> Self {
        Self { seconds: time.seconds, nanoseconds: time.nanoseconds }
    }
}

impl From<Timestamp> for wit::Timestamp {
    fn from(time: Timestamp) -> Self {
        Self { seconds: time.seconds, nanoseconds: time.nanoseconds }
    }
}

impl TryFrom<wit::ExtendedError> for ExtendedError {
    type Error = Error;

    fn try_from(error: wit::ExtendedError) -> Result<Self, Error> {
        Ok(Self {
            number: error.number,
            origin: error.origin,
            kind: error.type_,
            code: error.code,
            info: error.info,
            data: error.data,
            offender: error.offender.map(Address::try_from).transpose()?,
        })
    }
}

impl From<ExtendedError> for wit::ExtendedError {
    fn from(error: ExtendedError) -> Self {
        Self {
            number: error.number,
            origin: error.origin,
            type_: error.kind,
            code: error.code,
            info: error.info,
            data: error.data,
            offender: error.offender.map(Into::into),
        }
    }
}

impl TryFrom<wit::ControlData> for Control {
    type Error = Error;

    fn try_from(data: wit::ControlData) -> Result<Self, Error> {
        use wit::ControlData as Wit;
        Ok(match data {
            Wit::Credentials(at) => Self::Credentials { pid: at.pid, uid: at.uid, gid: at.gid },
            Wit::Timestamp(time) => Self::Timestamp(time.into()),
            Wit::Timestampns(time) => Self::TimestampNs(time.into()),
            Wit::Timestamping((one, two, three)) => Self::Timestamping([one.into(), two.into(), three.into()]),
            Wit::IpPktinfo(at) => Self::IpPktinfo {
                interface: at.interface_index,
                local: <[u8; 4]>::from(at.local_address).into(),
                destination: <[u8; 4]>::from(at.destination).into(),
            },
            Wit::Ipv6Pktinfo(at) => {
                Self::Ipv6Pktinfo { address: <[u16; 8]>::from(at.address).into(), interface: at.interface_index }
            }
            Wit::IpTtl(ttl) => Self::IpTtl(ttl),
            Wit::IpTos(tos) => Self::IpTos(tos),
            Wit::Ipv6Hoplimit(limit) => Self::Ipv6HopLimit(limit),
            Wit::Ipv6Tclass(class) => Self::Ipv6Tclass(class),
            Wit::IpRecverr(error) => Self::IpRecverr(error.try_into()?),
            Wit::Ipv6Recverr(error) => Self::Ipv6Recverr(error.try_into()?),
            Wit::Raw(raw) => Self::Raw { level: raw.level, kind: raw.type_, data: raw.data },
        })
    }
}

impl From<Control> for wit::ControlData {
    fn from(control: Control) -> Self {
        match control {
            Control::Credentials { pid, uid, gid } => Self::Credentials(wit::Credentials { pid, uid, gid }),
            Control::Timestamp(time) => Self::Timestamp(time.into()),
            Control::TimestampNs(time) => Self::Timestampns(time.into()),
            Control::Timestamping([one, two, three]) => Self::Timestamping((one.into(), two.into(), three.into())),
            Control::IpPktinfo { interface, local, destination } => Self::IpPktinfo(wit::IpPktinfo {
                interface_index: interface,
                local_address: local.octets().into(),
                destination: destination.octets().into(),
            }),
            Control::Ipv6Pktinfo { address, interface } => {
                Self::Ipv6Pktinfo(wit::Ipv6Pktinfo { address: address.segments().into(), interface_index: interface })
            }
            Control::IpTtl(ttl) => Self::IpTtl(ttl),
            Control::IpTos(tos) => Self::IpTos(tos),
            Control::Ipv6HopLimit(limit) => Self::Ipv6Hoplimit(limit),
            Control::Ipv6Tclass(class) => Self::Ipv6Tclass(class),
            Control::IpRecverr(error) => Self::IpRecverr(error.into()),
            Control::Ipv6Recverr(error) => Self::Ipv6Recverr(error.into()),
            Control::Raw { level, kind, data } => Self::Raw(wit::RawControlMessage { level, type_: kind, data }),
        }
    }
}

impl TryFrom<wit::OutgoingDatagram> for OutgoingDatagram {
    type Error = Error;

    fn try_from(datagram: wit::OutgoingDatagram) -> Result<Self, Error> {
        Ok(Self {
            length: datagram.length as usize,
            address: datagram.address.map(Address::try_from).transpose()?,
            ancillary: datagram.ancillary.into_iter().map(Control::try_from).collect::<Result<_, _>>()?,
        })
    }
}

impl From<IncomingDatagram> for wit::IncomingDatagram {
    fn from(datagram: IncomingDatagram) -> Self {
        Self {
            length: datagram.length as u32,
            whole_length: datagram.whole_length as u32,
            flags: datagram.flags,
            address: datagram.address.map(Into::into),
            ancillary: datagram.ancillary.into_iter().map(Into::into).collect(),
        }
    }
}

/// The control message, of sockets in the table.
pub(super) fn outgoing(table: &ResourceTable, message: wit::OutgoingControlMessage) -> Result<Outgoing<'_>, Failure> {
    Ok(match message {
        wit::OutgoingControlMessage::Rights(sockets) => {
            let sockets = sockets.iter().map(|socket| table.get(socket).or_trap());
            Outgoing::Rights(sockets.collect::<Result<_, _>>()?)
        }
        wit::OutgoingControlMessage::Data(data) => Outgoing::Data(data.try_into()?),
    })
}

impl SocketCtxView<'_> {
    /// SCM_RIGHTS of one descriptor.
    fn outgoing_descriptor(&self, descriptor: wit::OutgoingDescriptor) -> Result<Outgoing<'_>, Failure> {
        Ok(match descriptor {
            wit::OutgoingDescriptor::Socket(socket) => Outgoing::Rights(vec![self.socket(&socket)?]),
            wit::OutgoingDescriptor::File(file) => Outgoing::Files(vec![match self.table.get(&file).or_trap()? {
                Descriptor::File(file) => file.file.clone(),
                Descriptor::Dir(directory) => directory.dir.clone(),
            }]),
        })
    }

    fn incoming(&mut self, message: Incoming) -> Result<wit::IncomingControlMessage, Failure> {
        Ok(match message {
            Incoming::Rights(passed) => {
                let passed = passed.into_iter().map(|passed| self.passed(passed));
                wit::IncomingControlMessage::Rights(passed.collect::<Result<_, _>>()?)
            }
            Incoming::Data(data) => wit::IncomingControlMessage::Data(data.into()),
        })
    }

    fn message(&mut self, message: Message) -> Result<wit::Message, Failure> {
        let ancillary = message.ancillary.into_iter().map(|incoming| self.incoming(incoming));
        Ok(wit::Message {
            data: message.data,
            length: message.length as u64,
            ancillary: ancillary.collect::<Result<_, _>>()?,
            flags: message.flags,
            address: message.address.map(Into::into),
        })
    }

    fn passed(&mut self, passed: Passed) -> Result<wit::PassedDescriptor, Failure> {
        Ok(match passed {
            Passed::Socket(socket) => wit::PassedDescriptor::Socket(self.table.push(socket).or_trap()?),
            Passed::File(file) => wit::PassedDescriptor::File(self.table.push(descriptor(file)).or_trap()?),
        })
    }
}

/// The file as WASI has it; what may be done with it is what it was opened for.
fn descriptor(file: File) -> Descriptor {
    let mode = open_mode(&file);
    let perms = if mode.contains(OpenMode::WRITE) { FsPerms::ReadWrite } else { FsPerms::ReadOnly };
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        Descriptor::Dir(Dir::new(file, perms, mode, false))
    } else {
        Descriptor::File(WasiFile::new(file, perms, mode, false))
    }
}

fn open_mode(file: &File) -> OpenMode {
    let (reads, writes) = sys::access(file);
    let mode = |given, mode| if given { mode } else { OpenMode::empty() };
    mode(reads, OpenMode::READ) | mode(writes, OpenMode::WRITE)
}

impl wit::Host for SocketCtxView<'_> {
    async fn sendmsg(
        &mut self,
        _: Resource<Socket>,
        _: Vec<Vec<u8>>,
        _: Vec<wit::OutgoingControlMessage>,
        _: i32,
        _: Option<SocketAddress>,
    ) -> Result<u64, Failure> {
        Err(shadowed())
    }

    async fn sendmsg_rights(
        &mut self,
        socket: Resource<Socket>,
        buffers: Vec<Vec<u8>>,
        rights: Vec<wit::OutgoingDescriptor>,
        ancillary: Vec<wit::ControlData>,
        flags: i32,
        address: Option<SocketAddress>,
    ) -> Result<u64, Failure> {
        let rights = rights.into_iter().map(|descriptor| self.outgoing_descriptor(descriptor));
        let mut all = rights.collect::<Result<Vec<_>, _>>()?;
        for data in ancillary {
            all.push(Outgoing::Data(data.try_into()?));
        }
        let address = address.map(Address::try_from).transpose()?;
        Ok(self.socket(&socket)?.sendmsg(&buffers, &all, flags, address.as_ref()).await? as u64)
    }

    async fn sendmmsg(
        &mut self,
        _: Resource<Socket>,
        _: Vec<u8>,
        _: Vec<wit::OutgoingDatagram>,
        _: i32,
    ) -> Result<u32, Failure> {
        Err(shadowed())
    }

    async fn recvmmsg(
        &mut self,
        socket: Resource<Socket>,
        count: u32,
        size: u64,
        ancillary_size: u64,
        flags: i32,
    ) -> Result<(Vec<u8>, Vec<wit::IncomingDatagram>), Failure> {
        let (data, came) = self.socket(&socket)?.recvmmsg(count, size, ancillary_size, flags).await?;
        Ok((data, came.into_iter().map(Into::into).collect()))
    }

    fn recvmsg(
        &mut self,
        socket: Resource<Socket>,
        size: u64,
        ancillary_size: u64,
        flags: i32,
    ) -> impl Future<Output = Result<wit::Message, Failure>> + Send {
        match self.socket(&socket).map(|socket| socket.recvmsg_now(size, ancillary_size, flags)) {
            Err(failure) => at_once(Err(failure)),
            Ok(Tried::Done(result)) => at_once(result.map_err(Failure::from).and_then(|message| self.message(message))),
            Ok(Tried::Blocked(blocked)) => later(async move {
                let message = self.socket(&socket)?.recvmsg_on(blocked, size, ancillary_size, flags).await?;
                self.message(message)
            }),
        }
    }
}
