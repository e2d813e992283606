//! Certificates of an authority that lives as long as the test.

use std::fs;
use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber,
    date_time_ymd,
};
use rcgen::{PublicKeyData, SigningKey};
use tempfile::TempDir;

use crate::{python, run};

type Authority = CertifiedIssuer<'static, KeyPair>;

/// The serial number of the certificate that is revoked.
const REVOKED: u64 = 666;

/// A directory of certificates and keys: `NAME.pem` and `NAME.key`.
///
/// `ca` is trusted; it has issued `localhost`, `other`, `client`, `expired`, `future`, `common` (for localhost by its
/// common name alone), `purpose` (for clients alone), `revoked`, which `crl.pem` tells of, and, by way of another
/// authority, `chain`; and `version_1`, which has no extensions. `self` has signed itself. `stranger` is an authority that has issued nothing of this.
pub fn certificates() -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    let ca = authority("Test Authority", None);
    write(at, "ca", &ca.pem(), ca.key());
    let stranger = authority("Stranger", None);
    write(at, "stranger", &stranger.pem(), stranger.key());

    leaf(at, &ca, "localhost", &["localhost", "127.0.0.1"], |_| {});
    leaf(at, &ca, "other", &["other"], |_| {});
    leaf(at, &ca, "client", &["client"], |_| {});
    leaf(at, &ca, "common", &[], |params| params.distinguished_name.push(DnType::CommonName, "localhost"));
    leaf(at, &ca, "expired", &["localhost"], |params| {
        (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
    });
    leaf(at, &ca, "future", &["localhost"], |params| {
        (params.not_before, params.not_after) = (date_time_ymd(4001, 1, 1), date_time_ymd(4002, 1, 1));
    });
    leaf(at, &ca, "purpose", &["localhost"], |params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    });
    leaf(at, &ca, "revoked", &["localhost"], |params| params.serial_number = Some(SerialNumber::from(REVOKED)));
    revoke(at, &ca);

    version_1(at, &ca);

    let between = authority("Between", Some(&ca));
    leaf(at, &between, "chain", &["localhost"], |_| {});
    let path = at.join("chain.pem");
    let chain = fs::read_to_string(&path).expect("reads") + &between.pem();
    fs::write(path, chain).expect("writes");

    let key = KeyPair::generate().expect("a key");
    let mut params = params("self", &["localhost"]);
    // As `openssl req -x509` makes them.
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    write(at, "self", &params.self_signed(&key).expect("a certificate").pem(), &key);
    directory
}

fn params(name: &str, hosts: &[&str]) -> CertificateParams {
    let hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
    let mut params = CertificateParams::new(hosts).expect("names");
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn authority(name: &str, issuer: Option<&Authority>) -> Authority {
    let key = KeyPair::generate().expect("a key");
    let mut params = params(name, &[]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    match issuer {
        None => CertifiedIssuer::self_signed(params, key),
        Some(issuer) => CertifiedIssuer::signed_by(params, key, issuer),
    }
    .expect("an authority")
}

fn leaf(at: &Path, issuer: &Authority, name: &str, hosts: &[&str], change: impl FnOnce(&mut CertificateParams)) {
    let key = KeyPair::generate().expect("a key");
    let mut params = params(name, hosts);
    params.is_ca = IsCa::ExplicitNoCa;
    params.use_authority_key_identifier_extension = true;
    change(&mut params);
    write(at, name, &params.signed_by(&key, issuer).expect("a certificate").pem(), &key);
}

/// A certificate of version 1, which has no extensions: `openssl x509 -req` makes such ones.
fn version_1(at: &Path, issuer: &Authority) {
    let key = KeyPair::generate().expect("a key");
    let name = |name: &str| {
        let pair = der(0x30, &[&[6, 3, 0x55, 4, 3], &der(0x0c, &[name.as_bytes()])]);
        der(0x30, &[&der(0x31, &[&pair])])
    };
    // ecdsa-with-SHA256
    let algorithm = der(0x30, &[&[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]]);
    let times = der(0x30, &[&der(0x17, &[b"200101000000Z"]), &der(0x17, &[b"490101000000Z"])]);
    let (issuer_name, subject) = (name("Test Authority"), name("localhost"));
    let body = [&[2, 1, 7][..], &algorithm, &issuer_name, &times, &subject, &key.subject_public_key_info()];
    let body = der(0x30, &body);
    let signature = issuer.key().sign(&body).expect("a signature");
    let certificate = der(0x30, &[&body, &algorithm, &der(3, &[&[0], &signature])]);
    let path = at.join("version_1.der");
    fs::write(&path, certificate).expect("writes");
    let convert = "import ssl, sys; print(ssl.DER_cert_to_PEM_cert(open(sys.argv[1], 'rb').read()))";
    write(at, "version_1", &run(python(convert).arg(path)), &key);
}

/// An element of DER.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len().to_be_bytes();
    let length = &length[length.iter().take_while(|&&byte| byte == 0).count()..];
    let head = match content.len() {
        short @ 0..0x80 => vec![tag, short as u8],
        _ => [&[tag, 0x80 | length.len() as u8][..], length].concat(),
    };
    [head, content].concat()
}

fn revoke(at: &Path, issuer: &Authority) {
    let revoked = RevokedCertParams {
        serial_number: SerialNumber::from(REVOKED),
        revocation_time: date_time_ymd(2020, 1, 1),
        reason_code: None,
        invalidity_date: None,
    };
    let params = CertificateRevocationListParams {
        this_update: date_time_ymd(2020, 1, 1),
        next_update: date_time_ymd(4000, 1, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: vec![revoked],
        key_identifier_method: KeyIdMethod::Sha256,
    };
    let list = params.signed_by(issuer).expect("a list").pem().expect("PEM");
    fs::write(at.join("crl.pem"), list).expect("writes");
}

fn write(at: &Path, name: &str, certificate: &str, key: &KeyPair) {
    fs::write(at.join(name).with_extension("pem"), certificate).expect("writes");
    fs::write(at.join(name).with_extension("key"), key.serialize_pem()).expect("writes");
}
