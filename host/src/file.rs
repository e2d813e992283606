//! Sockets and files together: sendfile(2).

use std::fs::File;
use std::io::IoSlice;

use berkeley_constants::POLLOUT;
use tokio::sync::Semaphore;

use crate::endpoint::AnySocket;
use crate::error::{Errno, Result};
use crate::gate::Way;
use crate::observer::{Answer, Call, Direction, watched};
use crate::socket::{Blocked, Patience, Socket, Tried};
use crate::sys;

/// How much one system call sends at most, so that the guest's time limit is looked at in between.
const PART: u64 = 1 << 20;
/// How much is read at most where the host reads.
const READ: usize = 1 << 18;
/// How many parts are read at once for guests that yield, on threads that others' files need too.
static READS: Semaphore = Semaphore::const_new(16);

/// How far a call has come.
#[derive(Default)]
pub(crate) struct FileBegun {
    sent: u64,
    /// What it must wait for.
    blocked: Blocked,
}

/// Where what is to be sent ends.
fn end(offset: u64, count: Option<u64>) -> u64 {
    count.map_or(u64::MAX, |count| offset.saturating_add(count))
}

impl Socket {
    /// Sends `count` bytes of the file from `offset` on, or all up to its end: sendfile(2).
    ///
    /// Tells how many were sent: fewer at the file's end, or where an error stopped it after a part, which the next call
    /// tells. The time limit is for each wait, as in Python.
    ///
    /// A part that the kernel would have to wait for is read beforehand, on a thread of tokio's for blocking calls, where
    /// the guest's own thread has others to run.
    pub async fn sendfile(&self, file: &File, offset: u64, count: Option<u64>) -> Result<u64> {
        match self.sendfile_now(file, offset, count) {
            Tried::Done(result) => result,
            Tried::Blocked(begun) => self.sendfile_on(begun, file, offset, count).await,
        }
    }

    /// Sends what there is room for already, if the kernel need not wait for the file. Otherwise
    /// [`sendfile_on`](Self::sendfile_on) goes on.
    pub(crate) fn sendfile_now(&self, file: &File, offset: u64, count: Option<u64>) -> Tried<u64, FileBegun> {
        if self.observers().want_calls() {
            return Tried::Blocked(FileBegun::default());
        }
        let end = end(offset, count);
        let mut at = offset;
        while at < end {
            let part = (end - at).min(PART) as usize;
            match self.must_read(file, at, part) {
                Ok(false) => {}
                Ok(true) => return Tried::Blocked(FileBegun { sent: at - offset, blocked: Blocked::Untried }),
                Err(error) => return Tried::Done(Err(error)),
            }
            match self.sendfile_once(file, &mut at, part).unless_it_waits(&self.patience_to_send(0)) {
                Tried::Done(Ok(0)) => break,
                Tried::Done(Ok(_)) => {}
                Tried::Done(Err(_)) if at > offset => break,
                Tried::Done(Err(error)) => return Tried::Done(Err(error)),
                Tried::Blocked(blocked) => return Tried::Blocked(FileBegun { sent: at - offset, blocked }),
            }
        }
        Tried::Done(Ok(at - offset))
    }

    /// Goes on with what [`sendfile_now`](Self::sendfile_now) has begun.
    pub(crate) async fn sendfile_on(
        &self,
        begun: FileBegun,
        file: &File,
        offset: u64,
        count: Option<u64>,
    ) -> Result<u64> {
        let mut seen = self.seen(Call::Sendfile { offset, count });
        let result = watched!(seen, self.sendfile_unseen(begun, file, offset, count));
        self.tell(&mut seen, &result, |sent| Answer::Bytes(*sent));
        result
    }

    async fn sendfile_unseen(
        &self,
        FileBegun { sent, mut blocked }: FileBegun,
        file: &File,
        offset: u64,
        count: Option<u64>,
    ) -> Result<u64> {
        let mut at = offset + sent;
        let end = end(offset, count);
        while at < end {
            let part = (end - at).min(PART) as usize;
            let sent = if self.must_read(file, at, part)? {
                self.read_and_send(file, &mut at, part.min(READ)).await
            } else {
                let tries = &mut |_: Option<&Patience>| self.sendfile_once(file, &mut at, part);
                let blocked = std::mem::take(&mut blocked);
                self.persist(blocked, POLLOUT, &mut self.patience_to_send(0), tries).await
            };
            match sent {
                Ok(0) => break,
                Ok(_) => {}
                Err(_) if at > offset => break,
                Err(error) => return Err(error),
            }
        }
        Ok(at - offset)
    }

    /// Sends a part by one try, and goes on from behind it.
    fn sendfile_once(&self, file: &File, at: &mut u64, part: usize) -> Tried<usize> {
        let call = &mut |socket: &AnySocket| socket.sendfile(file, at, self.shared().gates.portion(Way::Out, part));
        let tried = self.try_once(POLLOUT, None, call);
        if let Tried::Done(Ok(sent)) = &tried {
            self.charge_sent(*sent, None);
            self.tell_file(file, *at - *sent as u64, *at);
        }
        tried
    }

    /// Whether sendfile(2) might block: at the socket, which others have made so, or at the file.
    fn must_read(&self, file: &File, at: u64, part: usize) -> Result<bool> {
        let descriptor = self.descriptor()?;
        if descriptor.socket().endpoint().is_some() {
            return Ok(false);
        }
        if !self.is_stream() {
            // The kernel makes messages of it by a rule of its own, so that nothing else would do.
            self.never_block(descriptor)?;
            return Ok(false);
        }
        Ok(descriptor.may_block()? || self.yields() && !sys::is_at_hand(file, at, part))
    }

    async fn read_and_send(&self, file: &File, at: &mut u64, part: usize) -> Result<usize> {
        let data = self.read(file, *at, part).await?;
        let mut sent = 0;
        while sent < data.len() {
            match self.transmit(&data[sent..], 0, false).await? {
                (0, Some(error)) if sent == 0 => return Err(error),
                (0, _) => break,
                (more, _) => sent += more,
            }
        }
        *at += sent as u64;
        Ok(sent)
    }

    async fn read(&self, file: &File, at: u64, size: usize) -> Result<Vec<u8>> {
        if !self.yields() {
            return Ok(sys::read_at(file, at, size)?);
        }
        // Held until it is read, though the guest be gone before.
        let permit = READS.acquire().await.map_err(|_| Errno::ECANCELED)?;
        let file = file.try_clone()?;
        let read = move || {
            let _permit = permit;
            sys::read_at(&file, at, size)
        };
        Ok(tokio::task::spawn_blocking(read).await.map_err(|_| Errno::ECANCELED)??)
    }

    /// So much of the file was sent by the kernel: tells those who want the bytes, which it has not shown. Where somebody
    /// writes to the file meanwhile, they are not what was sent.
    fn tell_file(&self, file: &File, mut at: u64, end: u64) {
        while self.observers().want_data() && at < end {
            let Ok(data) = sys::read_at(file, at, (end - at).min(1 << 16) as usize) else { return };
            if data.is_empty() {
                return;
            }
            self.tell_data(Direction::Sent, None, 0, &[IoSlice::new(&data)], data.len());
            at += data.len() as u64;
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
