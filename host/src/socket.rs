//! Sockets: their life, their data, their time limit: socket(7).
//!
//! What reaches beyond the guest is judged by its policy first; these are the files that bind, connect, send and
//! receive.
//!
//! | file | what is done there |
//! |---|---|
//! | `handle` | what a socket is |
//! | `life` | making, duplicating, handing over, closing |
//! | `name` | the addresses at both ends |
//! | `connect`, `accept` | binding, listening, connecting, accepting |
//! | `send`, `message`, `recv`, `receive` | data, both ways; MSG_ flags |
//! | `batch` | many datagrams by one call |
//! | `room` | waiting for room at a unix socket's peer |
//! | `attempt` | trying a call, and again after a wait |
//! | `alias` | a socket that a stream refers to |
//! | `patience` | waiting, within the time limit |
//! | `low_water` | waiting for as much as SO_RCVLOWAT wants |
//! | `option`, `linger` | options |
//! | `seen` | what observers are told |

mod accept;
#[cfg(feature = "p3")]
mod alias;
mod attempt;
mod batch;
mod charge;
mod connect;
mod handle;
mod life;
mod linger;
mod low_water;
mod message;
mod name;
mod obey;
mod option;
mod patience;
mod queued;
mod receive;
mod recv;
mod room;
mod seen;
mod send;
#[cfg(test)]
mod tests;
mod undo;
mod whole;

#[cfg(feature = "p3")]
pub(crate) use alias::Alias;
pub(crate) use attempt::{Blocked, Tried, now};
pub(crate) use batch::{Came, Parcel, until_error};
pub use handle::Socket;
pub(crate) use life::Adopted;
pub(crate) use option::is_privileged;
pub(crate) use patience::Patience;
pub(crate) use queued::{Given, Queued};
pub(crate) use send::Begun;
