//! What `std::os::unix` has for sockets.

pub mod net;
