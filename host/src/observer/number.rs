//! Numbers by the names of their constants, as strace(1) writes them.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::LazyLock;

use berkeley_constants as c;

use crate::error::{Error, GaiCode, HostCode};

/// The constants of one kind, by what their names begin with.
#[derive(Clone, Copy)]
pub(super) struct Constants(&'static str);

pub(super) const FAMILIES: Constants = Constants("AF_");
pub(super) const TYPES: Constants = Constants("SOCK_");
pub(super) const PROTOCOLS: Constants = Constants("IPPROTO_");
pub(super) const MESSAGE_FLAGS: Constants = Constants("MSG_");
pub(super) const POLL_EVENTS: Constants = Constants("POLL");
pub(super) const SHUTDOWNS: Constants = Constants("SHUT_");
pub(super) const LOOKUP_FLAGS: Constants = Constants("AI_");
pub(super) const NAME_FLAGS: Constants = Constants("NI_");
const LEVELS: Constants = Constants("SOL_");
const LOOKUP_ERRORS: Constants = Constants("EAI_");

const KINDS: [Constants; 10] = [
    FAMILIES,
    TYPES,
    PROTOCOLS,
    MESSAGE_FLAGS,
    POLL_EVENTS,
    SHUTDOWNS,
    LOOKUP_FLAGS,
    NAME_FLAGS,
    LEVELS,
    LOOKUP_ERRORS,
];

/// The constants of each kind: the table of all is long, and calls are many.
static OF_KIND: LazyLock<BTreeMap<&str, Vec<(&str, i64)>>> = LazyLock::new(|| {
    let of = |begin: &str| c::ALL.iter().copied().filter(|(name, _)| name.starts_with(begin)).collect();
    KINDS.iter().map(|Constants(begin)| (*begin, of(begin))).collect()
});

impl Constants {
    fn all(self) -> impl Iterator<Item = (&'static str, i64)> {
        OF_KIND.get(self.0).into_iter().flatten().copied()
    }

    /// The name of that number; the first in the table, where there are several.
    fn name(self, number: i64) -> Option<&'static str> {
        self.all().find(|(_, known)| *known == number).map(|(name, _)| name)
    }
}

/// One number, by its name if it has one.
pub(super) struct Named(pub(super) Constants, pub(super) i32);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.name(self.1.into()) {
            Some(name) => f.write_str(name),
            None => self.1.fmt(f),
        }
    }
}

/// The bits of a number, by the names of those that have one.
pub(super) struct Bits(pub(super) Constants, pub(super) i32);

impl fmt::Display for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = self.1;
        if left == 0 {
            return f.write_char('0');
        }
        let mut first = true;
        let mut put = |f: &mut fmt::Formatter<'_>, what: fmt::Arguments<'_>| {
            if !std::mem::take(&mut first) {
                f.write_char('|')?;
            }
            f.write_fmt(what)
        };
        for (name, bit) in self.0.all() {
            let Ok(bit) = i32::try_from(bit) else { continue };
            if bit.count_ones() == 1 && left & bit != 0 {
                left &= !bit;
                put(f, format_args!("{name}"))?;
            }
        }
        if left == 0 { Ok(()) } else { put(f, format_args!("{left:#x}")) }
    }
}

/// The events that a socket is watched for, with the ways of epoll(7) in which it is told of them.
pub(super) struct Watched(pub(super) u32);

impl fmt::Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Bits(POLL_EVENTS, (self.0 & 0x3fff_ffff) as i32).fmt(f)?;
        for (name, bit) in [("EPOLLONESHOT", 1 << 30), ("EPOLLET", 1 << 31)] {
            if self.0 & bit != 0 {
                write!(f, "|{name}")?;
            }
        }
        Ok(())
    }
}

/// A socket's type, with its flags.
pub(super) struct Kind(pub(super) i32);

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = self.0 & (c::SOCK_NONBLOCK | c::SOCK_CLOEXEC);
        Named(TYPES, self.0 & !flags).fmt(f)?;
        if flags == 0 { Ok(()) } else { write!(f, "|{}", Bits(TYPES, flags)) }
    }
}

/// A socket's protocol; other families than the internet's number their own.
pub(super) struct Protocol(pub(super) i32, pub(super) i32);

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            c::AF_INET | c::AF_INET6 if self.1 != 0 => Named(PROTOCOLS, self.1).fmt(f),
            _ => self.1.fmt(f),
        }
    }
}

/// An option's level.
pub(super) struct Level(pub(super) i32);

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The numbers of levels are those of protocols, but for the sockets' own, and beyond them.
        let kind = if self.0 == c::SOL_SOCKET || self.0 > i32::from(u8::MAX) { LEVELS } else { PROTOCOLS };
        Named(kind, self.0).fmt(f)
    }
}

/// The error's name: that of its errno, of its EAI_ or h_errno code, `timed_out`, `denied`; `other` if it has none.
pub(super) fn error_name(error: &Error) -> &'static str {
    match error {
        Error::Os(errno) => errno.name().unwrap_or("other"),
        Error::TimedOut => "timed_out",
        Error::Denied(_) => "denied",
        Error::Gai(GaiCode(code)) => LOOKUP_ERRORS.name((*code).into()).unwrap_or("other"),
        Error::Host(HostCode(1)) => "HOST_NOT_FOUND",
        Error::Host(HostCode(2)) => "TRY_AGAIN",
        Error::Host(HostCode(3)) => "NO_RECOVERY",
        Error::Host(HostCode(4)) => "NO_DATA",
        Error::Host(_) => "other",
    }
}
