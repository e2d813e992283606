//! `berkeley compile`.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueHint};

use crate::program::Program;
use crate::tell::answer;

/// Compiles components ahead, so that they start at once
///
/// `berkeley run` compiles a component when it runs for the first time, and keeps the code for the next. This does the same
/// without running it: for an image, a test, or a service that is to start quickly. The code is found by the component's
/// place and time of change: run it from where it was compiled, by the same version of this command, as the same user.
#[derive(Args)]
pub(crate) struct Compile {
    /// The components
    #[arg(required = true, value_name = "GUEST.WASM", value_hint = ValueHint::FilePath)]
    guests: Vec<PathBuf>,
}

impl Compile {
    /// Compiles them, one after the other.
    pub(crate) fn execute(self) -> Result<()> {
        for guest in self.guests {
            let begun = Instant::now();
            let is_kept = Program::compile(&guest)?;
            if !is_kept {
                bail!("{} is compiled, but its code cannot be kept", guest.display());
            }
            let took = begun.elapsed().as_secs_f64();
            answer(&format!("{}: compiled in {took:.1} s\n", guest.display()))
                .with_context(|| format!("cannot tell of {}", guest.display()))?;
        }
        Ok(())
    }
}
