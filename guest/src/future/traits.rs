//! What other crates call a stream: each by a cargo feature of its name.

#[cfg(any(feature = "futures-io", feature = "tokio", feature = "hyper"))]
#[macro_use]
mod streams;

#[cfg(feature = "futures-io")]
mod futures_io;
#[cfg(feature = "hyper")]
mod hyper;
#[cfg(feature = "tokio")]
mod tokio;

#[cfg(feature = "hyper")]
pub use hyper::{HyperExecutor, HyperTimer};
