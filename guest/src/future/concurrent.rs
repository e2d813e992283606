//! What is awaited in WASI 0.3: sockets, the clock, and all of that beside what others await there.

mod straight;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::{Duration, Instant};

use wit_bindgen::rt::async_support::yield_blocking;

pub(super) use self::straight::Straight;
use super::reactor::{Event, fire, next_timer};
use super::runtime::Waiting;
use crate::bindings::p3::wasi::clocks0_3_0::monotonic_clock::wait_for;
use crate::endpoint::nanoseconds;
use crate::stream::{readiness, told};
use crate::task;

/// Waits for the event. None: the socket is gone.
pub(super) fn wait(event: &Event) -> Option<Waiting> {
    match event {
        Event::Socket(source, _, events) => {
            let (weak, events) = (source.clone(), *events);
            let source = source.upgrade()?;
            let known = source.readiness().replace(events, None);
            let mut readiness = known.unwrap_or_else(|| readiness(source.as_socket(), events));
            Some(Box::pin(async move {
                // A socket that is closed has nothing more to tell.
                if told(&mut readiness).await
                    && let Some(source) = weak.upgrade()
                {
                    source.readiness().replace(events, Some(readiness));
                }
            }))
        }
        Event::Pollable(pollable) => {
            let pollable = pollable.upgrade()?;
            Some(Box::pin(async move {
                let mut pause = PAUSES[0];
                while !pollable.ready() {
                    clock(nanoseconds(pause)).await;
                    pause = (pause * 2).min(PAUSES[1]);
                }
            }))
        }
    }
}

/// How long it waits before it looks again at a pollable, at first and at most: in WASI 0.3 nothing waits for pollables
/// beside others.
const PAUSES: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(16)];

/// Waits for so many nanoseconds to pass.
pub(super) fn clock(length: u64) -> Waiting {
    Box::pin(wait_for(length))
}

/// Lets tasks have their turns until there is an output, and waits in between; other tasks of the component go on
/// meanwhile.
pub(super) fn drive<T>(mut turns: impl FnMut() -> Option<T>, is_busy: impl Fn() -> bool) -> T {
    task::run(|waitables| {
        let mut alarm = Alarm::default();
        loop {
            fire(&[]);
            if let Some(output) = turns() {
                return output;
            }
            if is_busy() {
                // Asking what has come does not let the host look; this does.
                yield_blocking();
                waitables.poll();
                continue;
            }
            if alarm.set(next_timer()) {
                continue;
            }
            assert!(
                !waitables.is_empty(),
                "block_on: the future waits, but no socket and no timer is left that could wake it"
            );
            waitables.wait();
        }
    })
}

/// Ends a wait at the moment of the next timer, or before.
#[derive(Default)]
struct Alarm {
    waiting: Option<(Instant, Waiting)>,
    rung: Arc<Rung>,
}

/// Whether it has ended one: then it ends no other.
#[derive(Default)]
struct Rung(AtomicBool);

impl Wake for Rung {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Alarm {
    /// Sets it to the next timer. True: that rings now.
    fn set(&mut self, next: Option<Instant>) -> bool {
        let now = Instant::now();
        let has_rung = self.rung.0.swap(false, Ordering::Relaxed);
        // What rings early rings for nothing, but need not be set anew each time.
        let stays = |until: Instant| !has_rung && until > now && next.is_none_or(|next| until <= next);
        self.waiting = self.waiting.take_if(|(until, _)| stays(*until));
        let Some(next) = next.filter(|_| self.waiting.is_none()) else { return false };
        let mut waiting = clock(nanoseconds(next.saturating_duration_since(now)));
        let waker = Waker::from(self.rung.clone());
        if Pin::new(&mut waiting).poll(&mut Context::from_waker(&waker)).is_ready() {
            return true;
        }
        self.waiting = Some((next, waiting));
        false
    }
}
