//! A socket's mode: blocking, non-blocking or with a time limit.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use berkeley_constants::SOCK_STREAM;

use super::life::Socket;

impl Socket {
    /// Sets the time limit of each call: none is blocking, zero is non-blocking. That of a closed socket means nothing.
    pub fn settimeout(&self, limit: Option<Duration>) {
        self.handle().settimeout(limit.map(nanoseconds));
    }

    /// The time limit: none is blocking, zero is non-blocking.
    pub fn gettimeout(&self) -> Option<Duration> {
        self.handle().gettimeout().map(Duration::from_nanos)
    }

    /// Sets the mode: blocking or non-blocking.
    pub fn setblocking(&self, blocking: bool) {
        self.settimeout((!blocking).then_some(Duration::ZERO));
    }

    /// Whether it is in blocking or time-out mode.
    pub fn getblocking(&self) -> bool {
        self.gettimeout() != Some(Duration::ZERO)
    }

    /// Gives a new socket, which is blocking, the default time limit if there is one.
    pub(super) fn set_default_timeout(&self) {
        if let Some(limit) = getdefaulttimeout() {
            self.settimeout(Some(limit));
        }
    }

    /// Whether the socket is a stream in blocking mode, whose calls do all they are asked to.
    pub(crate) fn fills(&self) -> bool {
        self.gettimeout().is_none() && self.r#type() == SOCK_STREAM
    }
}

/// The time limit of sockets that are made later: none is blocking.
pub fn getdefaulttimeout() -> Option<Duration> {
    *DEFAULT_TIMEOUT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sets the time limit of sockets that are made later.
pub fn setdefaulttimeout(limit: Option<Duration>) {
    *DEFAULT_TIMEOUT.lock().unwrap_or_else(PoisonError::into_inner) = limit;
}

static DEFAULT_TIMEOUT: Mutex<Option<Duration>> = Mutex::new(None);

/// A limit as the contract has it; what is longer than 584 years is that.
pub(crate) fn nanoseconds(limit: Duration) -> u64 {
    limit.as_nanos().try_into().unwrap_or(u64::MAX)
}
