//! Makes the calls of scripts, line by line, and prints the answer to each: the guest's side of tests/tests/differential.rs.
//!
//! tests/peers/differential.py is CPython's side, by the same names. The script is on stdin; arguments are the directory
//! and the tag that `{dir}` and `{tag}` in it stand for. tests/scripts/README.md tells what a line is.

use std::collections::HashMap;
use std::env::args;
use std::fmt::Display;
use std::io::{BufRead, IoSliceMut, Read, Write, stdin};
use std::net::SocketAddrV6;
use std::time::Duration;

use anyhow::{Context, anyhow};
use berkeley_guest::address::{AlgAddress, L2capAddress, PacketAddress, TipcAddress, str2ba};
use berkeley_guest::ancillary::{
    ControlData, ControlMessage, ExtendedError, Message, Passed, RawControlMessage, Received, Timestamp,
};
use berkeley_guest::bindings::address::{Inet6Address, InetAddress, NetlinkAddress, OtherAddress, SocketAddress};
use berkeley_guest::bindings::option::getsockopt_bytes;
use berkeley_guest::error::Error;
use berkeley_guest::file::{self, SocketFile};
use berkeley_guest::poll::poll;
use berkeley_guest::socket::{self, *};
use berkeley_test_guests::{hex, pattern, unhex};

fn main() -> anyhow::Result<()> {
    let words: Vec<_> = args().skip(1).collect();
    let [directory, tag] = words.try_into().map_err(|_| anyhow!("a directory and a tag"))?;
    let mut script = Script { directory, tag, things: HashMap::new() };
    for line in stdin().lock().lines() {
        let line = line?;
        if line.starts_with('#') {
            script.close();
            println!("{line}");
        } else {
            println!("{}", script.run(&line).with_context(|| line.clone())?);
        }
    }
    Ok(())
}

/// SO_TIMESTAMPING, which Python has no name for.
const TIMESTAMPING: i32 = 37;

/// What a name in a script stands for.
enum Thing {
    Socket(Socket),
    File(SocketFile),
    /// A socket's number.
    Number(i32),
}

/// Why a call has no answer.
enum Stop {
    /// There is nothing of that name, for the call that should have made it failed.
    Missing,
    Error(Error),
    /// The script itself is wrong.
    Fault(anyhow::Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Error::of(&error).cloned().map_or_else(|| Self::Fault(error.into()), Self::Error)
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Fault(error)
    }
}

type Result<T, E = Stop> = std::result::Result<T, E>;

/// The answer to a call, and what it made.
struct Answer(String, Vec<Thing>);

impl Answer {
    fn new(text: impl Display) -> Result<Self> {
        Ok(Self(text.to_string(), Vec::new()))
    }

    fn ok(_: ()) -> Result<Self> {
        Self::new("ok")
    }

    fn bytes(bytes: impl AsRef<[u8]>) -> Result<Self> {
        Self::new(shown(bytes.as_ref()))
    }

    fn flag(flag: bool) -> Result<Self> {
        Self::new(u8::from(flag))
    }

    fn limit(limit: Option<Duration>) -> Result<Self> {
        Self::new(limit.map_or("none".into(), |limit| format!("{:.9}", limit.as_secs_f64())))
    }

    fn sockets(sockets: impl IntoIterator<Item = Socket>) -> Result<Self> {
        Ok(Self("ok".into(), sockets.into_iter().map(Thing::Socket).collect()))
    }

    fn with(mut self, sockets: impl IntoIterator<Item = Socket>) -> Self {
        self.1.extend(sockets.into_iter().map(Thing::Socket));
        self
    }
}

/// The words of a call after its name.
#[derive(Clone, Copy)]
struct Words<'a>(&'a [&'a str]);

impl<'a> Words<'a> {
    fn word(&self, at: usize) -> Result<&'a str> {
        Ok(self.0.get(at).copied().context("a word is missing")?)
    }

    fn number<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(&self, at: usize) -> Result<T> {
        Ok(number(self.word(at)?)?)
    }

    /// The number, or 0 if there is none.
    fn flags(&self, at: usize) -> Result<i32> {
        if at < self.0.len() { self.number(at) } else { Ok(0) }
    }

    fn numbers(&self, at: usize) -> Result<(i32, i32, i32)> {
        Ok((self.number(at)?, self.number(at + 1)?, self.number(at + 2)?))
    }

    /// Text, which may be empty or none.
    fn optional(&self, at: usize) -> Result<Option<String>> {
        Ok(match self.word(at)? {
            "-" => None,
            "''" => Some(String::new()),
            word => Some(word.replace('~', " ")),
        })
    }

    fn text(&self, at: usize) -> Result<String> {
        Ok(self.optional(at)?.context("a text")?)
    }

    fn flag(&self, at: usize) -> Result<bool> {
        Ok(self.word(at)? == "1")
    }

    /// A time limit in seconds, or none.
    fn limit(&self, at: usize) -> Result<Option<Duration>> {
        Ok(match self.word(at)? {
            "-" => None,
            _ => Some(Duration::from_secs_f64(self.number(at)?)),
        })
    }

    fn content(&self, at: usize) -> Result<Vec<u8>> {
        content(self.word(at)?)
    }

    fn contents(&self, at: usize) -> Result<Vec<Vec<u8>>> {
        self.word(at)?.split('+').map(content).collect()
    }
}

