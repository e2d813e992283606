//! The functions of sys/epoll.h.

use core::ffi::c_int;
use std::rc::Rc;

use berkeley_guest::error::Errno;

use super::event::Event;
use super::item::{EPOLLEXCLUSIVE, Key, Target};
use super::set::Epoll;
use crate::export::exported;
use crate::failure::Result;
use crate::memory::{In, Out};
use crate::number::file;
use crate::poll::{NANOSECONDS, Time, milliseconds};
use crate::table::{self, Entry, lookup};

const EPOLL_CTL_ADD: c_int = 1;
const EPOLL_CTL_DEL: c_int = 2;
const EPOLL_CTL_MOD: c_int = 3;

/// What may be asked for with EPOLLEXCLUSIVE: EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP, EPOLLWAKEUP, EPOLLET and itself.
const WITH_EXCLUSIVE: u32 = 0x1d | 1 << 28 | 1 << 29 | 1 << 31;

/// EPERM: a file, which is ready at all times.
fn target(fd: c_int) -> Result<Target> {
    match lookup(fd)? {
        Entry::Own(description) => Ok(Target::Own(Rc::downgrade(&description))),
        Entry::Foreign(file) if file.always_ready() => Err(Errno::Eperm.into()),
        Entry::Foreign(file) => Ok(Target::Foreign(Key { fd, identity: file.identity() })),
    }
}

fn wait(set: c_int, events: Out<Event>, most: c_int, limit: Option<u64>) -> Result<c_int> {
    let set = table::find::<Epoll>(set, Errno::Einval)?;
    let most = usize::try_from(most).ok().filter(|&most| most > 0).ok_or(Errno::Einval)?;
    if events.is_null() {
        return Err(Errno::Efault.into());
    }
    let found = set.wait(most, limit)?;
    events.put_all(&found)?;
    Ok(found.len() as c_int)
}

exported! {
    /// epoll_create(2)
    fn epoll_create(size: c_int) -> c_int {
        if size <= 0 {
            return Err(Errno::Einval.into());
        }
        epoll_create1(0)
    }

    /// epoll_create1(2)
    fn epoll_create1(flags: c_int) -> c_int {
        if flags & !file::LINUX_CLOEXEC != 0 {
            return Err(Errno::Einval.into());
        }
        table::insert(Rc::new(Epoll::new()?), flags != 0)
    }

    /// epoll_ctl(2)
    fn epoll_ctl(set: c_int, operation: c_int, fd: c_int, event: In<Event>) -> c_int {
        let epoll = table::find::<Epoll>(set, Errno::Einval)?;
        let event = if operation == EPOLL_CTL_DEL { None } else { Some(event.get()?) };
        let target = target(fd)?;
        let key = Key { fd, identity: target.identity() };
        match (operation, event) {
            (EPOLL_CTL_ADD, Some(event)) => {
                if event.events & EPOLLEXCLUSIVE != 0 && event.events & !WITH_EXCLUSIVE != 0 {
                    return Err(Errno::Einval.into());
                }
                epoll.add(target, fd, event)?;
            }
            (EPOLL_CTL_MOD, Some(event)) => epoll.modify(key, event)?,
            (EPOLL_CTL_DEL, _) => epoll.remove(key)?,
            _ => return Err(Errno::Einval.into()),
        }
        Ok(0)
    }

    /// epoll_wait(2)
    fn epoll_wait(set: c_int, events: Out<Event>, most: c_int, limit: c_int) -> c_int {
        wait(set, events, most, milliseconds(limit))
    }

    /// epoll_pwait(2): there are no signals to mask.
    fn epoll_pwait(set: c_int, events: Out<Event>, most: c_int, limit: c_int, _mask: In<u8>) -> c_int {
        wait(set, events, most, milliseconds(limit))
    }

    /// epoll_pwait2(2): there are no signals to mask.
    fn epoll_pwait2(set: c_int, events: Out<Event>, most: c_int, limit: In<Time>, _mask: In<u8>) -> c_int {
        wait(set, events, most, limit.get_if()?.map(|limit| limit.nanoseconds(NANOSECONDS)).transpose()?)
    }
}
