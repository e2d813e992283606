//! Terms that were looked at, and rustls's configurations by them.

use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::ClientCertVerifier;
use rustls::time_provider::TimeProvider;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ServerConfig, SupportedProtocolVersion};

use super::error::{Result, invalid};
use super::hello::Hello;
use super::identity::Own;
use super::provider;
use super::revocation::Lists;
use super::roots::{Roots, Store, distinct};
use super::state::{Held, Tls};
use super::terms::{Revocation, Terms, VerifyMode};
use crate::labour::Labour;

/// How many bytes the names of protocols may have together.
const MOST_ALPN: usize = 1 << 14;
/// How many certificates are read in one piece of work.
const PIECE: usize = 64;
/// What a configuration holds beside what it was given, and a key beside its bytes.
const OWN_SIZE: usize = 1 << 10;

/// Terms that were looked at.
#[allow(unreachable_pub, reason = "the bindings want it public")]
#[derive(Clone, Debug)]
pub struct Config(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) provider: Arc<CryptoProvider>,
    time: Arc<dyn TimeProvider>,
    versions: Vec<&'static SupportedProtocolVersion>,
    pub(super) verify: VerifyMode,
    pub(super) check_name: bool,
    pub(super) common_name: bool,
    pub(super) roots: Roots,
    pub(super) lists: Lists,
    pub(super) revocation: Revocation,
    pub(super) partial_chain: bool,
    pub(super) strict: bool,
    identity: Option<Own>,
    alpn: Vec<Vec<u8>>,
    pub(super) choice: bool,
    _held: Held,
}

impl Config {
    /// Looks at the terms, in pieces of work none of which takes long.
    pub(crate) async fn new(tls: &Tls, mut terms: Terms, labour: Labour) -> Result<Self> {
        let mut held = tls.hold(OWN_SIZE + terms.size())?;
        let provider = provider::of(&terms.cipher_suites, &terms.groups)?;
        let versions = versions(&terms, &provider)?;
        if terms.alpn.iter().any(|name| !(1..=255).contains(&name.len()))
            || terms.alpn.iter().map(|name| name.len() + 1).sum::<usize>() > MOST_ALPN
        {
            return Err(invalid("names of protocols are 1 to 255 bytes long, and together not too long"));
        }
        let own = read_roots(std::mem::take(&mut terms.roots), labour, |size| held.set(OWN_SIZE + terms.size() + size))
            .await?;
        let host = match terms.host_roots {
            true => {
                let host = tls.host();
                Some(labour.run(move || host.store()).await)
            }
            false => None,
        };
        let roots = Roots::new(own, host);
        let lists = read_lists(std::mem::take(&mut terms.crls), labour).await?;
        let identity = match terms.identity.take() {
            Some(identity) => {
                let provider = provider.clone();
                Some(labour.run(move || identity.read(&provider)).await?)
            }
            None => None,
        };
        let (identity, size_of_identity) = identity.unzip();
        held.set(OWN_SIZE + terms.size() + roots.size() + lists.size() + size_of_identity.unwrap_or(0))?;
        Ok(Self(Arc::new(Inner {
            provider,
            time: tls.time(),
            versions,
            verify: terms.verify,
            check_name: terms.check_name,
            common_name: terms.common_name,
            roots,
            lists,
            revocation: terms.revocation,
            partial_chain: terms.partial_chain,
            strict: terms.strict,
            identity,
            alpn: terms.alpn,
            choice: terms.choice,
            _held: held,
        })))
    }

    /// Whether the version will be TLS 1.3, if any, with who said that.
    pub(super) fn is_1_3_with(&self, hello: &Hello) -> bool {
        self.0.versions.contains(&&TLS13) && hello.offers_1_3()
    }

    /// How many bytes of each connection come from here.
    pub(super) fn size_of_each(&self) -> usize {
        self.0.alpn.iter().map(|name| size_of::<Vec<u8>>() + 2 * name.len()).sum()
    }

