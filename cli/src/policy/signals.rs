//! What a signal does to a policy: its file is read again.

use std::io;

use anyhow::Result;
use berkeley_host::PolicyHandle;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::args::PolicyArgs;
use crate::tell::tell;

/// The SIGHUPs of this process, which end nothing from now on.
pub(crate) struct Hangups(Signal);

impl Hangups {
    /// Needs a tokio runtime.
    pub(crate) fn begin() -> io::Result<Self> {
        signal(SignalKind::hangup()).map(Self)
    }

    /// Reads the file, and the configuration, again at each, one that has come already among them. Needs a tokio runtime.
    pub(crate) fn reload(mut self, policy: PolicyArgs, handle: PolicyHandle) {
        tokio::spawn(async move {
            while self.0.recv().await.is_some() {
                match reload(&policy, &handle) {
                    Ok(()) => tell!("the policy was read again, and holds from now on"),
                    Err(error) => tell!("the policy stays as it was: {error:#}"),
                }
            }
        });
    }
}

fn reload(policy: &PolicyArgs, handle: &PolicyHandle) -> Result<()> {
    Ok(handle.replace(policy.read_again()?.rules()?)?)
}
