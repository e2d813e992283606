//! Whether a peer's certificate holds.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, SignatureScheme};

use super::config::Config;
use super::fault::Fault;
use super::terms::VerifyMode;
use super::{chain, name, signature};

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// What the peer sent.
    pub(super) sent: Vec<CertificateDer<'static>>,
    /// From the peer's certificate to the trusted one.
    pub(super) verified: Vec<CertificateDer<'static>>,
    pub(super) fault: Option<Fault>,
}

/// The verifier of one connection.
#[derive(Debug)]
pub(super) struct Verifier {
    config: Config,
    /// Whether the server's name ends with a dot. To OpenSSL it is part of the name, and no certificate has one.
    rooted: bool,
    outcome: Mutex<Outcome>,
}

impl Verifier {
    pub(super) fn new(config: &Config) -> Arc<Self> {
        Arc::new(Self { config: config.clone(), rooted: false, outcome: Mutex::default() })
    }

    /// The verifier of a client that asks for a server of that name.
    pub(super) fn asking(config: &Config, name: Option<&str>) -> Arc<Self> {
        let rooted = name.is_some_and(|name| name.ends_with('.'));
        Arc::new(Self { config: config.clone(), rooted, outcome: Mutex::default() })
    }

    pub(super) fn outcome(&self) -> MutexGuard<'_, Outcome> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many bytes it holds for the connection, which knows what the peer sent as well.
    pub(super) fn size(&self) -> usize {
        let outcome = self.outcome();
        let size = |certificates: &[CertificateDer<'_>]| -> usize {
            certificates.iter().map(|certificate| size_of::<CertificateDer<'_>>() + certificate.len()).sum()
        };
        self.config.size_of_each() + 2 * size(&outcome.sent) + size(&outcome.verified)
    }

    /// Verifies the chain, for a server's name or for a client.
    fn verify(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: Option<&ServerName<'_>>,
        now: UnixTime,
    ) -> Result<(), rustls::Error> {
        let config = &self.config.0;
        let owned = |certificate: &CertificateDer<'_>| certificate.clone().into_owned();
        let mut outcome = self.outcome();
        outcome.sent = [leaf].into_iter().chain(others).map(owned).collect();
        if config.verify == VerifyMode::None {
            return Ok(());
        }
        let verified = chain::verify(config, leaf, others, name, now).and_then(|chain| match name {
            Some(name) if self.rooted && config.check_name => Err(name::mismatch(name)),
            _ => Ok(chain),
        });
        match verified {
            Ok(chain) => {
                outcome.verified = chain;
                Ok(())
            }
            Err((fault, told)) => {
                outcome.fault = Some(fault);
                Err(told.into())
            }
        }
    }

    fn algorithms(&self) -> &WebPkiSupportedAlgorithms {
        &self.config.0.provider.signature_verification_algorithms
    }
}

/// The methods that are the same of a server's certificate and of a client's.
macro_rules! verify_signatures {
    () => {
        fn verify_tls12_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            dss: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            signature::of_tls12(self.algorithms(), message, cert, dss)
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            dss: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            signature::of_tls13(self.algorithms(), message, cert, dss)
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            self.algorithms().supported_schemes()
        }
    };
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.verify(end_entity, intermediates, Some(server_name), now).map(|()| ServerCertVerified::assertion())
    }

    verify_signatures!();
}

impl ClientCertVerifier for Verifier {
    fn offer_client_auth(&self) -> bool {
        self.config.0.verify != VerifyMode::None
    }

    fn client_auth_mandatory(&self) -> bool {
        self.config.0.verify == VerifyMode::Required
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.config.0.roots.subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        self.verify(end_entity, intermediates, None, now).map(|()| ClientCertVerified::assertion())
    }

    verify_signatures!();
}
