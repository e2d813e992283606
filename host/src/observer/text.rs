//! Calls and answers as strace(1) would write them.

use std::fmt::{self, Display, Formatter};

use berkeley_constants as c;

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::event::{Began, Ended};
use super::number::{
    Bits, FAMILIES, Kind, LOOKUP_FLAGS, MESSAGE_FLAGS, NAME_FLAGS, Named, POLL_EVENTS, Protocol, SHUTDOWNS, Watched,
    error_name,
};
use super::value::{Limit, Spelt, Text, write_list, write_option, write_value};
use crate::address::Address;
use crate::error::Error;
use crate::option::Value;

/// The call with its arguments: `connect(3, 127.0.0.1:5432)`.
impl Display for Began<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let family = self.socket.map_or(c::AF_UNSPEC, |socket| socket.family);
        write_call(f, &self.call, self.socket.map(|socket| socket.number), family)
    }
}

/// The call with its arguments, its answer and the seconds that it took:
/// `connect(3, 127.0.0.1:5432) = -1 ECONNREFUSED (Connection refused) <0.000123>`.
impl Display for Ended<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { id, call, socket, at, .. } = *self;
        write!(f, "{} = {} <{:.6}>", Began { id, call, socket, at }, self.answer(), self.took.as_secs_f64())
    }
}

impl<'a> Ended<'a> {
    /// The answer, as strace(1) would write it.
    pub fn answer(&'a self) -> impl Display + 'a {
        Answered(self)
    }
}

struct Answered<'a>(&'a Ended<'a>);

impl Display for Answered<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0.outcome {
            Outcome::Answered(answer) => write_answer(f, &self.0.call, answer),
            Outcome::Failed(error) => write_error(f, error),
            Outcome::Abandoned => f.write_str("? (the guest was ended)"),
        }
    }
}

impl Outcome<'_> {
    /// One word for it: `ok`, the name of an errno such as `ECONNREFUSED`, of an EAI_ or h_errno code, `timed_out`,
    /// `denied`, `abandoned`; `other` for an error without a name.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Answered(_) => "ok",
            Self::Failed(error) => error_name(error),
            Self::Abandoned => "abandoned",
        }
    }
}

fn write_error(f: &mut Formatter<'_>, error: &Error) -> fmt::Result {
    match error {
        Error::Os(errno) => match (errno.name(), c::errno::description(errno.number())) {
            (Some(name), Some(text)) => write!(f, "-1 {name} ({text})"),
            _ => write!(f, "-1 (error {})", errno.number()),
        },
        Error::TimedOut => f.write_str("-1 (timed out)"),
        Error::Denied(refusal) => {
            write!(f, "-1 EACCES ({refusal}")?;
            refusal.grant().map_or(Ok(()), |grant| write!(f, "; the rule {grant} would allow it"))?;
            f.write_str(")")
        }
        Error::Gai(_) | Error::Host(_) => write!(f, "-1 {}", error_name(error)),
    }
}

