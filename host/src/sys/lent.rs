//! What a guest passes, where it lies in the guest's memory.

use std::slice;

use wasmtime::component::WasmList;
use wasmtime::{AsContext, StoreContextMut};

/// The store's own state, and the bytes that the guest has passed, both as long as the store is lent. A copy of the bytes
/// would be the only other way to have the two at once.
pub(crate) fn lent<'a, T: 'static>(store: StoreContextMut<'a, T>, bytes: &WasmList<u8>) -> (&'a mut T, &'a [u8]) {
    let place = Place::of(&store, bytes);
    // SAFETY: the place is of this store, whose context is used up.
    unsafe { (state(store), place.bytes()) }
}

/// The same of several lists of bytes. Fails where the guest has passed no such lists.
pub(crate) fn lent_lists<'a, T: 'static>(
    mut store: StoreContextMut<'a, T>,
    lists: &WasmList<WasmList<u8>>,
) -> wasmtime::Result<(&'a mut T, Vec<&'a [u8]>)> {
    let mut places = Vec::with_capacity(lists.len());
    while let Some(bytes) = lists.get(&mut store, places.len()) {
        places.push(Place::of(&store, &bytes?));
    }
    // SAFETY: the places are of this store, whose context is used up.
    Ok(unsafe { (state(store), places.into_iter().map(|place| place.bytes()).collect()) })
}

/// Where bytes lie.
struct Place {
    start: *const u8,
    length: usize,
}

impl Place {
    fn of<T: 'static>(store: &StoreContextMut<'_, T>, bytes: &WasmList<u8>) -> Self {
        let bytes = bytes.as_le_slice(store.as_context());
        Self { start: bytes.as_ptr(), length: bytes.len() }
    }

    /// # Safety
    ///
    /// The store that it was found in is lent to nobody else, and runs nothing, as long as the bytes are used: an async call
    /// of the host keeps the store while it waits. A guest that ran meanwhile could change or move its memory.
    unsafe fn bytes<'a>(self) -> &'a [u8] {
        // SAFETY: they were there when the place was found, and nothing has run since that could have moved them.
        unsafe { slice::from_raw_parts(self.start, self.length) }
    }
}

/// The store's own state, as long as the store is lent.
pub(crate) fn state<'a, T: 'static>(mut store: StoreContextMut<'a, T>) -> &'a mut T {
    let state: *mut T = store.data_mut();
    // SAFETY: the store's context is used up, so that this is the only way to what the store has. It is no part of a guest's
    // memory, and has no way to the store that owns it.
    unsafe { &mut *state }
}
