//! The `tls` interface.

use wasmtime::component::{Linker, Resource, ResourceTableError};
use webpki::RevocationCheckDepth;

use crate::tls::{Config, Connection, Error, Identity, Terms, VerifyMode};
use crate::view::{HasSockets, SocketCtxView, SocketView};

mod generated {
    wasmtime::component::bindgen!({
        path: "wit",
        inline: "
            package berkeley:host;
            world tls {
                import berkeley:sockets/tls@0.1.0;
            }
        ",
        world: "berkeley:host/tls",
        imports: { default: trappable },
        with: {
            "berkeley:sockets/tls.config": crate::tls::Config,
            "berkeley:sockets/tls.connection": crate::tls::Connection,
        },
        trappable_error_type: {
            "berkeley:sockets/tls.error" => super::TlsFailure,
        },
    });
}

use generated::berkeley::sockets::tls as wit;

pub(super) fn add_to_linker<T: SocketView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    wit::add_to_linker::<_, HasSockets>(linker, T::sockets)
}

/// What a call ends with: an error for the guest, or the end of the guest.
#[derive(Debug)]
pub(crate) enum TlsFailure {
    Error(Error),
    /// The guest broke the component model's rules.
    Trap(wasmtime::Error),
}

impl From<Error> for TlsFailure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<ResourceTableError> for TlsFailure {
    fn from(error: ResourceTableError) -> Self {
        Self::Trap(error.into())
    }
}

type Result<T> = std::result::Result<T, TlsFailure>;

impl From<Error> for wit::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::WantRead => Self::WantRead,
            Error::WantWrite => Self::WantWrite,
            Error::WantChoice => Self::WantChoice,
            Error::Closed => Self::Closed,
            Error::UnexpectedEof => Self::UnexpectedEof,
            Error::Verification(fault) => Self::Verification(wit::Verification { code: fault.code, text: fault.text }),
            Error::Alert(number) => Self::Alert(number),
            Error::Protocol(text) => Self::Protocol(text),
            Error::Invalid(text) => Self::Invalid(text),
            Error::Limit(text) => Self::Limit(text),
        }
    }
}

impl From<wit::Terms> for Terms {
    fn from(terms: wit::Terms) -> Self {
        Self {
            verify: match terms.verify {
                wit::VerifyMode::None => VerifyMode::None,
                wit::VerifyMode::Optional => VerifyMode::Optional,
                wit::VerifyMode::Required => VerifyMode::Required,
            },
            check_name: terms.check_name,
            common_name: terms.common_name,
            roots: terms.roots,
            host_roots: terms.host_roots,
            crls: terms.crls,
            revocation: match terms.revocation {
                wit::RevocationCheck::None => None,
                wit::RevocationCheck::Leaf => Some(RevocationCheckDepth::EndEntity),
                wit::RevocationCheck::Chain => Some(RevocationCheckDepth::Chain),
            },
            identity: terms.identity.map(|identity| Identity { chain: identity.chain, key: identity.key }),
            alpn: terms.alpn,
            minimum_version: terms.minimum_version,
            maximum_version: terms.maximum_version,
            cipher_suites: terms.cipher_suites,
            choice: terms.choice,
        }
    }
}

/// A size as the core has it; what is larger than memory is all of it.
fn size(size: u64) -> usize {
    size.try_into().unwrap_or(usize::MAX)
}

impl wit::Host for SocketCtxView<'_> {
    fn convert_error(&mut self, failure: TlsFailure) -> wasmtime::Result<wit::Error> {
        match failure {
            TlsFailure::Error(error) => Ok(error.into()),
            TlsFailure::Trap(error) => Err(error),
        }
    }
}

impl wit::HostConfig for SocketCtxView<'_> {
    fn create(&mut self, terms: wit::Terms) -> Result<Resource<Config>> {
        let config = Config::new(&self.ctx.shared.tls, terms.into())?;
        Ok(self.table.push(config)?)
    }

    fn drop(&mut self, config: Resource<Config>) -> wasmtime::Result<()> {
        self.table.delete(config)?;
        Ok(())
    }
}

