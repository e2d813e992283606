//! How host names are looked up.

use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;

use berkeley_constants as c;
use tokio::runtime::Handle;

use crate::address::Address;
use crate::error::{Errno, Error, GaiCode, HostCode, Result};
use crate::policy::plain_name;
use crate::sys;

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

/// A look-up under way.
pub type Lookup<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// Looks names up.
///
/// The host has judged the question before, and limits how many are asked at once and how long they take. Numeric
/// addresses never come here.
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

/// Asks the host system: `/etc/hosts`, the name servers, whatever it is set up for.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn getaddrinfo(&self, query: Query) -> Lookup<'_, Vec<AddressInfo>> {
        blocking(move || getaddrinfo(&query))
    }

    fn getnameinfo(&self, address: Address, flags: i32) -> Lookup<'_, (Vec<u8>, Vec<u8>)> {
        blocking(move || sys::getnameinfo(&address.encode()?, flags))
    }

    fn gethostbyname(&self, name: Vec<u8>) -> Lookup<'_, HostEntry> {
        blocking(move || {
            let name = sys::c_string(&name).map_err(|_| Error::Host(HOST_NOT_FOUND))?;
            sys::gethostbyname(&name, c::AF_INET).map(host_entry)
        })
    }

    fn gethostbyaddr(&self, address: IpAddr) -> Lookup<'_, HostEntry> {
        blocking(move || match address {
            IpAddr::V4(ip) => sys::gethostbyaddr(&ip.octets(), c::AF_INET).map(host_entry),
            IpAddr::V6(ip) => sys::gethostbyaddr(&ip.octets(), c::AF_INET6).map(host_entry),
        })
    }
}

pub(crate) const HOST_NOT_FOUND: HostCode = HostCode(1);

fn host_entry((name, aliases, addresses): sys::Host) -> HostEntry {
    let ip = |bytes: &Vec<u8>| {
        let v4 = <[u8; 4]>::try_from(bytes.as_slice()).map(IpAddr::from);
        v4.or_else(|_| <[u8; 16]>::try_from(bytes.as_slice()).map(IpAddr::from)).ok()
    };
    HostEntry { name, aliases, addresses: addresses.iter().filter_map(ip).collect() }
}

/// Runs a call that blocks on a thread made for such, if there is a runtime to wait in.
fn blocking<T: Send + 'static>(call: impl FnOnce() -> Result<T> + Send + 'static) -> Lookup<'static, T> {
    Box::pin(async move {
        match Handle::try_current() {
            Ok(runtime) => runtime.spawn_blocking(call).await.unwrap_or_else(|_| Err(Errno::ECANCELED.into())),
            Err(_) => call(),
        }
    })
}

/// getaddrinfo(3) of the system. Blocks, unless the host is numeric.
pub(crate) fn getaddrinfo(query: &Query) -> Result<Vec<AddressInfo>> {
    let text = |bytes: &Option<Vec<u8>>| bytes.as_deref().map(sys::c_string).transpose();
    let host = text(&query.host).map_err(|_| Error::Gai(NONAME))?;
    let service = text(&query.service).map_err(|_| Error::Gai(GaiCode(c::EAI_SERVICE)))?;
    let hints = (query.family, query.kind, query.protocol, query.flags);
    let info = |info: sys::Info| {
        Some(AddressInfo {
            family: info.family,
            kind: info.kind,
            protocol: info.protocol,
            canonical_name: info.canonical_name,
            address: Address::decode(&info.address, info.protocol)?,
        })
    };
    Ok(sys::getaddrinfo(host.as_deref(), service.as_deref(), hints)?.into_iter().filter_map(info).collect())
}

pub(crate) const NONAME: GaiCode = GaiCode(c::EAI_NONAME);

/// A fixed list of hosts, and no others.
///
/// ```
/// use berkeley_host::resolver::Hosts;
///
/// let hosts = Hosts::new().with("db.internal", ["10.0.0.5".parse()?]);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Hosts(HashMap<String, Vec<IpAddr>>);

impl Hosts {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a host with its addresses, or addresses to a host.
    #[must_use]
    pub fn with(mut self, name: &str, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        self.0.entry(plain_name(name)).or_default().extend(addresses);
        self
    }

    fn find(&self, name: &[u8]) -> Option<&[IpAddr]> {
        self.0.get(&plain_name(std::str::from_utf8(name).ok()?)).map(Vec::as_slice)
    }

    fn name_of(&self, address: IpAddr) -> Option<&str> {
        let has = |(_, addresses): &(&String, &Vec<IpAddr>)| addresses.contains(&address);
        self.0.iter().filter(has).map(|(name, _)| name.as_str()).min()
    }

    fn infos(&self, query: &Query) -> Result<Vec<AddressInfo>> {
        let name = query.host.clone().unwrap_or_default();
        let mut infos = Vec::new();
        for address in self.find(&name).ok_or(Error::Gai(NONAME))? {
            let host = Some(address.to_string().into_bytes());
            let flags = query.flags & !c::AI_CANONNAME | c::AI_NUMERICHOST;
            match getaddrinfo(&Query { host, flags, ..query.clone() }) {
                Err(Error::Gai(GaiCode(c::EAI_ADDRFAMILY))) => {}
                result => infos.extend(result?),
            }
        }
        match infos.first_mut() {
            None => return Err(Error::Gai(GaiCode(c::EAI_NODATA))),
            Some(first) if query.flags & c::AI_CANONNAME != 0 => first.canonical_name = name,
            Some(_) => {}
        }
        Ok(infos)
    }

    fn entry(&self, name: &[u8], family: fn(&IpAddr) -> bool) -> Result<HostEntry> {
        let addresses = self.find(name).ok_or(Error::Host(HOST_NOT_FOUND))?;
        let addresses = addresses.iter().copied().filter(family).collect();
        Ok(HostEntry { name: name.to_vec(), aliases: Vec::new(), addresses })
    }
}

impl Resolver for Hosts {
    fn getaddrinfo(&self, query: Query) -> Lookup<'_, Vec<AddressInfo>> {
        Box::pin(async move { self.infos(&query) })
    }

    fn getnameinfo(&self, address: Address, flags: i32) -> Lookup<'_, (Vec<u8>, Vec<u8>)> {
        Box::pin(async move {
            let name = address.internet().and_then(|address| self.name_of(address.ip()));
            if name.is_none() && flags & c::NI_NAMEREQD != 0 {
                return Err(Error::Gai(NONAME));
            }
            let (host, service) = sys::getnameinfo(&address.encode()?, flags & !c::NI_NAMEREQD | c::NI_NUMERICHOST)?;
            Ok((name.map_or(host, Into::into), service))
        })
    }

    fn gethostbyname(&self, name: Vec<u8>) -> Lookup<'_, HostEntry> {
        Box::pin(async move { self.entry(&name, IpAddr::is_ipv4) })
    }

    fn gethostbyaddr(&self, address: IpAddr) -> Lookup<'_, HostEntry> {
        Box::pin(async move {
            let name = self.name_of(address).ok_or(Error::Host(HOST_NOT_FOUND))?;
            Ok(HostEntry { addresses: vec![address], ..self.entry(name.as_bytes(), |_| true)? })
        })
    }
}

/// The internet addresses among the answers.
pub(crate) fn internet(infos: &[AddressInfo]) -> impl Iterator<Item = SocketAddr> {
    infos.iter().filter_map(|info| info.address.internet())
}
