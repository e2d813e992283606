//! Readiness of a set of descriptors: epoll(7).
//!
//! The contract has no sets, so that each wait is one call of its `poll` with all of the set. What is edge-triggered is told
//! once, and again after its descriptor was read, written or accepted from, or was seen not to be ready: no edge that a
//! program waits for is missed. What arrives at a socket of which was told already, and that nobody has read, is looked for now
//! and then by how much there is.

mod calls;
mod event;
mod item;
mod set;
