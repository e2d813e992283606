//! `berkeley policy`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::check::Check;
use crate::run::{Prepared, Run};

/// Asks a policy, or learns one from a run
#[derive(Args)]
pub(crate) struct Policy {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Subcommand)]
enum PolicyCommand {
    Check(Box<Check>),
    Learn(Box<Learn>),
}

/// Runs a guest with everything allowed, and writes the smallest policy for what it did
///
/// As `berkeley run --learn FILE`. The guest has all that it asks for, but for setting the host's name and sharing
/// sockets with other processes, and but for what --deny says: learn only from guests that you trust as yourself.
#[derive(Args)]
#[command(
    override_usage = "berkeley policy learn [OPTIONS] GUEST.WASM [ARGS]...\n       berkeley policy learn [OPTIONS]"
)]
pub(crate) struct Learn {
    /// Where to write the policy
    #[arg(long, value_name = "FILE", default_value = "policy.toml")]
    output: PathBuf,

    #[command(flatten)]
    run: Run,
}

/// What the command is to do.
pub(crate) enum Task {
    /// It is done.
    Done(ExitCode),
    /// A guest is to run.
    Run(Box<Prepared>),
}

impl Policy {
    /// Does it, up to running a guest.
    pub(crate) fn prepare(self) -> Result<Task> {
        match self.command {
            PolicyCommand::Check(check) => Ok(Task::Done(check.execute())),
            PolicyCommand::Learn(learn) => {
                let Learn { output, run } = *learn;
                Ok(Task::Run(Box::new(run.learning(output).prepare()?)))
            }
        }
    }
}
