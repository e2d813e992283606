//! Sockets and files together: sendfile(2).

use std::fs::File;

use berkeley_constants::POLLOUT;

use crate::error::Result;
use crate::socket::Socket;
use crate::sys;

/// How much one system call sends at most, so that the guest's time limit is looked at in between.
const PART: u64 = 1 << 20;

impl Socket {
    /// Sends `count` bytes of the file from `offset` on, or all up to its end: sendfile(2).
    ///
    /// Tells how many were sent: fewer at the file's end, or where an error stopped it after a part, which the next call
    /// tells. The time limit is for each wait, as in Python.
    pub async fn sendfile(&self, file: &File, offset: u64, count: Option<u64>) -> Result<u64> {
        self.descriptor()?.ensure_nonblocking()?;
        let mut at = offset;
        let end = count.map_or(u64::MAX, |count| offset.saturating_add(count));
        let mut patience = self.patience_to_send(0);
        while at < end {
            let part = (end - at).min(PART) as usize;
            let call = &mut |socket: &socket2::Socket| sys::sendfile(socket, file, &mut at, part);
            match self.attempt(POLLOUT, &mut patience, call).await {
                Ok(0) => break,
                Ok(_) => patience = self.patience_to_send(0),
                Err(_) if at > offset => break,
                Err(error) => return Err(error),
            }
        }
        Ok(at - offset)
    }
}
