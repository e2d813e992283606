//! Internet addresses and numbers as text and bytes.

use std::net::{Ipv4Addr, Ipv6Addr};

use berkeley_constants::{AF_INET, AF_INET6};

use crate::address::ip_text;
use crate::error::{Errno, Error, Result};

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
}
