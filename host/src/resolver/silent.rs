//! A resolver for tests.

use std::future::pending;
use std::net::IpAddr;

use super::ask::{AddressInfo, HostEntry, Lookup, Query, Resolver};
use crate::address::Address;

/// Never answers.
pub(crate) struct Silent;

impl Resolver for Silent {
    fn getaddrinfo(&self, _: Query) -> Lookup<'_, Vec<AddressInfo>> {
        Box::pin(pending())
    }

    fn getnameinfo(&self, _: Address, _: i32) -> Lookup<'_, (Vec<u8>, Vec<u8>)> {
        Box::pin(pending())
    }

    fn gethostbyname(&self, _: Vec<u8>) -> Lookup<'_, HostEntry> {
        Box::pin(pending())
    }

    fn gethostbyaddr(&self, _: IpAddr) -> Lookup<'_, HostEntry> {
        Box::pin(pending())
    }
}
