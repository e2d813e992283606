//! Certificates and keys as text.

use std::io;

use crate::bindings::tls::Identity;

impl Identity {
    /// The certificate with those after it, and its key, of PEM; both may stand in one text. The key must not be
    /// encrypted. `InvalidData`: there is none.
    pub fn from_pem(chain: &str, key: &str) -> io::Result<Self> {
        let key =
            blocks(key)?.into_iter().find(|(label, _)| label.ends_with("PRIVATE KEY") && !label.contains("ENCRYPTED"));
        let (_, key) = key.ok_or_else(|| malformed("there is no key that is not encrypted"))?;
        Ok(Self { chain: certificates(chain)?, key })
    }
}

/// The certificates of a PEM text, each in DER. `InvalidData`: there are none.
pub fn certificates(pem: &str) -> io::Result<Vec<Vec<u8>>> {
    let found: Vec<_> =
        blocks(pem)?.into_iter().filter(|(label, _)| *label == "CERTIFICATE").map(|(_, der)| der).collect();
    if found.is_empty() { Err(malformed("there is no certificate")) } else { Ok(found) }
}

/// Label and content of each block.
fn blocks(pem: &str) -> io::Result<Vec<(&str, Vec<u8>)>> {
    let mut found = Vec::new();
    for block in pem.split("-----BEGIN ").skip(1) {
        let (label, rest) = block.split_once("-----").ok_or_else(|| malformed("a line of PEM does not end"))?;
        let (body, _) = rest.split_once("-----END ").ok_or_else(|| malformed("a block of PEM does not end"))?;
        found.push((label, base64(body)?));
    }
    Ok(found)
}

fn base64(text: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()).take_while(|&byte| byte != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return Err(malformed("a block of PEM is no base64")),
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Ok(bytes)
}

fn malformed(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pem_is_read() {
        let text = "noise\n-----BEGIN CERTIFICATE-----\nAQID\nBA==\n-----END CERTIFICATE-----\n\
            -----BEGIN PRIVATE KEY-----\n/+8=\n-----END PRIVATE KEY-----\n";
        assert_eq!(certificates(text).expect("one"), [vec![1, 2, 3, 4]]);
        assert_eq!(Identity::from_pem(text, text).expect("both").key, [0xff, 0xef]);
        for bad in [
            "",
            "-----BEGIN CERTIFICATE",
            "-----BEGIN CERTIFICATE-----\nAQID",
            "-----BEGIN CERTIFICATE-----\n!\n-----END ",
        ] {
            assert!(certificates(bad).is_err(), "{bad}");
        }
    }
}
