//! What a signal does to a policy: its file is read again.

use std::io;

use anyhow::Result;
use berkeley_host::PolicyHandle;
use tokio::signal::unix::{SignalKind, signal};

use super::args::PolicyArgs;
use crate::tell::tell;

/// Reads the file, and the configuration, again at each SIGHUP, which ends the guest no more. Needs a tokio runtime.
pub(crate) fn reload_on_hangup(policy: PolicyArgs, handle: PolicyHandle) -> io::Result<()> {
    let mut hangups = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            match reload(&policy, &handle) {
                Ok(()) => tell!("the policy was read again, and holds from now on"),
                Err(error) => tell!("the policy stays as it was: {error:#}"),
            }
        }
    });
    Ok(())
}

fn reload(policy: &PolicyArgs, handle: &PolicyHandle) -> Result<()> {
    Ok(handle.replace(policy.read_again()?.rules()?)?)
}