struct Script {
    directory: String,
    tag: String,
    things: HashMap<String, Thing>,
}

impl Script {
    fn close(&mut self) {
        self.things.clear();
        setdefaulttimeout(None);
    }

    fn run(&mut self, line: &str) -> anyhow::Result<String> {
        let (names, call) = line.split_once(" = ").unwrap_or(("", line));
        let words: Vec<_> = call.split_whitespace().collect();
        match self.perform(&words) {
            Ok(Answer(text, made)) => {
                for (name, thing) in names.split_whitespace().zip(made) {
                    // What takes another thing's name takes its place.
                    self.things.insert(name.to_owned(), thing);
                }
                Ok(text)
            }
            Err(Stop::Missing) => Ok("missing".into()),
            Err(Stop::Error(error)) => Ok(told(&error)),
            Err(Stop::Fault(fault)) => Err(fault),
        }
    }

    fn perform(&mut self, words: &[&str]) -> Result<Answer> {
        let [first, rest @ ..] = words else { return Err(anyhow!("an empty line").into()) };
        if let Some(answer) = self.call(first, Words(rest))? {
            return Ok(answer);
        }
        let [operation, rest @ ..] = rest else { return Err(anyhow!("what is to be done?").into()) };
        let rest = Words(rest);
        match (self.things.get_mut(*first).ok_or(Stop::Missing)?, *operation) {
            (Thing::File(_), "close") => {
                self.things.remove(*first);
                Answer::ok(())
            }
            (Thing::File(file), _) => on_file(file, operation, rest),
            (Thing::Socket(_), "detach") => {
                let Some(Thing::Socket(socket)) = self.things.remove(*first) else { return Err(Stop::Missing) };
                Ok(Answer("ok".into(), vec![Thing::Number(socket.detach())]))
            }
            _ => self.on(self.socket(first)?, operation, rest),
        }
    }

    fn socket(&self, name: &str) -> Result<&Socket> {
        match self.things.get(name) {
            Some(Thing::Socket(socket)) => Ok(socket),
            _ => Err(Stop::Missing),
        }
    }

    fn socket_number(&self, name: &str) -> Result<i32> {
        match self.things.get(name) {
            Some(Thing::Number(number)) => Ok(*number),
            Some(Thing::Socket(socket)) => Ok(socket.fileno()),
            _ => Err(Stop::Missing),
        }
    }

    fn port(&self, word: &str) -> Result<u16> {
        let Some(name) = word.strip_prefix('@') else { return Ok(word.parse().context("a port")?) };
        Ok(self.socket(name)?.getsockname()?.port().context("a port")?)
    }

