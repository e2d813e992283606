//! A socket, as a description.

mod alarmed;
mod life;
mod receive;
mod send;

pub(crate) use life::Socket;
pub(crate) use send::PART;
