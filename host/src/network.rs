//! Networks other than the kernel's.
//!
//! A guest's sockets are the kernel's unless its context has a network of its own, by
//! [`SocketCtxBuilder::network`](crate::SocketCtxBuilder::network). The guest does not know which. Its policy, its limits
//! and its observers are the same.
//!
//! On another network nothing leaves the thread that the guest runs on, and every time limit goes by tokio's clock, which
//! may be paused: so a world that is simulated is the same each time.

use std::net::IpAddr;
use std::sync::Arc;

pub use crate::endpoint::{Arrived, ControlMessage, Endpoint, Passed, Sending};
use crate::error::{Errno, Result};
use crate::interface;
use crate::resolver::Resolver;

/// A network that a guest's sockets are on instead of the kernel's, as one host of it sees it.
///
/// It needs a tokio runtime with time enabled, and its guests yield: [`Waiting::Yield`](crate::Waiting::Yield).
pub trait Network: Send + Sync + 'static {
    /// socket(2); the type has no flags. EAFNOSUPPORT, EPROTONOSUPPORT and so on.
    fn socket(&self, family: i32, kind: i32, protocol: i32) -> std::result::Result<Arc<dyn Endpoint>, Errno>;

    /// socketpair(2); the type has no flags. EOPNOTSUPP and so on.
    fn pair(&self, family: i32, kind: i32, protocol: i32) -> std::result::Result<Pair, Errno>;

    /// What looks names up. Unlike others, it is asked of addresses as text, of services, and of no host as well:
    /// nothing is asked of the system.
    fn resolver(&self) -> &dyn Resolver;

    /// The port of a service: getservbyname(3).
    fn service_port(&self, name: &[u8], protocol: Option<&[u8]>) -> Option<u16>;

    /// The service at a port: getservbyport(3).
    fn service_name(&self, port: u16, protocol: Option<&[u8]>) -> Option<Vec<u8>>;

    /// The number of a protocol: getprotobyname(3).
    fn protocol(&self, name: &[u8]) -> Option<i32>;

    /// The interfaces, by index.
    fn interfaces(&self) -> Vec<Interface>;

    /// gethostname(2).
    fn hostname(&self) -> Vec<u8>;

    /// sethostname(2). EPERM, EINVAL.
    fn set_hostname(&self, name: &[u8]) -> std::result::Result<(), Errno>;
}

/// Two sockets that are connected with each other.
pub type Pair = (Arc<dyn Endpoint>, Arc<dyn Endpoint>);

/// A network interface: if_nameindex(3), getifaddrs(3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Its index, which is not 0.
    pub index: u32,
    /// Its name, such as `lo`.
    pub name: Vec<u8>,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
}

/// A guest's network; none is the kernel's.
pub(crate) type Chosen = Option<Arc<dyn Network>>;

/// The index of the interface of that name: if_nametoindex(3). ENODEV.
pub(crate) fn index_of(network: &Chosen, name: &[u8]) -> Result<u32> {
    let Some(network) = network else { return interface::index_of(name) };
    let found = network.interfaces().into_iter().find(|interface| interface.name == name);
    Ok(found.ok_or(Errno::ENODEV)?.index)
}

/// The name of the interface of that index: if_indextoname(3). ENXIO.
pub(crate) fn name_of(network: &Chosen, index: u32) -> Result<Vec<u8>> {
    let Some(network) = network else { return interface::name_of(index) };
    let found = network.interfaces().into_iter().find(|interface| interface.index == index);
    Ok(found.ok_or(Errno::ENXIO)?.name)
}

/// All interfaces, by index and name: if_nameindex(3).
pub(crate) fn all(network: &Chosen) -> Result<Vec<(u32, Vec<u8>)>> {
    let Some(network) = network else { return interface::all() };
    Ok(network.interfaces().into_iter().map(|interface| (interface.index, interface.name)).collect())
}

/// The internet addresses of the interfaces: getifaddrs(3).
pub(crate) fn addresses(network: &Chosen) -> Result<Vec<IpAddr>> {
    let Some(network) = network else { return interface::addresses() };
    Ok(network.interfaces().into_iter().flat_map(|interface| interface.addresses).collect())
}

/// gethostname(2).
pub(crate) fn hostname(network: &Chosen) -> Result<Vec<u8>> {
    network.as_ref().map_or_else(interface::hostname, |network| Ok(network.hostname()))
}

/// sethostname(2). EPERM, EINVAL.
pub(crate) fn set_hostname(network: &Chosen, name: &[u8]) -> Result<()> {
    let Some(network) = network else { return interface::set_hostname(name) };
    Ok(network.set_hostname(name)?)
}

/// The machine's context id among virtual machines: vsock(7). ENODEV.
pub(crate) fn local_cid(network: &Chosen) -> Result<u32> {
    if network.is_some() { Err(Errno::ENODEV.into()) } else { interface::local_cid() }
}
