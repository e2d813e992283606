//! The `file` interface.

use std::fs::File;
use std::sync::Arc;

use wasmtime::component::Resource;
use wasmtime_wasi::filesystem::{Descriptor, OpenMode};

use super::answer::{at_once, later};
use super::error::{Failure, OrTrap};
use super::wit::file as wit;
use crate::error::Errno;
use crate::socket::{Socket, Tried};
use crate::view::SocketCtxView;

impl wit::Host for SocketCtxView<'_> {
    fn sendfile(
        &mut self,
        socket: Resource<Socket>,
        file: Resource<Descriptor>,
        offset: u64,
        count: Option<u64>,
    ) -> impl Future<Output = Result<u64, Failure>> + Send {
        let file = match self.readable(&file) {
            Ok(file) => file,
            Err(failure) => return at_once(Err(failure)),
        };
        self.begin(&socket, move |socket| match socket.sendfile_now(&file, offset, count) {
            Tried::Done(result) => at_once(result.map_err(Failure::from)),
            Tried::Blocked(begun) => later(async move { Ok(socket.sendfile_on(begun, &file, offset, count).await?) }),
        })
    }
}

impl SocketCtxView<'_> {
    /// The file, if it may be read: otherwise what sendfile(2) answers for one that may not, and for a directory.
    fn readable(&self, file: &Resource<Descriptor>) -> Result<Arc<File>, Failure> {
        match self.table.get(file).or_trap()? {
            Descriptor::File(file) if file.open_mode.contains(OpenMode::READ) => Ok(file.file.clone()),
            Descriptor::File(_) => Err(Errno::EBADF.into()),
            Descriptor::Dir(_) => Err(Errno::EINVAL.into()),
        }
    }
}
