//! The interface `ip-name-lookup`.

use wasmtime::component::Accessor;

use super::bindings::ip_name_lookup as wit;
use super::bindings::types::IpAddress;
use crate::view::{HasSockets, SocketCtxView};
use crate::wasi::lookup::resolve;

impl wit::Host for SocketCtxView<'_> {}

impl<T> wit::HostWithStore<T> for HasSockets {
    async fn resolve_addresses(
        accessor: &Accessor<T, Self>,
        name: String,
    ) -> wasmtime::Result<Result<Vec<IpAddress>, wit::ErrorCode>> {
        let shared = accessor.with(|mut access| access.get().ctx.shared.clone());
        let addresses = resolve(shared, name).await;
        Ok(addresses.map(|addresses| addresses.into_iter().map(Into::into).collect()).map_err(Into::into))
    }
}
