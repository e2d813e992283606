//! The heap: that of the C library, which the host's lists are on too.
#![allow(unsafe_code, reason = "the memory is the C library's")]

use core::alloc::{GlobalAlloc, Layout};
use core::ffi::c_void;
use core::ptr::{null, null_mut, without_provenance_mut};
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use crate::object::Object;
use crate::python::{PyBytes_AsString, PyBytes_FromStringAndSize};

unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn free(memory: *mut c_void);
}

struct Heap;

// SAFETY: memory of malloc(3) is aligned for everything that is put there: words of 64 bits, and pointers.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: it takes every size.
        unsafe { malloc(layout.size()).cast() }
    }

    unsafe fn dealloc(&self, memory: *mut u8, _: Layout) {
        // SAFETY: the caller has it of `alloc`.
        unsafe { free(memory.cast()) }
    }
}

#[cfg_attr(target_arch = "wasm32", global_allocator)]
#[cfg_attr(not(target_arch = "wasm32"), expect(dead_code, reason = "the allocator of a host is another"))]
static HEAP: Heap = Heap;

/// The memory that the host asks for, of the component model's canonical ABI. What has no alignment is bytes or text, and is
/// put into an object of Python, so that bytes which were received need not be copied.
///
/// # Safety
///
/// `old` is what this function gave before, with that length and that alignment, or null.
#[unsafe(no_mangle)]
unsafe extern "C" fn cabi_realloc(old: *mut u8, length: usize, alignment: usize, wanted: usize) -> *mut u8 {
    // SAFETY: both allocate every size. What was given before has so many bytes, and is given back as it was allocated.
    unsafe {
        let memory = match (wanted, alignment) {
            // Nothing is anywhere, if it is aligned.
            (0, _) => without_provenance_mut(alignment),
            (_, 1) => OFFER.take(wanted).unwrap_or_else(|| bytes_of(wanted)),
            _ => malloc(wanted).cast(),
        };
        assert!(!memory.is_null(), "there is no memory");
        if length > 0 {
            memory.copy_from_nonoverlapping(old, length.min(wanted));
            if alignment == 1 { drop_bytes(old, length) } else { release(old, length) }
        }
        memory
    }
}

/// How much of an object of bytes is before its content: the count of references, the class, the length, and the hash.
const HEAD: usize = 4 * size_of::<usize>();

/// Where the content of new bytes is; null, if there is no memory.
fn bytes_of(length: usize) -> *mut u8 {
    // SAFETY: without content they are made to be filled.
    unsafe {
        let object = PyBytes_FromStringAndSize(null(), length as isize);
        if object.is_null() {
            return null_mut();
        }
        let content = PyBytes_AsString(object);
        assert!(content.addr() - object.addr() == HEAD, "this is another Python than 3.14");
        content
    }
}

/// The bytes whose content is there, with so many.
///
/// # Safety
///
/// They are of [`cabi_realloc`], and nobody has them any more.
pub(crate) unsafe fn take_bytes(content: *mut u8, length: usize) -> Object {
    let content = if length == 0 { bytes_of(0) } else { content };
    // SAFETY: the content is at one place in all of them, behind the head; the reference was the host's. Empty bytes are always
    // there.
    unsafe { Object::owned(content.sub(HEAD).cast()) }
}

/// Gives back bytes that nobody wants any more.
///
/// # Safety
///
/// As for [`take_bytes`].
pub(crate) unsafe fn drop_bytes(content: *mut u8, length: usize) {
    if !OFFER.has(content) {
        // SAFETY: as the caller promises.
        drop(unsafe { take_bytes(content, length) });
    }
}

/// A buffer of the program's, which the next bytes are put into that fit.
pub(crate) static OFFER: Offer =
    Offer { start: AtomicPtr::new(null_mut()), length: AtomicUsize::new(0), taken: AtomicPtr::new(null_mut()) };

pub(crate) struct Offer {
    start: AtomicPtr<u8>,
    length: AtomicUsize,
    /// Where the buffer is that the host was given.
    taken: AtomicPtr<u8>,
}

impl Offer {
    /// Offers the buffer, which must be there until `end`.
    pub(crate) fn begin(&self, start: *mut u8, length: usize) {
        self.length.store(length, Ordering::Relaxed);
        self.start.store(start, Ordering::Relaxed);
    }

    /// Offers it no more. Whether it was taken.
    pub(crate) fn end(&self) -> bool {
        self.start.store(null_mut(), Ordering::Relaxed);
        !self.taken.swap(null_mut(), Ordering::Relaxed).is_null()
    }

    fn take(&self, wanted: usize) -> Option<*mut u8> {
        let start = self.start.load(Ordering::Relaxed);
        if start.is_null() || wanted > self.length.load(Ordering::Relaxed) {
            return None;
        }
        self.start.store(null_mut(), Ordering::Relaxed);
        self.taken.store(start, Ordering::Relaxed);
        Some(start)
    }

    /// Whether the bytes there are in the buffer that was offered, and so are no object.
    pub(crate) fn has(&self, content: *mut u8) -> bool {
        !content.is_null() && self.taken.load(Ordering::Relaxed) == content
    }
}

/// Frees what the host was given that has an alignment, and puts something there.
///
/// # Safety
///
/// It is of [`cabi_realloc`], and nobody has it any more.
pub(crate) unsafe fn release(memory: *mut u8, length: usize) {
    if length > 0 {
        // SAFETY: as the caller promises.
        unsafe { free(memory.cast()) }
    }
}
