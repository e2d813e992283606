//! Addresses, as WASI 0.2 has them.

use std::net::{IpAddr, SocketAddr, SocketAddrV6};

use crate::wasi::address::{Family, addresses};
use crate::wasi::p2::bindings::network as wit;

addresses!();
