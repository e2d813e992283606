//! Receiving straight into a program's buffer.
//!
//! The host asks the guest for memory, by `cabi_realloc`, wherever it gives a list. For one call that memory is the
//! program's buffer, so that what was received is neither allocated nor copied here. All definitions of `cabi_realloc` that
//! libraries have, wasi-libc's and wit-bindgen's, are weak, and give way to this one.
#![allow(unsafe_code, reason = "the host asks for memory by a symbol of C, and the buffer takes its place")]

use core::cell::Cell;
use core::mem::ManuallyDrop;
use core::ptr;
#[cfg(target_arch = "wasm32")]
use std::alloc::{Layout, alloc, handle_alloc_error, realloc};

use crate::bindings::error::Error;

thread_local! {
    /// What is offered to the next list of bytes: where, and how many.
    static OFFER: Cell<Option<(*mut u8, usize)>> = const { Cell::new(None) };
}

/// Calls what receives into the buffer: the first list that its answer has is put there. Tells how many bytes there are,
/// and gives what else the call gave.
///
/// # Errors
///
/// Those of the call.
pub fn receive<T: Clone>(
    buffer: &mut [u8],
    call: impl FnOnce(u64) -> Result<(Vec<u8>, T), Error>,
) -> Result<(usize, T), Error> {
    OFFER.set(Some((buffer.as_mut_ptr(), buffer.len())));
    let result = call(buffer.len() as u64);
    let is_taken = OFFER.take().is_none();
    let start = buffer.as_ptr();
    match result {
        // Its memory is the buffer's, and is not to be freed.
        Ok((data, rest)) if ptr::eq(data.as_ptr(), start) => Ok((ManuallyDrop::new(data).len(), rest)),
        // A host that asks for no memory for nothing has put another list there.
        Ok((data, rest)) if is_taken => {
            let rest = ManuallyDrop::new(rest);
            let copied = (*rest).clone();
            buffer[..data.len()].copy_from_slice(&data);
            Ok((data.len(), copied))
        }
        // Another function is asked for memory.
        Ok((data, rest)) => {
            buffer[..data.len()].copy_from_slice(&data);
            Ok((data.len(), rest))
        }
        // Nor is this.
        Err(Error::Denied(text)) if ptr::eq(text.as_ptr(), start) => {
            Err(Error::Denied(ManuallyDrop::new(text).as_str().to_owned()))
        }
        Err(error) => Err(error),
    }
}

/// The memory that the host asks for, of the component model's canonical ABI: the offered buffer, or else the heap's.
///
/// # Safety
///
/// `old` is what this function gave before, with that length and that alignment, or null.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
unsafe extern "C" fn cabi_realloc(old: *mut u8, length: usize, alignment: usize, wanted: usize) -> *mut u8 {
    if old.is_null()
        && alignment == 1
        && let Some((start, room)) = OFFER.take()
        && wanted <= room
    {
        return start;
    }
    if length == 0 && wanted == 0 {
        // Nothing is anywhere, if it is aligned.
        return ptr::without_provenance_mut(alignment);
    }
    // SAFETY: the caller keeps to the ABI: the alignment is a power of two, and what was given before is as it says.
    unsafe {
        let [layout, before] = [wanted, length].map(|size| Layout::from_size_align_unchecked(size, alignment));
        let memory = if length == 0 { alloc(layout) } else { realloc(old, before, wanted) };
        if memory.is_null() {
            handle_alloc_error(layout);
        }
        memory
    }
}
