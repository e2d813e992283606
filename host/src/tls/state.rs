//! What a guest's configurations and connections have in common.

use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::time_provider::{DefaultTimeProvider, TimeProvider};

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
    time: Arc<dyn TimeProvider>,
}

/// Tells the date by which certificates are judged.
pub(crate) struct Calendar(Box<dyn Fn() -> SystemTime + Send + Sync>);

impl Calendar {
    pub(crate) fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Box::new(now))
    }
}

impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Calendar").finish_non_exhaustive()
    }
}

impl TimeProvider for Calendar {
    fn current_time(&self) -> Option<UnixTime> {
        (self.0)().duration_since(UNIX_EPOCH).ok().map(UnixTime::since_unix_epoch)
    }
}

impl Tls {
    /// `roots`: what the guest trusts in the place of what the system does.
    pub(crate) fn new(roots: Option<TlsRoots>, limits: Limits) -> Self {
        static SYSTEM: LazyLock<TlsRoots> = LazyLock::new(|| TlsRoots(Arc::new(Host::default())));
        let TlsRoots(host) = roots.unwrap_or_else(|| SYSTEM.clone());
        let (held, connections, time) = (Budget::default(), Budget::default(), Arc::new(DefaultTimeProvider));
        Self { host, held, connections, limits, time }
    }

    /// The same, by another calendar than the system's, if one is given.
    pub(crate) fn by(self, calendar: Option<Calendar>) -> Self {
        let time = calendar.map(|calendar| Arc::new(calendar) as Arc<dyn TimeProvider>);
        Self { time: time.unwrap_or(self.time), ..self }
    }

    pub(super) fn time(&self) -> Arc<dyn TimeProvider> {
        self.time.clone()
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

/// Certificates that guests trust as the host's own, in the place of the system's: of authorities that TLS peers are
/// verified by.
///
/// They are read once, when a guest first asks for them. All clones are the same ones in memory: give each guest a clone.
///
/// ```
/// use berkeley_host::{SocketCtx, TlsRoots};
///
/// # let der = Vec::new();
/// let roots = TlsRoots::new([der]);
/// let guests: Vec<_> = (0..1000).map(|_| SocketCtx::builder().tls_roots(roots.clone()).build()).collect();
/// ```
#[derive(Clone, Debug)]
pub struct TlsRoots(Arc<Host>);

impl TlsRoots {
    /// Those, in DER. What cannot be read is passed over.
    pub fn new(certificates: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let given: Vec<_> = certificates.into_iter().map(CertificateDer::from).collect();
        Self(Arc::new(Host { given: Mutex::new(Some(given)), store: OnceLock::new() }))
    }
}

impl From<Vec<Vec<u8>>> for TlsRoots {
    fn from(certificates: Vec<Vec<u8>>) -> Self {
        Self::new(certificates)
    }
}

/// The certificates that the host trusts.
#[derive(Debug, Default)]
pub(super) struct Host {
    /// What was given in the place of the system's, until it is read.
    given: Mutex<Option<Vec<CertificateDer<'static>>>>,
    store: OnceLock<Arc<Store>>,
}

impl Host {
    /// The certificates, read when they are first asked for, and shared by all guests.
    pub(super) fn store(&self) -> Arc<Store> {
        let read = || {
            let given = self.given.lock().unwrap_or_else(PoisonError::into_inner).take();
            store(given.unwrap_or_else(system))
        };
        self.store.get_or_init(read).clone()
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
