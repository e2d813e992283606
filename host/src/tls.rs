//! TLS without input and output: bytes from the peer go in, bytes for the peer come out.
//!
//! It holds no socket and asks no policy, for nothing here reaches beyond the guest.

mod config;
mod connection;
mod verify;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use rustls::pki_types::CertificateDer;

#[allow(unreachable_pub, reason = "the bindings want it public")]
pub use config::Config;
pub(crate) use config::{Identity, Terms};
#[allow(unreachable_pub, reason = "the bindings want it public")]
pub use connection::Connection;
pub(crate) use verify::VerifyMode;
use verify::{Fault, Roots};

/// How many bytes of certificates, keys and lists a guest's configurations may have together.
const MOST_MATERIAL: usize = 64 << 20;

/// What can go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Error {
    WantRead,
    WantWrite,
    WantChoice,
    Closed,
    UnexpectedEof,
    Verification(Fault),
    Alert(u8),
    Protocol(String),
    Invalid(String),
    Limit(String),
}

type Result<T, E = Error> = std::result::Result<T, E>;

fn invalid(text: impl Into<String>) -> Error {
    Error::Invalid(text.into())
}

/// What a guest's configurations and connections have in common.
#[derive(Debug, Default)]
pub(crate) struct Tls {
    /// What the embedder has the guest trust in the place of the system's certificates.
    given: Option<Vec<CertificateDer<'static>>>,
    host_roots: OnceLock<Arc<Roots>>,
    material: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
}

impl Tls {
    pub(crate) fn new(roots: Option<Vec<Vec<u8>>>) -> Self {
        let given = roots.map(|roots| roots.into_iter().map(CertificateDer::from).collect());
        Self { given, ..Self::default() }
    }

    /// The certificates that the host trusts, read when they are first asked for. What cannot be read is passed over, as
    /// other programs do.
    fn host_roots(&self) -> &Arc<Roots> {
        self.host_roots.get_or_init(|| {
            let certificates = self.given.clone().unwrap_or_else(|| {
                let found = rustls_native_certs::load_native_certs();
                for error in &found.errors {
                    tracing::info!("a trusted certificate cannot be read: {error}");
                }
                found.certs
            });
            let mut roots = Roots::default();
            for certificate in certificates {
                if let Err(error) = roots.add(certificate) {
                    tracing::info!("a trusted certificate is not used: {error}");
                }
            }
            roots.limit_hints();
            Arc::new(roots)
        })
    }
}

/// Counts for as much while it lasts.
#[derive(Debug)]
struct Share {
    of: Arc<AtomicUsize>,
    size: usize,
}

impl Share {
    fn take(of: &Arc<AtomicUsize>, size: usize, most: usize, what: &str) -> Result<Self> {
        let below = |taken: usize| taken.checked_add(size).filter(|&taken| taken <= most);
        of.fetch_update(Ordering::Relaxed, Ordering::Relaxed, below)
            .map_err(|_| Error::Limit(format!("more than {most} {what} at once")))?;
        Ok(Self { of: of.clone(), size })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.of.fetch_sub(self.size, Ordering::Relaxed);
    }
}
