//! What a guest's configurations and connections have in common.

use std::sync::{Arc, OnceLock};

use rustls::pki_types::CertificateDer;

use super::error::{Error, Result};
use super::roots::Store;
use crate::budget::{Budget, Share};
use crate::limits::Limits;

/// What a guest's configurations and connections have in common.
#[derive(Debug)]
pub(crate) struct Tls {
    host: Arc<Host>,
    held: Budget,
    connections: Budget,
    limits: Limits,
}

impl Tls {
    pub(crate) fn new(roots: Option<Vec<Vec<u8>>>, limits: Limits) -> Self {
        let given = roots.map(|roots| roots.into_iter().map(CertificateDer::from).collect());
        let host = Arc::new(Host { given, store: OnceLock::new() });
        Self { host, held: Budget::default(), connections: Budget::default(), limits }
    }

    pub(super) fn host(&self) -> Arc<Host> {
        self.host.clone()
    }

    /// Counts one connection more.
    pub(super) fn connection(&self) -> Result<Share> {
        let most = self.limits.sockets;
        self.connections.take(1, most).ok_or_else(|| Error::Limit(format!("more than {most} TLS connections at once")))
    }

    /// Counts so many bytes that are held.
    pub(super) fn hold(&self, size: usize) -> Result<Held> {
        let most = self.limits.tls;
        let share = self.held.take(size, most).ok_or_else(|| too_much(most))?;
        Ok(Held { share, most })
    }

    /// How many bytes are held.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.held.taken()
    }
}

#[cfg(test)]
impl Default for Tls {
    fn default() -> Self {
        Self::new(None, Limits::default())
    }
}

/// Bytes that are held for a guest, as long as it lasts.
#[derive(Debug)]
pub(super) struct Held {
    share: Share,
    most: usize,
}

impl Held {
    /// Counts so many bytes from now on. `limit`: there would be too many.
    pub(super) fn set(&mut self, size: usize) -> Result<()> {
        if self.share.resize(size, self.most) { Ok(()) } else { Err(too_much(self.most)) }
    }
}

fn too_much(most: usize) -> Error {
    Error::Limit(format!("TLS would hold more than {most} bytes of certificates, lists, keys and data"))
}

/// The certificates that the host trusts.
#[derive(Debug)]
pub(super) struct Host {
    /// What the embedder has the guest trust in the place of the system's.
    given: Option<Vec<CertificateDer<'static>>>,
    store: OnceLock<Arc<Store>>,
}

impl Host {
    /// The certificates, read when they are first asked for. The system's are read once in the process, and shared by
    /// all guests.
    pub(super) fn store(&self) -> Arc<Store> {
        static SYSTEM: OnceLock<Arc<Store>> = OnceLock::new();
        let store = self.store.get_or_init(|| match &self.given {
            Some(given) => store(given.clone()),
            None => SYSTEM.get_or_init(|| store(system())).clone(),
        });
        store.clone()
    }
}

fn system() -> Vec<CertificateDer<'static>> {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::info!("a trusted certificate cannot be read: {error}");
    }
    found.certs
}

/// The certificates, each once. What cannot be read is passed over, as other programs do.
fn store(certificates: Vec<CertificateDer<'static>>) -> Arc<Store> {
    let mut store = Store::default();
    for certificate in certificates {
        if let Err(fault) = store.add(certificate) {
            tracing::info!("a trusted certificate is not used: {}", fault.text);
        }
    }
    store.sort();
    Arc::new(store)
}
