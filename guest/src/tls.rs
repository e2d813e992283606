//! TLS 1.2 and 1.3 over a stream: what Python's `ssl` has.
//!
//! The host has the protocol; the bytes travel over the stream that the guest has, under the host's policy for it. A
//! [`TlsStream`] is a client's side or a server's, over a [`TcpStream`](crate::net::TcpStream) or whatever else is read
//! and written.
//!
//! ```no_run
//! use std::io::{Read, Write};
//! use berkeley_guest::net::TcpStream;
//! use berkeley_guest::tls::{Config, Terms, TlsStream};
//!
//! // Whom the host trusts; `Terms` has the other choices.
//! let config = Config::new(Terms::default())?;
//! let stream = TcpStream::connect("example.com:443")?;
//! let mut stream = TlsStream::client(&config, Some("example.com"), stream)?;
//! stream.write_all(b"GET / HTTP/1.0\r\nHost: example.com\r\n\r\n")?;
//! let mut answer = String::new();
//! stream.read_to_string(&mut answer)?;
//! # Ok::<(), std::io::Error>(())
//! ```

use std::io::{self, Read, Write};

use crate::bindings::tls as wit;
pub use crate::bindings::tls::{Error, Identity, RevocationCheck, Terms, Verification, VerifyMode};

/// The number of TLS 1.2.
pub const TLS_1_2: u16 = 0x0303;
/// The number of TLS 1.3.
pub const TLS_1_3: u16 = 0x0304;

/// What is carried at once.
const PIECE: usize = 1 << 16;

/// A client's terms: the peer's certificate must hold, be for its name, and come from whom the host trusts; TLS 1.2 or
/// 1.3.
///
/// ```
/// use berkeley_guest::tls::{Terms, certificates};
///
/// # fn terms(authority: &str) -> std::io::Result<Terms> {
/// // Whom this program trusts, and nobody else.
/// Ok(Terms { roots: certificates(authority)?, host_roots: false, ..Terms::default() })
/// # }
/// ```
impl Default for Terms {
    fn default() -> Self {
        Self {
            verify: VerifyMode::Required,
            check_name: true,
            common_name: false,
            roots: Vec::new(),
            host_roots: true,
            crls: Vec::new(),
            revocation: RevocationCheck::None,
            identity: None,
            alpn: Vec::new(),
            minimum_version: TLS_1_2,
            maximum_version: TLS_1_3,
            cipher_suites: Vec::new(),
            choice: false,
        }
    }
}

impl Terms {
    /// A server's terms: it shows that certificate, and asks for none.
    pub fn server(identity: Identity) -> Self {
        Self { verify: VerifyMode::None, host_roots: false, identity: Some(identity), ..Self::default() }
    }
}

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

/// As `std` sorts errors; the [`Error`] is inside.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error {
            Error::WantRead | Error::WantWrite | Error::WantChoice => io::ErrorKind::WouldBlock,
            Error::Closed => io::ErrorKind::BrokenPipe,
            Error::UnexpectedEof => io::ErrorKind::UnexpectedEof,
            Error::Invalid(_) => io::ErrorKind::InvalidInput,
            Error::Limit(_) => io::ErrorKind::QuotaExceeded,
            Error::Verification(_) | Error::Alert(_) | Error::Protocol(_) => io::ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}

/// Terms that the host has looked at, for any number of connections.
#[derive(Debug)]
pub struct Config(wit::Config);

impl Config {
    /// Has the host look at the terms. `InvalidInput`: what cannot be read, or does not fit together.
    pub fn new(terms: Terms) -> io::Result<Self> {
        Ok(Self(wit::Config::create(&terms)?))
    }
}

/// One side of a connection, over a stream.
///
/// The handshake is done by the first read or write, or before by [`handshake`](Self::handshake). What the stream says
/// of waiting is passed on: over a non-blocking one a call fails with `WouldBlock`, and may be made again.
///
/// The end of a stream is that which the peer made by [`close`](Self::close); another one is `UnexpectedEof`, for it may
/// have been cut off. Dropping a `TlsStream` sends the peer nothing.
#[derive(Debug)]
pub struct TlsStream<S> {
    connection: wit::Connection,
    stream: S,
    /// Taken from the connection, and not yet sent.
    unsent: Vec<u8>,
    /// Received, and not yet put into the connection.
    unput: Vec<u8>,
}

