//! Readiness of a set of descriptors: epoll(7).
//!
//! The host watches the sockets of a set, by a poller of the contract's, so that a wait costs by what is ready. What only the
//! guest knows, pipes, counters, timers and other sets, is looked at with each wait. What of these is edge-triggered is told
//! once, and again after its descriptor was read, written or waited for, or was seen not to be ready: no edge that a program
//! waits for is missed.

mod calls;
mod event;
mod item;
mod set;
mod sockets;
