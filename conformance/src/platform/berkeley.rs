//! Berkeley, by its guest crate.

use std::io::{BufRead, Write};
use std::time::Duration;

use berkeley_guest::ancillary::{self, ControlMessage, Received};
pub use berkeley_guest::socket::Socket;
use berkeley_guest::socket::{self as module, *};
use berkeley_guest::{file, poll};

use crate::check::{Answer, Failure};
use crate::platform::message::{Control, Message};
use crate::platform::surface::Platform;

impl Platform for Socket {
    const NAME: &str = "Berkeley";

    fn socket(family: i32, r#type: i32, proto: i32) -> Answer<Self> {
        Ok(Self::new(family, r#type, proto)?)
    }

    fn bind(&self, address: &Address) -> Answer {
        Ok(self.bind(address)?)
    }

    fn listen(&self, backlog: i32) -> Answer {
        Ok(self.listen(backlog)?)
    }

    async fn accept(&self) -> Answer<(Self, Address)> {
        Ok(self.accept()?)
    }

    async fn connect(&self, address: &Address) -> Answer {
        Ok(self.connect(address)?)
    }

    async fn connect_ex(&self, address: &Address) -> Answer<i32> {
        Ok(self.connect_ex(address)?)
    }

    async fn send(&self, data: &[u8], flags: i32) -> Answer<usize> {
        Ok(self.send_flags(data, flags)?)
    }

    async fn recv(&self, size: usize, flags: i32) -> Answer<Vec<u8>> {
        Ok(self.recv_flags(size, flags)?)
    }

    async fn sendto(&self, data: &[u8], flags: i32, address: &Address) -> Answer<usize> {
        Ok(self.sendto_flags(data, flags, address)?)
    }

    async fn recvfrom(&self, size: usize, flags: i32) -> Answer<(Vec<u8>, Address)> {
        Ok(self.recvfrom_flags(size, flags)?)
    }

    async fn sendall(&self, data: &[u8], flags: i32) -> Answer {
        Ok(self.sendall_flags(data, flags)?)
    }

    async fn recv_into(&self, buffer: &mut [u8], flags: i32) -> Answer<usize> {
        Ok(self.recv_into_flags(buffer, flags)?)
    }

    async fn recvfrom_into(&self, buffer: &mut [u8], flags: i32) -> Answer<(usize, Address)> {
        Ok(self.recvfrom_into_flags(buffer, flags)?)
    }

    async fn sendmsg(
        &self,
        buffers: &[&[u8]],
        control: &[Control<'_, Self>],
        flags: i32,
        address: Option<&Address>,
    ) -> Answer<usize> {
        let control: Vec<_> = control
            .iter()
            .map(|message| match message {
                Control::Rights(sockets) => ControlMessage::Rights(sockets),
                Control::Data(data) => ControlMessage::Data(data.clone()),
            })
            .collect();
        Ok(match address {
            Some(address) => self.sendmsg_to(buffers, &control, flags, address)?,
            None => self.sendmsg(buffers, &control, flags)?,
        })
    }

    async fn recvmsg(&self, size: usize, ancillary_size: usize, flags: i32) -> Answer<Message<Self>> {
        Ok(self.recvmsg(size, ancillary_size, flags)?.into())
    }

    async fn recvmsg_into(&self, buffers: [&mut [u8]; 2]) -> Answer<usize> {
        let mut buffers = buffers.map(std::io::IoSliceMut::new);
        Ok(self.recvmsg_into(&mut buffers, 0, 0)?.length)
    }

    fn send_fds(&self, data: &[u8], sockets: &[&Self]) -> Answer {
        send_fds(self, &[data], sockets, 0)?;
        Ok(())
    }

    fn recv_fds(&self, size: usize, most: usize) -> Answer<(Vec<u8>, Vec<Self>)> {
        let mut message = recv_fds(self, size, most, 0)?;
        let sockets = message.take_sockets();
        Ok((message.data, sockets))
    }

    fn sendmsg_afalg(&self, data: &[u8], operation: i32, iv: &[u8]) -> Answer {
        self.sendmsg_afalg(&[data], operation, Some(iv), None, 0)?;
        Ok(())
    }

    async fn sendfile(&self, path: &str, offset: u64, count: Option<u64>) -> Answer<u64> {
        Ok(self.sendfile(&file::open(path)?, offset, count)?)
    }

    async fn lines(self, answer: &[u8]) -> Answer<Vec<String>> {
        let mut file = self.makefile()?;
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if file.read_line(&mut line)? == 0 {
                break;
            }
            lines.push(line);
        }
        file.write_all(answer)?;
        file.flush()?;
        Ok(lines)
    }

    fn shutdown(&self, how: i32) -> Answer {
        Ok(self.shutdown(how)?)
    }

    fn close(self) -> Answer {
        Ok(Self::close(&self)?)
    }

    fn getsockname(&self) -> Answer<Address> {
        Ok(self.getsockname()?)
    }

    fn getpeername(&self) -> Answer<Address> {
        Ok(self.getpeername()?)
    }

    fn getsockopt(&self, level: i32, name: i32) -> Answer<i32> {
        Ok(self.getsockopt(level, name)?)
    }

    fn windows(&self, name: &str) -> Answer {
        match name {
            "ioctl" => self.ioctl(SIO_RCVALL, &[])?,
            "share" => drop(self.share(1)?),
            _ => drop(fromshare(&[])?),
        }
        Ok(())
    }

    fn foreign(_name: &str, (family, r#type, proto): (i32, i32, i32)) -> Answer {
        Self::socket(family, r#type, proto).map(drop)
    }

    fn getsockopt_bytes(&self, level: i32, name: i32, size: usize) -> Answer<Vec<u8>> {
        Ok(self.getsockopt_bytes(level, name, size)?)
    }

    fn setsockopt(&self, level: i32, name: i32, value: i32) -> Answer {
        Ok(self.setsockopt(level, name, value)?)
    }

    fn setsockopt_bytes(&self, level: i32, name: i32, value: &[u8]) -> Answer {
        Ok(self.setsockopt(level, name, value)?)
    }

    fn setsockopt_null(&self, level: i32, name: i32, length: u32) -> Answer {
        Ok(self.setsockopt(level, name, OptionValue::Null(length))?)
    }

    fn settimeout(&self, limit: Option<Duration>) {
        self.settimeout(limit);
    }

    fn gettimeout(&self) -> Option<Duration> {
        self.gettimeout()
    }

    fn setblocking(&self, blocking: bool) {
        self.setblocking(blocking);
    }

    fn getblocking(&self) -> bool {
        self.getblocking()
    }

    fn family(&self) -> i32 {
        self.family()
    }

    fn r#type(&self) -> i32 {
        self.r#type()
    }

    fn proto(&self) -> i32 {
        self.proto()
    }

    fn socketpair(family: i32, r#type: i32, proto: i32) -> Answer<(Self, Self)> {
        Ok(socketpair(family, r#type, proto)?)
    }

    fn dup(&self) -> Answer<Self> {
        Ok(self.dup()?)
    }

    fn fileno(&self) -> Answer<i32> {
        Ok(self.fileno())
    }

    fn detach(self) -> Answer<i32> {
        Ok(self.detach())
    }

    fn from_fileno(fileno: i32) -> Answer<Self> {
        Ok(Self::from_fileno(fileno)?)
    }

    fn fromfd(fileno: i32) -> Answer<Self> {
        Ok(fromfd(fileno)?)
    }

    fn close_fileno(fileno: i32) -> Answer {
        Ok(module::close(fileno)?)
    }

    fn dup_fileno(fileno: i32) -> Answer<i32> {
        Ok(fromfd(fileno)?.detach())
    }

    fn set_inheritable(&self, inheritable: bool) -> Answer {
        self.set_inheritable(inheritable);
        Ok(())
    }

    fn get_inheritable(&self) -> Answer<bool> {
        Ok(self.get_inheritable())
    }

    fn poll(sockets: &[(&Self, i16)], limit: Option<Duration>) -> Answer<Vec<i16>> {
        Ok(poll::poll(sockets, limit)?)
    }

    async fn create_connection(address: (&str, u16), options: &ConnectionOptions) -> Answer<Self> {
        Ok(create_connection(address, options)?)
    }

    fn create_server(address: (&str, u16), options: &ServerOptions) -> Answer<Self> {
        Ok(create_server(address, options)?)
    }

    fn has_dualstack_ipv6() -> bool {
        has_dualstack_ipv6()
    }

    async fn getaddrinfo(host: Option<&str>, service: Option<&str>, hints: Hints) -> Answer<Vec<AddressInfo>> {
        Ok(getaddrinfo(host, service.map(Into::into), hints)?)
    }

    async fn gethostbyname(name: &str) -> Answer<String> {
        Ok(gethostbyname(name)?)
    }

    async fn gethostbyname_ex(name: &str) -> Answer<HostEntry> {
        Ok(gethostbyname_ex(name)?)
    }

    fn gethostbyaddr(address: &str) -> Answer<HostEntry> {
        Ok(gethostbyaddr(address)?)
    }

    fn getfqdn(name: &str) -> Answer<String> {
        Ok(getfqdn(name)?)
    }

    fn getnameinfo(address: &Address, flags: i32) -> Answer<(String, String)> {
        Ok(getnameinfo(address, flags)?)
    }

    fn getservbyname(name: &str, protocol: Option<&str>) -> Answer<u16> {
        Ok(getservbyname(name, protocol)?)
    }

    fn getservbyport(port: u16, protocol: Option<&str>) -> Answer<String> {
        Ok(getservbyport(port, protocol)?)
    }

    fn getprotobyname(name: &str) -> Answer<i32> {
        Ok(getprotobyname(name)?)
    }

    fn gethostname() -> Answer<String> {
        Ok(gethostname()?)
    }

    fn sethostname(name: &str) -> Answer {
        Ok(sethostname(name)?)
    }

    fn if_nameindex() -> Answer<Vec<(u32, String)>> {
        Ok(if_nameindex()?)
    }

    fn if_nametoindex(name: &str) -> Answer<u32> {
        Ok(if_nametoindex(name)?)
    }

    fn if_indextoname(index: u32) -> Answer<String> {
        Ok(if_indextoname(index)?)
    }
}

impl From<ancillary::Message> for Message<Socket> {
    fn from(mut message: ancillary::Message) -> Self {
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

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        berkeley_guest::Error::of(&error).map_or_else(|| Self::Wrong(error.to_string()), |error| error.clone().into())
    }
}
