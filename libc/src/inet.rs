//! Addresses as text: inet_aton(3), inet_ntop(3), as Linux reads and writes them.

use core::ffi::{c_char, c_int};
use std::net::{Ipv4Addr, Ipv6Addr};

use berkeley_guest::error::Errno;

use crate::export::exported;
use crate::failure::Result;
use crate::memory::{In, Out};
use crate::number::socket::{AF_INET, AF_INET6};

/// A number as C writes it, and what follows it; none for what has no digits, or is too large for any part.
fn number(text: &[u8]) -> Option<(u32, &[u8])> {
    let (radix, digits) = match text {
        [b'0', b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit() => (16, &text[2..]),
        [b'0', ..] => (8, text),
        _ => (10, text),
    };
    let end = digits.iter().position(|&byte| !char::from(byte).is_digit(radix)).unwrap_or(digits.len());
    let number = u32::from_str_radix(core::str::from_utf8(&digits[..end]).ok()?, radix).ok()?;
    Some((number, &digits[end..]))
}

/// The address of one to four parts, the last of which fills what is left. Space ends the text.
fn parse(text: &[u8]) -> Option<u32> {
    let (mut rest, mut address) = (text, 0);
    for part in 0..4 {
        if !rest.first()?.is_ascii_digit() {
            return None;
        }
        let (value, after) = number(rest)?;
        match after {
            [b'.', more @ ..] if part < 3 && value <= 0xff => {
                address |= value << (24 - 8 * part);
                rest = more;
            }
            [] | [b' ' | b'\t'..=b'\r', ..] => {
                let most = u32::MAX.checked_shr(8 * part).unwrap_or(0);
                return (value <= most).then_some(address | value);
            }
            _ => return None,
        }
    }
    None
}

/// An address of IPv6; what only has an IPv4 address in it is written with that.
fn write6(address: Ipv6Addr) -> String {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, high, _] if high != 0 => {
            let [.., a, b, c, d] = address.octets();
            format!("::{}", Ipv4Addr::new(a, b, c, d))
        }
        _ => address.to_string(),
    }
}

fn aton(text: In<c_char>, address: Out<u32>) -> Result<c_int> {
    let Some(parsed) = parse(text.text()?) else { return Ok(0) };
    if !address.is_null() {
        address.put(parsed.to_be())?;
    }
    Ok(1)
}

exported! {
    /// inet_aton(3)
    fn inet_aton(text: In<c_char>, address: Out<u32>) -> c_int {
        aton(text, address)
    }

    /// The same, by the name that wasi-libc's own functions call.
    fn __inet_aton(text: In<c_char>, address: Out<u32>) -> c_int {
        aton(text, address)
    }

    /// inet_ntop(3). EAFNOSUPPORT, ENOSPC.
    fn inet_ntop(family: c_int, address: In<u8>, text: Out<c_char>, room: u32) -> Out<c_char> {
        let written = match family {
            AF_INET => address.cast::<[u8; 4]>().get().map(|bytes| Ipv4Addr::from(bytes).to_string())?,
            AF_INET6 => write6(address.cast::<[u8; 16]>().get()?.into()),
            _ => return Err(Errno::Eafnosupport.into()),
        };
        if written.len() >= room as usize {
            return Err(Errno::Enospc.into());
        }
        text.cast::<u8>().put_all(&[written.as_bytes(), &[0]].concat())?;
        Ok(text)
    }
}