fn write_call(f: &mut Formatter<'_>, call: &Call<'_>, socket: Option<u64>, family: i32) -> fmt::Result {
    write!(f, "{}(", call.name())?;
    if let Some(number) = socket {
        write!(f, "{number}")?;
    }
    // What stands behind a socket's number.
    let flags = |flags: &i32| Bits(MESSAGE_FLAGS, *flags);
    match call {
        Call::Socket { family, kind, protocol } | Call::Socketpair { family, kind, protocol } => {
            write!(f, "{}, {}, {}", Named(FAMILIES, *family), Kind(*kind), Protocol(*family, *protocol))
        }
        Call::Preopened { name } => write!(f, "{name:?}"),
        Call::Share { process } => write!(f, ", {process}"),
        Call::Ioctl { control, size } => write!(f, ", {control:#x}, {size} bytes"),
        Call::Bind { address } | Call::Connect { address } => write!(f, ", {}", Spelt(address)),
        Call::Listen { backlog } => write!(f, ", {backlog}"),
        Call::Send { size, flags: bits } | Call::Sendall { size, flags: bits } => {
            write!(f, ", {size} bytes, {}", flags(bits))
        }
        Call::Sendto { size, flags: bits, address } => {
            write!(f, ", {size} bytes, {}, {}", flags(bits), Spelt(address))
        }
        Call::Sendmsg { size, control, flags: bits, address } => {
            write!(f, ", {size} bytes, {control} control, {}", flags(bits))?;
            address.map_or(Ok(()), |address| write!(f, ", {}", Spelt(address)))
        }
        Call::Sendmmsg { datagrams, size, flags: bits } => {
            write!(f, ", {datagrams} datagrams, {size} bytes, {}", flags(bits))
        }
        Call::Sendfile { offset, count: Some(count) } => write!(f, ", {count} bytes from {offset}"),
        Call::Sendfile { offset, count: None } => write!(f, ", all from {offset}"),
        Call::Recv { size, flags: bits } | Call::Recvfrom { size, flags: bits } => {
            write!(f, ", {size}, {}", flags(bits))
        }
        Call::Recvmsg { size, control, flags: bits } => write!(f, ", {size}, {control} control, {}", flags(bits)),
        Call::Recvmmsg { datagrams, size, control, flags: bits } => {
            write!(f, ", {datagrams} datagrams, {size}, {control} control, {}", flags(bits))
        }
        Call::Shutdown { how } => write!(f, ", {}", Named(SHUTDOWNS, *how)),
        Call::Getsockopt { level, name, size } => {
            write_option(f, family, *level, *name)?;
            size.map_or(Ok(()), |size| write!(f, ", {size} bytes"))
        }
        Call::Setsockopt { level, name, value } => {
            write_option(f, family, *level, *name)?;
            f.write_str(", ")?;
            match value {
                Value::Int(value) => value.fmt(f),
                Value::Bytes(bytes) => write_value(f, (*level, *name), bytes),
                Value::Null(len) => write!(f, "NULL, {len}"),
            }
        }
        Call::Settimeout { limit } => write!(f, ", {}", Limit(*limit)),
        Call::Poll { interests, limit } => {
            write_list(f, interests.len(), interests.iter(), |f, (socket, events)| {
                write!(f, "{{{socket}, {}}}", Bits(POLL_EVENTS, events.into()))
            })?;
            write!(f, ", {}", Limit(*limit))
        }
        Call::EpollCtl { operation, events } => {
            let operation = ["ADD", "DEL", "MOD"].get(operation.wrapping_sub(1) as usize).unwrap_or(&"?");
            write!(f, ", EPOLL_CTL_{operation}")?;
            if *events == 0 { Ok(()) } else { write!(f, ", {}", Watched(*events)) }
        }
        Call::EpollWait { watched, most, limit } => write!(f, "{watched} watched, {most}, {}", Limit(*limit)),
        Call::Subscribe { events } => write!(f, ", {}", Bits(POLL_EVENTS, (*events).into())),
        Call::Getaddrinfo { query } => {
            for name in [&query.host, &query.service] {
                write_text(f, name.as_deref())?;
                f.write_str(", ")?;
            }
            let (family, protocol) = (Named(FAMILIES, query.family), query.protocol);
            write!(f, "{family}, {}, {}, ", Kind(query.kind), Protocol(c::AF_INET, protocol))?;
            Bits(LOOKUP_FLAGS, query.flags).fmt(f)
        }
        Call::Getnameinfo { address, flags } => write!(f, "{}, {}", Spelt(address), Bits(NAME_FLAGS, *flags)),
        Call::Gethostbyname { name }
        | Call::Getprotobyname { name }
        | Call::IfNametoindex { name }
        | Call::Sethostname { name } => Text(name).fmt(f),
        Call::Getservbyname { name, protocol } => {
            write!(f, "{}, ", Text(name))?;
            write_text(f, *protocol)
        }
        Call::Getservbyport { port, protocol } => {
            write!(f, "{port}, ")?;
            write_text(f, *protocol)
        }
        Call::Gethostbyaddr { address } => address.fmt(f),
        Call::IfIndextoname { index } => index.fmt(f),
        Call::EpollCreate
        | Call::Fromshare
        | Call::Accept
        | Call::Close
        | Call::Dup
        | Call::Getsockname
        | Call::Getpeername
        | Call::IfNameindex
        | Call::Gethostname
        | Call::LocalCid => Ok(()),
    }?;
    f.write_str(")")
}

fn write_answer(f: &mut Formatter<'_>, call: &Call<'_>, answer: &Answer<'_>) -> fmt::Result {
    match answer {
        Answer::Done => f.write_str("0"),
        Answer::Unknown => f.write_str("NULL"),
        Answer::Bytes(bytes) => bytes.fmt(f),
        Answer::From(bytes, peer) => {
            bytes.fmt(f)?;
            write_peer(f, *peer)
        }
        Answer::Message { bytes, control, flags, address } => {
            write!(f, "{bytes}, {control} control, {}", Bits(MESSAGE_FLAGS, *flags))?;
            write_peer(f, *address)
        }
        Answer::Datagrams(count, bytes) => write!(f, "{count}, {bytes} bytes"),
        Answer::Socket(socket) => socket.number.fmt(f),
        Answer::Pair(one, other) => write!(f, "[{}, {}]", one.number, other.number),
        Answer::Accepted(socket, peer) => {
            socket.number.fmt(f)?;
            write_peer(f, *peer)
        }
        Answer::Address(Some(address)) => Spelt(address).fmt(f),
        Answer::Address(None) => f.write_str("no address"),
        Answer::Int(value) => value.fmt(f),
        Answer::Value(value) => match call {
            Call::Getsockopt { level, name, .. } => write_value(f, (*level, *name), value),
            _ => Text(value).fmt(f),
        },
        Answer::Events(events) => {
            write_list(f, events.len(), events.iter(), |f, events| Bits(POLL_EVENTS, (*events).into()).fmt(f))
        }
        Answer::Ready(ready) => write_list(f, ready.len(), ready.iter(), |f, (socket, events)| {
            write!(f, "{{{socket}, {}}}", Watched(*events))
        }),
        Answer::Addresses(infos) => write_list(f, infos.len(), infos.iter(), |f, info| Spelt(&info.address).fmt(f)),
        Answer::Names(host, service) => write!(f, "{}, {}", Text(host), Text(service)),
        Answer::Host(entry) => {
            write_list(f, entry.addresses.len(), entry.addresses.iter(), |f, address| address.fmt(f))
        }
    }
}

fn write_text(f: &mut Formatter<'_>, text: Option<&[u8]>) -> fmt::Result {
    match text {
        Some(text) => Text(text).fmt(f),
        None => f.write_str("NULL"),
    }
}

fn write_peer(f: &mut Formatter<'_>, peer: Option<&Address>) -> fmt::Result {
    peer.map_or(Ok(()), |peer| write!(f, " from {}", Spelt(peer)))
}
