//! Who is told of what a guest does: of each call, its result, its time, of refusals, and of the bytes.
//!
//! An [`Observer`] is added by [`SocketCtxBuilder::observer`](crate::SocketCtxBuilder::observer). It borrows what it is
//! told; the library makes no copy for it. A guest without an observer pays for one comparison in each call.
//!
//! Ready made are [`Tracing`], which makes events of the crate `tracing`, and with the feature `prometheus` `Metrics`.
//!
//! | file | what it has |
//! |---|---|
//! | `watch` | the trait |
//! | `call`, `answer`, `event` | what it is told |
//! | `info`, `identity` | a socket, and what it is known by |
//! | `text`, `value`, `number` | that as text, with the names of constants |
//! | `seen` | the observers of one guest, and a call that they are told of |
//! | `tracing`, `prometheus` | ready made ones |

mod answer;
mod call;
mod event;
mod identity;
mod info;
mod number;
#[cfg(feature = "prometheus")]
mod prometheus;
mod seen;
mod text;
mod tracing;
mod value;
mod watch;

pub use answer::{Answer, Outcome};
pub use call::{Call, Interests};
pub use event::{Began, Data, Direction, Ended};
pub(crate) use identity::{Ends, Identity};
pub use info::SocketInfo;
#[cfg(feature = "prometheus")]
pub use prometheus::Metrics;
pub(crate) use seen::{Observers, Seen, watched};
pub use tracing::Tracing;
pub use watch::Observer;
