//! Policies: what the options and a file say, `berkeley policy`, and what a run has learnt.

mod args;
mod check;
mod command;
mod learn;
#[cfg(unix)]
mod signals;
mod within;

pub(crate) use args::{PolicyArgs, Text, text};
pub(crate) use command::{Policy, Task};
pub(crate) use learn::Lesson;
#[cfg(unix)]
pub(crate) use signals::Hangups;
