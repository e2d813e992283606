//! What is left to be done when this process ends, whatever ends it: its own end, a signal, `--timeout`.

use std::sync::{Mutex, MutexGuard, PoisonError};

type Task = Box<dyn FnOnce() + Send>;

static TASKS: Mutex<Vec<Task>> = Mutex::new(Vec::new());

fn tasks() -> MutexGuard<'static, Vec<Task>> {
    TASKS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets something be done at the end.
pub(crate) fn at_end(task: impl FnOnce() + Send + 'static) {
    tasks().push(Box::new(task));
}

/// Does what is left. Who comes second waits for the first.
pub(crate) fn finish() {
    do_all(&mut tasks());
}

fn do_all(tasks: &mut Vec<Task>) {
    tasks.drain(..).for_each(|task| task());
}

/// Ends this process once that is done.
#[cfg(unix)]
pub(crate) fn exit(code: i32) -> ! {
    let mut tasks = tasks();
    do_all(&mut tasks);
    // Who comes second waits for this end, whatever it would end with.
    std::process::exit(code)
}

/// Does what is left when it is dropped.
pub(crate) struct AtEnd;

impl Drop for AtEnd {
    fn drop(&mut self) {
        finish();
    }
}

#[cfg(unix)]
pub(crate) use signals::{await_signals, await_signals_beside, signals};

/// Signals, by the numbers that they have on every Unix.
#[cfg(unix)]
mod signals {
    use std::future::pending;
    use std::{io, thread};

    use tokio::signal::unix::{SignalKind, signal};

    const HANGUP: u8 = 1;
    /// Those by which people and services end a program.
    const ENDING: [u8; 3] = [HANGUP, 2, 15];
    /// What else ends a program by itself, of what engines send to the first process of a container.
    const MORE: [u8; 3] = [3, 10, 12];

    /// Whether signals do nothing to this process that it does not do itself, as the first one of a container.
    fn is_first_process() -> bool {
        std::process::id() == 1
    }

    /// The signals that must be awaited for what is left to be done: none, where nothing is, nor will be,
    /// unless this is the first process of a container. Whether a hangup
    /// makes the policy be read again, and so ends nothing, is told.
    pub(crate) fn signals(more_will_be: bool, hangup_reloads: bool) -> Vec<u8> {
        let is_first = is_first_process();
        if super::tasks().is_empty() && !more_will_be && !is_first {
            return Vec::new();
        }
        // What whoever started this process has it ignore stays ignored.
        let ignored = crate::signal::ignored();
        let is_left = |number: &u8| ignored.contains(number) || hangup_reloads && *number == HANGUP;
        let more = if is_first { &MORE[..] } else { &[] };
        ENDING.into_iter().chain(more.iter().copied()).filter(|number| !is_left(number)).collect()
    }

    /// As [`await_signals`], on a thread of its own: for what keeps its own busy.
    pub(crate) fn await_signals_beside(numbers: Vec<u8>) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        {
            let _entered = runtime.enter();
            await_signals(&numbers)?;
        }
        thread::Builder::new().name("signals".into()).spawn(move || runtime.block_on(pending::<()>()))?;
        Ok(())
    }

    /// Ends this process by any of these signals, once everything is done. Needs a tokio runtime.
    pub(crate) fn await_signals(numbers: &[u8]) -> io::Result<()> {
        for &number in numbers {
            let mut come = signal(SignalKind::from_raw(number.into()))?;
            tokio::spawn(async move {
                if come.recv().await.is_some() {
                    // As a shell tells of it.
                    super::exit(128 + i32::from(number));
                }
            });
        }
        Ok(())
    }
}
