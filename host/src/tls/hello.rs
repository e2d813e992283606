//! A client's hello.

use rustls::server::Accepted;

/// What a client said first.
#[derive(Clone, Debug)]
pub(crate) struct Hello {
    pub(crate) server_name: Option<String>,
    pub(crate) alpn: Vec<Vec<u8>>,
    pub(crate) cipher_suites: Vec<u16>,
}

impl Hello {
    pub(super) fn of(accepted: &Accepted) -> Self {
        let hello = accepted.client_hello();
        Self {
            server_name: hello.server_name().map(str::to_owned),
            alpn: hello.alpn().into_iter().flatten().map(<[u8]>::to_vec).collect(),
            cipher_suites: hello.cipher_suites().iter().copied().map(u16::from).collect(),
        }
    }

    /// How many bytes it holds.
    pub(super) fn size(&self) -> usize {
        let name = self.server_name.as_ref().map_or(0, String::len);
        let alpn = self.alpn.iter().map(|name| size_of::<Vec<u8>>() + name.len()).sum::<usize>();
        name + alpn + 2 * self.cipher_suites.len()
    }
}
