//! How fast a guest computes: what it computes costs fuel, fuel costs virtual time.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep};
use wasmtime::{Engine, UpdateDeadline};

/// How much fuel a guest uses between two looks at the clock.
pub(crate) const INTERVAL: u64 = 10_000;

/// tokio's timers count these.
const TICK: Duration = Duration::from_millis(1);

/// The pace of one guest, and what is known of its progress.
#[derive(Debug)]
pub(crate) struct Pace {
    /// What the fuel of one interval costs, in nanoseconds.
    interval: u64,
    /// How long a guest may compute without waiting for anything, in nanoseconds.
    patience: u64,
    /// What the guest has computed and not yet been charged for, in nanoseconds.
    debt: AtomicU64,
    /// How long it has computed since it last waited, in nanoseconds.
    computing: AtomicU64,
    /// Set where it is to trap, since it computes without end.
    interrupted: AtomicBool,
    halted: AtomicBool,
    /// Set once a halted guest could go on.
    stirred: AtomicBool,
    waker: Mutex<Option<Waker>>,
    /// When it ran last.
    last: Mutex<Option<Instant>>,
}

impl Pace {
    pub(crate) fn new(fuel: f64, patience: Duration) -> Self {
        let nanoseconds = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        Self {
            interval: (fuel * INTERVAL as f64) as u64,
            patience: nanoseconds(patience),
            debt: AtomicU64::new(0),
            computing: AtomicU64::new(0),
            interrupted: AtomicBool::new(false),
            halted: AtomicBool::new(false),
            stirred: AtomicBool::new(false),
            waker: Mutex::new(None),
            last: Mutex::new(None),
        }
    }

    /// The pace of a guest that starts anew on the same host.
    pub(crate) fn renewed(&self) -> Self {
        Self { interval: self.interval, patience: self.patience, ..Self::new(0.0, Duration::ZERO) }
    }

    /// When it ran last.
    pub(crate) fn last(&self) -> Option<Instant> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far the guest's own time is ahead of everybody's.
    pub(crate) fn ahead(&self) -> Duration {
        Duration::from_nanos(self.debt.load(Relaxed))
    }

    /// Whether it computes, and for how long it has done so without waiting.
    pub(crate) fn computing(&self) -> Option<Duration> {
        Some(Duration::from_nanos(self.computing.load(Relaxed))).filter(|time| !time.is_zero())
    }

    /// Lets the guest do nothing until [`resume`](Self::resume).
    pub(crate) fn halt(&self) {
        self.stirred.store(false, Relaxed);
        self.halted.store(true, Relaxed);
    }

    pub(crate) fn resume(&self) {
        self.halted.store(false, Relaxed);
        if let Some(waker) = self.waker.lock().unwrap_or_else(PoisonError::into_inner).take() {
            waker.wake();
        }
    }

    /// What a guest does whose engine has come to another epoch: it traps where it computes without end.
    pub(crate) fn at_epoch(&self) -> UpdateDeadline {
        if self.interrupted.load(Relaxed) { UpdateDeadline::Interrupt } else { UpdateDeadline::Continue(1) }
    }

    /// Whether it could have gone on since it was halted.
    pub(crate) fn has_stirred(&self) -> bool {
        self.stirred.load(Relaxed)
    }
}

/// How a guest's computing ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Paced<T> {
    Done(T),
    /// It has computed longer than it may without waiting for anything. This is how it ended when it was interrupted, unless it
    /// has not.
    Endless(Option<T>),
}

/// A guest's run at its pace.
pub(crate) struct Run<F> {
    future: Pin<Box<F>>,
    pace: Arc<Pace>,
    /// What it is charged, and since when.
    charge: Option<(Instant, Pin<Box<Sleep>>)>,
    wakes: Arc<Wakes>,
    waker: Waker,
    engine: Engine,
}

/// Tells whether the guest has woken itself: that is how wasmtime yields where an interval of fuel is used up.
#[derive(Debug)]
struct Wakes {
    woken: AtomicBool,
    outer: Mutex<Option<Waker>>,
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Relaxed);
        if let Some(waker) = &*self.outer.lock().unwrap_or_else(PoisonError::into_inner) {
            waker.wake_by_ref();
        }
    }
}

impl<F: Future> Run<F> {
    pub(crate) fn new(future: F, pace: Arc<Pace>, engine: Engine) -> Self {
        let wakes = Arc::new(Wakes { woken: AtomicBool::new(false), outer: Mutex::new(None) });
        let waker = wakes.clone().into();
        Self { future: Box::pin(future), pace, charge: None, wakes, waker, engine }
    }

    /// Has the guest trap where it is, so that its end says where that is.
    fn interrupt(&mut self) -> Option<F::Output> {
        self.pace.interrupted.store(true, Relaxed);
        self.engine.increment_epoch();
        match self.future.as_mut().poll(&mut Context::from_waker(&self.waker)) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }

    /// Lets the time pass that the guest is charged.
    fn pay(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if let Some((since, sleep)) = &mut self.charge {
            ready!(sleep.as_mut().poll(context));
            let paid = u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX);
            let debt = self.pace.debt.load(Relaxed);
            self.pace.debt.store(debt.saturating_sub(paid), Relaxed);
            self.charge = None;
        }
        Poll::Ready(())
    }

    /// Charges one interval of fuel. Fails where the guest has computed for too long.
    fn charge(&mut self) -> Result<(), ()> {
        let add = |sum: &AtomicU64, nanoseconds| {
            let value = sum.load(Relaxed).saturating_add(nanoseconds);
            sum.store(value, Relaxed);
            value
        };
        let debt = Duration::from_nanos(add(&self.pace.debt, self.pace.interval));
        // A loop without end is found where computing takes no time, too.
        if add(&self.pace.computing, self.pace.interval.max(INTERVAL)) > self.pace.patience {
            return Err(());
        }
        if debt >= TICK {
            let whole = Duration::from_millis(u64::try_from(debt.as_millis()).unwrap_or(u64::MAX));
            self.charge = Some((Instant::now(), Box::pin(tokio::time::sleep(whole))));
        }
        Ok(())
    }
}

impl<F: Future> Future for Run<F> {
    type Output = Paced<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if this.pace.halted.load(Relaxed) {
            this.pace.stirred.store(true, Relaxed);
            *this.pace.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.waker().clone());
            return Poll::Pending;
        }
        ready!(this.pay(context));
        *this.pace.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        *this.wakes.outer.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.waker().clone());
        this.wakes.woken.store(false, Relaxed);
        if let Poll::Ready(output) = this.future.as_mut().poll(&mut Context::from_waker(&this.waker)) {
            return Poll::Ready(Paced::Done(output));
        }
        if !this.wakes.woken.load(Relaxed) {
            this.pace.computing.store(0, Relaxed);
            return Poll::Pending;
        }
        if this.charge().is_err() {
            return Poll::Ready(Paced::Endless(this.interrupt()));
        }
        match this.pay(context) {
            // It has been woken already, and goes on when others had their turn.
            Poll::Ready(()) | Poll::Pending => Poll::Pending,
        }
    }
}
