//! What a guest passes, where it lies in the guest's memory.

use std::slice;

use wasmtime::component::WasmList;
use wasmtime::{AsContext, StoreContextMut};

/// The store's own state, and the bytes that the guest has passed, both as long as the store is lent. A copy of the bytes
/// would be the only other way to have the two at once.
pub(crate) fn lent<'a, T: 'static>(mut store: StoreContextMut<'a, T>, bytes: &WasmList<u8>) -> (&'a mut T, &'a [u8]) {
    let (start, length) = {
        let bytes = bytes.as_le_slice(store.as_context());
        (bytes.as_ptr(), bytes.len())
    };
    let state: *mut T = store.data_mut();
    // SAFETY: the store is borrowed exclusively for as long as what is given here, and by nobody else, as its context is
    // used up. So no guest of it runs meanwhile, which alone could change or move its memory: an async call of the host
    // keeps the store while it waits. The state is no part of that memory, and has no way to the store that owns it.
    unsafe { (&mut *state, slice::from_raw_parts(start, length)) }
}
