//! One side of a connection.

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::server::{Accepted, Acceptor};
use rustls::{AlertDescription, ClientConnection, InvalidMessage, PeerIncompatible};

use super::config::Config;
use super::verify::{Fault, Verifier};
use super::{Error, Result, Share, Tls, invalid};

/// How many bytes one call takes in or gives out.
const MOST_AT_ONCE: usize = 1 << 20;
/// How many bytes are read at once.
const MOST_READ: usize = 1 << 15;
/// How many bytes of key one call exports, and how long what goes into it may be.
const MOST_KEY: u32 = 1024;
const MOST_LABEL: usize = 128;
const MOST_CONTEXT: usize = 1 << 12;
/// The head of a record: its type, the version, the length of its body.
const HEAD: usize = 5;

/// What a client said first.
#[derive(Clone, Debug)]
pub(crate) struct Hello {
    pub(crate) server_name: Option<String>,
    pub(crate) alpn: Vec<Vec<u8>>,
    pub(crate) cipher_suites: Vec<u16>,
}

/// One side of a connection.
#[allow(unreachable_pub, reason = "the bindings want it public")]
#[derive(Debug)]
pub struct Connection {
    stage: Stage,
    verifier: Arc<Verifier>,
    framing: Framing,
    hello: Option<Hello>,
    /// What the peer gets before all that rustls has for it.
    first: Vec<u8>,
    /// How much was received that was not read.
    unread: usize,
    peer_closed: bool,
    eof: bool,
    closed: bool,
    failure: Option<Error>,
    _share: Share,
}

