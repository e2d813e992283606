//! What a guest has to work with: Python's socket module, as far as each platform has it.
//!
//! Where a platform has no call, the defaults here say so. What a library in the guest can do with the calls that there
//! are, they do.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use berkeley_guest::ancillary::{ControlData, Received};
use berkeley_guest::socket::*;

use crate::check::{Answer, Failure};

/// Addresses to and from the types of WASI, which have the same names in each version.
macro_rules! addresses {
    () => {
        fn lower(address: &Address) -> Answer<IpSocketAddress> {
            match address {
                Address::Inet(address) => {
                    let [a, b, c, d] = address.ip().octets();
                    Ok(IpSocketAddress::Ipv4(Ipv4SocketAddress { port: address.port(), address: (a, b, c, d) }))
                }
                Address::Inet6(address) => {
                    let [a, b, c, d, e, f, g, h] = address.ip().segments();
                    Ok(IpSocketAddress::Ipv6(Ipv6SocketAddress {
                        port: address.port(),
                        flow_info: address.flowinfo(),
                        address: (a, b, c, d, e, f, g, h),
                        scope_id: address.scope_id(),
                    }))
                }
                _ => missing("addresses of this family"),
            }
        }

        fn lift(address: IpSocketAddress) -> Address {
            match address {
                IpSocketAddress::Ipv4(Ipv4SocketAddress { port, address: (a, b, c, d) }) => {
                    SocketAddr::new([a, b, c, d].into(), port).into()
                }
                IpSocketAddress::Ipv6(address) => {
                    let (a, b, c, d, e, f, g, h) = address.address;
                    let ip = [a, b, c, d, e, f, g, h].into();
                    Address::Inet6(std::net::SocketAddrV6::new(ip, address.port, address.flow_info, address.scope_id))
                }
            }
        }
    };
}

pub mod berkeley;
mod table;
pub mod wasip2;
#[cfg(feature = "released-target")]
pub mod wasip3;

/// A control message to send.
#[derive(Debug)]
#[allow(missing_docs, reason = "as in the trait")]
pub enum Control<'a, P> {
    Rights(&'a [&'a P]),
    Data(ControlData),
}

/// A message that was received.
#[derive(Debug)]
#[allow(missing_docs, reason = "as in the trait")]
pub struct Message<P> {
    pub data: Vec<u8>,
    pub length: usize,
    pub rights: Vec<P>,
    pub ancillary: Vec<ControlData>,
    pub flags: i32,
    pub address: Address,
}

impl<P> Message<P> {
    /// What was received, of which no more than that size was wanted.
    fn cut(mut data: Vec<u8>, size: usize, address: Address) -> Self {
        let (length, flags) = (data.len(), if data.len() > size { MSG_TRUNC } else { 0 });
        data.truncate(size);
        Self { data, length, rights: Vec::new(), ancillary: Vec::new(), flags, address }
    }
}

/// What a call takes of what has come, and what it leaves for the next one: all of it, if it peeks, and the rest of a
/// stream. A library in the guest keeps that.
fn divide(data: Vec<u8>, size: usize, is_stream: bool, message_flags: i32) -> (Vec<u8>, Option<Vec<u8>>) {
    let fits = data.len().min(size);
    let taken = if is_stream { data[..fits].to_vec() } else { data.clone() };
    let left = match message_flags & MSG_PEEK {
        0 => Some(data[fits..].to_vec()).filter(|rest| is_stream && !rest.is_empty()),
        _ => Some(data),
    };
    (taken, left)
}

/// The address of a socket that has none yet.
fn wildcard(family: i32) -> Address {
    let any: IpAddr = if family == AF_INET { [0; 4].into() } else { [0u16; 8].into() };
    SocketAddr::new(any, 0).into()
}

impl From<berkeley_guest::ancillary::Message> for Message<berkeley::Socket> {
    fn from(mut message: berkeley_guest::ancillary::Message) -> Self {
        let (data, length, flags) = (std::mem::take(&mut message.data), message.length, message.flags);
        let (address, mut ancillary) = (message.address.clone(), Vec::new());
        for control in &message.ancillary {
            if let Received::Data(data) = control {
                ancillary.push(data.clone());
            }
        }
        Self { data, length, rights: message.sockets(), ancillary, flags, address }
    }
}

