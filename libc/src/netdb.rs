//! Names of hosts, services and protocols: netdb.h.

mod addrinfo;
mod error;
mod host;
mod packed;
mod protocol;
mod service;
