//! Open sockets, and waiting for them, in one of two ways.

mod alarm;
mod deadline;
mod descriptor;
mod file;
mod inline;
mod past;
mod poll;
mod ready;
mod waiting;
mod watched;
mod watcher;

pub(crate) use self::alarm::{Alarm, Watch};
pub(crate) use self::deadline::{Deadline, PAUSE, deadline_after, until};
pub(crate) use self::descriptor::Descriptor;
pub(crate) use self::past::{Need, Origin, Setting};
pub(crate) use self::poll::poll;
pub use self::waiting::Waiting;
pub(crate) use self::waiting::Woken;
pub(crate) use self::watcher::Watcher;
