//! One side of a connection.

use std::fmt;
use std::io::Read;
use std::sync::Arc;

use rustls::ClientConnection;
use rustls::pki_types::ServerName;
use rustls::server::{Accepted, Acceptor};

use super::config::Config;
use super::error::{Error, Result, invalid, unusable};
use super::framing::Framing;
use super::hello::Hello;
use super::state::{Held, Tls};
use super::terms::VerifyMode;
use super::verify::Verifier;
use crate::budget::Share;

/// How many bytes one call takes in or gives out.
pub(super) const MOST_AT_ONCE: usize = 1 << 20;
/// What a connection holds beside certificates and data: rustls's state, keys, and buffers.
pub(super) const OWN_SIZE: usize = 12 << 10;
/// How many bytes are read at once.
const MOST_READ: usize = 1 << 15;
/// How many bytes of key one call exports, and how long what goes into it may be.
const MOST_KEY: u32 = 1024;
const MOST_LABEL: usize = 128;
const MOST_CONTEXT: usize = 1 << 12;

/// One side of a connection.
#[allow(unreachable_pub, reason = "the bindings want it public")]
#[derive(Debug)]
pub struct Connection {
    pub(super) stage: Stage,
    pub(super) verifier: Arc<Verifier>,
    pub(super) framing: Framing,
    pub(super) hello: Option<Hello>,
    /// What a client has sent up to its hello.
    pub(super) opening: Vec<u8>,
    /// What the peer gets next.
    pub(super) outgoing: Vec<u8>,
    /// How much was received that was not read.
    pub(super) unread: usize,
    /// How much was received before the handshake was done.
    pub(super) shaken: usize,
    pub(super) peer_closed: bool,
    pub(super) eof: bool,
    pub(super) closed: bool,
    pub(super) failure: Option<Error>,
    pub(super) held: Held,
    _share: Share,
}

/// How far it has come.
pub(super) enum Stage {
    /// A server that awaits the client's hello.
    Awaiting(Box<Acceptor>, Config),
    /// A server that awaits the guest's choice.
    Choosing(Box<Accepted>),
    Open(Box<rustls::Connection>),
    /// It came to nothing before there was a connection.
    Failed,
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Awaiting(..) => "Awaiting",
            Self::Choosing(_) => "Choosing",
            Self::Open(_) => "Open",
            Self::Failed => "Failed",
        })
    }
}

impl Connection {
    /// A client's side.
    pub(crate) fn client(tls: &Tls, config: &Config, name: Option<&str>) -> Result<Self> {
        let share = tls.connection()?;
        let held = tls.hold(OWN_SIZE + config.size_of_each())?;
        if name.is_none() && config.0.check_name && config.0.verify != VerifyMode::None {
            return Err(invalid("the certificate is to be checked for the server's name, but none was given"));
        }
        let parsed = match name {
            Some(name) => {
                let parsed = ServerName::try_from(name.to_owned());
                parsed.map_err(|_| invalid(format!("{name:?} is not the name of a server, nor an address")))?
            }
            // An address is not sent to the server.
            None => ServerName::IpAddress(std::net::Ipv4Addr::UNSPECIFIED.into()),
        };
        let verifier = Verifier::asking(config, name);
        let made = config.client(verifier.clone(), name.is_some());
        let made = made.and_then(|config| ClientConnection::new(Arc::new(config), parsed)).map_err(unusable)?;
        let mut connection = Self::new(Stage::Open(Box::new(made.into())), verifier, held, share);
        connection.collect();
        connection.account()?;
        Ok(connection)
    }

    /// A server's side.
    pub(crate) fn server(tls: &Tls, config: &Config) -> Result<Self> {
        let share = tls.connection()?;
        let held = tls.hold(OWN_SIZE + config.size_of_each())?;
        Ok(Self::new(Stage::Awaiting(Box::default(), config.clone()), Verifier::new(config), held, share))
    }

    fn new(stage: Stage, verifier: Arc<Verifier>, held: Held, share: Share) -> Self {
        Self {
            stage,
            verifier,
            framing: Framing::default(),
            hello: None,
            opening: Vec::new(),
            outgoing: Vec::new(),
            unread: 0,
            shaken: 0,
            peer_closed: false,
            eof: false,
            closed: false,
            failure: None,
            held,
            _share: share,
        }
    }

