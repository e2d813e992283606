//! What calls are given and answer, as strace(1) would write it.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use berkeley_constants as c;

use super::number::Level;
use crate::address::Address;

/// How many elements of a list are written.
const MOST: usize = 8;

pub(super) fn write_option(f: &mut Formatter<'_>, family: i32, level: i32, name: i32) -> fmt::Result {
    write!(f, ", {}, ", Level(level))?;
    match c::option::find(family, level, name) {
        Some(option) => f.write_str(option.name),
        None => name.fmt(f),
    }
}

/// An option's value: a number, or what is known to be text or a structure. Of all others only the size, for keys are
/// among them.
pub(super) fn write_value(f: &mut Formatter<'_>, option: (i32, i32), value: &[u8]) -> fmt::Result {
    let int = |bytes: &[u8; 4]| i32::from_ne_bytes(*bytes);
    let long = |bytes: &[u8; 8]| i64::from_ne_bytes(*bytes);
    match (option, value.as_chunks::<4>(), value.as_chunks::<8>()) {
        ((c::SOL_SOCKET, c::SO_BINDTODEVICE) | (c::IPPROTO_TCP, c::TCP_CONGESTION | c::TCP_ULP), ..) => {
            let end = value.iter().position(|byte| *byte == 0).unwrap_or(value.len());
            Text(&value[..end]).fmt(f)
        }
        ((c::SOL_SOCKET, c::SO_LINGER), ([on, time], []), _) => {
            write!(f, "{{l_onoff={}, l_linger={}}}", int(on), int(time))
        }
        ((c::SOL_SOCKET, c::SO_RCVTIMEO | c::SO_SNDTIMEO), _, ([seconds, micros], [])) => {
            write!(f, "{{tv_sec={}, tv_usec={}}}", long(seconds), long(micros))
        }
        // Keys may be as short as a number.
        ((level, _), ([value], []), _) if ![c::SOL_ALG, c::SOL_TLS].contains(&level) => int(value).fmt(f),
        _ => write!(f, "{} bytes", value.len()),
    }
}

/// The beginning of a list.
pub(super) fn write_list<T>(
    f: &mut Formatter<'_>,
    len: usize,
    list: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    f.write_str("[")?;
    for (at, element) in list.take(MOST).enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        write(f, element)?;
    }
    if len > MOST { write!(f, ", ... ({len})]") } else { f.write_str("]") }
}

/// An address; one of a family that has no text of its own within braces.
pub(super) struct Spelt<'a>(pub(super) &'a Address);

impl Display for Spelt<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Address::Unix(path) => match path.as_slice() {
                [] => f.write_str("\"\""),
                [0, name @ ..] => write!(f, "\"@{}\"", name.escape_ascii()),
                path => write!(f, "\"{}\"", path.escape_ascii()),
            },
            Address::Unspecified => f.write_str("AF_UNSPEC"),
            other => other.fmt(f),
        }
    }
}

/// Bytes as text in quotes, what is no plain letter escaped.
pub(super) struct Text<'a>(pub(super) &'a [u8]);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

/// A time limit.
pub(super) struct Limit(pub(super) Option<Duration>);

impl Display for Limit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(limit) => write!(f, "{limit:?}"),
            None => f.write_str("no limit"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Shown<'a>((i32, i32), &'a [u8]);

    impl Display for Shown<'_> {
        fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
            write_value(f, self.0, self.1)
        }
    }

    #[test]
    fn values_are_shown_as_what_they_are_and_keys_are_not() {
        let shown = |option, value: &[u8]| Shown(option, value).to_string();
        assert_eq!(shown((c::SOL_SOCKET, c::SO_RCVBUF), &7i32.to_ne_bytes()), "7");
        assert_eq!(shown((c::SOL_SOCKET, c::SO_BINDTODEVICE), b"eth0\0\0"), "\"eth0\"");
        assert_eq!(shown((c::IPPROTO_TCP, c::TCP_CONGESTION), b"a\nb"), "\"a\\nb\"");
        for (option, key) in [
            ((c::SOL_ALG, 1), &b"1234"[..]),
            ((c::SOL_ALG, 1), b"a key of sixteen"),
            ((c::SOL_TLS, c::TLS_TX), &[7; 40]),
            ((c::IPPROTO_TCP, c::TCP_FASTOPEN_KEY), &[7; 16]),
        ] {
            assert_eq!(shown(option, key), format!("{} bytes", key.len()));
        }
    }
}
