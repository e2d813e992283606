//! A client's hello.

use rustls::NamedGroup;
use rustls::server::Accepted;

/// The type of a record that has a part of the handshake, and of the extension with the server's name.
const HANDSHAKE: u8 = 22;
const SERVER_NAME: usize = 0;

/// What a client said first.
#[derive(Clone, Debug)]
pub(crate) struct Hello {
    pub(crate) server_name: Option<String>,
    pub(crate) alpn: Vec<Vec<u8>>,
    pub(crate) cipher_suites: Vec<u16>,
    /// The groups by which it agrees on keys, and the curves of keys that it takes in TLS 1.2; none if it says nothing.
    groups: Option<Vec<u16>>,
}

impl Hello {
    /// What was accepted, of the records from the client.
    pub(super) fn of(accepted: &Accepted, records: &[u8]) -> Self {
        let hello = accepted.client_hello();
        // rustls has the name in small letters.
        let named = |name: &str| server_name(records).filter(|sent| sent.eq_ignore_ascii_case(name));
        Self {
            server_name: hello.server_name().map(|name| named(name).unwrap_or_else(|| name.to_owned())),
            alpn: hello.alpn().into_iter().flatten().map(<[u8]>::to_vec).collect(),
            cipher_suites: hello.cipher_suites().iter().copied().map(u16::from).collect(),
            groups: hello.named_groups().map(|groups| groups.iter().copied().map(u16::from).collect()),
        }
    }

    /// Whether a key of the server's may be on that curve in TLS 1.2.
    pub(super) fn takes(&self, curve: NamedGroup) -> bool {
        self.groups.as_ref().is_none_or(|groups| groups.contains(&curve.into()))
    }

    /// Whether there are suites of TLS 1.3.
    pub(super) fn offers_1_3(&self) -> bool {
        self.cipher_suites.iter().any(|suite| suite >> 8 == 0x13)
    }

    /// How many bytes it holds.
    pub(super) fn size(&self) -> usize {
        let name = self.server_name.as_ref().map_or(0, String::len);
        let alpn = self.alpn.iter().map(|name| size_of::<Vec<u8>>() + name.len()).sum::<usize>();
        let groups = self.groups.as_ref().map_or(0, Vec::len);
        name + alpn + 2 * (self.cipher_suites.len() + groups)
    }
}

/// The server's name as it stands in a hello, which is in the records: RFC 8446, 4.1.2; RFC 6066, 3.
fn server_name(records: &[u8]) -> Option<String> {
    let mut message = Vec::new();
    let mut rest = Fields(records);
    while let Some(kind) = rest.bytes(1) {
        rest.bytes(2)?;
        let part = rest.sized(2)?;
        if kind == [HANDSHAKE] {
            message.extend(part.0);
        }
    }
    let mut message = Fields(&message);
    message.bytes(1)?;
    let mut hello = message.sized(3)?;
    // The version and the random bytes; the session, the suites, and how to compress.
    hello.bytes(2 + 32)?;
    for size in [1, 2, 1] {
        hello.sized(size)?;
    }
    let mut extensions = hello.sized(2)?;
    while let Some(kind) = extensions.number(2) {
        let mut body = extensions.sized(2)?;
        if kind == SERVER_NAME {
            let mut names = body.sized(2)?;
            names.bytes(1)?;
            return String::from_utf8(names.sized(2)?.0.to_vec()).ok();
        }
    }
    None
}

/// Bytes that are read from their beginning.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// So many of them.
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (first, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(first)
    }

    /// A number of so many bytes.
    fn number(&mut self, size: usize) -> Option<usize> {
        Some(self.bytes(size)?.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    }

    /// As many as a number of so many bytes says.
    fn sized(&mut self, size: usize) -> Option<Self> {
        let length = self.number(size)?;
        self.bytes(length).map(Self)
    }
}
