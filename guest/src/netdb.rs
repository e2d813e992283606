//! Names of hosts, services and protocols.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

use berkeley_constants::{AF_INET, AF_INET6, AI_NUMERICHOST, SOCK_DGRAM};

use crate::address::{Address, ToAddress};
use crate::bindings::netdb as wit;
use crate::error::{Errno, Error, GaiCode, Result};
use crate::interface::gethostname;

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
        canonname: text(&info.canonical_name),
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
    Ok((text(&host), text(&service)))
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
        let texts = |list: Vec<Vec<u8>>| list.iter().map(|bytes| text(bytes)).collect();
        Self { hostname: text(&entry.name), aliaslist: texts(entry.aliases), ipaddrlist: texts(entry.addresses) }
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
    name.map(|name| text(&name)).ok_or(Error::Invalid("port/proto not found"))
}

/// The number of a protocol; Python's `OSError: protocol not found` is [`Error::Invalid`].
pub fn getprotobyname(name: &str) -> Result<i32> {
    wit::getprotobyname(name.as_bytes()).ok_or(Error::Invalid("protocol not found"))
}

/// In place of a family: any, for hosts in numbers alone.
pub(crate) const NUMERIC: i32 = i32::MIN;

/// The address of a host in the family (0 for any), with port 0, as Python takes the host of an address.
pub(crate) fn host_address(host: &str, family: i32) -> Result<Address> {
    let v4 = |ip| Address::Inet(SocketAddrV4::new(ip, 0));
    let v6 = |ip| Address::Inet6(SocketAddrV6::new(ip, 0, 0, 0));
    match (host, family) {
        ("" | "<broadcast>", NUMERIC) => return Err(Error::Gai(GaiCode::Noname)),
        ("", AF_INET6) => return Ok(v6(Ipv6Addr::UNSPECIFIED)),
        ("", _) => return Ok(v4(Ipv4Addr::UNSPECIFIED)),
        ("<broadcast>" | "255.255.255.255", AF_INET | 0) => return Ok(v4(Ipv4Addr::BROADCAST)),
        ("<broadcast>", _) => return Err(Error::Invalid("address family mismatched")),
        _ => {}
    }
    // What is an address already needs no call of the host.
    if let Some(ip) = host.parse().ok().filter(|_| family != AF_INET6) {
        return Ok(v4(ip));
    }
    if let Some(ip) = host.parse().ok().filter(|_| family != AF_INET) {
        return Ok(v6(ip));
    }
    let hints = match family {
        NUMERIC => Hints { r#type: SOCK_DGRAM, flags: AI_NUMERICHOST, ..Hints::default() },
        family => Hints { family, r#type: SOCK_DGRAM, ..Hints::default() },
    };
    let first = getaddrinfo(Some(host), None, hints)?.into_iter().next();
    first.map(|info| info.address).ok_or(Error::Gai(GaiCode::Noname))
}

/// The four bytes of an IPv4 address in any of the forms of inet_aton(3): `1.2.3.4`, `127.1`, `0x7f000001`, `017.1`.
/// What follows the address behind white space is passed over, as in C.
///
/// ```
/// use berkeley_guest::socket::inet_aton;
///
/// assert_eq!(inet_aton("127.1").unwrap(), [127, 0, 0, 1]);
/// ```
pub fn inet_aton(text: &str) -> Result<[u8; 4]> {
    let illegal = Error::Invalid("illegal IP address string passed to inet_aton");
    let space = |ch: char| matches!(ch, ' ' | '\t'..='\r');
    let text = text.split(space).next().unwrap_or_default();
    let parts = text.split('.').map(c_number).collect::<Option<Vec<_>>>().ok_or(illegal.clone())?;
    let (last, bytes) = parts.split_last().ok_or(illegal.clone())?;
    let room = 32 - 8 * bytes.len().min(4) as u32;
    if bytes.len() > 3 || bytes.iter().any(|&byte| byte > 0xff) || u64::from(*last) >= 1 << room {
        return Err(illegal);
    }
    let high = bytes.iter().enumerate().fold(0, |all, (at, &byte)| all | byte << (24 - 8 * at));
    Ok((high | last).to_be_bytes())
}

/// A number as C writes it: decimal, octal with a leading 0, hexadecimal with 0x.
fn c_number(text: &str) -> Option<u32> {
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if text.len() > 1 && text.starts_with('0') => (&text[1..], 8),
        None => (text, 10),
    };
    digits.chars().all(|ch| ch.is_digit(radix)).then(|| u32::from_str_radix(digits, radix).ok())?
}

/// The text of an IPv4 address of four bytes.
pub fn inet_ntoa(bytes: &[u8]) -> Result<String> {
    let octets: [u8; 4] = bytes.try_into().map_err(|_| Error::Invalid("packed IP wrong length for inet_ntoa"))?;
    Ok(Ipv4Addr::from(octets).to_string())
}

/// The bytes of an address of AF_INET or AF_INET6: inet_pton(3). EAFNOSUPPORT for other families.
///
/// ```
/// use berkeley_guest::socket::{AF_INET6, inet_pton};
///
/// assert_eq!(inet_pton(AF_INET6, "::1").unwrap()[15], 1);
/// ```
pub fn inet_pton(family: i32, text: &str) -> Result<Vec<u8>> {
    let illegal = Error::Invalid("illegal IP address string passed to inet_pton");
    match family {
        AF_INET => text.parse().map(|ip: Ipv4Addr| ip.octets().to_vec()).map_err(|_| illegal),
        AF_INET6 => text.parse().map(|ip: Ipv6Addr| ip.octets().to_vec()).map_err(|_| illegal),
        _ => Err(Error::Os(Errno::Eafnosupport)),
    }
}

/// The text of an address of AF_INET or AF_INET6: inet_ntop(3). Other families are [`Error::Invalid`].
pub fn inet_ntop(family: i32, bytes: &[u8]) -> Result<String> {
    let length = Error::Invalid("invalid length of packed IP address string");
    match family {
        AF_INET => <[u8; 4]>::try_from(bytes).map(|ip| Ipv4Addr::from(ip).to_string()).map_err(|_| length),
        AF_INET6 => <[u8; 16]>::try_from(bytes).map(|ip| ip_text(Ipv6Addr::from(ip).into())).map_err(|_| length),
        _ => Err(Error::Invalid("unknown address family")),
    }
}

/// The text of an address as C writes it: that of an IPv4-compatible one ends as IPv4 is written.
pub(crate) fn ip_text(ip: IpAddr) -> String {
    match ip {
        IpAddr::V6(v6) => match v6.segments() {
            [0, 0, 0, 0, 0, 0, high, _] if high != 0 => format!("::{}", Ipv4Addr::from(v6.to_bits() as u32)),
            _ => v6.to_string(),
        },
        IpAddr::V4(v4) => v4.to_string(),
    }
}

/// A 16-bit number from the host's byte order to the network's.
pub const fn htons(number: u16) -> u16 {
    number.to_be()
}

/// A 32-bit number from the host's byte order to the network's.
pub const fn htonl(number: u32) -> u32 {
    number.to_be()
}

/// A 16-bit number from the network's byte order to the host's.
pub const fn ntohs(number: u16) -> u16 {
    u16::from_be(number)
}

/// A 32-bit number from the network's byte order to the host's.
pub const fn ntohl(number: u32) -> u32 {
    u32::from_be(number)
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inet_aton_takes_every_form_of_c() {
        for (text, bytes) in [
            ("1.2.3.4", [1, 2, 3, 4]),
            ("127.1", [127, 0, 0, 1]),
            ("1.2.772", [1, 2, 3, 4]),
            ("0x7f.1", [127, 0, 0, 1]),
            ("017.0.0.1", [15, 0, 0, 1]),
            ("2130706433", [127, 0, 0, 1]),
            ("0xffffffff", [255; 4]),
            ("0", [0; 4]),
            ("1.2 .3", [1, 0, 0, 2]),
            ("127.0.0.1\x0b behind", [127, 0, 0, 1]),
        ] {
            assert_eq!(inet_aton(text), Ok(bytes), "{text}");
        }
        for bad in [
            "",
            "1.2.3.4.5",
            "256.1.1.1",
            "1.2.3.256",
            "09.1",
            "a",
            "1..2",
            "4294967296",
            "-1",
            "1.+2",
            "0x",
            " 1",
            "1.2.3.4x",
        ] {
            assert!(inet_aton(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn addresses_go_to_bytes_and_back() {
        assert_eq!(inet_ntoa(&[1, 2, 3, 4]), Ok("1.2.3.4".into()));
        assert!(inet_ntoa(&[1, 2, 3]).is_err());
        assert_eq!(inet_ntop(AF_INET6, &inet_pton(AF_INET6, "2001:db8::1").unwrap()), Ok("2001:db8::1".into()));
        assert_eq!(inet_pton(1, "x"), Err(Error::Os(Errno::Eafnosupport)));
        assert!(inet_pton(AF_INET, "127.1").is_err());
        assert_eq!(htons(0x0102).to_ne_bytes(), [1, 2]);
        assert_eq!(ntohl(htonl(7)), 7);
    }

    #[test]
    fn special_hosts_need_no_look_up() {
        assert_eq!(host_address("", AF_INET).unwrap().host(), Some("0.0.0.0".into()));
        assert_eq!(host_address("", AF_INET6).unwrap().host(), Some("::".into()));
        assert_eq!(host_address("<broadcast>", AF_INET).unwrap().host(), Some("255.255.255.255".into()));
        assert!(host_address("<broadcast>", AF_INET6).is_err());
        assert_eq!(host_address("::1", 0).unwrap().host(), Some("::1".into()));
    }
}