impl wit::HostConnection for SocketCtxView<'_> {
    fn client(&mut self, config: Resource<Config>, name: Option<String>) -> Result<Resource<Connection>> {
        let shared = &self.ctx.shared;
        let config = self.table.get(&config)?;
        let connection = Connection::client(&shared.tls, shared.limits.sockets, config, name.as_deref())?;
        Ok(self.table.push(connection)?)
    }

    fn server(&mut self, config: Resource<Config>) -> Result<Resource<Connection>> {
        let shared = &self.ctx.shared;
        let connection = Connection::server(&shared.tls, shared.limits.sockets, self.table.get(&config)?)?;
        Ok(self.table.push(connection)?)
    }

    fn put(&mut self, connection: Resource<Connection>, ciphertext: Vec<u8>) -> wasmtime::Result<u64> {
        Ok(self.table.get_mut(&connection)?.put(&ciphertext) as u64)
    }

    fn needed(&mut self, connection: Resource<Connection>) -> wasmtime::Result<u64> {
        Ok(self.table.get(&connection)?.needed() as u64)
    }

    fn put_eof(&mut self, connection: Resource<Connection>) -> wasmtime::Result<()> {
        self.table.get_mut(&connection)?.put_eof();
        Ok(())
    }

    fn take(&mut self, connection: Resource<Connection>, most: u64) -> wasmtime::Result<Vec<u8>> {
        Ok(self.table.get_mut(&connection)?.take(size(most)))
    }

    fn handshake(&mut self, connection: Resource<Connection>) -> Result<()> {
        Ok(self.table.get_mut(&connection)?.handshake()?)
    }

    fn client_hello(&mut self, connection: Resource<Connection>) -> wasmtime::Result<Option<wit::ClientHello>> {
        let hello = self.table.get(&connection)?.client_hello();
        Ok(hello.map(|hello| wit::ClientHello {
            server_name: hello.server_name,
            alpn: hello.alpn,
            cipher_suites: hello.cipher_suites,
        }))
    }

    fn choose(&mut self, connection: Resource<Connection>, config: Resource<Config>) -> Result<()> {
        let config = self.table.get(&config)?.clone();
        Ok(self.table.get_mut(&connection)?.choose(&config)?)
    }

    fn refuse(&mut self, connection: Resource<Connection>, alert: u8) -> Result<()> {
        Ok(self.table.get_mut(&connection)?.refuse(alert)?)
    }

    fn read(&mut self, connection: Resource<Connection>, most: u64) -> Result<Vec<u8>> {
        Ok(self.table.get_mut(&connection)?.read(size(most))?)
    }

    fn unread(&mut self, connection: Resource<Connection>) -> wasmtime::Result<u64> {
        Ok(self.table.get(&connection)?.unread() as u64)
    }

    fn write(&mut self, connection: Resource<Connection>, plaintext: Vec<u8>) -> Result<u64> {
        Ok(self.table.get_mut(&connection)?.write(&plaintext)? as u64)
    }

    fn close(&mut self, connection: Resource<Connection>) -> Result<bool> {
        Ok(self.table.get_mut(&connection)?.close()?)
    }

    fn version(&mut self, connection: Resource<Connection>) -> wasmtime::Result<Option<u16>> {
        Ok(self.table.get(&connection)?.version())
    }

    fn cipher_suite(&mut self, connection: Resource<Connection>) -> wasmtime::Result<Option<u16>> {
        Ok(self.table.get(&connection)?.cipher_suite())
    }

    fn alpn(&mut self, connection: Resource<Connection>) -> wasmtime::Result<Option<Vec<u8>>> {
        Ok(self.table.get(&connection)?.alpn())
    }

    fn peer_certificates(&mut self, connection: Resource<Connection>) -> wasmtime::Result<Vec<Vec<u8>>> {
        Ok(self.table.get(&connection)?.peer_certificates())
    }

    fn verified_chain(&mut self, connection: Resource<Connection>) -> wasmtime::Result<Vec<Vec<u8>>> {
        Ok(self.table.get(&connection)?.verified_chain())
    }

    fn export_keying_material(
        &mut self,
        connection: Resource<Connection>,
        size: u32,
        label: Vec<u8>,
        context: Option<Vec<u8>>,
    ) -> Result<Vec<u8>> {
        Ok(self.table.get_mut(&connection)?.export(size, &label, context.as_deref())?)
    }

    fn drop(&mut self, connection: Resource<Connection>) -> wasmtime::Result<()> {
        self.table.delete(connection)?;
        Ok(())
    }
}
