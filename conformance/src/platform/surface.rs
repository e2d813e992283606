//! Python's socket module, as far as each platform has it.
//!
//! Where a platform has no call, the defaults here say so. What a library in the guest can do with the calls that there
//! are, they do.

use std::time::Duration;

use berkeley_guest::socket::*;

use crate::check::{Answer, Failure, missing};
use crate::platform::library::{number, numeric, service};
use crate::platform::message::{Control, Message};

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
    async fn sendto(&self, data: &[u8], flags: i32, address: &Address) -> Answer<usize>;
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

    async fn recv(&self, size: usize, flags: i32) -> Answer<Vec<u8>> {
        if flags & MSG_WAITALL == 0 {
            return Ok(self.recvfrom(size, flags).await?.0);
        }
        // A library in the guest receives until there is so much, or the end.
        let mut all = Vec::new();
        while all.len() < size {
            match self.recvfrom(size - all.len(), flags & !MSG_WAITALL).await?.0 {
                more if more.is_empty() => break,
                more => all.extend(more),
            }
        }
        Ok(all)
    }

    async fn recvfrom(&self, size: usize, flags: i32) -> Answer<(Vec<u8>, Address)> {
        let message = self.recvmsg(size, 0, flags).await?;
        Ok((message.data, message.address))
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

    async fn create_connection((host, port): (&str, u16), options: &ConnectionOptions) -> Answer<Self> {
        let hints = Hints { r#type: SOCK_STREAM, ..Hints::default() };
        let mut failure = Failure::Wrong("getaddrinfo returns an empty list".into());
        for info in Self::getaddrinfo(Some(host), Some(&port.to_string()), hints).await? {
            let socket = Self::socket(info.family, info.r#type, info.proto)?;
            socket.settimeout(options.timeout);
            if let Some((host, port)) = &options.source_address {
                socket.bind(&numeric(host, *port)?)?;
            }
            match socket.connect(&info.address).await {
                Ok(()) => return Ok(socket),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    fn create_server(address: (&str, u16), options: &ServerOptions) -> Answer<Self> {
        let &ServerOptions { family, backlog, reuse_port, dualstack_ipv6 } = options;
        let socket = Self::socket(family, SOCK_STREAM, 0)?;
        if reuse_port {
            socket.setsockopt(SOL_SOCKET, SO_REUSEPORT, 1)?;
        }
        if dualstack_ipv6 {
            socket.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0)?;
        }
        socket.bind(&numeric(address.0, address.1)?)?;
        socket.listen(backlog)?;
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
