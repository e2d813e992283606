//! What TLS may cost: how many bytes are held, and how many signatures are checked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType, IsCa, KeyIdMethod,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P384_SHA384, RevokedCertParams, SerialNumber, date_time_ymd,
};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, ServerName, SignatureVerificationAlgorithm, UnixTime,
};
use webpki::RevocationCheckDepth;

use super::chain;
use super::config::Config;
use super::error::Error;
use super::provider;
use super::state::{Tls, TlsRoots};
use super::terms::{Terms, VerifyMode};
use crate::labour::Labour;
use crate::limits::Limits;

/// How many signatures were checked.
static CHECKED: AtomicUsize = AtomicUsize::new(0);

/// An algorithm that counts.
#[derive(Debug)]
struct Counting(&'static dyn SignatureVerificationAlgorithm);

impl SignatureVerificationAlgorithm for Counting {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        CHECKED.fetch_add(1, Ordering::Relaxed);
        self.0.verify_signature(key, message, signature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.0.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.0.signature_alg_id()
    }
}

/// The algorithms, which count.
fn counting() -> Arc<CryptoProvider> {
    let mut provider = CryptoProvider::clone(&provider::whole());
    let all = provider.signature_verification_algorithms.all.iter().map(|&known| {
        let counting: &'static Counting = Box::leak(Box::new(Counting(known)));
        counting as &'static dyn SignatureVerificationAlgorithm
    });
    provider.signature_verification_algorithms.all = Vec::leak(all.collect());
    Arc::new(provider)
}

fn config(tls: &Tls, terms: Terms) -> Result<Config, Error> {
    Config::new(tls, terms, Labour::Here).now_or_never().expect("at once")
}

type Authority = CertifiedIssuer<'static, KeyPair>;

/// An authority of the same name as all others, with a key of its own.
fn authority() -> Authority {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).expect("a key");
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Root");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(params, key).expect("an authority")
}

fn leaf(issuer: &Authority) -> Vec<u8> {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec!["good.test".to_owned()]).expect("names");
    params.distinguished_name.push(DnType::CommonName, "leaf");
    params.signed_by(&key, issuer).expect("a certificate").der().to_vec()
}

/// A list of so many revoked ones.
fn list(issuer: &Authority, count: u64) -> Vec<u8> {
    let revoked = |number: u64| RevokedCertParams {
        serial_number: SerialNumber::from(1_000_000 + number),
        revocation_time: date_time_ymd(2020, 1, 1),
        reason_code: None,
        invalidity_date: None,
    };
    let params = CertificateRevocationListParams {
        this_update: date_time_ymd(2020, 1, 1),
        next_update: date_time_ymd(2040, 1, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: (0..count).map(revoked).collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    params.signed_by(issuer).expect("a list").der().to_vec()
}

#[test]
fn many_roots_of_one_name_cost_no_more_signatures_than_one() {
    let (issuer, tls) = (authority(), Tls::default());
    let mut roots: Vec<_> = (0..200).map(|_| authority().der().to_vec()).collect();
    roots.extend(vec![issuer.der().to_vec(); 4000]);
    let mut terms = Terms { roots, ..Terms::plain(VerifyMode::Required) };
    terms.crls = vec![list(&issuer, 1)];
    terms.revocation = Some(RevocationCheckDepth::Chain);
    let Config(mut inner) = config(&tls, terms).expect("terms");
    assert_eq!(inner.roots.count(), 201);
    Arc::get_mut(&mut inner).expect("its only owner").provider = counting();
    let name = ServerName::try_from("good.test").expect("a name");
    let verify = |leaf: Vec<u8>| {
        let before = CHECKED.load(Ordering::Relaxed);
        let verified = chain::verify(&inner, &CertificateDer::from(leaf), &[], Some(&name), UnixTime::now());
        (verified.map_err(|(fault, _)| fault.code), CHECKED.load(Ordering::Relaxed) - before)
    };
    // Which of them it was, nothing tells, so the first is taken, as by OpenSSL; the list is of another.
    let (refused, checked) = verify(leaf(&issuer));
    assert_eq!((refused, checked), (Err(3), 0));
    // An identifier of the key tells it: the list's signature, the certificate's, and webpki's look at both.
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec!["good.test".to_owned()]).expect("names");
    params.use_authority_key_identifier_extension = true;
    let (verified, checked) = verify(params.signed_by(&key, &issuer).expect("a certificate").der().to_vec());
    assert_eq!(verified.map(|chain| chain[1].to_vec()), Ok(issuer.der().to_vec()));
    assert_eq!(checked, 4);
}

#[test]
fn configurations_share_the_hosts_roots() {
    let roots: Vec<_> = (0..100).map(|_| authority().der().to_vec()).collect();
    let given = TlsRoots::new(roots.clone());
    let tls = Tls::new(Some(given.clone()), Limits::default());
    let terms = || Terms { host_roots: true, ..Terms::plain(VerifyMode::Required) };
    let configs: Vec<_> = (0..3000).map(|_| config(&tls, terms()).expect("terms")).collect();
    let Config(first) = &configs[0];
    assert!(configs.iter().all(|Config(other)| other.roots.shares_with(&first.roots)));
    assert_eq!(tls.held(), configs.len() << 10);
    // So do those of other guests.
    let neighbour = config(&Tls::new(Some(given), Limits::default()), terms()).expect("terms");
    assert!(neighbour.0.roots.shares_with(&first.roots));
    // What the host trusts already is not held again.
    let own = config(&tls, Terms { roots, ..terms() }).expect("terms");
    assert_eq!(own.0.roots.count(), 100);
    drop((configs, own));
    assert_eq!(tls.held(), 0);
}

#[test]
fn what_is_held_is_counted() {
    let (issuer, tls) = (authority(), Tls::default());
    let list = list(&issuer, 20_000);
    let size = list.len();
    assert!(size > 400_000);
    let terms = |crls| Terms { crls, ..Terms::plain(VerifyMode::Required) };
    let before = tls.held();
    let config_of_lists = config(&tls, terms(vec![list.clone(), list.clone()])).expect("terms");
    // As it came, and once.
    assert!((size..size + (4 << 10)).contains(&(tls.held() - before)), "{} of {size}", tls.held());
    drop(config_of_lists);
    let roots: Vec<_> = (0..100).map(|_| authority().der().to_vec()).collect();
    let size: usize = roots.iter().map(Vec::len).sum();
    let config_of_roots = config(&tls, Terms { roots, ..terms(Vec::new()) }).expect("terms");
    assert!(tls.held() > size && tls.held() < 4 * size, "{} of {size}", tls.held());
    drop(config_of_roots);
    assert_eq!(tls.held(), 0);

    let tight = Tls::new(None, Limits { tls: list.len(), ..Limits::default() });
    assert!(matches!(config(&tight, terms(vec![list])), Err(Error::Limit(_))));
    assert_eq!(tight.held(), 0);
}
