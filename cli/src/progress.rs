//! What is shown to people while something takes long.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How often the time is shown anew.
const TICK: Duration = Duration::from_millis(100);

/// A line on the terminal that tells what is done and how long it has taken, until it is dropped.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Shows it; not where nobody looks.
    pub(crate) fn of(what: String) -> Self {
        let bar = if std::io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.set_message(what);
        bar.enable_steady_tick(TICK);
        Self(bar)
    }

    /// Shows how many of so many have been done.
    pub(crate) fn counting(what: String, total: u64) -> Self {
        let progress = Self::of(what);
        progress.0.set_length(total);
        let style = ProgressStyle::with_template("{spinner} {msg}: {pos} of {len} ({elapsed}, {eta} left)");
        progress.0.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        progress
    }

    /// One more has been done.
    pub(crate) fn step(&self) {
        self.0.inc(1);
    }
}

impl Drop for Progress {
    /// The line is gone then.
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
