//! What a guest may do.
//!
//! A [`Policy`] is asked before every system call that reaches beyond the guest. [`DenyAll`] and [`AllowAll`] are the
//! two ends; [`Rules`] grants what a list of rules says, in the grammar of the command's `--allow`.

mod decide;
mod names;
mod operation;
mod rules;
mod special;
mod transport;

pub use decide::{AllowAll, DenyAll, Policy};
pub use names::Names;
pub(crate) use names::plain_name;
pub use operation::Operation;
pub use rules::{Rule, RuleError, Rules};
pub use special::Reach;
pub use transport::Transport;

pub use crate::error::Refusal;
