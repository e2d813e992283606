//! TLS over a stream.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};

use crate::bindings::tls as wit;
use crate::bindings::tls::{Error, Terms, VerifyFlags};
use crate::endpoint::{gather, room, scatter};

/// What is carried at once.
const PIECE: usize = 1 << 16;

/// Terms that the host has looked at, for any number of connections.
#[derive(Debug)]
pub struct Config(wit::Config);

impl Config {
    /// Has the host look at the terms. `InvalidInput`: what cannot be read, or does not fit together.
    pub fn new(terms: Terms) -> io::Result<Self> {
        Ok(Self(wit::Config::create(&terms)?))
    }

    /// As [`new`](Self::new), and says how chains are looked at beside how they always are.
    ///
    /// ```no_run
    /// use berkeley_guest::tls::{Config, Terms, VerifyFlags};
    ///
    /// # fn config(peer: Vec<u8>) -> std::io::Result<Config> {
    /// // That very certificate, whoever has issued it.
    /// let terms = Terms { roots: vec![peer], host_roots: false, ..Terms::default() };
    /// Config::with_flags(terms, VerifyFlags::PARTIAL_CHAIN)
    /// # }
    /// ```
    pub fn with_flags(terms: Terms, flags: VerifyFlags) -> io::Result<Self> {
        Ok(Self(wit::Config::create_with(&terms, flags)?))
    }

    /// As [`with_flags`](Self::with_flags), and names the groups by which keys are agreed on, by IANA's numbers, the best
    /// first. `InvalidInput`: the host has none of them.
    ///
    /// ```no_run
    /// use berkeley_guest::tls::{Config, Terms, VerifyFlags};
    ///
    /// // x25519 alone.
    /// let config = Config::with_groups(Terms::default(), VerifyFlags::empty(), &[29])?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn with_groups(terms: Terms, flags: VerifyFlags, groups: &[u16]) -> io::Result<Self> {
        Ok(Self(wit::Config::create_by(&terms, flags, groups)?))
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

    /// Reads at most so many bytes. None is the end.
    pub(crate) fn read_vec(&mut self, size: usize) -> io::Result<Vec<u8>> {
        self.perform(|connection| match connection.read(size as u64) {
            Err(Error::Closed) => Ok(Vec::new()),
            result => result,
        })
    }

    /// Calls the host until it is content, and carries what it wants.
    fn perform<T>(&mut self, call: impl Fn(&wit::Connection) -> Result<T, Error>) -> io::Result<T> {
        loop {
            match call(&self.connection) {
                Err(Error::WantRead) => {
                    match self.send() {
                        // The peer may take nothing before it is read from.
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                        result => result?,
                    }
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

    /// The version, once it is agreed on, such as [`TLS_1_3`](super::TLS_1_3).
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
        self.read_vectored(&mut [IoSliceMut::new(buffer)])
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let room = room(buffers);
        if room == 0 {
            return Ok(0);
        }
        let data = self.read_vec(room)?;
        scatter(buffers, &data);
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

    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        self.write(&gather(buffers, PIECE)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}
