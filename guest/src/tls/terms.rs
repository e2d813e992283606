//! The terms of a connection.

use crate::bindings::tls::{Identity, RevocationCheck, Terms, VerifyMode};

/// The number of TLS 1.2.
pub const TLS_1_2: u16 = 0x0303;
/// The number of TLS 1.3.
pub const TLS_1_3: u16 = 0x0304;

/// A client's terms: the peer's certificate must hold, be for its name, and come from whom the host trusts; TLS 1.2 or
/// 1.3.
///
/// ```
/// use berkeley_guest::tls::{Terms, certificates};
///
/// # fn terms(authority: &str) -> std::io::Result<Terms> {
/// // Whom this program trusts, and nobody else.
/// Ok(Terms { roots: certificates(authority)?, host_roots: false, ..Terms::default() })
/// # }
/// ```
impl Default for Terms {
    fn default() -> Self {
        Self {
            verify: VerifyMode::Required,
            check_name: true,
            common_name: false,
            roots: Vec::new(),
            host_roots: true,
            crls: Vec::new(),
            revocation: RevocationCheck::None,
            identity: None,
            alpn: Vec::new(),
            minimum_version: TLS_1_2,
            maximum_version: TLS_1_3,
            cipher_suites: Vec::new(),
            choice: false,
        }
    }
}

impl Terms {
    /// A server's terms: it shows that certificate, and asks for none.
    pub fn server(identity: Identity) -> Self {
        Self { verify: VerifyMode::None, host_roots: false, identity: Some(identity), ..Self::default() }
    }
}
