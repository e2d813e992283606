//! The interface `ip-name-lookup`.

use wasmtime::component::Resource;
use wasmtime_wasi_io::poll::{DynPollable, subscribe};

use crate::view::SocketCtxView;
use crate::wasi::code::{Code, Failure};
use crate::wasi::lookup::resolve;
use crate::wasi::p2::bindings::ip_name_lookup as wit;
use crate::wasi::p2::bindings::network::IpAddress;
use crate::wasi::p2::lookup::Answers;
use crate::wasi::p2::network::Network;

impl wit::Host for SocketCtxView<'_> {
    fn resolve_addresses(&mut self, network: Resource<Network>, name: String) -> Result<Resource<Answers>, Failure> {
        self.shown(&network)?;
        let mut answers = Answers::Awaited(Box::pin(resolve(self.ctx.shared.clone(), name)));
        match answers.now() {
            Err(Code::WouldBlock) | Ok(_) => Ok(self.table.push(answers)?),
            Err(code) => Err(code.into()),
        }
    }
}

impl wit::HostResolveAddressStream for SocketCtxView<'_> {
    fn resolve_next_address(&mut self, answers: Resource<Answers>) -> Result<Option<IpAddress>, Failure> {
        Ok(self.table.get_mut(&answers)?.now()?.next().map(Into::into))
    }

    fn subscribe(&mut self, answers: Resource<Answers>) -> wasmtime::Result<Resource<DynPollable>> {
        subscribe(self.table, answers)
    }

    fn drop(&mut self, answers: Resource<Answers>) -> wasmtime::Result<()> {
        self.table.delete(answers)?;
        Ok(())
    }
}
