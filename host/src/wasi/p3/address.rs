//! Addresses, as WASI 0.3 has them.

use std::net::{IpAddr, SocketAddr, SocketAddrV6};

use super::bindings::types as wit;
use crate::wasi::address::{Family, addresses};

addresses!();
