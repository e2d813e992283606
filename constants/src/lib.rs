//! The numbers of the sockets interface, in Linux's generic numbering: one table for the host, the guests and the tests.
//!
//! The contract carries these numbers as they are, whatever the host's system is; error numbers cross by name.
//!
//! ```
//! use berkeley_constants::{AF_INET6, SOCK_STREAM};
//!
//! assert_eq!((AF_INET6, SOCK_STREAM), (10, 1));
//! ```
#![no_std]

pub mod errno;
mod table;

pub use table::*;
