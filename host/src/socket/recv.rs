//! Receiving bytes: recv(2), recvfrom(2). What is there already is given without a future.

use std::io::{self, IoSlice};
use std::sync::atomic::Ordering;

use berkeley_constants as c;
use c::POLLIN;

#[cfg(feature = "p3")]
use super::attempt::now;
use super::attempt::{Again, Blocked, Tried};
use super::handle::Socket;
use super::patience::Patience;
use super::queued::MUCH;
use super::receive::is_usual;
use crate::address::{Address, RawAddress};
use crate::endpoint::AnySocket;
#[cfg(feature = "p3")]
use crate::error::Errno;
use crate::error::Result;
#[cfg(feature = "p3")]
use crate::gate::Way;
use crate::observer::{Answer, Call, Direction, watched};
use crate::policy::Transport;

impl Socket {
    /// Receives at most `size` bytes: recv(2).
    pub async fn recv(&self, size: u64, flags: i32) -> Result<Vec<u8>> {
        match self.recv_now(size, flags) {
            Tried::Done(result) => result,
            Tried::Blocked(blocked) => self.recv_on(blocked, size, flags).await,
        }
    }

    /// Receives what is there already, if that is all that the call does. Otherwise [`recv_on`](Self::recv_on) goes on.
    pub(crate) fn recv_now(&self, size: u64, flags: i32) -> Tried<Vec<u8>> {
        if !self.is_plain(flags) {
            return Tried::Blocked(Blocked::Untried);
        }
        let patience = self.patience(flags, c::SO_RCVTIMEO);
        if self.transport == Transport::Tcp {
            return self.receive_stream(size, flags, Some(&patience)).unless_it_waits(&patience);
        }
        let receive = |socket: &AnySocket| self.receive_into(socket, size, flags);
        let tried = self.receive_once(size, flags, &receive, &mut Again::default(), Some(&patience));
        tried.unless_it_waits(&patience).map(|(data, _)| data)
    }

    /// Goes on with what [`recv_now`](Self::recv_now) has begun.
    pub(crate) async fn recv_on(&self, blocked: Blocked, size: u64, flags: i32) -> Result<Vec<u8>> {
        let mut seen = self.seen(Call::Recv { size, flags });
        let result = if self.fills(flags) {
            watched!(seen, self.receive_whole(size, flags)).map(|(data, _)| data)
        } else if self.is_plain(flags) && self.transport == Transport::Tcp {
            let mut patience = self.patience(flags, c::SO_RCVTIMEO);
            let tries = &mut |fresh: Option<&Patience>| self.receive_stream(size, flags, fresh);
            self.persist(blocked, POLLIN, &mut patience, tries).await
        } else {
            watched!(seen, self.recvfrom_unseen(blocked, size, flags)).map(|(data, _)| data)
        };
        self.tell(&mut seen, &result, |data| Answer::Bytes(data.len() as u64));
        result
    }

    /// Whether a call with those flags is one system call, or several alike, of which nobody is told.
    pub(super) fn is_plain(&self, flags: i32) -> bool {
        const OTHER: i32 = c::MSG_OOB | c::MSG_ERRQUEUE;
        let waits_for_more = self.is_stream() && self.shared.low_water.load(Ordering::Relaxed);
        !self.observers().want_calls() && flags & OTHER == 0 && !self.fills(flags) && !waits_for_more
    }

    /// Receives from a TCP connection by one try. Nobody else sends there, so nothing tells who did, and nothing is judged.
    pub(super) fn receive_stream(&self, size: u64, flags: i32, fresh: Option<&Patience>) -> Tried<Vec<u8>> {
        let receive = &mut |socket: &AnySocket| {
            let room = self.room_for_next(socket, size, flags)?;
            let data = socket.receive_unnamed(room, flags | c::MSG_DONTWAIT)?;
            let exhausts = self.exhausts(data.len(), room, flags);
            Ok((data, exhausts))
        };
        self.try_telling(POLLIN, fresh.filter(|_| is_usual(size, flags)), receive).map(|data| {
            if let Some(descriptor) = &self.descriptor {
                descriptor.expect_much(data.len() >= MUCH);
            }
            self.charge_received(flags, data.len());
            data
        })
    }

