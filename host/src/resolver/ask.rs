//! What a resolver is asked, and what it answers.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;

use berkeley_constants as c;

use crate::address::Address;
use crate::error::{GaiCode, HostCode, Result};

/// What getaddrinfo(3) is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    /// The host; none for the loopback or wildcard addresses.
    pub host: Option<Vec<u8>>,
    /// The service, by name or number.
    pub service: Option<Vec<u8>>,
    /// The family; 0 is any.
    pub family: i32,
    /// The type; 0 is any.
    pub kind: i32,
    /// The protocol; 0 is any.
    pub protocol: i32,
    /// AI_ flags.
    pub flags: i32,
}

/// One answer of getaddrinfo(3).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AddressInfo {
    /// The family.
    pub family: i32,
    /// The type.
    pub kind: i32,
    /// The protocol.
    pub protocol: i32,
    /// The canonical name, in the first answer, if it was asked for.
    pub canonical_name: Vec<u8>,
    /// The address.
    pub address: Address,
}

/// A host's name, aliases and addresses: gethostbyname(3).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostEntry {
    /// The canonical name.
    pub name: Vec<u8>,
    /// Other names.
    pub aliases: Vec<Vec<u8>>,
    /// Addresses, all of one family.
    pub addresses: Vec<IpAddr>,
}

/// A look-up under way. It is given up by dropping it.
pub type Lookup<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// Looks names up.
///
/// The host has judged the question before, and limits how many are asked at once and how long they take. Numeric
/// addresses never come here. A resolver that blocks does so in [`blocking`](super::blocking).
pub trait Resolver: Send + Sync + 'static {
    /// The addresses of a host: getaddrinfo(3).
    fn getaddrinfo(&self, query: Query) -> Lookup<'_, Vec<AddressInfo>>;

    /// The names of an address and its port: getnameinfo(3), with NI_ flags.
    fn getnameinfo(&self, address: Address, flags: i32) -> Lookup<'_, (Vec<u8>, Vec<u8>)>;

    /// A host's IPv4 addresses: gethostbyname(3).
    fn gethostbyname(&self, name: Vec<u8>) -> Lookup<'_, HostEntry>;

    /// The host that has the address: gethostbyaddr(3).
    fn gethostbyaddr(&self, address: IpAddr) -> Lookup<'_, HostEntry>;
}

pub(crate) const NONAME: GaiCode = GaiCode(c::EAI_NONAME);
pub(crate) const HOST_NOT_FOUND: HostCode = HostCode(1);

/// The internet addresses among the answers.
pub(crate) fn internet(infos: &[AddressInfo]) -> impl Iterator<Item = SocketAddr> {
    infos.iter().filter_map(|info| info.address.internet())
}
