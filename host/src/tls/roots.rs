//! Trusted certificates.

use std::collections::HashSet;
use std::sync::Arc;

use rustls::DistinguishedName;
use rustls::pki_types::CertificateDer;
use webpki::anchor_from_trusted_cert;

use super::certificate::Certificate;
use super::fault::Fault;

/// How many bytes of them a server tells; more would not go into one message.
const MOST_HINTS: usize = 1 << 15;

/// Certificates, in the order of their subjects, and those of one subject in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Store {
    certificates: Vec<Certificate>,
    /// Their subjects, as long as they are not too many for a server to tell.
    hints: Vec<DistinguishedName>,
    size: usize,
}

impl Store {
    /// Adds one.
    pub(super) fn add(&mut self, der: CertificateDer<'static>) -> Result<(), Fault> {
        let certificate = Certificate::read(der).map_err(|(fault, _)| fault)?;
        self.size += certificate.size();
        if self.size_of_hints() <= MOST_HINTS
            && let Ok(anchor) = anchor_from_trusted_cert(&certificate.der)
        {
            self.hints.push(DistinguishedName::in_sequence(&anchor.subject));
        }
        self.certificates.push(certificate);
        Ok(())
    }

    /// Puts them in order.
    pub(super) fn sort(&mut self) {
        self.certificates.sort_by(|one, other| one.subject.cmp(&other.subject));
        self.certificates.shrink_to_fit();
        if self.size_of_hints() > MOST_HINTS {
            self.hints = Vec::new();
        }
    }

    /// Keeps those for which `keep` says so.
    fn retain(&mut self, keep: impl Fn(&Certificate) -> bool) {
        self.certificates.retain(keep);
        self.certificates.shrink_to_fit();
        self.size = self.certificates.iter().map(Certificate::size).sum();
    }

    fn size_of_hints(&self) -> usize {
        self.hints.iter().map(|hint| hint.as_ref().len()).sum()
    }

    /// How many bytes it holds.
    pub(super) fn size(&self) -> usize {
        self.size + self.size_of_hints() + self.hints.capacity() * size_of::<DistinguishedName>()
    }

    /// Those that bear the name of the certificate's issuer.
    fn issuers(&self, of: &Certificate) -> &[Certificate] {
        let name = of.issuer();
        let begin = self.certificates.partition_point(|known| known.subject < *name);
        let end = self.certificates.partition_point(|known| known.subject <= *name);
        &self.certificates[begin..end]
    }

    fn contains(&self, certificate: &Certificate) -> bool {
        let begin = self.certificates.partition_point(|known| known.subject < certificate.subject);
        let mut named = self.certificates[begin..].iter().take_while(|known| known.subject == certificate.subject);
        named.any(|known| known.der == certificate.der)
    }
}

/// Certificates in DER, each of them once, in the order in which they came.
pub(super) fn distinct(mut all: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut seen = HashSet::new();
    let first: Vec<_> = all.iter().map(|der| seen.insert(der.as_slice())).collect();
    let mut first = first.into_iter();
    all.retain(|_| first.next() == Some(true));
    all
}

/// What a guest's configuration trusts: certificates of its own, and those of the host where they are asked for, which
/// are shared.
#[derive(Debug)]
pub(super) struct Roots {
    own: Store,
    host: Option<Arc<Store>>,
    /// The hints of both, where there are certificates of both.
    hints: Vec<DistinguishedName>,
}

impl Roots {
    pub(super) fn new(mut own: Store, host: Option<Arc<Store>>) -> Self {
        if let Some(host) = &host {
            own.retain(|certificate| !host.contains(certificate));
        }
        let mut hints = Vec::new();
        if let Some(host) = host.as_ref().filter(|_| !own.certificates.is_empty())
            && own.size_of_hints() + host.size_of_hints() <= MOST_HINTS
        {
            hints.extend(own.hints.iter().chain(&host.hints).cloned());
        }
        Self { own, host, hints }
    }

    /// Of whom a server tells the client that it trusts them; of nobody, where it would be too much.
    pub(super) fn subjects(&self) -> &[DistinguishedName] {
        match &self.host {
            None => &self.own.hints,
            Some(host) if self.own.certificates.is_empty() => &host.hints,
            Some(_) => &self.hints,
        }
    }

    /// Those that bear the name of the certificate's issuer, the guest's own first.
    pub(super) fn issuers(&self, of: &Certificate) -> impl Iterator<Item = &Certificate> {
        let host = self.host.as_ref().map_or(&[][..], |host| host.issuers(of));
        self.own.issuers(of).iter().chain(host)
    }

    /// Whether it is one of them.
    pub(super) fn contains(&self, certificate: &Certificate) -> bool {
        self.own.contains(certificate) || self.host.as_ref().is_some_and(|host| host.contains(certificate))
    }

    /// How many they are.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.own.certificates.len() + self.host.as_ref().map_or(0, |host| host.certificates.len())
    }

    /// Whether the two have the host's certificates in common.
    #[cfg(test)]
    pub(super) fn shares_with(&self, other: &Self) -> bool {
        self.host.as_ref().zip(other.host.as_ref()).is_some_and(|(one, other)| Arc::ptr_eq(one, other))
    }

    /// How many bytes it holds beside what is shared.
    pub(super) fn size(&self) -> usize {
        let hints = self.hints.iter().map(|hint| size_of::<DistinguishedName>() + hint.as_ref().len());
        self.own.size() + hints.sum::<usize>()
    }
}
