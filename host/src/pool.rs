//! Threads for calls that block, or compute for long.
//!
//! They are the process's own, so that no such call takes a thread from those that files are read in. They are few, and
//! guests take turns.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

/// How long a thread waits for something to do before it ends.
const IDLE: Duration = Duration::from_secs(10);

/// What tells guests apart.
pub(crate) type GuestId = u64;

/// Threads, and the calls that wait for one.
///
/// A guest may begin another call while fewer of its own go on than there are threads free. Thus one guest has half of
/// the threads at most, a second one half of what is left, and so on: many must conspire before another has none.
pub(crate) struct Pool {
    name: &'static str,
    most: usize,
    state: Mutex<State>,
    /// Told when a call comes, or may begin.
    begin: Condvar,
}

struct Call {
    number: u64,
    run: Box<dyn FnOnce() + Send>,
}

#[derive(Default)]
struct State {
    /// The guests whose calls wait, the next in turn first.
    turns: VecDeque<(GuestId, VecDeque<Call>)>,
    waiting: usize,
    /// How many calls go on, by guest; and of all.
    going: HashMap<GuestId, usize>,
    busy: usize,
    threads: usize,
    idle: usize,
    /// The number of the last call.
    last: u64,
}

impl Pool {
    /// Of that many threads at most, which have this name.
    pub(crate) fn new(name: &'static str, most: usize) -> Arc<Self> {
        Arc::new(Self { name, most, state: Mutex::default(), begin: Condvar::new() })
    }

    /// Runs the call in a thread, for that guest; none where there is no thread, or the call panics.
    ///
    /// Where the future is dropped, a call that has not begun never does; one that has goes on to its end.
    pub(crate) async fn run<T: Send + 'static>(
        self: Arc<Self>,
        guest: GuestId,
        call: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        let number = self.enqueue(
            guest,
            Box::new(move || {
                // Nobody may await it any more.
                let _ = answer.send(call());
            }),
        );
        let _place = Place { pool: &self, guest, number };
        answered.await.ok()
    }

    fn enqueue(self: &Arc<Self>, guest: GuestId, run: Box<dyn FnOnce() + Send>) -> u64 {
        let mut state = self.lock();
        state.last += 1;
        let call = Call { number: state.last, run };
        let number = call.number;
        match state.turns.iter_mut().find(|(id, _)| *id == guest) {
            Some((_, calls)) => calls.push_back(call),
            None => state.turns.push_back((guest, [call].into())),
        }
        state.waiting += 1;
        self.begin.notify_one();
        // A thread that is idle may have been told of another call already.
        if state.waiting <= state.idle || state.threads >= self.most {
            return number;
        }
        state.threads += 1;
        let pool = self.clone();
        if thread::Builder::new().name(self.name.into()).spawn(move || pool.work()).is_err() {
            state.threads -= 1;
            if state.threads == 0 {
                // Nobody would ever begin it.
                let call = state.withdraw(guest, number);
                drop(state);
                drop(call);
            }
        }
        number
    }

    /// What each thread does.
    fn work(&self) {
        let mut state = self.lock();
        loop {
            if let Some((guest, call)) = state.begin(self.most) {
                if state.waiting > 0 {
                    self.begin.notify_one();
                }
                drop(state);
                // A panic was told by its hook; who awaits the answer learns that there is none.
                let _ = catch_unwind(AssertUnwindSafe(call.run));
                state = self.lock();
                state.end(guest);
                continue;
            }
            state.idle += 1;
            let (woken, wait) = self.begin.wait_timeout(state, IDLE).unwrap_or_else(PoisonError::into_inner);
            state = woken;
            state.idle -= 1;
            if wait.timed_out() && !state.may_begin(self.most) {
                state.threads -= 1;
                return;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Where the guest stands whose turn it is.
    fn turn(&self, most: usize) -> Option<usize> {
        let free = most - self.busy;
        self.turns.iter().position(|(guest, _)| self.going.get(guest).is_none_or(|going| *going < free) && free > 0)
    }

    fn may_begin(&self, most: usize) -> bool {
        self.turn(most).is_some()
    }

    /// Takes the next call, which is about to begin.
    fn begin(&mut self, most: usize) -> Option<(GuestId, Call)> {
        let (guest, mut calls) = self.turns.remove(self.turn(most)?)?;
        let call = calls.pop_front()?;
        if !calls.is_empty() {
            self.turns.push_back((guest, calls));
        }
        self.waiting -= 1;
        self.busy += 1;
        *self.going.entry(guest).or_default() += 1;
        Some((guest, call))
    }

    /// Notes that a call of the guest's has ended.
    fn end(&mut self, guest: GuestId) {
        self.busy -= 1;
        if let Some(going) = self.going.get_mut(&guest) {
            *going -= 1;
            if *going == 0 {
                self.going.remove(&guest);
            }
        }
    }

    /// Takes back a call, unless it has begun.
    fn withdraw(&mut self, guest: GuestId, number: u64) -> Option<Call> {
        let turn = self.turns.iter().position(|(id, _)| *id == guest)?;
        let calls = &mut self.turns[turn].1;
        let call = calls.remove(calls.iter().position(|call| call.number == number)?);
        if calls.is_empty() {
            self.turns.remove(turn);
        }
        self.waiting -= 1;
        call
    }
}

/// A call's place among those that wait, given up when it is dropped.
struct Place<'a> {
    pool: &'a Pool,
    guest: GuestId,
    number: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let call = self.pool.lock().withdraw(self.guest, self.number);
        // What it holds may wake others: not under the lock.
        drop(call);
    }
}

#[cfg(test)]
mod tests;
