//! What comes from the peer, and what it leads to: the client's hello and its answer, the handshake, the data.

use std::io;
use std::sync::Arc;

use rustls::AlertDescription;
use rustls::PeerIncompatible::{NoCipherSuitesInCommon, NoKxGroupsInCommon};

use super::config::Config;
use super::connection::{Connection, MOST_AT_ONCE, Stage};
use super::error::{Error, Result, failure, invalid};
use super::hello::Hello;
use super::verify::Verifier;

impl Connection {
    /// Takes in what came from the peer, and tells how many bytes.
    pub(crate) fn put(&mut self, ciphertext: &[u8]) -> usize {
        let taken = self.take_in(ciphertext);
        // What is wrong is told by the other calls.
        let _ = self.account();
        taken
    }

    fn take_in(&mut self, ciphertext: &[u8]) -> usize {
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
            if matches!(self.stage, Stage::Awaiting(..)) && !self.framing.has_begun() {
                self.begin(part);
                taken += part.len();
                continue;
            }
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
            if let Stage::Awaiting(..) = self.stage {
                self.opening.extend(&rest[..count]);
            }
            taken += count;
            if !self.is_shaken() {
                self.shaken += count;
                if self.account().is_err() {
                    continue;
                }
            }
            self.process();
        }
        taken
    }

    /// Takes in what comes of a client's first head, which is looked at as a whole: it tells what is spoken.
    fn begin(&mut self, part: &[u8]) {
        self.opening.extend(part);
        self.shaken += part.len();
        self.framing.advance(part);
        if let (true, Stage::Awaiting(acceptor, _)) = (self.framing.has_begun(), &mut self.stage) {
            // There is room for a head.
            let _ = acceptor.read_tls(&mut &self.opening[..]);
            self.process();
        }
    }

    /// Says that nothing more comes from the peer.
    pub(crate) fn put_eof(&mut self) {
        self.eof = true;
        if let Stage::Open(connection) = &mut self.stage {
            // Without bytes it takes none, so nothing goes wrong.
            let _ = connection.read_tls(&mut io::empty());
        }
        self.process();
        let _ = self.account();
    }

    fn process(&mut self) {
        match &mut self.stage {
            Stage::Awaiting(acceptor, _) => match acceptor.accept() {
                Ok(None) => {}
                Ok(Some(accepted)) => {
                    self.hello = Some(Hello::of(&accepted, &std::mem::take(&mut self.opening)));
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
                    // Who does not speak TLS is not answered by it.
                    if self.framing.foreign().is_none() {
                        // A vector takes everything.
                        let _ = alert.write_all(&mut self.outgoing);
                    }
                    self.opening = Vec::new();
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
        self.collect();
    }

    fn fail(&mut self, error: rustls::Error) {
        let fault = self.verifier.outcome().fault.take().map(Error::Verification);
        let foreign = || self.framing.foreign().map(|words| Error::Protocol(words.into()));
        let failure = fault.or_else(foreign).unwrap_or_else(|| failure(error));
        self.failure.get_or_insert(failure);
    }

    /// Answers the client's hello by these terms.
    fn accept(&mut self, config: &Config) {
        let Stage::Choosing(accepted) = std::mem::replace(&mut self.stage, Stage::Failed) else { return };
        self.verifier = Verifier::new(config);
        // It is there, for there is something to choose.
        let Some(hello) = &self.hello else { return };
        let is_1_3 = config.is_1_3_with(hello);
        let settings = match config.server(self.verifier.clone(), hello) {
            Ok(Some(settings)) => settings,
            // As OpenSSL has it.
            Ok(None) => return self.give_up(u8::from(AlertDescription::HandshakeFailure), "no shared cipher"),
            Err(error) => return self.fail(error),
        };
        match accepted.into_connection(Arc::new(settings)) {
            Ok(connection) => {
                self.stage = Stage::Open(Box::new(connection.into()));
                self.process();
            }
            Err((error, mut alert)) => {
                let _ = alert.write_all(&mut self.outgoing);
                self.fail(match error {
                    // In TLS 1.2 OpenSSL looks for a suite by way of the groups.
                    rustls::Error::PeerIncompatible(NoKxGroupsInCommon) if !is_1_3 => NoCipherSuitesInCommon.into(),
                    error => error,
                });
            }
        }
    }

    /// Answers the client's hello.
    pub(crate) fn choose(&mut self, config: &Config) -> Result<()> {
        self.await_choice()?;
        self.accept(config);
        let _ = self.account();
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
        self.outgoing.extend([21, 3, 3, 0, 2, 2, alert]);
        self.stage = Stage::Failed;
        self.failure = Some(Error::Protocol(why.into()));
    }

    fn await_choice(&self) -> Result<()> {
        match self.stage {
            Stage::Choosing(_) => Ok(()),
            _ => Err(invalid("there is no client's hello to answer")),
        }
    }
}
