//! WASI's own sockets, over this library's: `wasi:sockets`, of WASI 0.2 and, with the feature `p3`, of 0.3.
//!
//! A guest that imports `wasi:sockets` has the same policy, names, limits and observer as one that imports
//! `berkeley:sockets`, and may import both. A refusal is `access-denied` to it. No socket is made where the policy has
//! no use for its transport, and every socket counts.
//!
//! [`p2::add_to_linker`] adds all of WASI 0.2 with these sockets, in place of `wasmtime_wasi::p2::add_to_linker_async`.
//! [`p2::add_sockets_to_linker`] adds the sockets alone, and [`p2::add_filesystem_to_linker`] files, among which a socket's
//! file is one that can be told and removed.
//!
//! | file | what is done there |
//! |---|---|
//! | `code` | what a call ends with |
//! | `address` | which addresses WASI takes |
//! | `option` | options, with WASI's bounds |
//! | `wait` | calls that do not wait, and waiting for a socket |
//! | `endpoint`, `tcp`, `udp`, `lookup` | what both versions of WASI have in common |
//! | `p2`, `p3` | the interfaces of the one and of the other |

mod address;
mod code;
mod endpoint;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzed;
mod lookup;
mod opened;
mod option;
pub mod p2;
#[cfg(feature = "p3")]
pub mod p3;
mod tcp;
mod udp;
mod version;
mod wait;

pub use version::{is_p3, needs_p3};
