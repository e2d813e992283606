//! The `interface` interface.

use super::error::Failure;
use super::wit::interface as wit;
use crate::network;
use crate::observer::{Answer, Call};
use crate::policy::Operation;
use crate::shared::Shared;
use crate::view::SocketCtxView;

impl wit::Host for SocketCtxView<'_> {
    fn if_nameindex(&mut self) -> Result<Vec<(u32, Vec<u8>)>, Failure> {
        let shared = &self.ctx.shared;
        let all = || shared.judge(&Operation::Interfaces).and_then(|()| network::all(&shared.network));
        Ok(observed(shared, Call::IfNameindex, all, |all| Answer::Int(all.len() as i64))?)
    }

    fn if_nametoindex(&mut self, name: Vec<u8>) -> Result<u32, Failure> {
        let shared = &self.ctx.shared;
        let index = || shared.judge(&Operation::Interfaces).and_then(|()| network::index_of(&shared.network, &name));
        Ok(observed(shared, Call::IfNametoindex { name: &name }, index, |index| Answer::Int((*index).into()))?)
    }

    fn if_indextoname(&mut self, index: u32) -> Result<Vec<u8>, Failure> {
        let shared = &self.ctx.shared;
        let name = || shared.judge(&Operation::Interfaces).and_then(|()| network::name_of(&shared.network, index));
        Ok(observed(shared, Call::IfIndextoname { index }, name, |name| Answer::Value(name))?)
    }

    fn gethostname(&mut self) -> Result<Vec<u8>, Failure> {
        let shared = &self.ctx.shared;
        let name = || shared.judge(&Operation::HostName).and_then(|()| network::hostname(&shared.network));
        Ok(observed(shared, Call::Gethostname, name, |name| Answer::Value(name))?)
    }

    fn sethostname(&mut self, name: Vec<u8>) -> Result<(), Failure> {
        let shared = &self.ctx.shared;
        let set = || shared.judge(&Operation::SetHostName).and_then(|()| network::set_hostname(&shared.network, &name));
        Ok(observed(shared, Call::Sethostname { name: &name }, set, |()| Answer::Done)?)
    }

    fn local_cid(&mut self) -> Result<u32, Failure> {
        let shared = &self.ctx.shared;
        let cid = || shared.judge(&Operation::Interfaces).and_then(|()| network::local_cid(&shared.network));
        Ok(observed(shared, Call::LocalCid, cid, |cid| Answer::Int((*cid).into()))?)
    }
}

/// Makes a call, and tells the observers.
fn observed<T>(
    shared: &Shared,
    call: Call<'_>,
    make: impl FnOnce() -> crate::error::Result<T>,
    answer: impl FnOnce(&T) -> Answer<'_>,
) -> crate::error::Result<T> {
    let mut seen = shared.seen(call);
    let result = seen.run(make);
    shared.tell(&mut seen, &result, answer);
    result
}
