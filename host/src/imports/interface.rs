//! The `interface` interface.

use super::error::Failure;
use super::wit::interface as wit;
use crate::interface;
use crate::policy::Operation;
use crate::view::SocketCtxView;

impl wit::Host for SocketCtxView<'_> {
    fn if_nameindex(&mut self) -> Result<Vec<(u32, Vec<u8>)>, Failure> {
        self.ctx.shared.judge(&Operation::Interfaces)?;
        Ok(interface::all()?)
    }

    fn if_nametoindex(&mut self, name: Vec<u8>) -> Result<u32, Failure> {
        self.ctx.shared.judge(&Operation::Interfaces)?;
        Ok(interface::index_of(&name)?)
    }

    fn if_indextoname(&mut self, index: u32) -> Result<Vec<u8>, Failure> {
        self.ctx.shared.judge(&Operation::Interfaces)?;
        Ok(interface::name_of(index)?)
    }

    fn gethostname(&mut self) -> Result<Vec<u8>, Failure> {
        self.ctx.shared.judge(&Operation::HostName)?;
        Ok(interface::hostname()?)
    }

    fn sethostname(&mut self, name: Vec<u8>) -> Result<(), Failure> {
        self.ctx.shared.judge(&Operation::SetHostName)?;
        Ok(interface::set_hostname(&name)?)
    }

    fn local_cid(&mut self) -> Result<u32, Failure> {
        self.ctx.shared.judge(&Operation::Interfaces)?;
        Ok(interface::local_cid()?)
    }
}
