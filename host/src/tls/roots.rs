//! Trusted certificates.

use std::sync::Arc;

use rustls::DistinguishedName;
use rustls::pki_types::{CertificateDer, TrustAnchor};
use webpki::anchor_from_trusted_cert;

use super::error::{Result, invalid};

/// How many bytes of them a server tells; more would not go into one message.
const MOST_HINTS: usize = 1 << 15;

/// Trusted certificates.
#[derive(Clone, Debug, Default)]
pub(super) struct Roots {
    pub(super) anchors: Vec<TrustAnchor<'static>>,
    pub(super) certificates: Vec<CertificateDer<'static>>,
    /// Of whom a server tells the client that it trusts them.
    pub(super) subjects: Vec<DistinguishedName>,
}

impl Roots {
    /// The guest's own, with those of the host where they are asked for.
    pub(super) fn of(own: Vec<Vec<u8>>, host: Option<&Arc<Self>>) -> Result<Arc<Self>> {
        if let (true, Some(host)) = (own.is_empty(), host) {
            return Ok(host.clone());
        }
        let mut roots = host.map(|host| Self::clone(host)).unwrap_or_default();
        for der in own {
            let added = roots.add(der.into());
            added.map_err(|error| invalid(format!("a trusted certificate cannot be read: {error}")))?;
        }
        roots.limit_hints();
        Ok(Arc::new(roots))
    }

    pub(super) fn add(&mut self, certificate: CertificateDer<'static>) -> std::result::Result<(), webpki::Error> {
        let anchor = anchor_from_trusted_cert(&certificate)?.to_owned();
        self.subjects.push(DistinguishedName::in_sequence(&anchor.subject));
        self.anchors.push(anchor);
        self.certificates.push(certificate);
        Ok(())
    }

    /// Has a server tell nothing of whom it trusts, where it would be too much.
    pub(super) fn limit_hints(&mut self) {
        if self.subjects.iter().map(|subject| subject.as_ref().len()).sum::<usize>() > MOST_HINTS {
            self.subjects.clear();
        }
    }

    /// The certificate that the anchor was made of.
    pub(super) fn certificate(&self, anchor: &TrustAnchor<'_>) -> Option<&CertificateDer<'static>> {
        let at = self.anchors.iter().position(|known| known == anchor)?;
        self.certificates.get(at)
    }
}
