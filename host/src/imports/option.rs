//! The `option` interface.

use wasmtime::component::Resource;

use super::error::Failure;
use super::wit::option as wit;
use crate::option::Value;
use crate::socket::Socket;
use crate::view::SocketCtxView;

impl wit::Host for SocketCtxView<'_> {
    fn getsockopt(&mut self, socket: Resource<Socket>, level: i32, name: i32) -> Result<i32, Failure> {
        Ok(self.socket(&socket)?.getsockopt(level, name)?)
    }

    fn getsockopt_bytes(
        &mut self,
        socket: Resource<Socket>,
        level: i32,
        name: i32,
        size: u32,
    ) -> Result<Vec<u8>, Failure> {
        Ok(self.socket(&socket)?.getsockopt_bytes(level, name, size)?)
    }

    fn setsockopt(
        &mut self,
        socket: Resource<Socket>,
        level: i32,
        name: i32,
        value: wit::OptionValue,
    ) -> Result<(), Failure> {
        let value = match value {
            wit::OptionValue::Int(value) => Value::Int(value),
            wit::OptionValue::Bytes(value) => Value::Bytes(value),
            wit::OptionValue::Null(len) => Value::Null(len),
        };
        Ok(self.socket_mut(&socket)?.setsockopt(level, name, &value)?)
    }
}
