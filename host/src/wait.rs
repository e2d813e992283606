//! Waiting for sockets, in one of two ways.

mod alarm;

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use berkeley_constants as c;
use futures_util::future::{Either, select, select_all};
use tokio::runtime::Handle;

pub(crate) use self::alarm::{Alarm, Watch};
use crate::budget::Share;
use crate::clock;
use crate::directory::Located;
use crate::endpoint::{AnySocket, Endpoint};
use crate::stopwatch;
use crate::sys::{self, Ending, PollEntry, Registration};

/// How a guest waits for a socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Waiting {
    /// The guest's thread waits in poll(2). Fastest; for programs that give each guest a thread of its own.
    Inline,
    /// The guest's future is pending until tokio's reactor finds the socket ready, so that other tasks run meanwhile.
    ///
    /// Needs a tokio runtime with I/O and time enabled; outside one it waits as `Inline` does. A guest whose sockets
    /// are always ready never waits, and so never yields: set the store's epoch deadline to yield now and then.
    #[default]
    Yield,
}

/// Why a wait is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// An event holds.
    Ready,
    /// The deadline has come.
    Late,
    /// The alarm has rung.
    Rung,
}

/// A moment to give up at; none is never.
pub(crate) type Deadline = Option<Instant>;

/// The moment that is so far from now; none if it is beyond what the clock can tell.
pub(crate) fn deadline_after(limit: Duration) -> Deadline {
    clock::now().checked_add(limit)
}

/// What watches sockets for longer than a call.
pub(crate) trait Watcher: Send + Sync {
    /// Watches no longer what it knows by that key, which is about to be closed; the guest is to hear of that while it has
    /// the handle.
    fn forget(&self, key: usize, socket: &AnySocket, is_told: bool);

    /// Tells anew of what it knows by that key, but only after that time: a limit of the guest's has held a call on it back,
    /// of which the kernel does not know.
    fn postpone(&self, key: usize, wait: Duration);
}

/// An open socket, and its place in tokio's reactor once it has waited there.
pub(crate) struct Descriptor {
    registration: Mutex<Option<Arc<Registration>>>,
    socket: AnySocket,
    file: Arc<OpenFile>,
    _lease: Share,
    /// Who waits for no peer when it closes the socket after all of these.
    ending: OnceLock<Ending>,
    /// Those that watch it, and the key by which each knows it.
    watchers: Mutex<Vec<(Weak<dyn Watcher>, usize)>>,
    /// Whether the last call that received had to wait, so that the next one is likely to.
    keeps_waiting: AtomicBool,
}

/// What all duplicates of a socket have in common.
#[derive(Default)]
struct OpenFile {
    /// Whether others may hold it too, who expect its O_NONBLOCK flag to be as they left it.
    shared: AtomicBool,
    /// The directory that it is bound in, which stays open with it, and what counts its descriptor.
    bound: OnceLock<(Located, Option<Share>)>,
    /// The time of SO_LINGER, in seconds, that the kernel was not told; 0 is none.
    linger: AtomicI32,
    /// Whether it takes connections.
    listens: AtomicBool,
    /// Whether its calls may have a limit of the kernel's: SO_RCVTIMEO or SO_SNDTIMEO was set.
    limited: AtomicBool,
    /// Whether calls that receive, and those that send, do not wait at all: the limit was negative, of which the kernel
    /// tells what it tells of none.
    hasty: [AtomicBool; 2],
    /// Whether closing it may wait in the kernel: SO_LINGER was set.
    lingers: AtomicBool,
    /// Whether something may have been sent.
    sends: AtomicBool,
    /// Whether datagrams that are sent at once must not go through the kernel as one.
    apart: AtomicBool,
    /// The room for connections that wait, which counts as long as one of the duplicates is open.
    queue: Mutex<Option<Share>>,
}

impl Descriptor {
    /// A socket that does not block.
    pub(crate) fn new(socket: AnySocket, lease: Share) -> Self {
        Self {
            registration: Mutex::default(),
            socket,
            file: Arc::default(),
            _lease: lease,
            ending: OnceLock::new(),
            watchers: Mutex::default(),
            keeps_waiting: AtomicBool::new(false),
        }
    }

    /// A duplicate: dup(2).
    pub(crate) fn duplicate(&self, lease: Share) -> io::Result<Self> {
        Ok(Self { file: self.file.clone(), ..Self::new(self.socket.try_clone()?, lease) })
    }

