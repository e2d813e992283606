//! Readiness of many sockets that are watched for long: epoll(7).
//!
//! The kernel watches them, so that a wait costs by what is ready. What the kernel does not know is kept here: sockets that
//! a new policy does not allow any more, which are ready for good, and what the guest's limits hold back for a while.

mod calls;
mod event;
mod subscription;
mod wait;
mod watched;

#[expect(unreachable_pub, reason = "a module that the macro declares public names it")]
pub use self::calls::Poller;
pub(crate) use self::event::Event;
pub(crate) use self::wait::Handles;
