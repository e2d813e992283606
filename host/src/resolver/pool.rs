//! The threads that look-ups block in: the C library's cannot be awaited, nor ended.
//!
//! They are the process's own, so that no look-up takes a thread from those that files are read in. They are few, and
//! guests take turns.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

/// How many threads there are at most.
const THREADS: usize = 32;

/// How long a thread waits for something to do before it ends.
const IDLE: Duration = Duration::from_secs(10);

/// What tells guests apart.
pub(super) type GuestId = u64;

/// Threads, and the calls that wait for one.
///
/// A guest may begin another call while fewer of its own go on than there are threads free. Thus one guest has half of
/// the threads at most, a second one half of what is left, and so on: many must conspire before another has none.
pub(super) struct Pool {
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
    /// Of that many threads at most.
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, state: Mutex::default(), begin: Condvar::new() })
    }

    /// The one of this process.
    pub(super) fn of_the_process() -> Arc<Self> {
        static POOL: Mutex<Option<Arc<Pool>>> = Mutex::new(None);
        let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
        pool.get_or_insert_with(|| Self::new(THREADS)).clone()
    }

    /// Runs the call in a thread, for that guest; none where there is no thread, or the call panics.
    ///
    /// Where the future is dropped, a call that has not begun never does; one that has goes on to its end.
    pub(super) async fn run<T: Send + 'static>(
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
        if thread::Builder::new().name("berkeley-names".into()).spawn(move || pool.work()).is_err() {
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
mod tests {
    use std::future::poll_fn;
    use std::pin::Pin;
    use std::sync::mpsc;
    use std::task::Poll;

    use super::*;

    /// What blocks calls until it is told to let them go, and tells of each that begins.
    struct Gate {
        begun: (mpsc::Sender<GuestId>, mpsc::Receiver<GuestId>),
        keys: Vec<mpsc::Sender<()>>,
        pool: Arc<Pool>,
    }

    type Waits = Pin<Box<dyn Future<Output = Option<()>>>>;

    impl Gate {
        fn new(most: usize) -> Self {
            Self { begun: mpsc::channel(), keys: Vec::new(), pool: Pool::new(most) }
        }

        /// A call that has been put in the queue. Its key is the last one.
        async fn call(&mut self, guest: GuestId) -> Waits {
            let ((key, locked), begun) = (mpsc::channel::<()>(), self.begun.0.clone());
            self.keys.push(key);
            let mut call: Waits = Box::pin(self.pool.clone().run(guest, move || {
                begun.send(guest).expect("the test listens");
                // The key may be thrown away instead.
                let _ = locked.recv();
            }));
            assert!(poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_pending())).await);
            call
        }

        /// The guest whose call begins next.
        fn begins(&self) -> GuestId {
            self.begun.1.recv().expect("a call begins")
        }

        fn state(&self) -> (usize, usize) {
            let state = self.pool.lock();
            (state.busy, state.waiting)
        }
    }

    #[tokio::test]
    async fn one_guest_has_half_of_the_threads_and_others_have_what_is_left() {
        let mut gate = Gate::new(8);
        let mut calls = Vec::new();
        for (guest, share) in [(1, 4), (2, 2), (3, 1), (4, 1)] {
            for _ in 0..20 {
                calls.push(gate.call(guest).await);
            }
            let begun: Vec<_> = (0..share).map(|_| gate.begins()).collect();
            assert_eq!(begun, vec![guest; share]);
        }
        assert_eq!((gate.state(), gate.pool.lock().threads), ((8, 72), 8));
    }

    #[tokio::test]
    async fn guests_take_turns() {
        let mut gate = Gate::new(2);
        let mut first = vec![gate.call(1).await];
        assert_eq!(gate.begins(), 1);
        for _ in 0..2000 {
            first.push(gate.call(1).await);
        }
        let second = gate.call(2).await;
        assert_eq!(gate.begins(), 2, "it does not wait for the other guest's two thousand");
        let third = gate.call(3).await;
        // Of those that wait, guest 1 came first, and guest 3 before the rest of guest 1's.
        drop(std::mem::take(&mut gate.keys));
        let order = [gate.begins(), gate.begins()];
        assert!(order.contains(&3), "{order:?}");
        third.await.expect("it ends");
        second.await.expect("it ends");
        for call in first {
            call.await.expect("it ends");
        }
    }

    #[tokio::test]
    async fn calls_that_are_dropped_never_begin_and_those_that_have_begun_go_on() {
        let mut gate = Gate::new(2);
        let begun = gate.call(1).await;
        let mut waiting = Vec::new();
        for _ in 0..100 {
            waiting.push(gate.call(1).await);
        }
        assert_eq!((gate.begins(), gate.state()), (1, (1, 100)));
        drop((begun, waiting));
        assert_eq!(gate.state(), (1, 0), "it cannot be ended, and so it counts");
        let other = gate.call(1).await;
        assert_eq!(gate.state(), (1, 1));
        drop(std::mem::take(&mut gate.keys));
        other.await.expect("it begins once the first has ended");
    }

    #[tokio::test]
    async fn a_call_that_panics_harms_no_other() {
        let pool = Pool::new(2);
        for _ in 0..5 {
            assert_eq!(pool.clone().run(1, || std::panic::resume_unwind(Box::new(()))).await, None::<()>);
        }
        assert_eq!(pool.clone().run(1, || 7).await, Some(7));
    }
}