    /// Whether it takes long to take in so many bytes: whether they bring a handshake on, with its signatures.
    pub(crate) fn is_laborious(&self, bytes: usize) -> bool {
        !self.is_shaken() && bytes >= self.framing.needed()
    }

    /// Whether no handshake is going on: it is done, or has come to nothing.
    pub(super) fn is_shaken(&self) -> bool {
        match &self.stage {
            Stage::Awaiting(..) | Stage::Choosing(_) => false,
            Stage::Open(connection) => !connection.is_handshaking(),
            Stage::Failed => true,
        }
    }

    /// How many bytes make the record whole, or its head.
    pub(crate) fn needed(&self) -> usize {
        self.framing.needed()
    }

    /// What the client said first.
    pub(crate) fn client_hello(&self) -> Option<Hello> {
        self.hello.clone()
    }

    /// Whether the handshake is done.
    pub(crate) fn handshake(&mut self) -> Result<()> {
        match &self.stage {
            Stage::Open(connection) if !connection.is_handshaking() => Ok(()),
            _ => Err(self.waiting()),
        }
    }

    /// Why it does not go on.
    fn waiting(&self) -> Error {
        match (&self.failure, &self.stage) {
            (Some(failure), _) => failure.clone(),
            (None, Stage::Choosing(_)) => Error::WantChoice,
            _ if self.peer_closed => Error::Closed,
            _ if self.eof => Error::UnexpectedEof,
            _ => Error::WantRead,
        }
    }

    /// The connection, once the handshake is done.
    pub(super) fn open(&mut self) -> Result<&mut rustls::Connection> {
        self.handshake()?;
        match &mut self.stage {
            Stage::Open(connection) => Ok(connection),
            _ => Err(Error::WantRead),
        }
    }

    /// Reads at most so many bytes.
    pub(crate) fn read(&mut self, size: usize) -> Result<Vec<u8>> {
        let unread = self.unread;
        let connection = self.open()?;
        // One byte at least, for it tells of the end as well.
        let mut data = vec![0; size.min(unread.clamp(1, MOST_READ))];
        if data.is_empty() {
            return Ok(data);
        }
        match connection.reader().read(&mut data) {
            Ok(count @ 1..) => {
                data.truncate(count);
                self.unread = self.unread.saturating_sub(count);
                self.account()?;
                Ok(data)
            }
            _ => Err(self.waiting()),
        }
    }

    /// How many bytes can be read at once.
    pub(crate) fn unread(&self) -> usize {
        self.unread
    }

    fn agreed(&self) -> Option<&rustls::Connection> {
        match &self.stage {
            Stage::Open(connection) => Some(connection),
            _ => None,
        }
    }

    /// The version.
    pub(crate) fn version(&self) -> Option<u16> {
        self.agreed()?.protocol_version().map(u16::from)
    }

    /// The cipher suite.
    pub(crate) fn cipher_suite(&self) -> Option<u16> {
        self.agreed()?.negotiated_cipher_suite().map(|suite| suite.suite().into())
    }

    /// The application's protocol.
    pub(crate) fn alpn(&self) -> Option<Vec<u8>> {
        self.agreed()?.alpn_protocol().map(<[u8]>::to_vec)
    }

    /// What the peer sent.
    pub(crate) fn peer_certificates(&self) -> Vec<Vec<u8>> {
        self.verifier.outcome().sent.iter().map(|certificate| certificate.to_vec()).collect()
    }

    /// From the peer's certificate to the trusted one.
    pub(crate) fn verified_chain(&self) -> Vec<Vec<u8>> {
        self.verifier.outcome().verified.iter().map(|certificate| certificate.to_vec()).collect()
    }

    /// Bytes that both sides have in common.
    pub(crate) fn export(&mut self, size: u32, label: &[u8], context: Option<&[u8]>) -> Result<Vec<u8>> {
        if !(1..=MOST_KEY).contains(&size)
            || label.len() > MOST_LABEL
            || context.is_some_and(|context| context.len() > MOST_CONTEXT)
        {
            return Err(invalid("keying material is 1 to 1024 bytes, the label at most 128, the context at most 4096"));
        }
        let connection = self.open()?;
        let exported = connection.export_keying_material(vec![0; size as usize], label, context);
        exported.map_err(|error| invalid(error.to_string()))
    }
}

#[cfg(test)]
mod tests;
