//! A poller, as guests have it: each call is told to observers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use slab::Slab;

use super::event::{Event, known};
use super::subscription::Subscription;
use super::wait::Handles;
use super::watched::{Found, Inner, Watched};
use crate::endpoint::Selector;
use crate::error::Result;
use crate::observer::{Answer, Call, watched};
use crate::shared::Shared;
use crate::socket::Socket;
use crate::wait::Watcher as _;

/// The operations of epoll_ctl(2), as observers are told of them.
const ADD: i32 = 1;
const DELETE: i32 = 2;
const MODIFY: i32 = 3;

/// Sockets that are watched. It counts as an open socket; its clones are the same one.
#[derive(Clone)]
#[expect(unreachable_pub, reason = "a module that the macro declares public names it")]
pub struct Poller(Arc<Inner>);

impl Poller {
    /// epoll_create(2). EMFILE.
    pub(crate) fn create(shared: &Arc<Shared>) -> Result<Self> {
        let mut seen = shared.seen(Call::EpollCreate);
        let result = seen.run(|| Self::create_unseen(shared));
        shared.tell(&mut seen, &result, |_| Answer::Done);
        result
    }

    fn create_unseen(shared: &Arc<Shared>) -> Result<Self> {
        let lease = shared.lease()?;
        let selector = Selector::new(shared.network.is_some())?;
        if let Some(descriptor) = selector.kernel().and_then(|selector| selector.descriptor()) {
            shared.admit(descriptor)?;
        }
        let watched = Watched {
            sockets: Slab::new(),
            generation: shared.governance.generation(),
            denied: Vec::new(),
            withheld: Vec::new(),
            closed: Vec::new(),
            sees_alarm: false,
        };
        Ok(Self(Arc::new(Inner { shared: shared.clone(), selector, watched: Mutex::new(watched), _lease: lease })))
    }

    /// EPOLL_CTL_ADD. EEXIST, EBADF, ENOSPC.
    pub(crate) fn add(&self, socket: &Socket, handle: u32, events: u32, token: u64) -> Result<()> {
        self.control(ADD, socket, events, || self.0.add(socket, handle, Event { events: known(events), token }))
    }

    /// EPOLL_CTL_MOD. ENOENT, EBADF.
    pub(crate) fn modify(&self, socket: &Socket, events: u32, token: u64) -> Result<()> {
        self.control(MODIFY, socket, events, || self.0.modify(socket, Event { events: known(events), token }))
    }

    /// EPOLL_CTL_DEL. ENOENT, EBADF.
    pub(crate) fn remove(&self, socket: &Socket) -> Result<()> {
        self.control(DELETE, socket, 0, || {
            let descriptor = socket.descriptor()?;
            let key = self.0.key(descriptor)?;
            descriptor.unwatch(&self.0.watcher());
            self.0.forget(key, descriptor.socket(), false);
            Ok(())
        })
    }

    fn control(&self, operation: i32, socket: &Socket, events: u32, run: impl FnOnce() -> Result<()>) -> Result<()> {
        let mut seen = socket.seen(Call::EpollCtl { operation, events });
        let result = seen.run(run);
        socket.tell(&mut seen, &result, |()| Answer::Done);
        result
    }

    /// Waits until a socket is ready or the limit is over: epoll_wait(2). EINVAL.
    pub(crate) async fn wait(
        &self,
        handles: &mut impl Handles,
        most: u32,
        limit: Option<Duration>,
    ) -> Result<Vec<Event>> {
        let shared = &self.0.shared;
        let mut seen = shared.seen(Call::EpollWait { watched: self.0.lock().sockets.len(), most, limit });
        let found = watched!(seen, self.0.wait(handles, most, limit));
        let number = |(event, number): &Found| (*number, event.events);
        let numbers = |found: &Vec<Found>| if seen.is_told() { found.iter().map(number).collect() } else { Vec::new() };
        let result = found.map(|found| (numbers(&found), found));
        shared.tell(&mut seen, &result, |(numbers, _)| Answer::Ready(numbers));
        Ok(result?.1.into_iter().map(|(event, _)| event).collect())
    }

    /// A pollable that is ready when a wait would tell something.
    pub(crate) fn subscribe(&self) -> Subscription {
        Subscription(self.0.clone())
    }
}
