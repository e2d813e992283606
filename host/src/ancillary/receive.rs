//! Receiving messages: recvmsg(2). What may not be handed over is closed here.

use std::sync::Arc;

use berkeley_constants as c;

use super::control::Control;
use super::message::{Incoming, Message, Passed};
use crate::address::Address;
use crate::cmsg::{descriptors, has_descriptors, parse};
use crate::endpoint::{AnySocket, Carried, Passed as Handed};
use crate::error::{Refusal, Result};
use crate::observer::{Answer, Call, watched};
use crate::policy::Operation;
use crate::socket::{Blocked, Socket, Tried};
use crate::sys::{self, Opened, RawMessage};

impl Socket {
    /// Receives a message of at most `size` bytes, with at most `ancillary_size` bytes of control messages: recvmsg(2).
    pub async fn recvmsg(&self, size: u64, ancillary_size: u64, flags: i32) -> Result<Message> {
        match self.recvmsg_now(size, ancillary_size, flags) {
            Tried::Done(result) => result,
            Tried::Blocked(blocked) => self.recvmsg_on(blocked, size, ancillary_size, flags).await,
        }
    }

    /// Receives a message that is there already, if that is all that the call does. Otherwise
    /// [`recvmsg_on`](Self::recvmsg_on) goes on.
    pub(crate) fn recvmsg_now(&self, size: u64, ancillary_size: u64, flags: i32) -> Tried<Message> {
        self.receive_message_now(size, ancillary_size, flags).map(|came| self.message(came, flags))
    }

    /// Goes on with what [`recvmsg_now`](Self::recvmsg_now) has begun.
    pub(crate) async fn recvmsg_on(
        &self,
        blocked: Blocked,
        size: u64,
        ancillary_size: u64,
        flags: i32,
    ) -> Result<Message> {
        let mut seen = self.seen(Call::Recvmsg { size, control: ancillary_size, flags });
        let result = watched!(seen, self.receive_whole_message(blocked, size, ancillary_size, flags));
        // What is asked of a socket that came is no call of the guest's.
        let result = seen.run(|| result.map(|came| self.message(came, flags)));
        self.tell(&mut seen, &result, |message| Answer::Message {
            bytes: message.data.len() as u64,
            control: message.ancillary.len(),
            flags: message.flags,
            address: message.address.as_ref(),
        });
        result
    }

    /// What of a message the guest is given.
    fn message(&self, (received, address): (RawMessage<Carried>, Option<Address>), flags: i32) -> Message {
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
        Message { data: received.data, length: received.length, ancillary, flags: told, address }
    }

    /// Takes the descriptors that may be handed over. The others are closed, and the guest is told so as the kernel
    /// does it where the process may have no more, or where its security module refuses one.
    fn let_in(&self, descriptors: impl Iterator<Item = Carried>, flags: &mut i32) -> Vec<Passed> {
        let admitted = descriptors.map(|descriptor| self.admit(descriptor));
        admitted.filter_map(|passed| passed.inspect_err(|_| *flags |= c::MSG_CTRUNC).ok()).collect()
    }

    fn admit(&self, carried: Carried) -> Result<Passed> {
        let opened = match carried {
            Carried::Descriptor(descriptor) => sys::opened(descriptor)?,
            Carried::Passed(Handed::Endpoint(endpoint)) => {
                return Ok(Passed::Socket(self.receive_socket(AnySocket::Endpoint(endpoint))?));
            }
            Carried::Passed(Handed::File(file)) => Opened::File(file.try_clone()?),
        };
        let kind = match opened {
            Opened::Socket(socket) => {
                let socket = AnySocket::Kernel(Arc::new(socket.into()));
                return Ok(Passed::Socket(self.receive_socket(socket)?));
            }
            Opened::File(file) => {
                self.judge(&Operation::Files)?;
                self.shared().admit(&file)?;
                return Ok(Passed::File(file));
            }
            Opened::Other(kind) => kind,
        };
        // WASI has nothing that it could be.
        Err(self.refuse(Refusal::absolute(format!("receive {kind} over a unix socket"))))
    }
}
