//! What a guest may do.
//!
//! A [`Policy`] is asked before every system call that reaches beyond the guest. [`DenyAll`] and [`AllowAll`] are the
//! two ends; [`Rules`] grants what rules say, in the grammar of the command's `--allow` and `--deny`, which may stand in a
//! file (with the feature `policy-file`). A [`Question`] asks them in words.

mod decide;
#[cfg(feature = "policy-file")]
mod file;
mod names;
mod operation;
mod question;
mod rules;
mod shunned;
mod special;
mod transport;

pub use decide::{AllowAll, DenyAll, Policy};
#[cfg(feature = "policy-file")]
pub use file::FileError;
pub use names::Names;
pub(crate) use names::plain_name;
pub use operation::Operation;
pub use question::{Answer, Question, QuestionError};
pub use rules::{Decision, Group, Rule, RuleError, Rules, RulesBuilder};
pub use special::Reach;
pub use transport::Transport;

pub use crate::error::Refusal;
