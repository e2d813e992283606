//! Addresses as text: those of Bluetooth and UUIDs, those of the internet as C writes them, and tuples as Python does.

use std::fmt::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr};

use crate::bindings::address::BluetoothAddress;
use crate::error::{Error, Result};

/// The Bluetooth address of that text, such as `00:11:22:33:44:55`.
///
/// ```
/// use berkeley_guest::address::{ba2str, str2ba};
///
/// let address = str2ba("00:11:22:aa:BB:5")?;
/// assert_eq!(address, (0x00, 0x11, 0x22, 0xaa, 0xbb, 0x05));
/// assert_eq!(ba2str(address), "00:11:22:AA:BB:05");
/// assert!(str2ba("00:11:22:33:44").is_err());
/// # Ok::<(), berkeley_guest::Error>(())
/// ```
pub fn str2ba(text: &str) -> Result<BluetoothAddress> {
    let [a, b, c, d, e, f] = hexadecimal(text.split(':'), 1..=2).ok_or(Error::Invalid("bad bluetooth address"))?;
    Ok((a, b, c, d, e, f))
}

/// The text of a Bluetooth address, as Python has it.
pub fn ba2str((a, b, c, d, e, f): BluetoothAddress) -> String {
    format!("{a:02X}:{b:02X}:{c:02X}:{d:02X}:{e:02X}:{f:02X}")
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

/// The bytes of a UUID, in the order in which they are written.
pub(super) fn uuid(text: &str) -> Result<Vec<u8>> {
    let invalid = Error::Invalid("not a valid UUID string");
    let groups: Vec<&str> = text.split('-').collect();
    if !text.is_ascii() || !groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]) {
        return Err(invalid);
    }
    let digits = groups.concat();
    hexadecimal::<16>((0..32).step_by(2).map(|at| &digits[at..at + 2]), 2..=2).map(Vec::from).ok_or(invalid)
}

/// The text of a UUID.
pub(crate) fn uuid_text(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        let dash = if [4, 6, 8, 10].contains(&at) { "-" } else { "" };
        write!(text, "{dash}{byte:02x}").expect("a string takes it");
    }
    text
}

/// The bytes that these parts are in hexadecimal, if there are as many and each has so many digits.
fn hexadecimal<'a, const N: usize>(
    parts: impl Iterator<Item = &'a str>,
    digits: std::ops::RangeInclusive<usize>,
) -> Option<[u8; N]> {
    let fits = |part: &&str| digits.contains(&part.len()) && part.bytes().all(|digit| digit.is_ascii_hexdigit());
    let byte = |part: &str| Some(part).filter(fits).and_then(|part| u8::from_str_radix(part, 16).ok());
    parts.map(byte).collect::<Option<Vec<u8>>>()?.try_into().ok()
}

/// A field of a tuple, as Python writes it; a text that is not ASCII is written as bytes.
pub(super) enum Field<'a> {
    Number(u64),
    Text(&'a [u8]),
    Bytes(&'a [u8]),
}

impl<T: Into<u64>> From<T> for Field<'_> {
    fn from(number: T) -> Self {
        Self::Number(number.into())
    }
}

impl fmt::Display for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) if text.is_ascii() => write!(f, "'{}'", Escaped(text)),
            Self::Text(bytes) | Self::Bytes(bytes) => write!(f, "b'{}'", Escaped(bytes)),
        }
    }
}

struct Escaped<'a>(&'a [u8]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| match byte {
            b'"' => f.write_char('"'),
            byte => write!(f, "{}", byte.escape_ascii()),
        })
    }
}

/// Writes the fields as a tuple of Python.
pub(super) fn tuple<const N: usize>(f: &mut fmt::Formatter<'_>, fields: [Field<'_>; N]) -> fmt::Result {
    f.write_char('(')?;
    for (at, field) in fields.iter().enumerate() {
        let before = if at == 0 { "" } else { ", " };
        write!(f, "{before}{field}")?;
    }
    f.write_str(if N == 1 { ",)" } else { ")" })
}
