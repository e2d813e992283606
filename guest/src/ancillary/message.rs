//! Control messages, and the messages that they come with.

use wasip2::filesystem::types::Descriptor;

use crate::address::Address;
use crate::bindings::ancillary as wit;
use crate::bindings::ancillary::{ControlData, RawControlMessage};
use crate::endpoint::Socket;

/// A control message to send.
#[derive(Debug)]
pub enum ControlMessage<'a> {
    /// SCM_RIGHTS: sockets for the peer; the sender keeps its own.
    Rights(&'a [&'a Socket]),
    /// SCM_RIGHTS: regular files for the peer, for what they were opened for; the sender keeps its own. The kernel makes
    /// one list of these and of sockets in the same call, in their order.
    Files(&'a [&'a Descriptor]),
    /// Anything else.
    Data(ControlData),
}

impl From<ControlData> for ControlMessage<'_> {
    fn from(data: ControlData) -> Self {
        Self::Data(data)
    }
}

impl ControlMessage<'_> {
    /// A control message as Python has it: the level, the type, the data in Linux's 64-bit little-endian layout.
    pub fn raw(level: i32, r#type: i32, data: &[u8]) -> Self {
        Self::Data(ControlData::Raw(RawControlMessage { level, type_: r#type, data: data.to_vec() }))
    }

    /// What `sendmsg` of the contract takes; none for files, for which there is `sendmsg_rights`.
    pub(super) fn lower(&self) -> Option<wit::OutgoingControlMessage<'_>> {
        Some(match self {
            Self::Rights(sockets) => {
                wit::OutgoingControlMessage::Rights(sockets.iter().map(|socket| socket.handle()).collect())
            }
            Self::Files(_) => return None,
            Self::Data(data) => wit::OutgoingControlMessage::Data(data.clone()),
        })
    }
}

/// What `sendmsg_rights` of the contract takes.
pub(super) fn lower_rights<'a>(
    ancillary: &'a [ControlMessage<'_>],
) -> (Vec<wit::OutgoingDescriptor<'a>>, Vec<ControlData>) {
    let (mut rights, mut further) = (Vec::new(), Vec::new());
    for message in ancillary {
        match message {
            ControlMessage::Rights(sockets) => {
                rights.extend(sockets.iter().map(|socket| wit::OutgoingDescriptor::Socket(socket.handle())));
            }
            ControlMessage::Files(files) => {
                rights.extend(files.iter().map(|file| wit::OutgoingDescriptor::File(file)));
            }
            ControlMessage::Data(data) => further.push(data.clone()),
        }
    }
    (rights, further)
}

/// A descriptor that was received.
#[derive(Debug)]
pub enum Passed {
    /// A socket.
    Socket(Socket),
    /// A file or directory of WASI, where the host grants it.
    File(Descriptor),
}

/// A control message that was received.
#[derive(Debug)]
pub enum Received {
    /// SCM_RIGHTS. What the host does not let in is left out, and the message has MSG_CTRUNC.
    Rights(Vec<Passed>),
    /// Anything else.
    Data(ControlData),
}

/// A message that was received: Python's `(data, ancdata, msg_flags, address)`.
#[derive(Debug)]
pub struct Message {
    /// The data.
    pub data: Vec<u8>,
    /// The length as the kernel tells it; with MSG_TRUNC it may be more than there is in `data`.
    pub length: usize,
    /// The control messages.
    pub ancillary: Vec<Received>,
    /// MSG_EOR, MSG_TRUNC, MSG_CTRUNC, MSG_OOB, MSG_ERRQUEUE, and what a family has of its own, as they apply.
    pub flags: i32,
    /// Who sent it; [`Address::Unspecified`] where nothing tells.
    pub address: Address,
}

impl Message {
    /// The sockets, files and directories that came with the message.
    pub fn passed(mut self) -> Vec<Passed> {
        self.take_passed()
    }

    /// The same, which are taken out of the message; the rest stays.
    pub fn take_passed(&mut self) -> Vec<Passed> {
        let rights = self.ancillary.iter_mut().filter_map(|message| match message {
            Received::Rights(passed) => Some(std::mem::take(passed)),
            Received::Data(_) => None,
        });
        rights.flatten().collect()
    }

    /// The sockets that came with the message. Files and directories are closed.
    pub fn sockets(mut self) -> Vec<Socket> {
        self.take_sockets()
    }

    /// The same, which are taken out of the message; the rest stays.
    pub fn take_sockets(&mut self) -> Vec<Socket> {
        let socket = |passed| match passed {
            Passed::Socket(socket) => Some(socket),
            Passed::File(_) => None,
        };
        self.take_passed().into_iter().filter_map(socket).collect()
    }
}

impl From<wit::PassedDescriptor> for Passed {
    fn from(passed: wit::PassedDescriptor) -> Self {
        match passed {
            wit::PassedDescriptor::Socket(handle) => Self::Socket(Socket::from_handle(handle)),
            wit::PassedDescriptor::File(descriptor) => Self::File(descriptor),
        }
    }
}

impl From<wit::IncomingControlMessage> for Received {
    fn from(message: wit::IncomingControlMessage) -> Self {
        match message {
            wit::IncomingControlMessage::Rights(passed) => Self::Rights(passed.into_iter().map(Into::into).collect()),
            wit::IncomingControlMessage::Data(data) => Self::Data(data),
        }
    }
}

impl From<wit::Message> for Message {
    fn from(message: wit::Message) -> Self {
        Self {
            data: message.data,
            length: message.length as usize,
            ancillary: message.ancillary.into_iter().map(Into::into).collect(),
            flags: message.flags,
            address: message.address.map_or(Address::Unspecified, Into::into),
        }
    }
}