impl<S: Read + Write> TlsStream<S> {
    /// A client's side, for the server of that name or address. `InvalidInput`: what is no name, or none though the
    /// terms say that it is checked.
    pub fn client(config: &Config, name: Option<&str>, stream: S) -> io::Result<Self> {
        Ok(Self::over(wit::Connection::client(&config.0, name)?, stream))
    }

    /// A server's side.
    pub fn server(config: &Config, stream: S) -> io::Result<Self> {
        Ok(Self::over(wit::Connection::server(&config.0)?, stream))
    }

    fn over(connection: wit::Connection, stream: S) -> Self {
        Self { connection, stream, unsent: Vec::new(), unput: Vec::new() }
    }

    /// Does the handshake, if it is not done. `InvalidData`: the peer's certificate does not hold, and the like.
    pub fn handshake(&mut self) -> io::Result<()> {
        self.perform(wit::Connection::handshake)?;
        self.send()
    }

    /// Ends this side: the peer finds the end of the stream. What it still sends can be read.
    pub fn close(&mut self) -> io::Result<()> {
        self.perform(wit::Connection::close)?;
        self.send()
    }

    /// Calls the host until it is content, and carries what it wants.
    fn perform<T>(&mut self, call: impl Fn(&wit::Connection) -> Result<T, Error>) -> io::Result<T> {
        loop {
            match call(&self.connection) {
                Err(Error::WantRead) => {
                    self.send()?;
                    self.receive()?;
                }
                Err(Error::WantWrite) => self.send()?,
                Err(error) => {
                    // The peer is told, if that is possible.
                    let _ = self.send();
                    return Err(error.into());
                }
                Ok(value) => return Ok(value),
            }
        }
    }

    fn send(&mut self) -> io::Result<()> {
        loop {
            if self.unsent.is_empty() {
                self.unsent = self.connection.take(PIECE as u64);
                if self.unsent.is_empty() {
                    return self.stream.flush();
                }
            }
            let count = self.stream.write(&self.unsent)?;
            if count == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            self.unsent.drain(..count);
        }
    }

    fn receive(&mut self) -> io::Result<()> {
        if self.unput.is_empty() {
            let mut buffer = vec![0; PIECE];
            let count = self.stream.read(&mut buffer)?;
            if count == 0 {
                self.connection.put_eof();
                return Ok(());
            }
            buffer.truncate(count);
            self.unput = buffer;
        }
        let count = self.connection.put(&self.unput);
        self.unput.drain(..count as usize);
        Ok(())
    }
}

impl<S> TlsStream<S> {
    /// The stream below.
    pub fn get_ref(&self) -> &S {
        &self.stream
    }

    /// The stream below. What is read from it or written to it by itself, the connection misses.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.stream
    }

    /// The version, once it is agreed on, such as [`TLS_1_3`].
    pub fn version(&self) -> Option<u16> {
        self.connection.version()
    }

    /// The cipher suite, once it is agreed on, by IANA's number.
    pub fn cipher_suite(&self) -> Option<u16> {
        self.connection.cipher_suite()
    }

    /// The application's protocol, if one was agreed on.
    pub fn alpn(&self) -> Option<Vec<u8>> {
        self.connection.alpn()
    }

    /// The peer's certificates, as it sent them, its own first, in DER.
    pub fn peer_certificates(&self) -> Vec<Vec<u8>> {
        self.connection.peer_certificates()
    }

    /// From the peer's certificate to the trusted one; nothing where none was verified.
    pub fn verified_chain(&self) -> Vec<Vec<u8>> {
        self.connection.verified_chain()
    }

    /// Bytes that both sides have in common and nobody else, at most 1024: RFC 5705.
    pub fn export_keying_material(&self, size: u32, label: &[u8], context: Option<&[u8]>) -> io::Result<Vec<u8>> {
        Ok(self.connection.export_keying_material(size, label, context)?)
    }
}

impl<S: Read + Write> Read for TlsStream<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let result = self.perform(|connection| match connection.read(buffer.len() as u64) {
            Err(Error::Closed) => Ok(Vec::new()),
            result => result,
        });
        let data = result?;
        buffer[..data.len()].copy_from_slice(&data);
        Ok(data.len())
    }
}

impl<S: Read + Write> Write for TlsStream<S> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        // What could not be sent before goes first.
        self.send()?;
        let count = self.perform(|connection| connection.write(&data[..data.len().min(PIECE)]))?;
        match self.send() {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(error),
            _ => Ok(count as usize),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
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