    /// Sees to it that closing the socket does not wait for its peer, as SO_LINGER would have it. The kernel goes on
    /// sending what is left.
    pub(crate) fn close_without_waiting(&self) {
        let Some(socket) = self.socket.kernel().filter(|_| self.is_last() && self.may_linger()) else { return };
        if !socket.linger().is_ok_and(|time| time.is_some_and(|time| !time.is_zero())) {
            return;
        }
        if self.file.shared.load(Ordering::Relaxed)
            && let Ok(ending) = Ending::of(socket)
        {
            let _ = self.ending.set(ending);
            return;
        }
        // A socket that has the option takes it.
        let _ = socket.set_linger(None);
    }

    /// Keeps open what the socket was bound by.
    pub(crate) fn keep(&self, located: Located, lease: Option<Share>) {
        // No socket is bound twice.
        let _ = self.file.bound.set((located, lease));
    }

    /// Keeps the time of SO_LINGER, in seconds, that the kernel is not told; 0 is none.
    pub(crate) fn keep_linger(&self, seconds: i32) {
        self.file.linger.store(seconds, Ordering::Relaxed);
    }

    /// The time that is kept so.
    pub(crate) fn kept_linger(&self) -> i32 {
        self.file.linger.load(Ordering::Relaxed)
    }

    /// What tells the socket from others as long as it is open, but not from its duplicates.
    pub(crate) fn file_number(&self) -> usize {
        Arc::as_ptr(&self.file).addr()
    }

    /// Notes that the socket takes connections from now on, and the room that it has for those that wait.
    pub(crate) fn listen(&self, queue: Option<Share>) {
        self.file.listens.store(true, Ordering::Relaxed);
        *self.file.queue.lock().unwrap_or_else(PoisonError::into_inner) = queue;
    }

    /// Whether the socket takes connections.
    pub(crate) fn is_listening(&self) -> bool {
        self.file.listens.load(Ordering::Relaxed)
    }

    /// Notes that calls may have a limit of the kernel's from now on: this option has been set, to less than nothing or not.
    pub(crate) fn limit(&self, option: i32, is_negative: bool) {
        self.file.limited.store(true, Ordering::Relaxed);
        self.hasty(option).store(is_negative, Ordering::Relaxed);
    }

    /// The limit that the option, SO_RCVTIMEO or SO_SNDTIMEO, sets; none is no limit. The kernel is asked where there may be
    /// one; others may set one unseen.
    pub(crate) fn kernel_limit(&self, option: i32) -> io::Result<Option<Duration>> {
        if self.hasty(option).load(Ordering::Relaxed) {
            return Ok(Some(Duration::ZERO));
        }
        if self.may_be_limited() { self.socket.limit(option) } else { Ok(None) }
    }

    fn may_be_limited(&self) -> bool {
        self.file.limited.load(Ordering::Relaxed) || self.file.shared.load(Ordering::Relaxed)
    }

    fn hasty(&self, option: i32) -> &AtomicBool {
        &self.file.hasty[usize::from(matches!(option, c::SO_SNDTIMEO | c::SO_SNDTIMEO_NEW))]
    }

    /// Notes that closing it may wait in the kernel from now on.
    pub(crate) fn linger(&self) {
        self.file.lingers.store(true, Ordering::Relaxed);
    }

    /// Notes that something may be sent from now on.
    pub(crate) fn send(&self) {
        if !self.file.sends.load(Ordering::Relaxed) {
            self.file.sends.store(true, Ordering::Relaxed);
        }
    }

    /// Whether something may have been sent, of which the kernel may hold a part. Others may have done so unseen.
    pub(crate) fn may_have_sent(&self) -> bool {
        self.file.sends.load(Ordering::Relaxed) || self.file.shared.load(Ordering::Relaxed)
    }

    /// Notes that datagrams that are sent at once must not go through the kernel as one: an option has a say in each.
    pub(crate) fn send_apart(&self) {
        self.file.apart.store(true, Ordering::Relaxed);
    }

    /// Whether they must not, which the kernel may tell later. Others may have set an option unseen.
    pub(crate) fn sends_apart(&self) -> &AtomicBool {
        if self.file.shared.load(Ordering::Relaxed) {
            self.send_apart();
        }
        &self.file.apart
    }

    /// Whether closing it may wait in the kernel, which is asked for it then. Others may have it so unseen.
    fn may_linger(&self) -> bool {
        self.file.lingers.load(Ordering::Relaxed) || self.file.shared.load(Ordering::Relaxed)
    }

