//! Entries: finding, copying and removing them.

use core::cell::{Cell, RefCell};
use core::ffi::c_int;
use std::collections::BTreeMap;

use berkeley_guest::error::Errno;

use super::held::{Held, copy, move_to};
use super::{lowest, own, raw, taken};
use crate::export::exported;
use crate::failure::Result;

/// No number is as high, so that a program that asks for one does not fill the memory.
const MOST: c_int = 1 << 16;

thread_local! {
    /// The same, as the program has set it.
    static LIMIT: Cell<c_int> = const { Cell::new(MOST) };
}

exported! {
    /// Has no new descriptor get this number, or a higher one: RLIMIT_NOFILE. For the runtime alone.
    fn __berkeley_descriptors(limit: u32) -> () {
        LIMIT.set(limit.min(MOST as u32) as c_int);
        Ok(())
    }
}

/// A number that something new has got. EMFILE: it is beyond the limit, and closed.
pub(super) fn within_limit(fd: c_int) -> Result<c_int> {
    if fd < LIMIT.get() {
        return Ok(fd);
    }
    remove(fd)?;
    Err(Errno::Emfile.into())
}

/// Closes the number.
pub(crate) fn remove(fd: c_int) -> Result<()> {
    raw::remove(fd)?;
    taken::freed(fd);
    INHERITED.with_borrow_mut(|files| files.remove(&fd));
    Ok(())
}

thread_local! {
    /// The files that a program that is executed would have, with what tells them from others of the same number later.
    /// wasi-libc opens each as one that it would not.
    static INHERITED: RefCell<BTreeMap<c_int, usize>> = const { RefCell::new(BTreeMap::new()) };
}

/// Whether a program that is executed would have the descriptor: not FD_CLOEXEC. EBADF.
pub(crate) fn inherited(fd: c_int) -> Result<bool> {
    let raw = Held::of(fd)?.raw();
    Ok(match own::cloexec(&raw) {
        Some(cloexec) => !cloexec.get(),
        None => INHERITED.with_borrow(|files| files.get(&fd) == Some(&raw.data.addr())),
    })
}

/// Sets that. EBADF.
pub(crate) fn set_inherited(fd: c_int, inherited: bool) -> Result<()> {
    let raw = Held::of(fd)?.raw();
    match own::cloexec(&raw) {
        Some(cloexec) => cloexec.set(!inherited),
        None => INHERITED.with_borrow_mut(|files| {
            files.remove(&fd);
            if inherited {
                files.insert(fd, raw.data.addr());
            }
        }),
    }
    Ok(())
}

/// A second number for what that number refers to: dup(2).
pub(crate) fn duplicate(fd: c_int) -> Result<c_int> {
    shared(copy(fd).map(lowest::settle).and_then(within_limit))
}

/// A copy has not the FD_CLOEXEC that wasi-libc has each file opened with.
fn shared(copy: Result<c_int>) -> Result<c_int> {
    copy.and_then(|number| set_inherited(number, true).map(|()| number))
}

/// As [`duplicate`], with the lowest number from `least` on: F_DUPFD. EINVAL, EMFILE.
pub(crate) fn duplicate_from(fd: c_int, least: c_int) -> Result<c_int> {
    Held::of(fd)?;
    let limit = LIMIT.get();
    if !(0..limit).contains(&least) {
        return Err(Errno::Einval.into());
    }
    let number = (least..limit).find(|&number| Held::of(number).is_err()).ok_or(Errno::Emfile)?;
    shared(reach(fd, number))
}

/// As [`duplicate`], with that number, which is closed before: dup2(2). EBADF for a number that none can have.
pub(crate) fn duplicate_to(fd: c_int, number: c_int) -> Result<c_int> {
    Held::of(fd)?;
    if !(0..LIMIT.get()).contains(&number) {
        return Err(Errno::Ebadf.into());
    }
    if fd == number {
        return Ok(number);
    }
    if Held::of(number).is_err() {
        return shared(reach(fd, number));
    }
    move_to(copy(fd)?, number)?;
    lowest::note(number);
    shared(Ok(number))
}

/// Copies until a copy has that number, which is free: the table gives each free one in its turn, and then further ones.
fn reach(fd: c_int, number: c_int) -> Result<c_int> {
    let mut others = Vec::new();
    let reached = loop {
        match copy(fd) {
            Ok(other) if other != number => others.push(other),
            result => break result,
        }
    };
    // A table that gives the number that was freed last goes on with the lowest of these.
    others.sort_unstable();
    for other in others.into_iter().rev() {
        remove(other)?;
    }
    lowest::note(number);
    reached
}