enum Stage {
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
    pub(crate) fn client(tls: &Tls, most: usize, config: &Config, name: Option<&str>) -> Result<Self> {
        let share = share(tls, most)?;
        if name.is_none() && config.0.check_name && config.0.verify != super::VerifyMode::None {
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
        let verifier = Verifier::new(config);
        let made = config.client(verifier.clone(), name.is_some());
        let made = made.and_then(|config| ClientConnection::new(Arc::new(config), parsed)).map_err(unusable)?;
        Ok(Self::new(Stage::Open(Box::new(made.into())), verifier, share))
    }

    /// A server's side.
    pub(crate) fn server(tls: &Tls, most: usize, config: &Config) -> Result<Self> {
        let share = share(tls, most)?;
        Ok(Self::new(Stage::Awaiting(Box::default(), config.clone()), Verifier::new(config), share))
    }

    fn new(stage: Stage, verifier: Arc<Verifier>, share: Share) -> Self {
        Self {
            stage,
            verifier,
            framing: Framing::default(),
            hello: None,
            first: Vec::new(),
            unread: 0,
            peer_closed: false,
            eof: false,
            closed: false,
            failure: None,
            _share: share,
        }
    }

    /// Takes in what came from the peer, and tells how many bytes.
    pub(crate) fn put(&mut self, ciphertext: &[u8]) -> usize {
        let ciphertext = &ciphertext[..ciphertext.len().min(MOST_AT_ONCE)];
        let mut taken = 0;
        while taken < ciphertext.len() && !self.peer_closed && !self.eof {
            if self.failure.is_some() {
                // Nobody will want it.
                return ciphertext.len();
            }
            let rest = &ciphertext[taken..];
            // One record at a time, so that nothing is taken from beyond the last one.
            let mut part = &rest[..rest.len().min(self.framing.needed())];
            let read = match &mut self.stage {
                Stage::Awaiting(acceptor, _) => acceptor.read_tls(&mut part),
                Stage::Open(connection) => connection.read_tls(&mut part),
                Stage::Choosing(_) | Stage::Failed => break,
            };
            let Ok(count @ 1..) = read else {
                // It has no room: for more plaintext, or for so long a message, and that will not change.
                if self.unread == 0 {
                    self.failure = Some(Error::Protocol("excessive message size".into()));
                }
                break;
            };
            self.framing.advance(&rest[..count]);
            taken += count;
            self.process();
        }
        taken
    }

    /// How many bytes make the record whole, or its head.
    pub(crate) fn needed(&self) -> usize {
        self.framing.needed()
    }

    /// Says that nothing more comes from the peer.
    pub(crate) fn put_eof(&mut self) {
        self.eof = true;
        if let Stage::Open(connection) = &mut self.stage {
            // Without bytes it takes none, so nothing goes wrong.
            let _ = connection.read_tls(&mut io::empty());
        }
        self.process();
    }

    fn process(&mut self) {
        match &mut self.stage {
            Stage::Awaiting(acceptor, _) => match acceptor.accept() {
                Ok(None) => {}
                Ok(Some(accepted)) => {
                    self.hello = Some(hello(&accepted));
                    let Stage::Awaiting(_, config) =
                        std::mem::replace(&mut self.stage, Stage::Choosing(Box::new(accepted)))
                    else {
                        return;
                    };
                    if !config.0.choice {
                        self.accept(&config);
                    }
                }
                Err((error, mut alert)) => {
                    // A vector takes everything.
                    let _ = alert.write_all(&mut self.first);
                    self.stage = Stage::Failed;
                    self.fail(error);
                }
            },
            Stage::Open(connection) => match connection.process_new_packets() {
                Ok(state) => {
                    self.unread = state.plaintext_bytes_to_read();
                    self.peer_closed = state.peer_has_closed();
                }
                Err(error) => self.fail(error),
            },
            Stage::Choosing(_) | Stage::Failed => {}
        }
    }

    fn fail(&mut self, error: rustls::Error) {
        let fault = self.verifier.outcome().fault.take();
        self.failure.get_or_insert(fault.map_or_else(|| failure(error), Error::Verification));
    }

    /// Answers the client's hello by these terms.
    fn accept(&mut self, config: &Config) {
        let Stage::Choosing(accepted) = std::mem::replace(&mut self.stage, Stage::Failed) else { return };
        self.verifier = Verifier::new(config);
        let offered = self.hello.as_ref().map_or(&[][..], |hello| &hello.alpn);
        let config = match config.server(self.verifier.clone(), offered) {
            Ok(Some(config)) => config,
            // As OpenSSL has it.
            Ok(None) => return self.give_up(u8::from(AlertDescription::HandshakeFailure), "no shared cipher"),
            Err(error) => return self.fail(error),
        };
        match accepted.into_connection(Arc::new(config)) {
            Ok(connection) => {
                self.stage = Stage::Open(Box::new(connection.into()));
                self.process();
            }
            Err((error, mut alert)) => {
                let _ = alert.write_all(&mut self.first);
                self.fail(error);
            }
        }
    }

    /// What the client said first.
    pub(crate) fn client_hello(&self) -> Option<Hello> {
        self.hello.clone()
    }

    /// Answers the client's hello.
    pub(crate) fn choose(&mut self, config: &Config) -> Result<()> {
        self.await_choice()?;
        self.accept(config);
        Ok(())
    }

    /// Refuses the client.
    pub(crate) fn refuse(&mut self, alert: u8) -> Result<()> {
        self.await_choice()?;
        self.give_up(alert, "refused");
        Ok(())
    }

    /// Ends it before there is a connection.
    fn give_up(&mut self, alert: u8, why: &str) {
        // A fatal alert, by itself: there are no keys yet.
        self.first.extend([21, 3, 3, 0, 2, 2, alert]);
        self.stage = Stage::Failed;
        self.failure = Some(Error::Protocol(why.into()));
    }

    fn await_choice(&self) -> Result<()> {
        match self.stage {
            Stage::Choosing(_) => Ok(()),
            _ => Err(invalid("there is no client's hello to answer")),
        }
    }

    /// What the peer is to get next.
    pub(crate) fn take(&mut self, size: usize) -> Vec<u8> {
        let size = size.min(MOST_AT_ONCE);
        let mut taken = Vec::new();
        if !self.first.is_empty() {
            taken.extend(self.first.drain(..size.min(self.first.len())));
        }
        if let Stage::Open(connection) = &mut self.stage {
            let mut taker = Taker { taken: &mut taken, size };
            while connection.wants_write() && matches!(connection.write_tls(&mut taker), Ok(1..)) {}
        }
        taken
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

    fn open(&mut self) -> Result<&mut rustls::Connection> {
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
                Ok(data)
            }
            _ => Err(self.waiting()),
        }
    }

