//! The terms of connections, as they are asked for.

use webpki::RevocationCheckDepth;

use super::identity::Identity;

/// Whether the peer's certificate is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VerifyMode {
    None,
    Optional,
    Required,
}

/// Which certificates are looked for in the revocation lists.
pub(crate) type Revocation = Option<RevocationCheckDepth>;

/// The terms, as they are asked for.
pub(crate) struct Terms {
    pub(crate) verify: VerifyMode,
    pub(crate) check_name: bool,
    pub(crate) common_name: bool,
    pub(crate) roots: Vec<Vec<u8>>,
    pub(crate) host_roots: bool,
    pub(crate) crls: Vec<Vec<u8>>,
    pub(crate) revocation: Revocation,
    /// Whether any trusted certificate may end a chain, not only one that has signed itself.
    pub(crate) partial_chain: bool,
    /// Whether certificates must be as RFC 5280 has it where OpenSSL otherwise overlooks it.
    pub(crate) strict: bool,
    pub(crate) identity: Option<Identity>,
    pub(crate) alpn: Vec<Vec<u8>>,
    pub(crate) minimum_version: u16,
    pub(crate) maximum_version: u16,
    pub(crate) cipher_suites: Vec<u16>,
    /// The groups by which keys are agreed on; none is all.
    pub(crate) groups: Vec<u16>,
    pub(crate) choice: bool,
}

impl Terms {
    /// How many bytes they are of.
    pub(super) fn size(&self) -> usize {
        let identity = self.identity.iter().flat_map(|identity| identity.chain.iter().chain([&identity.key]));
        self.roots.iter().chain(&self.crls).chain(&self.alpn).chain(identity).map(|bytes| 64 + bytes.len()).sum()
    }
}

#[cfg(any(fuzzing, test))]
impl Terms {
    /// Terms of a client that trusts nobody.
    pub(crate) fn plain(verify: VerifyMode) -> Self {
        Self {
            verify,
            check_name: true,
            common_name: true,
            roots: Vec::new(),
            host_roots: false,
            crls: Vec::new(),
            revocation: None,
            partial_chain: false,
            strict: false,
            identity: None,
            alpn: Vec::new(),
            minimum_version: 0x303,
            maximum_version: 0x304,
            cipher_suites: Vec::new(),
            groups: Vec::new(),
            choice: false,
        }
    }
}
