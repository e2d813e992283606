//! The names and the indices of network interfaces.
//!
//! Some families name an interface in their addresses, which the kernel knows by its index. Who encodes and decodes
//! such addresses brings the table of interfaces along.

use crate::error::{Errno, Result};

/// The network interfaces that addresses may name: net/if.h.
pub trait Interfaces {
    /// The index of the interface of that name: if_nametoindex(3). ENODEV.
    fn index_of(&self, name: &[u8]) -> Result<u32>;

    /// The name of the interface of that index: if_indextoname(3). ENXIO.
    fn name_of(&self, index: u32) -> Result<Vec<u8>>;
}

/// No interfaces: for addresses of families that name none.
#[derive(Clone, Copy, Debug)]
pub struct NoInterfaces;

impl Interfaces for NoInterfaces {
    fn index_of(&self, _: &[u8]) -> Result<u32> {
        Err(Errno::ENODEV.into())
    }

    fn name_of(&self, _: u32) -> Result<Vec<u8>> {
        Err(Errno::ENXIO.into())
    }
}
