//! The functions of sys/epoll.h.

use core::ffi::c_int;
use std::rc::Rc;

use berkeley_guest::error::Errno;

use super::event::Event;
use super::item::{EPOLLEXCLUSIVE, Key, Target};
use super::set::Epoll;
use crate::description::{downcast, ready};
use crate::export::exported;
use crate::failure::Result;
use crate::memory::{In, Out};
use crate::number::event::POLLIN;
use crate::number::file;
use crate::poll::{NANOSECONDS, Time, milliseconds};
use crate::table::{self, Entry, lookup};

const EPOLL_CTL_ADD: c_int = 1;
const EPOLL_CTL_DEL: c_int = 2;
const EPOLL_CTL_MOD: c_int = 3;

/// What may be asked for with EPOLLEXCLUSIVE: EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP, EPOLLWAKEUP, EPOLLET and itself.
const WITH_EXCLUSIVE: u32 = 0x1d | 1 << 28 | 1 << 29 | 1 << 31;

/// So many events fit into the longest array.
const MOST: usize = i32::MAX as usize / size_of::<Event>();

/// EPERM: a file, which is ready at all times.
fn target(fd: c_int) -> Result<Target> {
    match lookup(fd)? {
        Entry::Own(description) => Ok(Target::Own(Rc::downgrade(&description))),
        Entry::Foreign(file) if file.always_ready() => Err(Errno::Eperm.into()),
        Entry::Foreign(file) => Ok(Target::Foreign(Key { fd, identity: file.identity() })),
    }
}

fn wait(set: c_int, events: Out<Event>, most: c_int, limit: Option<u64>, mask: In<u64>) -> Result<c_int> {
    let most = usize::try_from(most).ok().filter(|most| (1..=MOST).contains(most)).ok_or(Errno::Einval)?;
    let set = table::find::<Epoll>(set, Errno::Einval)?;
    if events.is_null() {
        // Nothing is put there where nothing has come, and what has come stays.
        return if ready(&*set, POLLIN, limit)? == 0 { Ok(0) } else { Err(Errno::Efault.into()) };
    }
    let found = set.wait(most, limit, mask)?;
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
        // In the order in which Linux looks at them.
        let event = if operation == EPOLL_CTL_DEL { None } else { Some(event.get()?) };
        let entry = lookup(set)?;
        let target = target(fd)?;
        let Some(epoll) = entry.own().and_then(|own| downcast::<Epoll>(&own)) else { return Err(Errno::Einval.into()) };
        let exclusive = event.map_or(0, |event| event.events) & EPOLLEXCLUSIVE != 0;
        if exclusive && operation == EPOLL_CTL_MOD {
            return Err(Errno::Einval.into());
        }
        let key = Key { fd, identity: target.identity() };
        match (operation, event) {
            (EPOLL_CTL_ADD, Some(event)) => {
                let is_set = || target.description().and_then(|one| downcast::<Epoll>(&one)).is_some();
                if exclusive && (event.events & !WITH_EXCLUSIVE != 0 || is_set()) {
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
        wait(set, events, most, milliseconds(limit), In::null())
    }

    /// epoll_pwait(2)
    fn epoll_pwait(set: c_int, events: Out<Event>, most: c_int, limit: c_int, mask: In<u64>) -> c_int {
        wait(set, events, most, milliseconds(limit), mask)
    }

    /// epoll_pwait2(2)
    fn epoll_pwait2(set: c_int, events: Out<Event>, most: c_int, limit: In<Time>, mask: In<u64>) -> c_int {
        let limit = limit.get_if()?.map(|limit| limit.nanoseconds(NANOSECONDS)).transpose()?;
        wait(set, events, most, limit, mask)
    }
}
