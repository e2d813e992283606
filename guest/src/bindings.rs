//! The contract's bindings, as `cargo xtask bindings` generates them from `wit/`.
#![allow(missing_docs, reason = "the items are documented in the WIT files that they come from")]
#![allow(unsafe_code, reason = "the generated code crosses into the host")]
#![allow(
    unreachable_pub,
    clippy::all,
    clippy::nursery,
    clippy::pedantic,
    clippy::restriction,
    reason = "the code is generated"
)]

#[rustfmt::skip]
mod imports;
#[cfg(feature = "p3-library")]
#[rustfmt::skip]
pub mod p3;
#[cfg(all(feature = "p3", target_arch = "wasm32"))]
#[rustfmt::skip]
pub(crate) mod program;

pub use imports::berkeley;
pub use imports::berkeley::sockets::*;
