//! Readiness of a set of descriptors: epoll(7).
//!
//! The contract has no sets, so that each wait is one call of its `poll` with all of the set. What is edge-triggered is told
//! once, and again after its descriptor was read, written or accepted from, or was seen not to be ready: no edge that a
//! program waits for is missed. What arrives meanwhile at a descriptor that is ready already, and that nobody has read, is no
//! new edge here.

mod calls;
mod event;
mod item;
mod set;
