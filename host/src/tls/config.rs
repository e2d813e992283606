//! Terms that were looked at, and rustls's configurations by them.

use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::ClientCertVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ServerConfig, SupportedProtocolVersion};
use webpki::{CertRevocationList, OwnedCertRevocationList};

use super::certificate::public_key;
use super::error::{Result, invalid};
use super::roots::Roots;
use super::state::{Tls, share};
use super::terms::{Identity, Revocation, Terms, VerifyMode};
use crate::budget::Share;

/// How many bytes of certificates, keys and lists a guest's configurations may have together.
const MOST_MATERIAL: usize = 64 << 20;
/// How many bytes a chain may have; a peer would take no longer one.
const MOST_CHAIN: usize = 1 << 16;
/// How many bytes the names of protocols may have together.
const MOST_ALPN: usize = 1 << 14;
/// How many cipher suites may be named.
const MOST_SUITES: usize = 1 << 10;

/// Terms that were looked at.
#[allow(unreachable_pub, reason = "the bindings want it public")]
#[derive(Clone, Debug)]
pub struct Config(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) provider: Arc<CryptoProvider>,
    versions: Vec<&'static SupportedProtocolVersion>,
    pub(super) verify: VerifyMode,
    pub(super) check_name: bool,
    pub(super) common_name: bool,
    pub(super) roots: Arc<Roots>,
    pub(super) crls: Vec<CertRevocationList<'static>>,
    pub(super) revocation: Revocation,
    identity: Option<Arc<SingleCertAndKey>>,
    alpn: Vec<Vec<u8>>,
    pub(super) choice: bool,
    _share: Share,
}

impl Config {
    pub(crate) fn new(tls: &Tls, terms: Terms) -> Result<Self> {
        let share = share(&tls.material, terms.size(), MOST_MATERIAL, "bytes of certificates")?;
        let provider = Arc::new(provider(&terms.cipher_suites)?);
        let versions: Vec<_> = [&TLS13, &TLS12]
            .into_iter()
            .filter(|version| (terms.minimum_version..=terms.maximum_version).contains(&version.version.into()))
            .filter(|version| provider.cipher_suites.iter().any(|suite| suite.version() == *version))
            .collect();
        if versions.is_empty() {
            return Err(invalid("no protocols available"));
        }
        if terms.alpn.iter().any(|name| !(1..=255).contains(&name.len()))
            || terms.alpn.iter().map(|name| name.len() + 1).sum::<usize>() > MOST_ALPN
        {
            return Err(invalid("names of protocols are 1 to 255 bytes long, and together not too long"));
        }
        let identity = terms.identity.map(|identity| identity.read(&provider)).transpose()?;
        let crl = |der: Vec<u8>| OwnedCertRevocationList::from_der(&der).map(CertRevocationList::from);
        let crls = terms.crls.into_iter().map(crl).collect::<Result<_, _>>();
        Ok(Self(Arc::new(Inner {
            provider,
            versions,
            verify: terms.verify,
            check_name: terms.check_name,
            common_name: terms.common_name,
            roots: Roots::of(terms.roots, terms.host_roots.then(|| tls.host_roots()))?,
            crls: crls.map_err(|error| invalid(format!("a revocation list cannot be read: {error}")))?,
            revocation: terms.revocation,
            identity,
            alpn: terms.alpn,
            choice: terms.choice,
            _share: share,
        })))
    }

    /// rustls's configuration for one connection of a client, which the verifier belongs to.
    pub(super) fn client(
        &self,
        verifier: Arc<dyn ServerCertVerifier>,
        send_name: bool,
    ) -> Result<ClientConfig, rustls::Error> {
        let inner = &*self.0;
        let builder = ClientConfig::builder_with_provider(inner.provider.clone())
            .with_protocol_versions(&inner.versions)?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &inner.identity {
            Some(identity) => builder.with_client_cert_resolver(identity.clone()),
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols.clone_from(&inner.alpn);
        config.enable_sni = send_name;
        config.resumption = rustls::client::Resumption::disabled();
        Ok(config)
    }

    /// rustls's configuration for one connection of a server, which the verifier belongs to; none without an identity.
    ///
    /// Without an application protocol that the client offers, it does without, as OpenSSL does; rustls would refuse.
    pub(super) fn server(
        &self,
        verifier: Arc<dyn ClientCertVerifier>,
        offered: &[Vec<u8>],
    ) -> Result<Option<ServerConfig>, rustls::Error> {
        let inner = &*self.0;
        let Some(identity) = inner.identity.clone() else { return Ok(None) };
        let builder = ServerConfig::builder_with_provider(inner.provider.clone())
            .with_protocol_versions(&inner.versions)?
            .with_client_cert_verifier(verifier);
        let mut config = builder.with_cert_resolver(identity);
        config.alpn_protocols = inner.alpn.iter().filter(|name| offered.contains(name)).cloned().collect();
        // Each connection has a configuration of its own, so no session would be found again.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Some(config))
    }
}

impl Identity {
    fn read(self, provider: &CryptoProvider) -> Result<Arc<SingleCertAndKey>> {
        if self.chain.is_empty() || self.chain.iter().map(Vec::len).sum::<usize>() > MOST_CHAIN {
            return Err(invalid("the certificate's chain is empty, or too long"));
        }
        let chain: Vec<_> = self.chain.into_iter().map(CertificateDer::from).collect();
        let key = PrivateKeyDer::try_from(self.key).map_err(|_| invalid("the key is not one that is known"))?;
        let key = provider.key_provider.load_private_key(key);
        let key = key.map_err(|error| invalid(format!("the key cannot be used: {error}")))?;
        let public = public_key(&chain[0]).ok_or_else(|| invalid("the certificate cannot be read"))?;
        if key.public_key().is_some_and(|own| own != public) {
            return Err(invalid("key values mismatch"));
        }
        let certified = CertifiedKey::new(chain, key);
        Ok(Arc::new(SingleCertAndKey::from(certified)))
    }
}

/// The algorithms, of which those of the suites are left, in that order.
fn provider(suites: &[u16]) -> Result<CryptoProvider> {
    let mut provider = ring::default_provider();
    if suites.len() > MOST_SUITES {
        return Err(invalid("there are not so many cipher suites"));
    }
    if !suites.is_empty() {
        let all = std::mem::take(&mut provider.cipher_suites);
        let mut chosen = Vec::new();
        for &number in suites {
            let found = all.iter().find(|suite| u16::from(suite.suite()) == number);
            chosen.extend(found.filter(|suite| !chosen.contains(*suite)));
        }
        provider.cipher_suites = chosen;
    }
    if provider.cipher_suites.is_empty() {
        return Err(invalid("no ciphers available"));
    }
    Ok(provider)
}
