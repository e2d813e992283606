//! Readiness of many descriptors: poll(2).

use core::ffi::{c_int, c_short};
use core::time::Duration;

use berkeley_guest::error::Errno;

use crate::export::exported;
use crate::failure::Result;
use crate::memory::{In, Out, plain};
use crate::number::event::POLLNVAL;
use crate::table::{Entry, lookup};
use crate::wait::{Wait, Watched, nanoseconds};

/// `struct pollfd`
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Pollfd {
    fd: c_int,
    events: c_short,
    revents: c_short,
}

/// `struct timespec` and `struct timeval`, of which one has nanoseconds and the other microseconds.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Time {
    seconds: i64,
    part: i32,
    /// The rest of `tv_usec`, which is longer than `tv_nsec`.
    rest: i32,
}

plain!(Pollfd, Time);

/// More than any program has.
const MOST: usize = 1 << 20;

impl Time {
    /// The time in nanoseconds, of whose parts a second has so many. EINVAL.
    pub(crate) fn nanoseconds(self, parts: u32) -> Result<u64> {
        let part = u32::try_from(self.part).ok().filter(|&part| part < parts).ok_or(Errno::Einval)?;
        let seconds = u64::try_from(self.seconds).map_err(|_| Errno::Einval)?;
        Ok(nanoseconds(Duration::new(seconds, part * (NANOSECONDS / parts))))
    }
}

/// A `struct timeval`.
impl Time {
    /// The limit of `select` in nanoseconds: more microseconds than a second has are seconds. EINVAL.
    pub(crate) fn limit(self) -> Result<u64> {
        let micros = u64::try_from(self.micros()).map_err(|_| Errno::Einval)?;
        let seconds = u64::try_from(self.seconds).map_err(|_| Errno::Einval)?;
        Ok(nanoseconds(Duration::from_secs(seconds).saturating_add(Duration::from_micros(micros))))
    }

    fn micros(self) -> i64 {
        i64::from(self.rest) << 32 | i64::from(self.part.cast_unsigned())
    }

    pub(crate) fn of_micros(time: Duration) -> Self {
        let seconds = time.as_secs().try_into().unwrap_or(i64::MAX);
        Self { seconds, part: time.subsec_micros() as i32, rest: 0 }
    }
}

/// As a `struct timespec`.
impl From<Duration> for Time {
    fn from(time: Duration) -> Self {
        let seconds = time.as_secs().try_into().unwrap_or(i64::MAX);
        Self { seconds, part: time.subsec_nanos() as i32, rest: 0 }
    }
}

pub(crate) const NANOSECONDS: u32 = 1_000_000_000;

/// A limit in milliseconds; a negative one is none.
pub(crate) fn milliseconds(limit: c_int) -> Option<u64> {
    u64::try_from(limit).ok().map(|limit| limit * 1_000_000)
}

/// Has what the number refers to watched. What is not open is told as POLLNVAL.
pub(crate) fn watch(fd: c_int, events: c_short, wait: &mut Wait) -> Watched {
    match lookup(fd) {
        Ok(Entry::Own(description)) => description.watch(events, wait),
        Ok(Entry::Foreign(file)) => file.watch(events, wait),
        Err(_) => wait.now(POLLNVAL),
    }
}

fn poll_all(list: Out<Pollfd>, count: usize, limit: Option<u64>, mask: In<u64>) -> Result<c_int> {
    if count > MOST {
        return Err(Errno::Einval.into());
    }
    let mut all = list.as_in().list(count)?;
    let mut wait = Wait::for_sockets(count);
    // As in Linux, a negative number is passed over.
    let watched: Vec<_> = all.iter().map(|one| (one.fd >= 0).then(|| watch(one.fd, one.events, &mut wait))).collect();
    wait.run_under(limit, mask)?;
    let mut ready = 0;
    for (one, watched) in all.iter_mut().zip(&watched) {
        one.revents = watched.as_ref().map_or(0, |watched| wait.events(watched));
        ready += c_int::from(one.revents != 0);
    }
    list.put_all(&all)?;
    Ok(ready)
}

exported! {
    /// poll(2)
    fn poll(list: Out<Pollfd>, count: usize, limit: c_int) -> c_int {
        poll_all(list, count, milliseconds(limit), In::null())
    }

    /// ppoll(2)
    fn ppoll(list: Out<Pollfd>, count: usize, limit: In<Time>, mask: In<u64>) -> c_int {
        let limit = limit.get_if()?.map(|limit| limit.nanoseconds(NANOSECONDS)).transpose()?;
        poll_all(list, count, limit, mask)
    }
}

mod seam {
    //! What else the member of `libc.a` has that `poll` is in. Only wasi-libc's own sockets call it, of which there are none.
    #![allow(unsafe_code, reason = "the symbols take the place of wasi-libc's")]

    use core::ffi::{c_int, c_short, c_void};

    use berkeley_guest::error::Errno;

    use crate::failure::Failure;

    #[unsafe(no_mangle)]
    extern "C" fn __wasilibc_poll_ready(_state: *mut c_void, _events: c_short) {}

    #[unsafe(no_mangle)]
    extern "C" fn __wasilibc_poll_add(_state: *mut c_void, _events: c_short, _pollable: u32) -> c_int {
        Failure::from(Errno::Eopnotsupp).report();
        -1
    }
}
