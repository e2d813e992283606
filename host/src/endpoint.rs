//! What a guest's socket is made of: the kernel's own socket, or an endpoint of another network.
//!
//! The kernel's way is a plain branch: it allocates nothing, and makes no dynamic call.

mod any;
mod ask;
mod contract;
mod control;
mod selector;

pub(crate) use any::{AnySocket, Carried};
pub use contract::{Arrived, ControlMessage, Endpoint, Passed, Sending};
pub(crate) use control::OutgoingControl;
pub(crate) use selector::Selector;
