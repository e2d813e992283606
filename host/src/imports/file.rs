//! The `file` interface.

use wasmtime::component::Resource;
use wasmtime_wasi::filesystem::{Descriptor, OpenMode};

use super::error::{Failure, OrTrap};
use super::wit::file as wit;
use crate::error::Errno;
use crate::socket::Socket;
use crate::view::SocketCtxView;

impl wit::Host for SocketCtxView<'_> {
    async fn sendfile(
        &mut self,
        socket: Resource<Socket>,
        file: Resource<Descriptor>,
        offset: u64,
        count: Option<u64>,
    ) -> Result<u64, Failure> {
        // What sendfile(2) answers for a directory, and for a file that may not be read.
        let file = match self.table.get(&file).or_trap()? {
            Descriptor::File(file) if file.open_mode.contains(OpenMode::READ) => file.file.clone(),
            Descriptor::File(_) => return Err(Errno::EBADF.into()),
            Descriptor::Dir(_) => return Err(Errno::EINVAL.into()),
        };
        Ok(self.socket(&socket)?.sendfile(&file, offset, count).await?)
    }
}
