//! Arguments once more, for another call.

use wasmtime::component::Resource;
use wasmtime_wasi::p2::bindings::filesystem::types as p2;
use wasmtime_wasi::p3::bindings::filesystem::types as p3;

/// What can be passed to more than one call.
pub(super) trait Again {
    fn again(&self) -> Self;
}

impl<T: 'static> Again for Resource<T> {
    fn again(&self) -> Self {
        Self::new_borrow(self.rep())
    }
}

impl Again for String {
    fn again(&self) -> Self {
        self.clone()
    }
}

impl Again for p2::PathFlags {
    fn again(&self) -> Self {
        *self
    }
}

impl Again for p3::PathFlags {
    fn again(&self) -> Self {
        *self
    }
}
