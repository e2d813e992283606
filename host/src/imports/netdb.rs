//! The `netdb` interface.

use super::error::Failure;
use super::wit::address::SocketAddress;
use super::wit::netdb as wit;
use crate::address::Address;
use crate::netdb;
use crate::resolver::{AddressInfo, HostEntry, Query};
use crate::view::SocketCtxView;

impl From<AddressInfo> for wit::AddressInfo {
    fn from(info: AddressInfo) -> Self {
        Self {
            family: info.family,
            type_: info.kind,
            protocol: info.protocol,
            canonical_name: info.canonical_name,
            address: info.address.into(),
        }
    }
}

impl From<HostEntry> for wit::HostEntry {
    fn from(entry: HostEntry) -> Self {
        let addresses = entry.addresses.iter().map(|ip| ip.to_string().into_bytes()).collect();
        Self { name: entry.name, aliases: entry.aliases, addresses }
    }
}

impl wit::Host for SocketCtxView<'_> {
    async fn getaddrinfo(
        &mut self,
        host: Option<Vec<u8>>,
        service: Option<Vec<u8>>,
        family: i32,
        kind: i32,
        protocol: i32,
        flags: i32,
    ) -> Result<Vec<wit::AddressInfo>, Failure> {
        let query = Query { host, service, family, kind, protocol, flags };
        let infos = netdb::getaddrinfo(&self.ctx.shared, query).await?;
        Ok(infos.into_iter().map(Into::into).collect())
    }

    async fn getnameinfo(&mut self, address: SocketAddress, flags: i32) -> Result<(Vec<u8>, Vec<u8>), Failure> {
        Ok(netdb::getnameinfo(&self.ctx.shared, Address::try_from(address)?, flags).await?)
    }

    async fn gethostbyname_ex(&mut self, name: Vec<u8>) -> Result<wit::HostEntry, Failure> {
        Ok(netdb::gethostbyname_ex(&self.ctx.shared, name).await?.into())
    }

    async fn gethostbyaddr(&mut self, address: Vec<u8>) -> Result<wit::HostEntry, Failure> {
        Ok(netdb::gethostbyaddr(&self.ctx.shared, netdb::numeric(&address)?).await?.into())
    }

    async fn getservbyname(&mut self, name: Vec<u8>, protocol: Option<Vec<u8>>) -> wasmtime::Result<Option<u16>> {
        Ok(netdb::getservbyname(&self.ctx.shared, &name, protocol.as_deref()).await)
    }

    async fn getservbyport(&mut self, port: u16, protocol: Option<Vec<u8>>) -> wasmtime::Result<Option<Vec<u8>>> {
        Ok(netdb::getservbyport(&self.ctx.shared, port, protocol.as_deref()).await)
    }

    async fn getprotobyname(&mut self, name: Vec<u8>) -> wasmtime::Result<Option<i32>> {
        Ok(netdb::getprotobyname(&self.ctx.shared, &name).await)
    }
}