    /// What was accepted has what its listener may have.
    pub(crate) fn inherit(&self, listener: &Self) {
        self.file.limited.store(listener.may_be_limited(), Ordering::Relaxed);
        for (own, listeners) in self.file.hasty.iter().zip(&listener.file.hasty) {
            own.store(listeners.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        if listener.may_linger() {
            self.linger();
        }
    }

    /// Notes whether the next call that receives is likely to have to wait.
    pub(crate) fn expect_to_wait(&self, likely: bool) {
        self.keeps_waiting.store(likely, Ordering::Relaxed);
    }

    /// Whether it is.
    pub(crate) fn expects_to_wait(&self) -> bool {
        self.keeps_waiting.load(Ordering::Relaxed)
    }

    /// Whether this guest has no duplicate of it.
    pub(crate) fn is_last(&self) -> bool {
        Arc::strong_count(&self.file) == 1
    }

    /// Whether nobody else has the socket, neither this guest by a duplicate nor others.
    pub(crate) fn is_alone(&self) -> bool {
        self.is_last() && !self.file.shared.load(Ordering::Relaxed)
    }

    /// A socket from elsewhere, which may block.
    pub(crate) fn adopted(socket: AnySocket, lease: Share) -> Self {
        if let Some(socket) = socket.kernel().filter(|_| !sys::HAS_DONTWAIT) {
            // One that refuses tells so by its calls.
            let _ = socket.set_nonblocking(true);
        }
        let descriptor = Self::new(socket, lease);
        descriptor.file.shared.store(true, Ordering::Relaxed);
        descriptor
    }

    /// Notes that others will hold the socket too. When it is shared for the first time its flag is set as they would
    /// expect of a socket in that mode; from then on the flag is theirs as well, and is left alone.
    pub(crate) fn share(&self, nonblocking: bool) -> io::Result<()> {
        if self.file.shared.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        self.set_nonblocking(nonblocking || !sys::HAS_DONTWAIT)
    }

    /// Whether a call that knows no MSG_DONTWAIT may block: others hold the socket too, and have it so.
    pub(crate) fn may_block(&self) -> io::Result<bool> {
        let Some(socket) = self.socket.kernel() else { return Ok(false) };
        Ok(self.file.shared.load(Ordering::Relaxed) && !sys::is_nonblocking(socket)?)
    }

    /// Makes sure that calls that know no MSG_DONTWAIT do not block.
    pub(crate) fn ensure_nonblocking(&self) -> io::Result<()> {
        if self.may_block()? { self.set_nonblocking(true) } else { Ok(()) }
    }

    /// Only the kernel's sockets have a mode.
    fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
        self.socket.kernel().map_or(Ok(()), |socket| socket.set_nonblocking(nonblocking))
    }

    pub(crate) fn socket(&self) -> &AnySocket {
        &self.socket
    }

    /// The key by which the watcher knows it, if it watches it.
    pub(crate) fn key(&self, watcher: &Weak<dyn Watcher>) -> Option<usize> {
        self.watchers().iter().find(|(one, _)| one.ptr_eq(watcher)).map(|(_, key)| *key)
    }

    /// Notes that the watcher watches it, and knows it by that key.
    pub(crate) fn watch(&self, watcher: Weak<dyn Watcher>, key: usize) {
        let mut watchers = self.watchers();
        watchers.retain(|(one, _)| one.strong_count() > 0);
        watchers.push((watcher, key));
    }

    /// Notes that the watcher does so no longer.
    pub(crate) fn unwatch(&self, watcher: &Weak<dyn Watcher>) {
        self.watchers().retain(|(one, _)| !one.ptr_eq(watcher));
    }

    /// Has everybody forget it who watches it.
    pub(crate) fn unwatch_all(&self, is_told: bool) {
        let watchers = std::mem::take(&mut *self.watchers());
        for (watcher, key) in watchers.iter().filter_map(|(watcher, key)| Some((watcher.upgrade()?, *key))) {
            watcher.forget(key, &self.socket, is_told);
        }
    }

    /// Has those that watch it tell of it anew after that time.
    pub(crate) fn postpone(&self, wait: Duration) {
        let watchers: Vec<_> =
            self.watchers().iter().filter_map(|(watcher, key)| Some((watcher.upgrade()?, *key))).collect();
        for (watcher, key) in watchers {
            watcher.postpone(key, wait);
        }
    }

    fn watchers(&self) -> MutexGuard<'_, Vec<(Weak<dyn Watcher>, usize)>> {
        self.watchers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The events among those asked for, or of error, that hold now.
    pub(crate) fn events(&self, events: i16) -> io::Result<i16> {
        if let Some(endpoint) = self.socket.endpoint() {
            return Ok(endpoint.events(events));
        }
        let mut ready = [0];
        poll_once(&[(self, events)], &mut ready, Some(Duration::ZERO))?;
        Ok(ready[0])
    }

    /// Makes a call that does not wait. Where it would have to, what the reactor has told before counts no more, so that
    /// [`ready`](Self::ready) need not ask the kernel.
    pub(crate) fn attempt<T>(&self, events: i16, call: impl FnOnce(&AnySocket) -> io::Result<T>) -> io::Result<T> {
        if events & c::POLLOUT != 0 {
            self.send();
        }
        let registration = self.lock().clone();
        match registration {
            Some(registration) => registration.attempt(events, || call(&self.socket)),
            None => call(&self.socket),
        }
    }

    /// Waits until one of the events, or an error, holds. A call for which [`attempt`](Self::attempt) was just told that it
    /// would block is tried: then the wait may end early, though not again and again.
    pub(crate) async fn ready(
        &self,
        events: i16,
        deadline: Deadline,
        (waiting, is_tried): (Waiting, bool),
        watch: Watch<'_>,
    ) -> io::Result<Woken> {
        if waits_inline(waiting, &[(self, events)]) {
            return poll_until(&[(self, events)], &mut [0], deadline, &watch);
        }
        if !is_tried && self.events(events)? != 0 {
            return Ok(Woken::Ready);
        }
        let woken = async { if is_tried { self.told(events).await } else { self.woken(events).await } };
        match until(deadline, select(pin!(woken), pin!(watch.rung()))).await {
            Some(Either::Left((ready, _))) => ready.map(|()| Woken::Ready),
            Some(Either::Right(_)) => Ok(Woken::Rung),
            None => Ok(Woken::Late),
        }
    }

    /// Waits in the reactor until the events hold.
    pub(crate) async fn woken(&self, events: i16) -> io::Result<()> {
        let socket = match &self.socket {
            AnySocket::Kernel(socket) => socket,
            AnySocket::Endpoint(endpoint) => {
                told(&**endpoint, events).await;
                return Ok(());
            }
        };
        let mut closed = 0;
        while !self.registration(socket)?.woken(events, || Ok(self.events(events)? != 0)).await? {
            // A new registration may be told more. Where it is told the same again, only asking now and then remains.
            *self.lock() = None;
            if closed > 0 {
                tokio::time::sleep(PAUSE * closed.min(50)).await;
            }
            closed += 1;
        }
        Ok(())
    }

    /// Waits in the reactor for what it tells after an attempt.
    async fn told(&self, events: i16) -> io::Result<()> {
        let AnySocket::Kernel(socket) = &self.socket else { return self.woken(events).await };
        let goes_on = self.registration(socket)?.told(events, || Ok(self.events(events)? != 0)).await?;
        if !goes_on {
            // A new registration may be told more.
            *self.lock() = None;
        }
        Ok(())
    }

    fn registration(&self, socket: &Arc<socket2::Socket>) -> io::Result<Arc<Registration>> {
        let mut registration = self.lock();
        if let Some(registration) = &*registration {
            return Ok(registration.clone());
        }
        Ok(registration.insert(Arc::new(Registration::new(socket)?)).clone())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Registration>>> {
        self.registration.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a wait for the sockets is one of the thread: those of networks other than the kernel's are never waited for so.
fn waits_inline(waiting: Waiting, interests: &[(&Descriptor, i16)]) -> bool {
    let inline = waiting == Waiting::Inline || Handle::try_current().is_err();
    inline && interests.iter().all(|(descriptor, _)| descriptor.socket.kernel().is_some())
}

/// Waits until the events of the endpoint hold.
async fn told(endpoint: &dyn Endpoint, events: i16) {
    let look = |context: &mut Context<'_>| {
        endpoint.wake(context.waker());
        if endpoint.events(events) == 0 { Poll::Pending } else { Poll::Ready(()) }
    };
    poll_fn(look).await;
}

/// Waits until an event of one of the sockets holds, and tells those of each; all 0 when the deadline comes first. None:
/// the alarm has rung.
pub(crate) async fn poll(
    interests: &[(&Descriptor, i16)],
    deadline: Deadline,
    waiting: Waiting,
    watch: Watch<'_>,
) -> io::Result<Option<Vec<i16>>> {
    let mut ready = vec![0; interests.len()];
    if waits_inline(waiting, interests) {
        let woken = poll_until(interests, &mut ready, deadline, &watch)?;
        return Ok((woken != Woken::Rung).then_some(ready));
    }
    let mut rung = pin!(watch.rung());
    while !poll_once(interests, &mut ready, Some(Duration::ZERO))? {
        let woken = interests.iter().map(|(descriptor, events)| Box::pin(descriptor.woken(*events)));
        let any = async { if interests.is_empty() { std::future::pending().await } else { select_all(woken).await.0 } };
        match until(deadline, select(pin!(any), rung.as_mut())).await {
            Some(Either::Left((result, _))) => result?,
            Some(Either::Right(_)) => return Ok(None),
            None => break,
        }
    }
    Ok(Some(ready))
}

/// The future's output; none when the deadline comes first.
pub(crate) async fn until<F: Future>(deadline: Deadline, future: F) -> Option<F::Output> {
    let Some(deadline) = deadline else { return Some(future.await) };
    match select(pin!(future), pin!(tokio::time::sleep_until(deadline.into()))).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}

/// poll(2) until the deadline; a signal does not end it.
fn poll_until(
    interests: &[(&Descriptor, i16)],
    ready: &mut [i16],
    deadline: Deadline,
    watch: &Watch<'_>,
) -> io::Result<Woken> {
    loop {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(clock::now()));
        match stopwatch::waiting(|| poll_with(interests, ready, left, watch)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// One poll(2), which the alarm ends too.
fn poll_with(
    interests: &[(&Descriptor, i16)],
    ready: &mut [i16],
    limit: Option<Duration>,
    watch: &Watch<'_>,
) -> io::Result<Woken> {
    let Some(wire) = watch.wire() else {
        return poll_once(interests, ready, limit).map(|any| if any { Woken::Ready } else { Woken::Late });
    };
    let mut entries: Vec<_> = interests.iter().filter_map(entry).chain([sys::poll_entry(wire, c::POLLIN)]).collect();
    let any = sys::poll(&mut entries, limit)?;
    for ((slot, entry), (_, events)) in ready.iter_mut().zip(&entries).zip(interests) {
        *slot = sys::polled(entry, *events);
    }
    let rung = entries.last().is_some_and(|entry| sys::polled(entry, c::POLLIN) != 0);
    if ready.iter().any(|events| *events != 0) {
        return Ok(Woken::Ready);
    }
    if rung {
        watch.quieten();
    }
    Ok(if rung && any { Woken::Rung } else { Woken::Late })
}

/// One poll(2): whether an event of one of the sockets holds, and which.
fn poll_once(interests: &[(&Descriptor, i16)], ready: &mut [i16], limit: Option<Duration>) -> io::Result<bool> {
    // Mostly there is one socket, which needs no list on the heap.
    let (mut one, mut many);
    let entries: &mut [PollEntry<'_>] = if let [interest] = interests
        && let Some(entry) = entry(interest)
    {
        one = [entry];
        &mut one
    } else {
        many = interests.iter().filter_map(entry).collect::<Vec<_>>();
        if many.len() < interests.len() {
            return look(interests, many, ready);
        }
        &mut many
    };
    let any = sys::poll(entries, limit)?;
    for ((slot, entry), (_, events)) in ready.iter_mut().zip(entries).zip(interests) {
        *slot = sys::polled(entry, *events);
    }
    Ok(any)
}

/// The same, without waiting, where some are of a network other than the kernel's.
fn look(interests: &[(&Descriptor, i16)], mut kernels: Vec<PollEntry<'_>>, ready: &mut [i16]) -> io::Result<bool> {
    if !kernels.is_empty() {
        sys::poll(&mut kernels, Some(Duration::ZERO))?;
    }
    let mut kernels = kernels.iter();
    for (slot, (descriptor, events)) in ready.iter_mut().zip(interests) {
        *slot = match descriptor.socket.endpoint() {
            Some(endpoint) => endpoint.events(*events),
            None => kernels.next().map_or(0, |entry| sys::polled(entry, *events)),
        };
    }
    Ok(ready.iter().any(|events| *events != 0))
}

/// None: it is not the kernel's.
fn entry<'a>(&(descriptor, events): &(&'a Descriptor, i16)) -> Option<PollEntry<'a>> {
    descriptor.socket.kernel().map(|socket| sys::poll_entry(socket, events))
}

/// How long to wait before asking again where nothing tells when to.
pub(crate) const PAUSE: Duration = Duration::from_millis(1);