/// A platform, by the type of its sockets.
///
/// The names are those of Python's module; `missing` is the answer of a platform that has no such call.
#[allow(async_fn_in_trait, reason = "nothing here runs on more than one thread")]
#[allow(missing_docs, reason = "its names are those of Python's module")]
pub trait Platform: Sized {
    /// As a person calls it.
    const NAME: &str;

    fn socket(family: i32, r#type: i32, proto: i32) -> Answer<Self>;
    fn bind(&self, address: &Address) -> Answer;
    fn listen(&self, backlog: i32) -> Answer;
    async fn accept(&self) -> Answer<(Self, Address)>;
    async fn connect(&self, address: &Address) -> Answer;
    async fn send(&self, data: &[u8], flags: i32) -> Answer<usize>;
    async fn recv(&self, size: usize, flags: i32) -> Answer<Vec<u8>>;
    async fn sendto(&self, data: &[u8], flags: i32, address: &Address) -> Answer<usize>;
    async fn recvfrom(&self, size: usize, flags: i32) -> Answer<(Vec<u8>, Address)>;
    fn shutdown(&self, how: i32) -> Answer;
    fn getsockname(&self) -> Answer<Address>;
    fn getpeername(&self) -> Answer<Address>;
    fn getsockopt(&self, level: i32, name: i32) -> Answer<i32>;
    fn setsockopt(&self, level: i32, name: i32, value: i32) -> Answer;
    fn settimeout(&self, limit: Option<Duration>);
    fn gettimeout(&self) -> Option<Duration>;
    fn setblocking(&self, blocking: bool) {
        self.settimeout((!blocking).then_some(Duration::ZERO));
    }

    fn getblocking(&self) -> bool {
        self.gettimeout() != Some(Duration::ZERO)
    }

    fn setdefaulttimeout(limit: Option<Duration>) {
        // A library in the guest keeps it.
        setdefaulttimeout(limit);
    }

    fn family(&self) -> i32;
    fn r#type(&self) -> i32;
    fn proto(&self) -> i32;
    async fn getaddrinfo(host: Option<&str>, service: Option<&str>, hints: Hints) -> Answer<Vec<AddressInfo>>;

    fn close(self) -> Answer {
        drop(self);
        Ok(())
    }

    async fn connect_ex(&self, address: &Address) -> Answer<i32> {
        match self.connect(address).await {
            Ok(()) => Ok(0),
            Err(Failure::Error(name, text)) => number(&name).ok_or(Failure::Error(name, text)),
            Err(failure) => Err(failure),
        }
    }

    async fn sendall(&self, data: &[u8], flags: i32) -> Answer {
        let mut sent = 0;
        while sent < data.len() {
            sent += self.send(&data[sent..], flags).await?;
        }
        Ok(())
    }

    async fn recv_into(&self, buffer: &mut [u8], flags: i32) -> Answer<usize> {
        let data = self.recv(buffer.len(), flags).await?;
        buffer[..data.len()].copy_from_slice(&data);
        Ok(data.len())
    }

    async fn recvfrom_into(&self, buffer: &mut [u8], flags: i32) -> Answer<(usize, Address)> {
        let (data, address) = self.recvfrom(buffer.len(), flags).await?;
        buffer[..data.len()].copy_from_slice(&data);
        Ok((data.len(), address))
    }

    async fn sendmsg(
        &self,
        buffers: &[&[u8]],
        control: &[Control<'_, Self>],
        flags: i32,
        address: Option<&Address>,
    ) -> Answer<usize> {
        if !control.is_empty() {
            return missing("control messages");
        }
        match address {
            Some(address) => self.sendto(&buffers.concat(), flags, address).await,
            None => self.send(&buffers.concat(), flags).await,
        }
    }

    async fn recvmsg(&self, size: usize, ancillary_size: usize, flags: i32) -> Answer<Message<Self>>;

    async fn recvmsg_into(&self, buffers: [&mut [u8]; 2]) -> Answer<usize> {
        let [first, second] = buffers;
        let data = self.recv(first.len() + second.len(), 0).await?;
        let (head, tail) = data.split_at(data.len().min(first.len()));
        first[..head.len()].copy_from_slice(head);
        second[..tail.len()].copy_from_slice(tail);
        Ok(data.len())
    }

    fn send_fds(&self, _data: &[u8], _sockets: &[&Self]) -> Answer {
        missing("passing of sockets")
    }

    fn recv_fds(&self, _size: usize, _most: usize) -> Answer<(Vec<u8>, Vec<Self>)> {
        missing("passing of sockets")
    }

    fn sendmsg_afalg(&self, _data: &[u8], _operation: i32, _iv: &[u8]) -> Answer {
        missing("control messages of AF_ALG")
    }

    /// Reads lines up to the end, by a file made of the socket, and writes an answer by it.
    async fn lines(self, answer: &[u8]) -> Answer<Vec<String>> {
        let mut text = Vec::new();
        loop {
            match self.recv(1 << 16, 0).await? {
                more if more.is_empty() => break,
                more => text.extend(more),
            }
        }
        self.sendall(answer, 0).await?;
        let text = String::from_utf8_lossy(&text);
        Ok(text.split_inclusive('\n').map(str::to_owned).collect())
    }

    async fn sendfile(&self, path: &str, offset: u64, count: Option<u64>) -> Answer<u64>;

    fn socketpair(_family: i32, _type: i32, _proto: i32) -> Answer<(Self, Self)> {
        missing("pairs of AF_UNIX")
    }

    fn dup(&self) -> Answer<Self>;

    fn fileno(&self) -> Answer<i32>;

    fn detach(self) -> Answer<i32>;

    fn from_fileno(fileno: i32) -> Answer<Self>;

    fn fromfd(fileno: i32) -> Answer<Self>;

    fn close_fileno(fileno: i32) -> Answer;

    fn dup_fileno(fileno: i32) -> Answer<i32>;

    fn set_inheritable(&self, inheritable: bool) -> Answer;

    fn get_inheritable(&self) -> Answer<bool>;

    /// Calls what only Windows has, by its name.
    fn windows(&self, name: &str) -> Answer {
        missing(name)
    }

    /// Makes a socket of a family that other systems have, by its name and by the numbers that it has there.
    fn foreign(name: &str, _numbers: (i32, i32, i32)) -> Answer {
        missing(name)
    }

    fn getsockopt_bytes(&self, _level: i32, _name: i32, _size: usize) -> Answer<Vec<u8>> {
        missing("an option's value as bytes")
    }

    fn setsockopt_bytes(&self, _level: i32, _name: i32, _value: &[u8]) -> Answer {
        missing("an option's value as bytes")
    }

    fn setsockopt_null(&self, _level: i32, _name: i32, _length: u32) -> Answer {
        missing("an option's value as a null pointer")
    }

    fn poll(_sockets: &[(&Self, i16)], _limit: Option<Duration>) -> Answer<Vec<i16>> {
        missing("readiness")
    }

    async fn create_connection(
        host: &str,
        port: u16,
        timeout: Option<Duration>,
        source: Option<(&str, u16)>,
    ) -> Answer<Self> {
        let hints = Hints { r#type: SOCK_STREAM, ..Hints::default() };
        let mut failure = Failure::Wrong("getaddrinfo returns an empty list".into());
        for info in Self::getaddrinfo(Some(host), Some(&port.to_string()), hints).await? {
            let socket = Self::socket(info.family, info.r#type, info.proto)?;
            socket.settimeout(timeout);
            if let Some((host, port)) = source {
                socket.bind(&(host, port).to_address(info.family)?)?;
            }
            match socket.connect(&info.address).await {
                Ok(()) => return Ok(socket),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    fn create_server(address: (&str, u16), family: i32, reuse_port: bool, dualstack_ipv6: bool) -> Answer<Self> {
        let socket = Self::socket(family, SOCK_STREAM, 0)?;
        if reuse_port {
            socket.setsockopt(SOL_SOCKET, SO_REUSEPORT, 1)?;
        }
        if dualstack_ipv6 {
            socket.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0)?;
        }
        socket.bind(&address.to_address(family)?)?;
        socket.listen(DEFAULT_BACKLOG)?;
        Ok(socket)
    }

    fn has_dualstack_ipv6() -> bool {
        Self::socket(AF_INET6, SOCK_STREAM, 0)
            .is_ok_and(|socket| socket.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0).is_ok())
    }

    async fn gethostbyname(name: &str) -> Answer<String> {
        let hints = Hints { family: AF_INET, ..Hints::default() };
        let infos = Self::getaddrinfo(Some(name), None, hints).await?;
        infos.first().and_then(|info| info.address.host()).ok_or_else(|| Failure::Wrong("no address".into()))
    }

    async fn gethostbyname_ex(name: &str) -> Answer<HostEntry> {
        // A library in the guest gives what it was asked for as the canonical name.
        let address = Self::gethostbyname(name).await?;
        Ok(HostEntry { hostname: String::new(), aliaslist: Vec::new(), ipaddrlist: vec![address] })
    }

    fn gethostbyaddr(_address: &str) -> Answer<HostEntry> {
        missing("the names of an address")
    }

    fn getfqdn(_name: &str) -> Answer<String> {
        missing("the names of an address")
    }

    fn getnameinfo(address: &Address, flags: i32) -> Answer<(String, String)> {
        match (address.host(), address.port()) {
            (Some(host), Some(port)) if flags & NI_NUMERICHOST != 0 && flags & NI_NUMERICSERV != 0 => {
                Ok((host, port.to_string()))
            }
            _ => missing("the names of an address"),
        }
    }

    fn getservbyname(name: &str, _protocol: Option<&str>) -> Answer<u16> {
        service(|(known, _)| *known == name).map(|(_, port)| port)
    }

    fn getservbyport(port: u16, _protocol: Option<&str>) -> Answer<String> {
        service(|(_, known)| *known == port).map(|(name, _)| name.to_owned())
    }

    fn getprotobyname(name: &str) -> Answer<i32> {
        let constant = format!("IPPROTO_{}", name.to_uppercase());
        let known = ALL.iter().find(|(name, _)| *name == constant);
        known.map(|(_, number)| *number as i32).ok_or_else(|| Failure::named("error"))
    }

    fn gethostname() -> Answer<String> {
        missing("the host's name")
    }

    fn sethostname(_name: &str) -> Answer {
        missing("the host's name")
    }

    fn if_nameindex() -> Answer<Vec<(u32, String)>> {
        missing("network interfaces")
    }

    fn if_nametoindex(_name: &str) -> Answer<u32> {
        missing("network interfaces")
    }

    fn if_indextoname(_index: u32) -> Answer<String> {
        missing("network interfaces")
    }
}

/// The services that a library in the guest knows without a host: those that IANA has long given their ports.
const SERVICES: [(&str, u16); 12] = [
    ("ftp", 21),
    ("ssh", 22),
    ("telnet", 23),
    ("smtp", 25),
    ("domain", 53),
    ("http", 80),
    ("pop3", 110),
    ("ntp", 123),
    ("imap2", 143),
    ("ldap", 389),
    ("https", 443),
    ("imaps", 993),
];

fn service(is_it: impl Fn(&(&'static str, u16)) -> bool) -> Answer<(&'static str, u16)> {
    SERVICES.into_iter().find(is_it).ok_or_else(|| Failure::named("error"))
}

/// There is no call for it.
pub(crate) fn missing<T>(what: &str) -> Answer<T> {
    Err(Failure::Missing(what.to_owned()))
}

/// The error number that a library in the guest can make of what WASI tells.
fn number(name: &str) -> Option<i32> {
    Some(match name {
        "access-denied" => errno::EACCES,
        "address-in-use" => errno::EADDRINUSE,
        "address-not-bindable" => errno::EADDRNOTAVAIL,
        "connection-refused" => errno::ECONNREFUSED,
        "connection-reset" => errno::ECONNRESET,
        "remote-unreachable" => errno::EHOSTUNREACH,
        "would-block" => errno::EINPROGRESS,
        _ => return None,
    })
}

/// What WASI's data calls take of the flags: those that say what a library in the guest can see to.
fn flags(flags: i32) -> Answer {
    match flags & !(MSG_DONTWAIT | MSG_NOSIGNAL) {
        0 => Ok(()),
        others => missing(name_of("MSG_", others).unwrap_or("these flags")),
    }
}

/// A family as the report calls it.
fn family_name(family: i32) -> String {
    name_of("AF_", family).map_or_else(|| format!("the family {family}"), str::to_owned)
}

/// A type of sockets, and their protocol, as the report calls them.
fn type_name(r#type: i32, proto: i32) -> String {
    let unknown = |number: i32| format!("the number {number}");
    let r#type = name_of("SOCK_", r#type).map_or_else(|| unknown(r#type), str::to_owned);
    match proto {
        0 => r#type,
        _ => format!("{} of {}", r#type, name_of("IPPROTO_", proto).map_or_else(|| unknown(proto), str::to_owned)),
    }
}

/// MSG_WAITALL, as a library in the guest makes it: receives until there is so much, or the end.
async fn whole<P: Platform>(socket: &P, size: usize, flags: i32) -> Answer<Vec<u8>> {
    let mut all = Vec::new();
    while all.len() < size {
        match socket.recvfrom(size - all.len(), flags).await?.0 {
            more if more.is_empty() => break,
            more => all.extend(more),
        }
    }
    Ok(all)
}

/// An option as the report calls it.
fn option_name(level: i32, number: i32) -> String {
    let option = berkeley_guest::constants::option::find(AF_UNSPEC, level, number);
    option.map_or_else(|| format!("the option {number} of the level {level}"), |option| option.name.to_owned())
}

/// The constant of that value whose name begins so.
fn name_of(begin: &str, value: i32) -> Option<&'static str> {
    let found = ALL.iter().find(|(name, number)| name.starts_with(begin) && *number == i64::from(value));
    found.map(|(name, _)| *name)
}

/// What a library in the guest makes of a list of addresses.
fn infos(
    host: Option<&str>,
    service: Option<&str>,
    hints: Hints,
    resolve: impl FnOnce(&str) -> Answer<Vec<IpAddr>>,
) -> Answer<Vec<AddressInfo>> {
    let port = match service.unwrap_or("0") {
        number if number.parse::<u16>().is_ok() => number.parse().unwrap_or_default(),
        name => self::service(|(known, _)| *known == name).map_err(|_| Failure::named("gaierror"))?.1,
    };
    if host.is_some_and(|host| host.contains('%')) {
        return missing("the interfaces that scopes name");
    }
    if hints.flags & AI_CANONNAME != 0 {
        return missing("canonical names");
    }
    let is_name = |host: &str| host.parse::<IpAddr>().is_err();
    if hints.flags & AI_NUMERICHOST != 0 && host.is_some_and(is_name) {
        return Err(Failure::named("gaierror"));
    }
    let mut infos = Vec::new();
    for address in resolve(host_or_own(host, hints))? {
        let family = if address.is_ipv4() { AF_INET } else { AF_INET6 };
        for (r#type, proto) in [(SOCK_STREAM, IPPROTO_TCP), (SOCK_DGRAM, IPPROTO_UDP)] {
            if [0, family].contains(&hints.family) && [0, r#type].contains(&hints.r#type) {
                let address = SocketAddr::new(address, port).into();
                infos.push(AddressInfo { family, r#type, proto, canonname: String::new(), address });
            }
        }
    }
    Ok(infos)
}

/// The host that is meant where none is named.
fn host_or_own(host: Option<&str>, hints: Hints) -> &str {
    host.unwrap_or(if hints.flags & AI_PASSIVE != 0 { "0.0.0.0" } else { "127.0.0.1" })
}