    /// How many bytes can be read at once.
    pub(crate) fn unread(&self) -> usize {
        self.unread
    }

    /// Writes the bytes, and tells how many of them.
    pub(crate) fn write(&mut self, plaintext: &[u8]) -> Result<usize> {
        if self.closed {
            return Err(Error::Closed);
        }
        let failure = self.failure.clone();
        let connection = self.open()?;
        if let Some(failure) = failure {
            return Err(failure);
        }
        match connection.writer().write(plaintext) {
            Ok(0) if !plaintext.is_empty() => Err(Error::WantWrite),
            Ok(count) => Ok(count),
            Err(error) => Err(Error::Protocol(error.to_string())),
        }
    }

    /// Ends this side, and tells whether the peer has ended its own.
    pub(crate) fn close(&mut self) -> Result<bool> {
        let failure = self.failure.clone();
        let connection = self.open()?;
        if let Some(failure) = failure {
            return Err(failure);
        }
        connection.send_close_notify();
        self.closed = true;
        Ok(self.peer_closed)
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

fn hello(accepted: &Accepted) -> Hello {
    let hello = accepted.client_hello();
    Hello {
        server_name: hello.server_name().map(str::to_owned),
        alpn: hello.alpn().into_iter().flatten().map(<[u8]>::to_vec).collect(),
        cipher_suites: hello.cipher_suites().iter().copied().map(u16::from).collect(),
    }
}

fn share(tls: &Tls, most: usize) -> Result<Share> {
    Share::take(&tls.connections, 1, most, "TLS connections")
}

fn unusable(error: rustls::Error) -> Error {
    invalid(error.to_string())
}

/// rustls's error as the contract has it, in OpenSSL's words where it has some.
fn failure(error: rustls::Error) -> Error {
    use InvalidMessage as Bad;
    use PeerIncompatible as Apart;
    use rustls::Error as E;
    let text = match error {
        E::AlertReceived(alert) => return Error::Alert(alert.into()),
        E::InvalidCertificate(error) => {
            let text = format!("the certificate cannot be used: {error}");
            return Error::Verification(Fault { code: 1, text });
        }
        E::InvalidMessage(Bad::InvalidContentType | Bad::UnknownProtocolVersion) => "wrong version number",
        E::InvalidMessage(Bad::MessageTooLarge) | E::PeerSentOversizedRecord => "packet length too long",
        E::DecryptError => "decryption failed or bad record mac",
        E::NoCertificatesPresented => "peer did not return a certificate",
        E::NoApplicationProtocol => "no application protocol",
        E::InappropriateMessage { .. } | E::InappropriateHandshakeMessage { .. } => "unexpected message",
        E::PeerIncompatible(
            Apart::ServerDoesNotSupportTls12Or13
            | Apart::ServerTlsVersionIsDisabledByOurConfig
            | Apart::SupportedVersionsExtensionRequired
            | Apart::Tls12NotOffered
            | Apart::Tls12NotOfferedOrEnabled,
        ) => "unsupported protocol",
        E::PeerIncompatible(Apart::NoCipherSuitesInCommon) => "no shared cipher",
        E::PeerIncompatible(Apart::NoKxGroupsInCommon) => "no suitable key share",
        E::PeerIncompatible(Apart::NoSignatureSchemesInCommon) => "no suitable signature algorithm",
        other => return Error::Protocol(other.to_string()),
    };
    Error::Protocol(text.into())
}

/// Where in a record the bytes from the peer are.
#[derive(Debug, Default)]
struct Framing {
    head: [u8; HEAD],
    /// How much of the head is there; none of the body is until all of it is.
    filled: usize,
    /// How much of the body is missing.
    body: usize,
}

impl Framing {
    /// How many bytes the head lacks, or the body.
    fn needed(&self) -> usize {
        if self.body > 0 { self.body } else { HEAD - self.filled }
    }

    /// Passes over the bytes, which are no more than `needed`.
    fn advance(&mut self, bytes: &[u8]) {
        if self.body > 0 {
            self.body = self.body.saturating_sub(bytes.len());
            return;
        }
        for &byte in bytes.iter().take(HEAD - self.filled) {
            self.head[self.filled] = byte;
            self.filled += 1;
        }
        if self.filled == HEAD {
            self.filled = 0;
            self.body = usize::from(u16::from_be_bytes([self.head[3], self.head[4]]));
        }
    }
}

/// Takes so many bytes and no more.
struct Taker<'a> {
    taken: &'a mut Vec<u8>,
    size: usize,
}

impl Write for Taker<'_> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let count = data.len().min(self.size - self.taken.len());
        self.taken.extend_from_slice(&data[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::{Terms, VerifyMode};

    fn terms() -> Terms {
        Terms {
            verify: VerifyMode::Required,
            check_name: true,
            common_name: true,
            roots: Vec::new(),
            host_roots: false,
            crls: Vec::new(),
            revocation: None,
            identity: None,
            alpn: Vec::new(),
            minimum_version: 0x303,
            maximum_version: 0x304,
            cipher_suites: Vec::new(),
            choice: false,
        }
    }

    fn client(tls: &Tls) -> Connection {
        let config = Config::new(tls, terms()).expect("terms");
        Connection::client(tls, 2, &config, Some("localhost")).expect("a connection")
    }

    #[test]
    fn records_are_passed_over_one_by_one() {
        let mut framing = Framing::default();
        assert_eq!(framing.needed(), 5);
        framing.advance(&[23, 3]);
        assert_eq!(framing.needed(), 3);
        framing.advance(&[3, 1, 2]);
        assert_eq!(framing.needed(), 0x102);
        framing.advance(&[0; 0x100]);
        assert_eq!(framing.needed(), 2);
        framing.advance(&[0; 2]);
        assert_eq!(framing.needed(), 5);
        // A record without a body.
        framing.advance(&[23, 3, 3, 0, 0]);
        assert_eq!(framing.needed(), 5);
    }

    #[test]
    fn what_is_no_tls_is_told_so() {
        let tls = Tls::default();
        let mut connection = client(&tls);
        assert_eq!(connection.handshake(), Err(Error::WantRead));
        let hello = connection.take(usize::MAX);
        assert_eq!(hello[..3], [22, 3, 1]);
        let answer = b"HTTP/1.1 400 Bad Request\r\n\r\n";
        assert_eq!(connection.put(answer), answer.len());
        let wrong = Error::Protocol("wrong version number".into());
        assert_eq!(connection.handshake(), Err(wrong.clone()));
        assert_eq!(connection.read(1), Err(wrong.clone()));
        assert_eq!(connection.write(b"x"), Err(wrong.clone()));
        assert_eq!(connection.close(), Err(wrong));
        // The peer is told by an alert.
        assert_eq!(connection.take(usize::MAX)[..5], [21, 3, 3, 0, 2]);
    }

    #[test]
    fn connections_and_their_terms_are_counted() {
        let tls = Tls::default();
        let (one, _other) = (client(&tls), client(&tls));
        let config = Config::new(&tls, terms()).expect("terms");
        let third = || Connection::client(&tls, 2, &config, Some("localhost")).map(drop);
        assert!(matches!(third(), Err(Error::Limit(_))));
        drop(one);
        assert_eq!(third(), Ok(()));
        let fat = Terms { crls: vec![vec![0; 65 << 20]], ..terms() };
        assert!(matches!(Config::new(&tls, fat), Err(Error::Limit(_))));
    }
}