    fn address(&self, word: &str) -> Result<Wanted> {
        let (kind, rest) = word.split_once('/').context("an address")?;
        let words: Vec<_> = rest.split('/').collect();
        Ok(match (kind, words.as_slice()) {
            ("inet", [host, port]) => Wanted::Host((*host).to_owned(), self.port(port)?),
            ("inet6", [host, port, flow, scope]) => {
                let host = host.parse().context("an address")?;
                let (flow, scope) = (flow.parse().context("a flow")?, scope.parse().context("a scope")?);
                Wanted::Plain(Address::Inet6(SocketAddrV6::new(host, self.port(port)?, flow, scope)))
            }
            ("unix", _) => Wanted::Plain(Address::Unix(self.unescaped(rest)?)),
            ("local", [name]) => Wanted::Plain(self.socket(name)?.getsockname()?),
            ("peer", [name]) => Wanted::Plain(self.socket(name)?.getpeername()?),
            ("netlink", [pid, groups]) => Wanted::Plain(Address::netlink(number(pid)?, number(groups)?)),
            ("packet", [interface, protocol, packet_type, hardware_type, address]) => {
                Wanted::Plain(Address::Packet(PacketAddress {
                    interface: interface.as_bytes().to_vec(),
                    protocol: number(protocol)?,
                    packet_type: number(packet_type)?,
                    hardware_type: number(hardware_type)?,
                    hardware_address: unhex(address)?,
                }))
            }
            ("vsock", [cid, port]) => Wanted::Plain(Address::vsock(number(cid)?, number(port)?)),
            ("can", [interface]) => Wanted::Plain(Address::can(interface)),
            ("isotp", [interface, rx, tx]) => Wanted::Plain(Address::can_isotp(interface, number(rx)?, number(tx)?)),
            ("j1939", [interface, name, pgn, address]) => {
                Wanted::Plain(Address::can_j1939(interface, number(name)?, number(pgn)?, number(address)?))
            }
            ("l2cap", [device, psm, cid, address_type]) => Wanted::Plain(Address::L2cap(L2capAddress {
                address: str2ba(device)?,
                psm: number(psm)?,
                cid: number(cid)?,
                address_type: number(address_type)?,
            })),
            ("rfcomm", [device, channel]) => Wanted::Plain(Address::rfcomm(device, number(channel)?)?),
            ("hci", [device, channel]) => Wanted::Plain(Address::hci(number(device)?, number(channel)?)),
            ("sco", [device]) => Wanted::Plain(Address::sco(device)?),
            ("alg", [kind, name, features, mask]) => Wanted::Plain(Address::Alg(AlgAddress {
                type_: kind.as_bytes().to_vec(),
                name: name.as_bytes().to_vec(),
                features: number(features)?,
                mask: number(mask)?,
            })),
            ("tipc", [address_type, v1, v2, v3, scope]) => Wanted::Plain(Address::Tipc(TipcAddress {
                address_type: number(address_type)?,
                v1: number(v1)?,
                v2: number(v2)?,
                v3: number(v3)?,
                scope: number(scope)?,
            })),
            ("qipcrtr", [node, port]) => Wanted::Plain(Address::qipcrtr(number(node)?, number(port)?)),
            ("raw", [bytes]) => Wanted::Plain(raw(&unhex(bytes)?)),
            ("typed", [bytes]) => Wanted::Plain(typed(&unhex(bytes)?)?.into()),
            _ => return Err(anyhow!("no address {word}").into()),
        })
    }

    fn unescaped(&self, word: &str) -> Result<Vec<u8>> {
        let word = match word.strip_prefix("{dir:").and_then(|word| word.split_once('}')) {
            // A path of so many bytes.
            Some((length, rest)) => {
                let length: usize = length.parse().context("a length")?;
                format!("{:p<length$}{rest}", format!("{}/", self.directory))
            }
            None => word.replace("{dir}", &self.directory).replace("{tag}", &self.tag),
        };
        let mut parts = word.split("\\x");
        let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
        for part in parts {
            let (byte, rest) = part.split_at_checked(2).context("half a byte")?;
            bytes.extend(unhex(byte)?);
            bytes.extend(rest.as_bytes());
        }
        Ok(bytes)
    }

