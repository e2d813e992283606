//! The probes of `berkeley conformance`.
//!
//! A probe is one row of the surface of Python's `socket` module, as a function over the trait [`Platform`]: the same
//! code runs over Berkeley, over `wasi:sockets` 0.2 and over `wasi:sockets` 0.3, each as a component of its own: a plain
//! command, which any host runs that has the platform. It is told by its arguments or by stdin which probes to run, and
//! prints a line for each thing that it tried: see [`answer`].

mod check;
mod platform;
mod probe;
mod session;

pub use crate::check::Failure;
pub use crate::platform::Platform;
#[cfg(feature = "released-target")]
pub use crate::platform::wasip3;
pub use crate::platform::{berkeley, wasip2};
pub use crate::session::answer;

/// Runs the probes that are asked for, over a platform whose calls do not return before they are done.
pub fn main<P: Platform>() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let done = std::pin::pin!(answer::<P>(&arguments)).poll(&mut context);
    assert!(done.is_ready(), "a call of {} returned before it was done", P::NAME);
}
