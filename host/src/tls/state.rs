//! What a guest's connections have in common.

use std::sync::{Arc, OnceLock};

use rustls::pki_types::CertificateDer;

use super::error::{Error, Result};
use super::roots::Roots;
use crate::budget::{Budget, Share};

/// What a guest's configurations and connections have in common.
#[derive(Debug, Default)]
pub(crate) struct Tls {
    /// What the embedder has the guest trust in the place of the system's certificates.
    given: Option<Vec<CertificateDer<'static>>>,
    host_roots: OnceLock<Arc<Roots>>,
    pub(super) material: Budget,
    pub(super) connections: Budget,
}

impl Tls {
    pub(crate) fn new(roots: Option<Vec<Vec<u8>>>) -> Self {
        let given = roots.map(|roots| roots.into_iter().map(CertificateDer::from).collect());
        Self { given, ..Self::default() }
    }

    /// The certificates that the host trusts, read when they are first asked for. What cannot be read is passed over, as
    /// other programs do.
    pub(super) fn host_roots(&self) -> &Arc<Roots> {
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

/// A share of a budget of the guest's. `limit`: there would be more than `most` of them.
pub(super) fn share(of: &Budget, size: usize, most: usize, what: &str) -> Result<Share> {
    of.take(size, most).ok_or_else(|| Error::Limit(format!("more than {most} {what} at once")))
}
