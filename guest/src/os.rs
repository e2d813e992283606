//! What `std::os` has for sockets.

pub mod unix;
