//! Waiting for sockets: WSAPoll, and tokio's reactor.

use std::io;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use berkeley_constants as c;
use socket2::Socket;
use tokio::io::Interest;
use tokio::net::TcpStream;
use windows_sys::Win32::Networking::WinSock as ws;

use super::call::{answer, number_of};
use crate::number::{self, POLLRDBAND, POLLRDNORM, POLLWRNORM};
use crate::sys::poll::look_until;

/// A socket to be waited for, and what for.
pub(crate) struct PollEntry<'a> {
    number: ws::SOCKET,
    events: i16,
    happened: i16,
    socket: PhantomData<&'a Socket>,
}

/// Waits for these events of the socket.
pub(crate) fn poll_entry(socket: &Socket, asked: i16) -> PollEntry<'_> {
    PollEntry { number: number_of(socket), events: number::native_events(asked), happened: 0, socket: PhantomData }
}

/// Which of the events that were asked for hold, or of error.
pub(crate) fn polled(entry: &PollEntry<'_>, asked: i16) -> i16 {
    number::linux_events(entry.happened, asked)
}

/// WSAPoll: whether an event of one of the sockets holds.
pub(crate) fn poll(entries: &mut [PollEntry<'_>], limit: Option<Duration>) -> io::Result<bool> {
    // As std does it: what is left of a millisecond is waited for as well.
    let millis = limit.map(|limit| limit.as_nanos().div_ceil(1_000_000));
    if entries.is_empty() {
        // WSAPoll would refuse.
        match limit {
            Some(limit) => std::thread::sleep(limit),
            None => std::thread::park(),
        }
        return Ok(false);
    }
    let millis = millis.map_or(-1, |millis| i32::try_from(millis).unwrap_or(i32::MAX));
    let raw = |entry: &PollEntry<'_>| ws::WSAPOLLFD { fd: entry.number, events: entry.events, revents: 0 };
    let (mut one, mut many);
    let fds: &mut [ws::WSAPOLLFD] = if let [entry] = &*entries {
        one = [raw(entry)];
        &mut one
    } else {
        many = entries.iter().map(raw).collect::<Vec<_>>();
        &mut many
    };
    // SAFETY: there are that many entries.
    let any = answer(unsafe { ws::WSAPoll(fds.as_mut_ptr(), fds.len() as u32, millis) })? != 0;
    for (entry, fd) in entries.iter_mut().zip(fds) {
        entry.happened = fd.revents;
    }
    Ok(any)
}

/// Whether the socket has urgent data, as Winsock tells it.
pub(super) fn has_urgent_data(socket: &Socket) -> bool {
    let urgent = ws::POLLRDBAND;
    let mut entry = [PollEntry { events: urgent, ..poll_entry(socket, 0) }];
    poll(&mut entry, Some(Duration::ZERO)).is_ok() && entry[0].happened & urgent != 0
}

/// A socket's place in tokio's reactor, which watches a duplicate as it would a stream's: it asks the driver that all
/// sockets of Windows' own have in common.
pub(crate) struct Registration(TcpStream);

impl Registration {
    /// Panics outside a runtime.
    pub(crate) fn new(socket: &Arc<Socket>) -> io::Result<Self> {
        Ok(Self(TcpStream::from_std(socket.try_clone()?.into())?))
    }

    /// Makes a call that does not wait, and tells whether the next one like it would have to.
    pub(crate) fn attempt<T>(&self, _: i16, call: impl FnOnce() -> io::Result<(T, bool)>) -> io::Result<T> {
        call().map(|(value, _)| value)
    }

    /// Whether the last call of those events has left nothing to do for another: nothing keeps that here.
    pub(crate) fn is_exhausted(&self, _: i16) -> bool {
        false
    }

    /// Waits for what the reactor tells after an attempt, which has told it nothing.
    pub(crate) async fn told(&self, events: i16, holds: impl Fn() -> io::Result<bool>) -> io::Result<bool> {
        if holds()? { Ok(true) } else { self.woken(events, holds).await }
    }

    /// Waits in the reactor until what is asked for holds.
    pub(crate) async fn woken(&self, events: i16, holds: impl Fn() -> io::Result<bool>) -> io::Result<bool> {
        let reads = events & (c::POLLIN | POLLRDNORM) != 0;
        let writes = events & (c::POLLOUT | POLLWRNORM) != 0;
        let interest = match (reads, writes) {
            // Of urgent data alone, and of errors alone, nothing tells.
            _ if events & (c::POLLPRI | POLLRDBAND) != 0 => None,
            (false, false) => None,
            (true, true) => Some(Interest::READABLE | Interest::WRITABLE),
            (true, false) => Some(Interest::READABLE),
            (false, true) => Some(Interest::WRITABLE),
        };
        let Some(interest) = interest else {
            return look_until(holds).await.map(|()| true);
        };
        let ask = || if holds()? { Ok(()) } else { Err(io::ErrorKind::WouldBlock.into()) };
        self.0.async_io(interest, ask).await?;
        Ok(true)
    }
}
