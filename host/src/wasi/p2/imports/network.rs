//! The interfaces `network` and `instance-network`.

use wasmtime::component::Resource;

use crate::error::Error;
use crate::view::SocketCtxView;
use crate::wasi::code::{Code, Failure};
use crate::wasi::p2::bindings::network::ErrorCode;
use crate::wasi::p2::bindings::{instance_network, network as wit};
use crate::wasi::p2::network::Network;

impl SocketCtxView<'_> {
    /// Traps unless the guest has shown a network.
    pub(super) fn shown(&self, network: &Resource<Network>) -> Result<(), Failure> {
        self.table.get(network)?;
        Ok(())
    }
}

impl wit::Host for SocketCtxView<'_> {
    fn convert_error_code(&mut self, failure: Failure) -> wasmtime::Result<ErrorCode> {
        match failure {
            Failure::Code(code) => Ok(code.into()),
            Failure::Trap(error) => Err(error),
        }
    }

    fn network_error_code(&mut self, error: Resource<wasmtime::Error>) -> wasmtime::Result<Option<ErrorCode>> {
        let error = self.table.get(&error)?.downcast_ref::<Error>();
        Ok(error.map(|error| Code::from(error.clone()).into()))
    }
}

impl wit::HostNetwork for SocketCtxView<'_> {
    fn drop(&mut self, network: Resource<Network>) -> wasmtime::Result<()> {
        self.table.delete(network)?;
        Ok(())
    }
}

impl instance_network::Host for SocketCtxView<'_> {
    fn instance_network(&mut self) -> wasmtime::Result<Resource<Network>> {
        Ok(self.table.push(Network(()))?)
    }
}
