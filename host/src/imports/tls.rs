//! The `tls` interface.

use wasmtime::component::{Linker, Resource, ResourceTableError};
use webpki::RevocationCheckDepth;

use crate::labour::Labour;
use crate::tls::{Config, Connection, Error, Identity, Terms, VerifyMode};
use crate::view::{HasSockets, SocketCtxView, SocketView};

mod generated {
    wasmtime::component::bindgen!({
        path: "wit-p2",
        inline: "
            package berkeley:host;
            world tls {
                import berkeley:sockets/tls@0.1.0;
            }
        ",
        world: "berkeley:host/tls",
        imports: {
            "berkeley:sockets/tls.[static]config.create": async | trappable,
            "berkeley:sockets/tls.[static]config.create-with": async | trappable,
            "berkeley:sockets/tls.[static]config.create-by": async | trappable,
            "berkeley:sockets/tls.[method]connection.put": async | trappable,
            "berkeley:sockets/tls.[method]connection.choose": async | trappable,
            default: trappable,
        },
        with: {
            "berkeley:sockets/tls.config": crate::tls::Config,
            "berkeley:sockets/tls.connection": super::Holder,
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
#[expect(unreachable_pub, reason = "a trait that the macro declares public names it")]
pub enum TlsFailure {
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

impl From<wasmtime::Error> for TlsFailure {
    fn from(error: wasmtime::Error) -> Self {
        Self::Trap(error)
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

impl Terms {
    fn lifted(terms: wit::Terms, flags: wit::VerifyFlags, groups: Vec<u16>) -> Self {
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
            partial_chain: flags.contains(wit::VerifyFlags::PARTIAL_CHAIN),
            strict: flags.contains(wit::VerifyFlags::STRICT),
            identity: terms.identity.map(|identity| Identity { chain: identity.chain, key: identity.key }),
            alpn: terms.alpn,
            minimum_version: terms.minimum_version,
            maximum_version: terms.maximum_version,
            cipher_suites: terms.cipher_suites,
            groups,
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

/// A connection, as the table has it: away as long as it is worked with elsewhere. Nobody asks for it then, for the guest
/// waits.
#[allow(unreachable_pub, reason = "the bindings want it public")]
#[derive(Debug)]
pub struct Holder(Option<Box<Connection>>);

impl From<Connection> for Holder {
    fn from(connection: Connection) -> Self {
        Self(Some(Box::new(connection)))
    }
}

impl Holder {
    fn at_work() -> wasmtime::Error {
        wasmtime::Error::msg("the TLS connection is being worked with")
    }
}

impl SocketCtxView<'_> {
    fn connection(&mut self, handle: &Resource<Holder>) -> wasmtime::Result<&mut Connection> {
        self.table.get_mut(handle)?.0.as_deref_mut().ok_or_else(Holder::at_work)
    }

    /// Where work is done. What another network carries stays on the guest's thread.
    fn labour(&self) -> Labour {
        let shared = &self.ctx.shared;
        if shared.network.is_some() { Labour::Here } else { shared.waiting.into() }
    }

    /// Does work with a connection that may take long.
    async fn work<T: Send + 'static>(
        &mut self,
        handle: &Resource<Holder>,
        work: impl FnOnce(&mut Connection) -> T + Send + 'static,
    ) -> wasmtime::Result<T> {
        let mut connection = self.table.get_mut(handle)?.0.take().ok_or_else(Holder::at_work)?;
        let labour = self.labour();
        let (done, connection) = labour.run(move || (work(&mut connection), connection)).await;
        self.table.get_mut(handle)?.0 = Some(connection);
        Ok(done)
    }

    async fn config(&mut self, terms: Terms) -> Result<Resource<Config>> {
        let labour = self.labour();
        let shared = self.ctx.shared.clone();
        let config = Config::new(&shared.tls, terms, labour).await?;
        Ok(self.table.push(config)?)
    }
}

impl wit::HostConfig for SocketCtxView<'_> {
    async fn create(&mut self, terms: wit::Terms) -> Result<Resource<Config>> {
        self.config(Terms::lifted(terms, wit::VerifyFlags::empty(), Vec::new())).await
    }

    async fn create_with(&mut self, terms: wit::Terms, flags: wit::VerifyFlags) -> Result<Resource<Config>> {
        self.config(Terms::lifted(terms, flags, Vec::new())).await
    }

    async fn create_by(
        &mut self,
        terms: wit::Terms,
        flags: wit::VerifyFlags,
        groups: Vec<u16>,
    ) -> Result<Resource<Config>> {
        self.config(Terms::lifted(terms, flags, groups)).await
    }

    fn drop(&mut self, config: Resource<Config>) -> wasmtime::Result<()> {
        self.table.delete(config)?;
        Ok(())
    }
}

impl wit::HostConnection for SocketCtxView<'_> {
    fn client(&mut self, config: Resource<Config>, name: Option<String>) -> Result<Resource<Holder>> {
        let config = self.table.get(&config)?;
        let connection = Connection::client(&self.ctx.shared.tls, config, name.as_deref())?;
        Ok(self.table.push(Holder::from(connection))?)
    }

    fn server(&mut self, config: Resource<Config>) -> Result<Resource<Holder>> {
        let connection = Connection::server(&self.ctx.shared.tls, self.table.get(&config)?)?;
        Ok(self.table.push(Holder::from(connection))?)
    }

    async fn put(&mut self, connection: Resource<Holder>, ciphertext: Vec<u8>) -> wasmtime::Result<u64> {
        let at_hand = self.connection(&connection)?;
        let taken = if at_hand.is_laborious(ciphertext.len()) {
            self.work(&connection, move |connection| connection.put(&ciphertext)).await?
        } else {
            at_hand.put(&ciphertext)
        };
        Ok(taken as u64)
    }

    fn needed(&mut self, connection: Resource<Holder>) -> wasmtime::Result<u64> {
        Ok(self.connection(&connection)?.needed() as u64)
    }

    fn put_eof(&mut self, connection: Resource<Holder>) -> wasmtime::Result<()> {
        self.connection(&connection)?.put_eof();
        Ok(())
    }

    fn take(&mut self, connection: Resource<Holder>, most: u64) -> wasmtime::Result<Vec<u8>> {
        Ok(self.connection(&connection)?.take(size(most)))
    }

    fn handshake(&mut self, connection: Resource<Holder>) -> Result<()> {
        Ok(self.connection(&connection)?.handshake()?)
    }

    fn client_hello(&mut self, connection: Resource<Holder>) -> wasmtime::Result<Option<wit::ClientHello>> {
        let hello = self.connection(&connection)?.client_hello();
        Ok(hello.map(|hello| wit::ClientHello {
            server_name: hello.server_name,
            alpn: hello.alpn,
            cipher_suites: hello.cipher_suites,
        }))
    }

    async fn choose(&mut self, connection: Resource<Holder>, config: Resource<Config>) -> Result<()> {
        let config = self.table.get(&config)?.clone();
        Ok(self.work(&connection, move |connection| connection.choose(&config)).await??)
    }

    fn refuse(&mut self, connection: Resource<Holder>, alert: u8) -> Result<()> {
        Ok(self.connection(&connection)?.refuse(alert)?)
    }

    fn read(&mut self, connection: Resource<Holder>, most: u64) -> Result<Vec<u8>> {
        Ok(self.connection(&connection)?.read(size(most))?)
    }

    fn unread(&mut self, connection: Resource<Holder>) -> wasmtime::Result<u64> {
        Ok(self.connection(&connection)?.unread() as u64)
    }

    fn write(&mut self, connection: Resource<Holder>, plaintext: Vec<u8>) -> Result<u64> {
        Ok(self.connection(&connection)?.write(&plaintext)? as u64)
    }

    fn close(&mut self, connection: Resource<Holder>) -> Result<bool> {
        Ok(self.connection(&connection)?.close()?)
    }

    fn version(&mut self, connection: Resource<Holder>) -> wasmtime::Result<Option<u16>> {
        Ok(self.connection(&connection)?.version())
    }

    fn cipher_suite(&mut self, connection: Resource<Holder>) -> wasmtime::Result<Option<u16>> {
        Ok(self.connection(&connection)?.cipher_suite())
    }

    fn alpn(&mut self, connection: Resource<Holder>) -> wasmtime::Result<Option<Vec<u8>>> {
        Ok(self.connection(&connection)?.alpn())
    }

    fn peer_certificates(&mut self, connection: Resource<Holder>) -> wasmtime::Result<Vec<Vec<u8>>> {
        Ok(self.connection(&connection)?.peer_certificates())
    }

    fn verified_chain(&mut self, connection: Resource<Holder>) -> wasmtime::Result<Vec<Vec<u8>>> {
        Ok(self.connection(&connection)?.verified_chain())
    }

    fn export_keying_material(
        &mut self,
        connection: Resource<Holder>,
        size: u32,
        label: Vec<u8>,
        context: Option<Vec<u8>>,
    ) -> Result<Vec<u8>> {
        Ok(self.connection(&connection)?.export(size, &label, context.as_deref())?)
    }

    fn drop(&mut self, connection: Resource<Holder>) -> wasmtime::Result<()> {
        self.table.delete(connection)?;
        Ok(())
    }
}
