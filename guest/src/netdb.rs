//! Names of hosts, services and protocols.

mod inet;

use berkeley_constants::AF_INET;
pub use inet::{htonl, htons, inet_aton, inet_ntoa, inet_ntop, inet_pton, ntohl, ntohs};

use crate::address::{Address, NUMERIC, ToAddress, host_address};
use crate::bindings::netdb as wit;
use crate::error::{Error, GaiCode, Result};
use crate::interface::gethostname;
use crate::text::lossy;

/// One answer of [`getaddrinfo`]: Python's `(family, type, proto, canonname, sockaddr)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressInfo {
    /// The family, such as AF_INET6.
    pub family: i32,
    /// The type, such as SOCK_STREAM.
    pub r#type: i32,
    /// The protocol, such as IPPROTO_TCP.
    pub proto: i32,
    /// The canonical name, in the first answer, with AI_CANONNAME; otherwise empty.
    pub canonname: String,
    /// The address.
    pub address: Address,
}

/// A service: its name, its port as a number or as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service(String);

impl From<u16> for Service {
    fn from(port: u16) -> Self {
        Self(port.to_string())
    }
}

impl From<&str> for Service {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl From<String> for Service {
    fn from(name: String) -> Self {
        Self(name)
    }
}

/// Limits the answer of [`getaddrinfo`]; 0 is any, as is everything by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// The family.
    pub family: i32,
    /// The type.
    pub r#type: i32,
    /// The protocol.
    pub proto: i32,
    /// AI_ flags.
    pub flags: i32,
}

/// The addresses of a host and a service: getaddrinfo(3).
///
/// Without a host, the loopback addresses, or with AI_PASSIVE the wildcard ones. Errors are mostly [`Error::Gai`].
///
/// ```no_run
/// use berkeley_guest::socket::{Hints, SOCK_STREAM, getaddrinfo};
///
/// for info in getaddrinfo(Some("example.com"), Some("https".into()), Hints { r#type: SOCK_STREAM, ..Hints::default() })? {
///     println!("{}", info.address);
/// }
/// # Ok::<(), berkeley_guest::Error>(())
/// ```
pub fn getaddrinfo(host: Option<&str>, service: Option<Service>, hints: Hints) -> Result<Vec<AddressInfo>> {
    let service = service.as_ref().map(|service| service.0.as_bytes());
    let Hints { family, r#type, proto, flags } = hints;
    let infos = wit::getaddrinfo(host.map(str::as_bytes), service, family, r#type, proto, flags)?;
    let info = |info: wit::AddressInfo| AddressInfo {
        family: info.family,
        r#type: info.type_,
        proto: info.protocol,
        canonname: lossy(&info.canonical_name),
        address: info.address.into(),
    };
    Ok(infos.into_iter().map(info).collect())
}

/// The host name and the service name of an address: getnameinfo(3), with NI_ flags.
///
/// The host of the address must be one in numbers, as in Python; [`Error::Gai`] where it is a name.
pub fn getnameinfo(address: impl ToAddress, flags: i32) -> Result<(String, String)> {
    let address = address.to_address(NUMERIC)?;
    if matches!(&address, Address::Inet6(at) if at.flowinfo() > 0xf_ffff) {
        return Err(Error::Invalid("getnameinfo(): flowinfo must be 0-1048575."));
    }
    let (host, service) = wit::getnameinfo(&address.into(), flags)?;
    Ok((lossy(&host), lossy(&service)))
}

/// A host's first IPv4 address, as text.
pub fn gethostbyname(name: &str) -> Result<String> {
    let address = host_address(name, AF_INET)?;
    address.host().ok_or(Error::Gai(GaiCode::Noname))
}

/// A host: Python's `(hostname, aliaslist, ipaddrlist)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostEntry {
    /// The canonical name.
    pub hostname: String,
    /// Its other names.
    pub aliaslist: Vec<String>,
    /// Its addresses, as text.
    pub ipaddrlist: Vec<String>,
}

impl From<wit::HostEntry> for HostEntry {
    fn from(entry: wit::HostEntry) -> Self {
        let texts = |list: Vec<Vec<u8>>| list.iter().map(|bytes| lossy(bytes)).collect();
        Self { hostname: lossy(&entry.name), aliaslist: texts(entry.aliases), ipaddrlist: texts(entry.addresses) }
    }
}

/// A host's IPv4 addresses with its canonical name and aliases. Errors are [`Error::Gai`] or [`Error::Herror`].
pub fn gethostbyname_ex(name: &str) -> Result<HostEntry> {
    // As in Python, so that a name that is none fails as it does there.
    host_address(name, AF_INET)?;
    Ok(wit::gethostbyname_ex(name.as_bytes())?.into())
}

/// The names of the host that has the address, which may be a name itself.
pub fn gethostbyaddr(address: &str) -> Result<HostEntry> {
    if address.is_empty() {
        return Err(Error::Invalid("wildcard resolved to multiple address"));
    }
    let host = host_address(address, 0)?.host().ok_or(Error::Gai(GaiCode::Noname))?;
    Ok(wit::gethostbyaddr(host.as_bytes())?.into())
}

/// The fully qualified name of a host; of this one, if the name is empty, `0.0.0.0` or `::`: the first of its names with
/// a dot, or its canonical name. The name itself, if the host is not known.
///
/// It fails only where it needs [`gethostname`] and that does.
pub fn getfqdn(name: &str) -> Result<String> {
    let name = name.trim();
    let name = if matches!(name, "" | "0.0.0.0" | "::") { gethostname()? } else { name.to_owned() };
    let Ok(entry) = gethostbyaddr(&name) else { return Ok(name) };
    let qualified = std::iter::once(&entry.hostname).chain(&entry.aliaslist).find(|name| name.contains('.'));
    Ok(qualified.unwrap_or(&entry.hostname).clone())
}

/// The port of a service; Python's `OSError: service/proto not found` is [`Error::Invalid`].
pub fn getservbyname(name: &str, protocol: Option<&str>) -> Result<u16> {
    wit::getservbyname(name.as_bytes(), protocol.map(str::as_bytes)).ok_or(Error::Invalid("service/proto not found"))
}

/// The service at a port; Python's `OSError: port/proto not found` is [`Error::Invalid`].
pub fn getservbyport(port: u16, protocol: Option<&str>) -> Result<String> {
    let name = wit::getservbyport(port, protocol.map(str::as_bytes));
    name.map(|name| lossy(&name)).ok_or(Error::Invalid("port/proto not found"))
}

/// The number of a protocol; Python's `OSError: protocol not found` is [`Error::Invalid`].
pub fn getprotobyname(name: &str) -> Result<i32> {
    wit::getprotobyname(name.as_bytes()).ok_or(Error::Invalid("protocol not found"))
}