    /// rustls's configuration for one connection of a client, which the verifier belongs to.
    pub(super) fn client(
        &self,
        verifier: Arc<dyn ServerCertVerifier>,
        send_name: bool,
    ) -> Result<ClientConfig, rustls::Error> {
        let inner = &*self.0;
        let builder = ClientConfig::builder_with_details(inner.provider.clone(), inner.time.clone())
            .with_protocol_versions(&inner.versions)?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &inner.identity {
            Some(identity) => builder.with_client_cert_resolver(identity.resolver.clone()),
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols.clone_from(&inner.alpn);
        config.enable_sni = send_name;
        config.resumption = rustls::client::Resumption::disabled();
        Ok(config)
    }

    /// rustls's configuration for one connection of a server, which the verifier belongs to; none without an identity.
    ///
    /// Without an application protocol that the client offers, it does without, as OpenSSL does; rustls would refuse. In
    /// TLS 1.2 the key must be on a curve that the client takes, as OpenSSL has it.
    pub(super) fn server(
        &self,
        verifier: Arc<dyn ClientCertVerifier>,
        hello: &Hello,
    ) -> Result<Option<ServerConfig>, rustls::Error> {
        let inner = &*self.0;
        let Some(Own { resolver, curve }) = inner.identity.clone() else { return Ok(None) };
        let provider = match curve {
            Some(curve) if !hello.takes(curve) => provider::without_ecdsa(&inner.provider),
            _ => inner.provider.clone(),
        };
        let builder = ServerConfig::builder_with_details(provider, inner.time.clone())
            .with_protocol_versions(&inner.versions)?
            .with_client_cert_verifier(verifier);
        let mut config = builder.with_cert_resolver(resolver);
        config.alpn_protocols = inner.alpn.iter().filter(|name| hello.alpn.contains(name)).cloned().collect();
        // Each connection has a configuration of its own, so no session would be found again.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Some(config))
    }
}

/// Reads the trusted certificates, and tells now and then how many bytes they hold.
async fn read_roots(ders: Vec<Vec<u8>>, labour: Labour, mut hold: impl FnMut(usize) -> Result<()>) -> Result<Store> {
    let mut store = Store::default();
    if ders.is_empty() {
        return Ok(store);
    }
    let mut rest = labour.run(move || distinct(ders)).await.into_iter();
    loop {
        let piece: Vec<_> = rest.by_ref().take(PIECE).collect();
        if piece.is_empty() {
            break;
        }
        let left: usize = rest.as_slice().iter().map(Vec::len).sum();
        store = labour
            .run(move || piece.into_iter().try_for_each(|der| store.add(der.into())).map(|()| store))
            .await
            .map_err(|fault| invalid(format!("a trusted certificate cannot be read: {}", fault.text)))?;
        hold(store.size() + left)?;
    }
    Ok(labour
        .run(move || {
            store.sort();
            store
        })
        .await)
}

/// Reads the revocation lists.
async fn read_lists(ders: Vec<Vec<u8>>, labour: Labour) -> Result<Lists> {
    let mut lists = Lists::default();
    for der in distinct(ders) {
        lists = labour
            .run(move || lists.add(der).map(|()| lists))
            .await
            .map_err(|error| invalid(format!("a revocation list cannot be read: {error}")))?;
    }
    Ok(lists)
}

/// The versions of the protocol, as far as there are cipher suites for them.
fn versions(terms: &Terms, provider: &CryptoProvider) -> Result<Vec<&'static SupportedProtocolVersion>> {
    let versions: Vec<_> = [&TLS13, &TLS12]
        .into_iter()
        .filter(|version| (terms.minimum_version..=terms.maximum_version).contains(&version.version.into()))
        .filter(|version| provider.cipher_suites.iter().any(|suite| suite.version() == *version))
        .collect();
    if versions.is_empty() { Err(invalid("no protocols available")) } else { Ok(versions) }
}
