//! Sending and receiving over unix sockets.

use std::collections::VecDeque;

use berkeley_constants as c;
use berkeley_host::Errno;
use berkeley_host::network::{Arrived, ControlMessage, Passed};

use super::Message;
use crate::network::address;
use crate::network::rights::{credentials, fit};
use crate::network::socket::SocketId;
use crate::network::state::State;

impl State {
    pub(in crate::network) fn unix_send(
        &mut self,
        id: SocketId,
        data: &[u8],
        to: Option<Vec<u8>>,
        (control, passed, flags): (&[ControlMessage], &[Passed], i32),
    ) -> Result<usize, Errno> {
        if flags & c::MSG_OOB != 0 {
            return Err(Errno::EOPNOTSUPP);
        }
        let own = credentials();
        if control.iter().any(|(_, kind, data)| *kind == c::SCM_CREDENTIALS && *data != own) {
            return Err(Errno::EPERM);
        }
        let socket = self.socket(id)?;
        let (kind, most) = (socket.kind, socket.number(c::SOL_SOCKET, c::SO_SNDBUF).max(0) as usize);
        let connects = kind != c::SOCK_DGRAM;
        let is_connected = self.unix(id)?.is_connected;
        let to = match kind {
            c::SOCK_STREAM if to.is_some() => {
                return Err(if is_connected { Errno::EISCONN } else { Errno::EOPNOTSUPP });
            }
            // It goes to the peer, whatever the address.
            c::SOCK_SEQPACKET => None,
            _ => to,
        };
        if kind != c::SOCK_STREAM {
            self.unix_introduce(id)?;
            self.socket(id)?.take_error()?;
        }
        let unix = self.unix(id)?;
        let (from, peer) = (unix.name.clone(), unix.peer);
        if unix.is_written_out {
            return Err(Errno::EPIPE);
        }
        let receiver = match to {
            Some(name) => self.unix_find(id, &name)?,
            None => peer.ok_or(if connects && is_connected { Errno::EPIPE } else { Errno::ENOTCONN })?,
        };
        let Ok(target) = self.unix(receiver) else {
            self.unix(id)?.peer = None;
            return Err(Errno::ECONNREFUSED);
        };
        if target.is_read_out {
            return Err(Errno::EPIPE);
        }
        let room = most.saturating_sub(target.held);
        if kind != c::SOCK_STREAM && data.len() > most.saturating_sub(32) {
            return Err(Errno::EMSGSIZE);
        }
        if !connects {
            self.unix_may_send(id, receiver)?;
        }
        let is_full = match kind {
            c::SOCK_STREAM => room == 0 && !data.is_empty(),
            c::SOCK_SEQPACKET => room < data.len(),
            _ => self.unix_is_full(receiver)? || room < data.len(),
        };
        if is_full {
            return Err(Errno::EAGAIN);
        }
        let taken = data.len().min(room);
        let message = Message { data: VecDeque::from(data[..taken].to_vec()), from, passed: passed.to_vec() };
        // A stream has no empty messages.
        if kind != c::SOCK_STREAM || taken > 0 {
            let target = self.unix(receiver)?;
            target.held += taken;
            target.queue.push_back(message);
            self.changed(receiver);
        }
        Ok(taken)
    }

    pub(in crate::network) fn unix_receive(
        &mut self,
        id: SocketId,
        size: usize,
        room: usize,
        flags: i32,
    ) -> Result<Arrived, Errno> {
        if flags & c::MSG_OOB != 0 {
            return Err(Errno::EOPNOTSUPP);
        }
        let socket = self.socket(id)?;
        let (host, kind, family) = (socket.host, socket.kind, socket.family);
        let tells = socket.is_on(c::SOL_SOCKET, c::SO_PASSCRED);
        let is_stream = kind == c::SOCK_STREAM;
        let unix = self.unix(id)?;
        if kind != c::SOCK_DGRAM && !unix.is_connected {
            return Err(if is_stream { Errno::EINVAL } else { Errno::ENOTCONN });
        }
        let Some(first) = unix.queue.front() else {
            let is_read_out = unix.is_read_out;
            self.socket(id)?.take_error()?;
            return if is_read_out { Ok(Arrived::default()) } else { Err(Errno::EAGAIN) };
        };
        let (whole, from) = (first.data.len(), first.from.clone());
        let peeks = flags & c::MSG_PEEK != 0;
        let passed = if peeks { first.passed.clone() } else { Vec::new() };
        let mut arrived = Arrived { passed, ..Arrived::default() };
        let mut taken = Vec::new();
        // A stream goes on into what was sent next, but not beyond what passes something on.
        for (number, message) in unix.queue.iter_mut().enumerate() {
            let is_next = number == 0 || is_stream && message.passed.is_empty() && taken.is_empty();
            if !is_next || arrived.data.len() == size && number > 0 {
                break;
            }
            let left = (size - arrived.data.len()).min(message.data.len());
            if peeks {
                arrived.data.extend(message.data.range(..left));
                continue;
            }
            arrived.data.extend(message.data.drain(..left));
            taken.append(&mut message.passed);
        }
        if !peeks {
            unix.held -= arrived.data.len();
            if !is_stream && let Some(first) = unix.queue.pop_front() {
                unix.held -= first.data.len();
            }
            while is_stream && unix.queue.front().is_some_and(|message| message.data.is_empty()) {
                unix.queue.pop_front();
            }
            arrived.passed = taken;
        }
        let peer = unix.peer;
        let is_short = is_stream && flags & c::MSG_WAITALL != 0 && arrived.data.len() < size;
        if is_short && !peeks && unix.queue.is_empty() {
            // It has looked for more, and found an error, which is told no more.
            self.socket(id)?.error = None;
        }
        arrived.length = arrived.data.len();
        if !is_stream && whole > size {
            arrived.flags |= c::MSG_TRUNC;
            if flags & c::MSG_TRUNC != 0 {
                arrived.length = whole;
            }
        }
        if kind == c::SOCK_DGRAM && !from.is_empty() {
            arrived.address = Some(address::unix(&from));
        }
        let control = if tells && family == c::AF_UNIX {
            vec![(c::SOL_SOCKET, c::SCM_CREDENTIALS, credentials())]
        } else {
            Vec::new()
        };
        let passed = std::mem::take(&mut arrived.passed);
        let beyond = fit(&mut arrived, room, control, passed);
        self.dropped.extend(beyond);
        if !peeks {
            peer.into_iter().for_each(|peer| self.changed(peer));
            self.unix_wake_senders(host, id);
        }
        Ok(arrived)
    }
}
