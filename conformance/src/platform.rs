//! What a guest has to work with, by the type of its sockets.

pub mod berkeley;
mod library;
mod message;
mod name;
mod surface;
mod table;
mod wasi;
pub mod wasip2;
#[cfg(feature = "released-target")]
pub mod wasip3;

pub(crate) use message::{Control, Message};
pub use surface::Platform;