    /// Receives into the buffer what is there already: EAGAIN, if that is nothing. What a connection has received is neither
    /// allocated nor copied here.
    #[cfg(feature = "p3")]
    pub(crate) fn recv_into_now(&self, buffer: &mut [u8]) -> Result<usize> {
        if !(self.is_plain(0) && self.is_stream() && matches!(self.transport, Transport::Tcp | Transport::Unix)) {
            let data = now(self.recv(buffer.len() as u64, c::MSG_DONTWAIT))?;
            buffer[..data.len()].copy_from_slice(&data);
            return Ok(data.len());
        }
        let receive = &mut |socket: &AnySocket| {
            let room = self.shared.gates.portion(Way::In, buffer.len());
            let length = socket.receive_into(&mut buffer[..room], c::MSG_DONTWAIT)?;
            Ok((length, self.exhausts(length, room, 0)))
        };
        match self.try_telling(POLLIN, None, receive) {
            Tried::Done(result) => result.inspect(|length| self.charge_received(0, *length)),
            Tried::Blocked(_) => Err(Errno::EAGAIN.into()),
        }
    }

    /// Receives at most `size` bytes, and tells who sent them: recvfrom(2).
    pub async fn recvfrom(&self, size: u64, flags: i32) -> Result<(Vec<u8>, Option<Address>)> {
        match self.recvfrom_now(size, flags) {
            Tried::Done(result) => result,
            Tried::Blocked(blocked) => self.recvfrom_on(blocked, size, flags).await,
        }
    }

    /// As [`recv_now`](Self::recv_now), of recvfrom(2).
    pub(crate) fn recvfrom_now(&self, size: u64, flags: i32) -> Tried<(Vec<u8>, Option<Address>)> {
        if !self.is_plain(flags) {
            return Tried::Blocked(Blocked::Untried);
        }
        let patience = self.patience(flags, c::SO_RCVTIMEO);
        let receive = |socket: &AnySocket| self.receive_into(socket, size, flags);
        let tried = self.receive_once(size, flags, &receive, &mut Again::default(), Some(&patience));
        tried.unless_it_waits(&patience)
    }

    /// Goes on with what [`recvfrom_now`](Self::recvfrom_now) has begun.
    pub(crate) async fn recvfrom_on(
        &self,
        blocked: Blocked,
        size: u64,
        flags: i32,
    ) -> Result<(Vec<u8>, Option<Address>)> {
        let mut seen = self.seen(Call::Recvfrom { size, flags });
        let result = if self.fills(flags) {
            watched!(seen, self.receive_whole(size, flags))
        } else {
            watched!(seen, self.recvfrom_unseen(blocked, size, flags))
        };
        self.tell(&mut seen, &result, |(data, peer)| Answer::From(data.len() as u64, peer.as_ref()));
        result
    }

    fn receive_into(&self, socket: &AnySocket, size: u64, flags: i32) -> io::Result<(Vec<u8>, RawAddress)> {
        socket.receive(self.room_for_next(socket, size, flags)?, flags | c::MSG_DONTWAIT)
    }

    async fn recvfrom_unseen(&self, blocked: Blocked, size: u64, flags: i32) -> Result<(Vec<u8>, Option<Address>)> {
        self.recvfrom_within(blocked, size, flags, &mut self.patience(flags, c::SO_RCVTIMEO)).await
    }

    pub(super) async fn recvfrom_within(
        &self,
        blocked: Blocked,
        size: u64,
        flags: i32,
        patience: &mut Patience,
    ) -> Result<(Vec<u8>, Option<Address>)> {
        let receive = |socket: &AnySocket| self.receive_into(socket, size, flags);
        let result = self.receive(blocked, size, flags, &receive, patience).await;
        if let Ok((data, peer)) = &result {
            self.tell_data(Direction::Received, peer.as_ref(), flags, &[IoSlice::new(data)], data.len());
        }
        result
    }
}