    /// Control messages, and the sockets that they refer to.
    fn control<'a>(&'a self, word: &str) -> Result<Vec<Control<'a>>> {
        let messages = word.split(',').filter(|message| *message != "-");
        messages
            .map(|message| match message.split(':').collect::<Vec<_>>()[..] {
                ["rights", _, names] => Ok(Control::Rights(self.sockets(names)?)),
                [level, kind, data] => {
                    let (level, kind) = (level.parse().context("a level")?, kind.parse().context("a type")?);
                    Ok(Control::Other(level, kind, content(data)?))
                }
                _ => Err(anyhow!("no control message {message}").into()),
            })
            .collect()
    }

    fn sockets(&self, names: &str) -> Result<Vec<&Socket>> {
        names.split('+').filter(|name| !name.is_empty()).map(|name| self.socket(name)).collect()
    }

    /// A call of the module; none if there is no such.
    fn call(&self, name: &str, words: Words<'_>) -> Result<Option<Answer>> {
        let answer = match name {
            "socket" | "raw_socket" => self.call_socket(words),
            "socketpair" | "raw_socketpair" => self.call_socketpair(words),
            "from_fileno" | "fromfd" | "closefd" => self.by_number(name, words),
            "create_connection" => self.call_create_connection(words),
            "create_server" => self.call_create_server(words),
            "poll" => self.call_poll(words),
            _ => return self.name_call(name, words),
        };
        answer.map(Some)
    }

    /// A call that no socket has part in; none if there is no such.
    fn name_call(&self, name: &str, words: Words<'_>) -> Result<Option<Answer>> {
        let service = |at| Ok::<_, Stop>(words.optional(at)?.map(Service::from));
        let answer = match name {
            "setdefaulttimeout" => {
                setdefaulttimeout(words.limit(0)?);
                Answer::ok(())
            }
            "getdefaulttimeout" => Answer::limit(getdefaulttimeout()),
            "getaddrinfo" => {
                let (family, r#type, proto) = words.numbers(2)?;
                let hints = Hints { family, r#type, proto, flags: words.number(5)? };
                let infos = getaddrinfo(words.optional(0)?.as_deref(), service(1)?, hints)?;
                Answer::new(joined(" ", infos.iter().map(information)))
            }
            "getnameinfo" => {
                let (host, service) = getnameinfo(self.address(words.word(0)?)?, words.number(1)?)?;
                Answer::new(format!("{host} {service}"))
            }
            "gethostbyname" => Answer::new(gethostbyname(&words.text(0)?)?),
            "gethostbyname_ex" => Answer::new(host(&gethostbyname_ex(&words.text(0)?)?)),
            "gethostbyaddr" => Answer::new(host(&gethostbyaddr(&words.text(0)?)?)),
            "getfqdn" => Answer::new(getfqdn(&words.text(0)?)?),
            "gethostname" => Answer::new(gethostname()?),
            "getservbyname" => Answer::new(getservbyname(&words.text(0)?, words.optional(1)?.as_deref())?),
            "getservbyport" => Answer::new(getservbyport(words.number(0)?, words.optional(1)?.as_deref())?),
            "getprotobyname" => Answer::new(getprotobyname(&words.text(0)?)?),
            "inet_aton" => Answer::bytes(inet_aton(&words.text(0)?)?),
            "inet_ntoa" => Answer::new(inet_ntoa(&words.content(0)?)?),
            "inet_pton" => Answer::bytes(inet_pton(words.number(0)?, &words.text(1)?)?),
            "inet_ntop" => Answer::new(inet_ntop(words.number(0)?, &words.content(1)?)?),
            "if_nameindex" => {
                let list = if_nameindex()?.into_iter().map(|(index, name)| format!("{index}:{name}"));
                Answer::new(joined(" ", list))
            }
            "if_nametoindex" => Answer::new(if_nametoindex(&words.text(0)?)?),
            "if_indextoname" => Answer::new(if_indextoname(words.number(0)?)?),
            "has_dualstack_ipv6" => Answer::flag(has_dualstack_ipv6()),
            "cmsg" => Answer::new(format!("{} {}", CMSG_LEN(words.number(0)?), CMSG_SPACE(words.number(0)?))),
            _ => return Ok(None),
        };
        answer.map(Some)
    }

    fn call_socket(&self, words: Words<'_>) -> Result<Answer> {
        let (family, kind, protocol) = words.numbers(0)?;
        Answer::sockets([Socket::new(family, kind, protocol)?])
    }

    fn call_socketpair(&self, words: Words<'_>) -> Result<Answer> {
        let (family, kind, protocol) = words.numbers(0)?;
        Answer::sockets(<[Socket; 2]>::from(socketpair(family, kind, protocol)?))
    }

    fn by_number(&self, name: &str, words: Words<'_>) -> Result<Answer> {
        let number = self.socket_number(words.word(0)?)?;
        match name {
            "from_fileno" => Answer::sockets([Socket::from_fileno(number)?]),
            "fromfd" => Answer::sockets([fromfd(number)?]),
            _ => Answer::ok(socket::close(number)?),
        }
    }

    fn call_create_connection(&self, words: Words<'_>) -> Result<Answer> {
        let host = |at| match self.address(words.word(at)?)? {
            Wanted::Host(host, port) => Ok((host, port)),
            Wanted::Plain(_) => Err(Stop::Fault(anyhow!("a host and a port"))),
        };
        let source_address = if words.word(2)? == "-" { None } else { Some(host(2)?) };
        let options = ConnectionOptions { timeout: words.limit(1)?, source_address };
        let (host, port) = host(0)?;
        Answer::sockets([create_connection((&host, port), &options)?])
    }

    fn call_create_server(&self, words: Words<'_>) -> Result<Answer> {
        let options = ServerOptions {
            family: words.number(1)?,
            backlog: words.number(2)?,
            reuse_port: words.flag(3)?,
            dualstack_ipv6: words.flag(4)?,
        };
        Answer::sockets([create_server(self.address(words.word(0)?)?, &options)?])
    }

    fn call_poll(&self, words: Words<'_>) -> Result<Answer> {
        let interest = |word: &&str| {
            let (name, events) = word.split_once(':').context("a socket and events")?;
            Ok((self.socket(name)?, events.parse().context("events")?))
        };
        let interests = words.0[1..].iter().map(interest).collect::<Result<Vec<_>>>()?;
        Answer::new(joined(" ", poll(&interests, words.limit(0)?)?))
    }

    /// A call of a socket.
    fn on(&self, socket: &Socket, operation: &str, words: Words<'_>) -> Result<Answer> {
        match operation {
            "facts" => Answer::new(format!("{} {} {}", socket.family(), socket.r#type(), socket.proto())),
            "fileno" => Answer::new(socket.fileno()),
            "dup" => Answer::sockets([socket.dup()?]),
            "close" => Answer::ok(socket.close()?),
            "bind" => Answer::ok(socket.bind(self.address(words.word(0)?)?)?),
            "connect" => Answer::ok(socket.connect(self.address(words.word(0)?)?)?),
            "connect_ex" => Answer::new(socket.connect_ex(self.address(words.word(0)?)?)?),
            "listen" => Answer::ok(socket.listen(words.number(0)?)?),
            "raw_listen" => Answer::ok(socket.handle().listen(words.number(0)?).map_err(Error::from)?),
            "accept" => {
                let (accepted, peer) = socket.accept()?;
                Ok(Answer::new(address_text(&peer))?.with([accepted]))
            }
            "getsockname" => Answer::new(address_text(&socket.getsockname()?)),
            "getpeername" => Answer::new(address_text(&socket.getpeername()?)),
            "shutdown" => Answer::ok(socket.shutdown(words.number(0)?)?),
            "sendfile" => self.sendfile(socket, words),
            "makefile" => Ok(Answer("ok".into(), vec![Thing::File(socket.makefile()?)])),
            "send" | "sendall" | "sendto" | "sendmsg" | "send_fds" => self.sending(socket, operation, words),
            _ => match operation.starts_with("recv") {
                true => receiving(socket, operation, words),
                false => setting(socket, operation, words),
            },
        }
    }

    fn sending(&self, socket: &Socket, operation: &str, words: Words<'_>) -> Result<Answer> {
        match operation {
            "send" => Answer::new(socket.send_flags(&words.content(0)?, words.flags(1)?)?),
            "sendall" => Answer::ok(socket.sendall_flags(&words.content(0)?, words.flags(1)?)?),
            "sendto" => {
                let address = self.address(words.word(2)?)?;
                Answer::new(socket.sendto_flags(&words.content(0)?, words.flags(1)?, address)?)
            }
            "send_fds" => {
                let (buffers, sockets) = (words.contents(0)?, self.sockets(words.word(1)?)?);
                Answer::new(send_fds(socket, &slices(&buffers), &sockets, words.flags(2)?)?)
            }
            _ => {
                let (buffers, flags) = (words.contents(0)?, words.flags(2)?);
                let address = match words.word(3).unwrap_or("-") {
                    "-" => None,
                    word => Some(self.address(word)?),
                };
                let control = self.control(words.word(1).unwrap_or("-"))?;
                let control: Vec<_> = control.iter().map(Control::message).collect();
                Answer::new(match address {
                    None => socket.sendmsg(&slices(&buffers), &control, flags)?,
                    Some(address) => socket.sendmsg_to(&slices(&buffers), &control, flags, address)?,
                })
            }
        }
    }

    fn sendfile(&self, socket: &Socket, words: Words<'_>) -> Result<Answer> {
        let file = file::open(format!("{}/{}", self.directory, words.word(0)?))?;
        let count = words.optional(2)?.map(|word| word.parse().context("a count")).transpose()?;
        Answer::new(socket.sendfile(&file, words.number(1)?, count)?)
    }
}

/// A number of an address.
fn number<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(word: &str) -> anyhow::Result<T> {
    word.parse().with_context(|| format!("{word} is no such number"))
}

/// An address as a call takes it.
enum Wanted {
    Host(String, u16),
    Plain(Address),
}

impl ToAddress for Wanted {
    fn to_address(&self, family: i32) -> Result<Address, Error> {
        match self {
            Self::Host(host, port) => (host.as_str(), *port).to_address(family),
            Self::Plain(address) => Ok(address.clone()),
        }
    }
}

/// A control message to send.
enum Control<'a> {
    Rights(Vec<&'a Socket>),
    Other(i32, i32, Vec<u8>),
}

impl Control<'_> {
    fn message(&self) -> ControlMessage<'_> {
        match self {
            Self::Rights(sockets) => ControlMessage::Rights(sockets),
            Self::Other(level, kind, data) => ControlMessage::raw(*level, *kind, data),
        }
    }
}

fn setting(socket: &Socket, operation: &str, words: Words<'_>) -> Result<Answer> {
    match operation {
        "settimeout" => {
            socket.settimeout(words.limit(0)?);
            Answer::ok(())
        }
        "gettimeout" => Answer::limit(socket.gettimeout()),
        "setblocking" => {
            socket.setblocking(words.flag(0)?);
            Answer::ok(())
        }
        "getblocking" => Answer::flag(socket.getblocking()),
        "get_inheritable" => Answer::flag(socket.get_inheritable()),
        "set_inheritable" => {
            socket.set_inheritable(words.flag(0)?);
            Answer::ok(())
        }
        "getsockopt" => Answer::new(socket.getsockopt(words.number(0)?, words.number(1)?)?),
        "getsockopt_bytes" => {
            let (level, name, size) = words.numbers(0)?;
            Answer::bytes(socket.getsockopt_bytes(level, name, size as usize)?)
        }
        "raw_getsockopt" => {
            let (level, name, size) = words.numbers(0)?;
            Answer::bytes(getsockopt_bytes(socket.handle(), level, name, size as u32).map_err(Error::from)?)
        }
        "setsockopt" => {
            let word = words.word(2)?;
            let value = match word.split_at(1) {
                ("-", "") | ("x", "") => OptionValue::Bytes(Vec::new().into()),
                ("x", data) => OptionValue::Bytes(content(data)?.into()),
                ("n", length) => OptionValue::Null(length.parse().context("a length")?),
                _ => OptionValue::Int(words.number(2)?),
            };
            Answer::ok(socket.setsockopt(words.number(0)?, words.number(1)?, value)?)
        }
        _ => Err(anyhow!("no operation {operation}").into()),
    }
}

fn receiving(socket: &Socket, operation: &str, words: Words<'_>) -> Result<Answer> {
    match operation {
        "recv" => Answer::bytes(socket.recv_flags(words.number(0)?, words.flags(1)?)?),
        "recvfrom" => {
            let (data, address) = socket.recvfrom_flags(words.number(0)?, words.flags(1)?)?;
            Answer::new(format!("{} {}", shown(&data), address_text(&address)))
        }
        "recv_into" => {
            let mut buffer = vec![0; words.number(0)?];
            let count = socket.recv_into_flags(&mut buffer, words.flags(1)?)?;
            Answer::new(format!("{count} {}", shown(&buffer)))
        }
        "recvfrom_into" => {
            let mut buffer = vec![0; words.number(0)?];
            let (count, address) = socket.recvfrom_into_flags(&mut buffer, words.flags(1)?)?;
            Answer::new(format!("{count} {} {}", shown(&buffer), address_text(&address)))
        }
        "recvmsg" => {
            let message = socket.recvmsg(words.number(0)?, words.flags(1)? as usize, words.flags(2)?)?;
            let data = shown(&message.data);
            message_answer(&data, message)
        }
        "recvmsg_into" => {
            let sizes = words.word(0)?.split('+').map(|size| size.parse().context("a size"));
            let mut buffers = sizes.map(|size| Ok(vec![0; size?])).collect::<Result<Vec<_>>>()?;
            let mut slices: Vec<_> = buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
            let message = socket.recvmsg_into(&mut slices, words.flags(1)? as usize, words.flags(2)?)?;
            let data = joined("+", buffers.iter().map(|buffer| shown(buffer)));
            message_answer(&format!("{} {data}", message.length), message)
        }
        "recv_fds" => {
            let mut message = recv_fds(socket, words.number(0)?, words.number(1)?, words.flags(2)?)?;
            let sockets = message.take_sockets();
            let Message { data, flags, address, .. } = &message;
            let text = format!("{} {} {flags} {}", shown(data), sockets.len(), address_text(address));
            Ok(Answer::new(text)?.with(sockets))
        }
        _ => Err(anyhow!("no operation {operation}").into()),
    }
}

fn message_answer(data: &str, message: Message) -> Result<Answer> {
    let (flags, address) = (message.flags, address_text(&message.address));
    let (mut control, mut sockets) = (Vec::new(), Vec::new());
    for received in message.ancillary {
        match received {
            Received::Rights(passed) => {
                control.push(format!("rights:{}", passed.len()));
                sockets.extend(passed.into_iter().filter_map(|passed| match passed {
                    Passed::Socket(socket) => Some(socket),
                    Passed::File(_) => None,
                }));
            }
            Received::Data(data) => {
                let RawControlMessage { level, type_, data } = lowered(data);
                control.push(format!("{level}:{type_}:{}", hex(&data)));
            }
        }
    }
    Ok(Answer::new(format!("{data} [{}] {flags} {address}", control.join(",")))?.with(sockets))
}

/// The control message as the kernel has it.
fn lowered(data: ControlData) -> RawControlMessage {
    let (level, type_, data) = match data {
        ControlData::Credentials(it) => {
            let data = [it.pid.to_ne_bytes(), it.uid.to_ne_bytes(), it.gid.to_ne_bytes()].concat();
            (SOL_SOCKET, SCM_CREDENTIALS, data)
        }
        ControlData::Timestamp(time) => (SOL_SOCKET, SO_TIMESTAMP, timestamp(&time, 1000)),
        ControlData::Timestampns(time) => (SOL_SOCKET, SO_TIMESTAMPNS, timestamp(&time, 1)),
        ControlData::Timestamping((one, two, three)) => {
            (SOL_SOCKET, TIMESTAMPING, [one, two, three].map(|time| timestamp(&time, 1)).concat())
        }
        ControlData::IpPktinfo(it) => {
            let (local, destination) = (<[u8; 4]>::from(it.local_address), <[u8; 4]>::from(it.destination));
            (IPPROTO_IP, IP_PKTINFO, [it.interface_index.to_ne_bytes(), local, destination].concat())
        }
        ControlData::Ipv6Pktinfo(it) => {
            let address = std::net::Ipv6Addr::from(<[u16; 8]>::from(it.address));
            (IPPROTO_IPV6, IPV6_PKTINFO, [&address.octets()[..], &it.interface_index.to_ne_bytes()].concat())
        }
        ControlData::IpTtl(ttl) => (IPPROTO_IP, IP_TTL, ttl.to_ne_bytes().to_vec()),
        ControlData::IpTos(tos) => (IPPROTO_IP, IP_TOS, vec![tos]),
        ControlData::Ipv6Hoplimit(limit) => (IPPROTO_IPV6, IPV6_HOPLIMIT, limit.to_ne_bytes().to_vec()),
        ControlData::Ipv6Tclass(class) => (IPPROTO_IPV6, IPV6_TCLASS, class.to_ne_bytes().to_vec()),
        ControlData::IpRecverr(error) => (IPPROTO_IP, IP_RECVERR, extended(&error, 16)),
        ControlData::Ipv6Recverr(error) => (IPPROTO_IPV6, IPV6_RECVERR, extended(&error, 28)),
        ControlData::Raw(raw) => return raw,
    };
    RawControlMessage { level, type_, data }
}

fn timestamp(time: &Timestamp, unit: u32) -> Vec<u8> {
    [time.seconds.to_ne_bytes(), i64::from(time.nanoseconds / unit).to_ne_bytes()].concat()
}

/// The structure `sock_extended_err` with the offender's address, which has so much room.
fn extended(error: &ExtendedError, room: usize) -> Vec<u8> {
    let mut data = error.number.to_ne_bytes().to_vec();
    data.extend([error.origin, error.type_, error.code, 0]);
    data.extend(error.info.to_ne_bytes());
    data.extend(error.data.to_ne_bytes());
    match error.offender {
        Some(SocketAddress::Inet(at)) => {
            data.extend((AF_INET as u16).to_ne_bytes());
            data.extend(at.port.to_be_bytes());
            data.extend(<[u8; 4]>::from(at.address));
        }
        Some(SocketAddress::Inet6(at)) => {
            data.extend((AF_INET6 as u16).to_ne_bytes());
            data.extend(at.port.to_be_bytes());
            data.extend(at.flow_info.to_be_bytes());
            data.extend(std::net::Ipv6Addr::from(<[u16; 8]>::from(at.address)).octets());
            data.extend(at.scope_id.to_ne_bytes());
        }
        _ => {}
    }
    data.resize(16 + room, 0);
    data
}

fn on_file(file: &mut SocketFile, operation: &str, words: Words<'_>) -> Result<Answer> {
    match operation {
        "write" => Answer::new(file.write(&words.content(0)?)?),
        "flush" => Answer::ok(file.flush()?),
        "readline" => {
            let mut line = Vec::new();
            file.read_until(b'\n', &mut line)?;
            Answer::bytes(line)
        }
        "read" => {
            let mut data = Vec::new();
            file.take(words.number(0)?).read_to_end(&mut data)?;
            Answer::bytes(data)
        }
        _ => Err(anyhow!("no operation {operation}").into()),
    }
}

fn told(error: &Error) -> String {
    let number = error.number().unwrap_or_default();
    match error {
        Error::Denied(_) => "denied".into(),
        Error::TimedOut => "timeout".into(),
        Error::Gai(_) | Error::GaiNumber(_) => format!("gaierror {number} {error}"),
        Error::Herror(_) => format!("herror {number} {error}"),
        Error::Os(_) | Error::OsNumber(_) => format!("errno {number}"),
        Error::Invalid(text) => format!("invalid: {text}"),
    }
}

fn shown(bytes: &[u8]) -> String {
    format!("x{}", hex(bytes))
}

fn content(word: &str) -> Result<Vec<u8>> {
    Ok(match word.strip_prefix('*') {
        Some(length) => pattern(length.parse().context("a length")?),
        None if word == "-" => Vec::new(),
        None => unhex(word)?,
    })
}

fn slices(buffers: &[Vec<u8>]) -> Vec<&[u8]> {
    buffers.iter().map(Vec::as_slice).collect()
}

fn address_text(address: &Address) -> String {
    match address {
        Address::Unspecified => "none".into(),
        Address::Inet(at) => format!("inet/{}/{}", at.ip(), at.port()),
        Address::Inet6(at) => {
            let host = address.host().unwrap_or_default();
            format!("inet6/{host}/{}/{}/{}", at.port(), at.flowinfo(), at.scope_id())
        }
        Address::Unix(path) => format!("unix/{}", escaped(path)),
        Address::Netlink(at) => format!("{AF_NETLINK}/{}/{}", at.pid, at.groups),
        Address::Packet(at) => {
            let interface = String::from_utf8_lossy(&at.interface);
            let numbers = format!("{}/{}/{}", at.protocol, at.packet_type, at.hardware_type);
            format!("{AF_PACKET}/{interface}/{numbers}/{}", shown(&at.hardware_address))
        }
        Address::Vsock(_) => fields(AF_VSOCK, address),
        Address::Can(_) | Address::CanIsotp(_) | Address::CanJ1939(_) => fields(AF_CAN, address),
        Address::L2cap(_) | Address::Rfcomm(_) | Address::Hci(_) | Address::Sco(_) => fields(AF_BLUETOOTH, address),
        Address::Alg(_) => fields(AF_ALG, address),
        Address::Tipc(_) => fields(AF_TIPC, address),
        Address::Qipcrtr(_) => fields(AF_QIPCRTR, address),
        other => format!("{other:?}"),
    }
}

/// The fields of Python's tuple, after the family.
fn fields(family: i32, address: &Address) -> String {
    let text = address.to_string();
    let fields = text.trim_matches(['(', ')']).split(',').map(|field| field.trim().trim_matches('\''));
    let fields: Vec<_> = fields.collect();
    // A tuple of one has a comma after it.
    format!("{family}/{}", fields.strip_suffix(&[""]).unwrap_or(&fields).join("/"))
}

fn escaped(bytes: &[u8]) -> String {
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    bytes.iter().map(|&byte| if plain(byte) { char::from(byte).into() } else { format!("\\x{byte:02x}") }).collect()
}

fn information(info: &AddressInfo) -> String {
    let AddressInfo { family, r#type, proto, canonname, address } = info;
    format!("{family}:{}:{proto}:{canonname}:{}", r#type, address_text(address))
}

fn host(entry: &HostEntry) -> String {
    format!("{} [{}] [{}]", entry.hostname, entry.aliaslist.join(","), entry.ipaddrlist.join(","))
}

fn joined(separator: &str, items: impl IntoIterator<Item = impl Display>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(separator)
}

/// The address of those bytes as they are; what has no family is a case of its own.
fn raw(bytes: &[u8]) -> Address {
    match *bytes {
        [0, 0, ..] => Address::Unspecified,
        _ => Address::from(other(bytes)),
    }
}

/// The address of those bytes in the case that its family has, if they are all that belongs to it.
fn typed(bytes: &[u8]) -> anyhow::Result<SocketAddress> {
    let family = i32::from(u16::from_ne_bytes(field(bytes, 0)?));
    let port = || Ok::<_, anyhow::Error>(u16::from_be_bytes(field(bytes, 2)?));
    Ok(match (family, bytes.len()) {
        (AF_UNSPEC, 16) => SocketAddress::Unspecified,
        (AF_INET, 16) => SocketAddress::Inet(InetAddress { address: field::<4>(bytes, 4)?.into(), port: port()? }),
        (AF_INET6, 28) => SocketAddress::Inet6(Inet6Address {
            address: std::net::Ipv6Addr::from(field::<16>(bytes, 8)?).segments().into(),
            port: port()?,
            flow_info: u32::from_be_bytes(field(bytes, 4)?),
            scope_id: u32::from_ne_bytes(field(bytes, 24)?),
        }),
        (AF_UNIX, _) if bytes.get(2) == Some(&0) => SocketAddress::Unix(bytes[2..].to_vec()),
        (AF_UNIX, _) => SocketAddress::Unix(bytes[2..].strip_suffix(&[0]).unwrap_or(&bytes[2..]).to_vec()),
        (AF_NETLINK, 12) => SocketAddress::Netlink(NetlinkAddress {
            pid: u32::from_ne_bytes(field(bytes, 4)?),
            groups: u32::from_ne_bytes(field(bytes, 8)?),
        }),
        _ => other(bytes),
    })
}

fn other(bytes: &[u8]) -> SocketAddress {
    SocketAddress::Other(OtherAddress { family: u16::from_ne_bytes([bytes[0], bytes[1]]), bytes: bytes[2..].to_vec() })
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> anyhow::Result<[u8; N]> {
    Ok(bytes.get(at..at + N).context("too short an address")?.try_into()?)
}
