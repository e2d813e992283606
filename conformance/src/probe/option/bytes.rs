//! Bytes, as the arguments write them.

use berkeley_guest::socket::*;

use crate::check::{Answer, Failure};
use crate::platform::Platform;

/// The bytes that the words stand for, for that socket.
pub(super) fn bytes<P: Platform>(words: &[&str], socket: &P) -> Answer<Vec<u8>> {
    let mut all = Vec::new();
    for word in words {
        match *word {
            "own" => all.extend(storage(&socket.getsockname()?)?),
            "peer" => all.extend(storage(&socket.getpeername()?)?),
            word => all.extend(hexadecimal(word)?),
        }
    }
    Ok(all)
}

/// struct sockaddr_storage, with an IPv4 address.
fn storage(address: &Address) -> Answer<Vec<u8>> {
    let Address::Inet(address) = address else { return Err(Failure::Wrong(format!("{address} is not of IPv4"))) };
    let mut storage = (AF_INET as u16).to_ne_bytes().to_vec();
    storage.extend(address.port().to_be_bytes());
    storage.extend(address.ip().octets());
    storage.resize(128, 0);
    Ok(storage)
}

pub(super) fn hexadecimal(word: &str) -> Answer<Vec<u8>> {
    let none = || Failure::Wrong(format!("{word} is no bytes"));
    if let Some(zeros) = word.strip_prefix('+') {
        return Ok(vec![0; zeros.parse().map_err(|_| none())?]);
    }
    let byte = |at| u8::from_str_radix(word.get(at..at + 2).unwrap_or_default(), 16).map_err(|_| none());
    (0..word.len()).step_by(2).map(byte).collect()
}
