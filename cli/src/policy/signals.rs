//! What signals do to a policy: its file is read again, and what was learnt is written.

use std::io;
use std::sync::Arc;

use anyhow::Result;
use berkeley_host::PolicyHandle;
use tokio::signal::unix::{SignalKind, signal};

use super::args::PolicyArgs;
use super::learn::Lesson;

/// Reads the file again at each SIGHUP, which ends the guest no more. Needs a tokio runtime.
pub(crate) fn reload_on_hangup(policy: PolicyArgs, handle: PolicyHandle) -> io::Result<()> {
    let mut hangups = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            match reload(&policy, &handle) {
                Ok(()) => eprintln!("berkeley: the policy was read again, and holds from now on"),
                Err(error) => eprintln!("berkeley: the policy stays as it was: {error:#}"),
            }
        }
    });
    Ok(())
}

fn reload(policy: &PolicyArgs, handle: &PolicyHandle) -> Result<()> {
    Ok(handle.replace(policy.rules()?)?)
}

/// Writes what was learnt when a signal ends the run. A guest that handles signals itself is only ended by SIGTERM so.
/// Needs a tokio runtime.
pub(crate) fn write_at_end(lesson: Arc<Lesson>, handles_signals: bool) -> io::Result<()> {
    let interrupt = if handles_signals { None } else { Some((SignalKind::interrupt(), 2)) };
    for (kind, number) in interrupt.into_iter().chain([(SignalKind::terminate(), 15)]) {
        let (mut come, lesson) = (signal(kind)?, lesson.clone());
        tokio::spawn(async move {
            if come.recv().await.is_some() {
                if let Err(error) = lesson.write() {
                    eprintln!("berkeley: {error:#}");
                }
                // As a shell tells of it.
                std::process::exit(128 + number);
            }
        });
    }
    Ok(())
}
