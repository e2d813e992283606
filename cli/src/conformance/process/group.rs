//! The group of processes that a host is.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

/// The group that runs, of which there is one at a time.
static CURRENT: Mutex<Option<Pid>> = Mutex::new(None);

fn current() -> MutexGuard<'static, Option<Pid>> {
    CURRENT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts the command in a group of its own. This process ends before or after that, and not between: the group would stay.
pub(super) fn start(command: &mut Command) -> io::Result<Child> {
    let mut current = current();
    let child = command.process_group(0).spawn()?;
    *current = Some(Pid::from_child(&child));
    Ok(child)
}

/// Tells once when the child has ended. It is left to be waited for, so that its number is nobody else's meanwhile.
pub(super) fn watch(child: &Child, tell: impl FnOnce() -> bool + Send + 'static) {
    let id = Pid::from_child(child);
    thread::spawn(move || {
        while matches!(waitid(WaitId::Pid(id), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT), Err(Errno::INTR)) {}
        tell()
    });
}

/// Asks the child's group to end.
pub(super) fn ask(child: &Child) {
    // Nobody may be left in it.
    let _ = kill_process_group(Pid::from_child(child), Signal::TERM);
}

/// Ends the child's group.
pub(super) fn kill(child: &Child) {
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
}

/// Nothing runs any more.
pub(super) fn forget() {
    *current() = None;
}

/// Ends the group that runs when this process is asked to end: by a terminal, which knows this process' group alone, or by
/// whoever else sends it a signal.
pub(in crate::conformance) fn end_with_this_process() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let _entered = runtime.enter();
    let [mut hangup, mut interrupt, mut terminate] =
        [signal(SignalKind::hangup())?, signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?];
    drop(_entered);
    thread::Builder::new().name("signals".into()).spawn(move || {
        let number = runtime.block_on(async {
            tokio::select! {
                _ = hangup.recv() => Signal::HUP,
                _ = interrupt.recv() => Signal::INT,
                _ = terminate.recv() => Signal::TERM,
            }
        });
        // Held to the end, so that no other group begins.
        let current = current();
        if let Some(group) = *current {
            let _ = kill_process_group(group, Signal::KILL);
        }
        std::process::exit(128 + number.as_raw());
    })?;
    Ok(())
}
