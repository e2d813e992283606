//! Tasks, and what becomes of them.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::executor;

/// Runs the future as a task beside the others, once [`block_on`](super::block_on) runs. It need not be `Send`.
///
/// Dropping the handle lets the task go on. A task that panics ends the program, as a panic does in WebAssembly.
///
/// # Panics
///
/// Under another runtime, which has a `spawn` of its own.
///
/// ```
/// use berkeley_guest::future::{block_on, spawn};
///
/// let sum = block_on(async {
///     let tasks: Vec<_> = (1..=3).map(|number| spawn(async move { number * number })).collect();
///     let mut sum = 0;
///     for task in tasks {
///         sum += task.await?;
///     }
///     Ok::<_, berkeley_guest::future::JoinError>(sum)
/// });
/// assert_eq!(sum, Ok(14));
/// ```
pub fn spawn<F: Future<Output: 'static> + 'static>(future: F) -> JoinHandle<F::Output> {
    let end = Arc::new(End(Mutex::new(State { output: None, waker: None, ended: false })));
    let teller = Teller(end.clone());
    let number = executor::insert(Box::pin(async move {
        let teller = teller;
        let output = future.await;
        teller.0.tell(Ok(output));
    }));
    JoinHandle { number, end }
}

/// How a task ended, as soon as it has.
struct End<T>(Mutex<State<T>>);

struct State<T> {
    output: Option<Result<T, JoinError>>,
    waker: Option<Waker>,
    ended: bool,
}

impl<T> End<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Only the first one counts.
    fn tell(&self, output: Result<T, JoinError>) {
        let mut state = self.lock();
        if state.ended {
            return;
        }
        state.ended = true;
        state.output = Some(output);
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Tells that a task was dropped, unless it has told something before.
struct Teller<T>(Arc<End<T>>);

impl<T> Drop for Teller<T> {
    fn drop(&mut self) {
        self.0.tell(Err(JoinError(())));
    }
}

/// A task: a future of its output. Dropping it lets the task go on.
pub struct JoinHandle<T> {
    number: u64,
    end: Arc<End<T>>,
}

impl<T> JoinHandle<T> {
    /// Ends the task where it waits, and drops it. One that has ended keeps its output.
    pub fn abort(&self) {
        executor::remove(self.number);
        self.end.tell(Err(JoinError(())));
    }

    /// Whether it has ended.
    pub fn is_finished(&self) -> bool {
        self.end.lock().ended
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    /// # Panics
    ///
    /// Once it has given the output.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.end.lock();
        if let Some(output) = state.output.take() {
            return Poll::Ready(output);
        }
        assert!(!state.ended, "a task was awaited again after it gave its output");
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("finished", &self.is_finished()).finish_non_exhaustive()
    }
}

/// A task was aborted before it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoinError(());

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the task was aborted")
    }
}

impl std::error::Error for JoinError {}

impl From<JoinError> for io::Error {
    fn from(error: JoinError) -> Self {
        Self::new(io::ErrorKind::Interrupted, error)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::future::{pending, poll_fn};
    use std::rc::Rc;

    use super::*;
    use crate::future::executor::{block_on, yield_now};

    #[test]
    fn tasks_have_their_turns_one_after_the_other() {
        let said = Rc::new(RefCell::new(String::new()));
        let task = |letter: char| {
            let said = said.clone();
            spawn(async move {
                for _ in 0..3 {
                    said.borrow_mut().push(letter);
                    yield_now().await;
                }
                letter
            })
        };
        let outputs = block_on(async {
            let tasks = ['a', 'b', 'c'].map(task);
            let mut outputs = Vec::new();
            for task in tasks {
                outputs.push(task.await);
            }
            outputs
        });
        assert_eq!(outputs, [Ok('a'), Ok('b'), Ok('c')]);
        assert_eq!(*said.borrow(), "abcabcabc");
    }

    #[test]
    fn a_task_outlives_its_handle_and_goes_on_in_the_next_call() {
        let (sender, value) = (Rc::new(RefCell::new(0)), Rc::new(RefCell::new(0)));
        let to = value.clone();
        drop(spawn(async move {
            let sender = sender;
            yield_now().await;
            *to.borrow_mut() = Rc::strong_count(&sender);
        }));
        block_on(async {});
        assert_eq!(*value.borrow(), 0);
        block_on(async {
            yield_now().await;
            yield_now().await;
        });
        assert_eq!(*value.borrow(), 1);
    }

    #[test]
    fn an_aborted_task_is_dropped_and_says_so() {
        let held = Rc::new(());
        let inside = held.clone();
        block_on(async {
            let task = spawn(async move {
                let _inside = inside;
                pending::<()>().await;
            });
            yield_now().await;
            assert!(!task.is_finished());
            assert_eq!(Rc::strong_count(&held), 2);
            task.abort();
            task.abort();
            assert_eq!(Rc::strong_count(&held), 1);
            assert!(task.is_finished());
            assert_eq!(task.await, Err(JoinError(())));

            let task = spawn(async { 5 });
            yield_now().await;
            task.abort();
            assert_eq!(task.await, Ok(5));
        });
    }

    #[test]
    fn a_task_may_abort_itself() {
        let handle: Rc<RefCell<Option<JoinHandle<()>>>> = Rc::default();
        block_on(async {
            let own = handle.clone();
            *handle.borrow_mut() = Some(spawn(async move {
                if let Some(handle) = &*own.borrow() {
                    handle.abort();
                }
                pending::<()>().await;
            }));
            yield_now().await;
            let task = handle.borrow_mut().take().expect("the handle");
            assert_eq!(task.await, Err(JoinError(())));
        });
    }

    #[test]
    fn the_last_waker_is_woken_and_a_busy_task_hinders_none() {
        block_on(async {
            let busy = spawn(async {
                loop {
                    yield_now().await;
                }
            });
            let mut task = spawn(async {
                for _ in 0..1000 {
                    yield_now().await;
                }
            });
            let noop = Waker::noop();
            assert!(Pin::new(&mut task).poll(&mut Context::from_waker(noop)).is_pending());
            assert_eq!(poll_fn(|cx| Pin::new(&mut task).poll(cx)).await, Ok(()));
            busy.abort();
        });
    }

    #[test]
    #[should_panic(expected = "block_on within block_on")]
    fn it_does_not_run_within_itself() {
        block_on(async { block_on(async {}) });
    }

    #[test]
    #[should_panic(expected = "no socket and no timer is left")]
    fn what_can_never_end_is_told() {
        block_on(pending::<()>());
    }
}
