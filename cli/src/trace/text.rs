//! For people, as strace(1) writes it.

use std::fmt::Write as _;
use std::io::Write;
use std::time::Instant;

use berkeley_host::observer::{Began, Ended, Observer};
use berkeley_host::policy::Refusal;

use super::output::{Inner, Output};

/// Writes a line for each call.
pub(crate) struct Text {
    output: Output,
    start: Instant,
}

impl Text {
    pub(crate) fn new(out: Box<dyn Write + Send>) -> Self {
        Self { output: Output::new(out), start: Instant::now() }
    }

    /// The seconds until then, as each line begins.
    fn offset(&self, at: Instant) -> String {
        format!("{:11.6} ", at.saturating_duration_since(self.start).as_secs_f64())
    }

    /// The line that is not finished, and refusals that no call tells of.
    fn prelude(&self, inner: &mut Inner, ended: Option<&Ended<'_>>) -> String {
        let refusals = inner.silent_refusals(ended);
        let goes_on = refusals.is_empty() && ended.is_some_and(|ended| inner.open == Some(ended.id));
        let mut text = String::new();
        if !goes_on && inner.open.take().is_some() {
            text.push_str(" <unfinished ...>\n");
        }
        for (at, refusal) in refusals {
            let _ = write!(text, "{}--- refused to {}", self.offset(at), refusal.operation());
            if let Some(grant) = refusal.grant() {
                let _ = write!(text, "; the rule {grant} would allow it");
            }
            text.push_str(" ---\n");
        }
        text
    }
}

impl Observer for Text {
    fn began(&self, call: &Began<'_>) {
        let mut inner = self.output.lock();
        let mut text = self.prelude(&mut inner, None);
        // A string takes everything.
        let _ = write!(text, "{}{call}", self.offset(call.at));
        inner.open = Some(call.id);
        inner.write(&text);
    }

    fn ended(&self, call: &Ended<'_>) {
        let mut inner = self.output.lock();
        let mut text = self.prelude(&mut inner, Some(call));
        if inner.open.take().is_none() {
            let began = Began { id: call.id, call: call.call, socket: call.socket, at: call.at };
            let _ = write!(text, "{}<... {began} resumed>", self.offset(call.at + call.took));
        }
        let _ = writeln!(text, " = {} <{:.6}>", call.answer(), call.took.as_secs_f64());
        inner.write(&text);
    }

    fn refused(&self, refusal: &Refusal) {
        self.output.refused(refusal);
    }
}
