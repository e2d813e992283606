//! What can go wrong.

use rustls::{InvalidMessage, PeerIncompatible};

use super::fault::Fault;

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

/// The results of this module.
pub(super) type Result<T, E = Error> = std::result::Result<T, E>;

/// That something was asked for that cannot be had.
pub(super) fn invalid(text: impl Into<String>) -> Error {
    Error::Invalid(text.into())
}

/// What rustls does not take.
pub(super) fn unusable(error: rustls::Error) -> Error {
    invalid(error.to_string())
}

/// rustls's error as the contract has it, in OpenSSL's words where it has some.
pub(super) fn failure(error: rustls::Error) -> Error {
    use InvalidMessage as Bad;
    use PeerIncompatible as Apart;
    use rustls::Error as E;
    let text = match error {
        E::AlertReceived(alert) => return Error::Alert(alert.into()),
        E::InvalidCertificate(error) => return Error::Verification(Fault::unusable(&error)),
        E::InvalidMessage(Bad::InvalidContentType | Bad::UnknownProtocolVersion) => "wrong version number",
        E::InvalidMessage(Bad::MessageTooLarge) | E::PeerSentOversizedRecord => "packet length too long",
        E::DecryptError => "decryption failed or bad record mac",
        E::NoCertificatesPresented => "peer did not return a certificate",
        E::NoApplicationProtocol => "no application protocol",
        E::InappropriateMessage { .. } | E::InappropriateHandshakeMessage { .. } => "unexpected message",
        E::PeerIncompatible(
            Apart::ServerDoesNotSupportTls12Or13
            | Apart::ServerTlsVersionIsDisabledByOurConfig
            | Apart::SupportedVersionsExtensionRequired
            | Apart::Tls12NotOffered
            | Apart::Tls12NotOfferedOrEnabled,
        ) => "unsupported protocol",
        E::PeerIncompatible(Apart::NoCipherSuitesInCommon) => "no shared cipher",
        E::PeerIncompatible(Apart::NoKxGroupsInCommon) => "no suitable key share",
        E::PeerIncompatible(Apart::NoSignatureSchemesInCommon) => "no suitable signature algorithm",
        other => return Error::Protocol(other.to_string()),
    };
    Error::Protocol(text.into())
}
