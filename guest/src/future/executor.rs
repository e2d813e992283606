//! The executor: one thread, tasks in turn, and one wait for all when none can go on.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
#[cfg(not(feature = "p3-library"))]
use std::time::Duration;

use super::budget;
#[cfg(not(feature = "p3-library"))]
use super::reactor;
use super::runtime::{self, Entered};
#[cfg(not(feature = "p3-library"))]
use super::turn::turn;

/// How many tasks have their turn before sockets and timers are looked at, though there are tasks that can go on.
const TURNS: usize = 61;

/// The number of the future that [`block_on`] was given.
const ROOT: u64 = 0;

/// The numbers of the tasks that can go on, in their order.
#[derive(Default)]
struct Queue(Mutex<VecDeque<u64>>);

impl Queue {
    fn lock(&self) -> MutexGuard<'_, VecDeque<u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts a task into the queue, unless it is there.
struct Turn {
    number: u64,
    queued: AtomicBool,
    queue: Arc<Queue>,
}

impl Turn {
    fn new(number: u64, queue: &Arc<Queue>) -> Arc<Self> {
        let turn = Arc::new(Self { number, queued: AtomicBool::new(false), queue: queue.clone() });
        turn.wake_by_ref();
        turn
    }
}

impl Wake for Turn {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::Relaxed) {
            self.queue.lock().push_back(self.number);
        }
    }
}

type Work = Pin<Box<dyn Future<Output = ()>>>;

struct Task {
    /// None while it has its turn.
    work: Option<Work>,
    turn: Arc<Turn>,
}

#[derive(Default)]
struct Executor {
    last: Cell<u64>,
    queue: Arc<Queue>,
    tasks: RefCell<HashMap<u64, Task>>,
}

thread_local! {
    static EXECUTOR: Rc<Executor> = Rc::default();
}

/// Runs the future to its end, and beside it the tasks that [`spawn`](super::spawn) made. Those that have not ended then
/// go on in the next call.
///
/// While none of them can go on, the program waits in one call of the host for all that they wait for.
///
/// # Panics
///
/// Within itself, and where the future waits for what can never come: no socket, no timer and no task is left.
///
/// ```no_run
/// use std::time::Duration;
/// use berkeley_guest::future::{TcpStream, block_on, timeout};
///
/// block_on(async {
///     let stream = timeout(Duration::from_secs(5), TcpStream::connect("127.0.0.1:7")).await??;
///     stream.write_all(b"hello").await?;
///     let mut buffer = [0; 5];
///     let length = stream.read(&mut buffer).await?;
///     println!("{}", buffer[..length].escape_ascii());
///     std::io::Result::Ok(())
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    let Some(_entered) = Entered::new() else {
        panic!("block_on within block_on: await the future, or spawn it");
    };
    let executor = EXECUTOR.with(Rc::clone);
    let mut future = pin!(future);
    let root = Turn::new(ROOT, &executor.queue);
    let waker = Waker::from(root.clone());
    drive(&executor, || {
        for _ in 0..TURNS {
            let Some(number) = executor.next() else { break };
            budget::renew();
            if number != ROOT {
                executor.run(number);
                continue;
            }
            root.queued.store(false, Ordering::Relaxed);
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                executor.forget_root();
                return Some(output);
            }
        }
        None
    })
}

/// Lets tasks have their turns until there is an output, and waits in between.
#[cfg(not(feature = "p3-library"))]
fn drive<T>(executor: &Executor, mut turns: impl FnMut() -> Option<T>) -> T {
    loop {
        if let Some(output) = turns() {
            return output;
        }
        let limit = executor.is_busy().then_some(Duration::ZERO);
        assert!(
            limit.is_some() || !reactor::is_idle(),
            "block_on: the future waits, but no socket and no timer is left that could wake it"
        );
        turn(&[], limit);
    }
}

#[cfg(feature = "p3-library")]
fn drive<T>(executor: &Executor, turns: impl FnMut() -> Option<T>) -> T {
    super::concurrent::drive(turns, || executor.is_busy())
}

impl Executor {
    fn next(&self) -> Option<u64> {
        self.queue.lock().pop_front()
    }

    /// Whether a task can go on.
    fn is_busy(&self) -> bool {
        !self.queue.lock().is_empty()
    }

    /// Wakers of a future that has ended may still be about.
    fn forget_root(&self) {
        self.queue.lock().retain(|number| *number != ROOT);
    }

    /// Gives a task its turn.
    fn run(&self, number: u64) {
        let taken = self.tasks.borrow_mut().get_mut(&number).and_then(|task| {
            task.turn.queued.store(false, Ordering::Relaxed);
            Some((task.work.take()?, task.turn.clone()))
        });
        // It has been aborted since.
        let Some((mut work, turn)) = taken else { return };
        let result = work.as_mut().poll(&mut Context::from_waker(&turn.into()));
        let mut tasks = self.tasks.borrow_mut();
        let ended = match (result, tasks.get_mut(&number)) {
            (Poll::Pending, Some(task)) => task.work.replace(work).map(|work| (work, None)),
            // Of one that aborted itself, nothing is kept either.
            (Poll::Ready(()) | Poll::Pending, _) => Some((work, tasks.remove(&number))),
        };
        drop(tasks);
        // What it holds may spawn, or abort others, when it is dropped.
        drop(ended);
    }
}

/// Takes a task in, and gives its number.
pub(super) fn insert(work: Work) -> u64 {
    assert!(runtime::other().is_none(), "spawn: another runtime runs, and so its own `spawn` is to be called");
    let executor = EXECUTOR.with(Rc::clone);
    let number = executor.last.get() + 1;
    executor.last.set(number);
    let task = Task { work: Some(work), turn: Turn::new(number, &executor.queue) };
    executor.tasks.borrow_mut().insert(number, task);
    number
}

/// Drops a task, wherever it is.
pub(super) fn remove(number: u64) {
    // What it holds may abort others, when it is dropped.
    let _task = EXECUTOR.with(Rc::clone).tasks.borrow_mut().remove(&number);
}

/// Lets the other tasks have their turn.
pub async fn yield_now() {
    let mut yielded = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
