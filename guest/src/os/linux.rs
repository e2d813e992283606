//! What `std::os::linux` has for sockets.

pub mod net;
