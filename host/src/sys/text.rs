//! Texts and lists, as C has them.

use std::ffi::{CStr, CString, c_char};

use crate::error::Errno;

/// The bytes as a C string; EINVAL if they hold a NUL.
pub(crate) fn c_string(bytes: &[u8]) -> Result<CString, Errno> {
    CString::new(bytes).map_err(|_| Errno::EINVAL)
}

/// The text's bytes; none where there is no text.
///
/// # Safety
///
/// The text is null or ends with a NUL.
pub(super) unsafe fn text(from: *const c_char) -> Vec<u8> {
    if from.is_null() {
        return Vec::new();
    }
    // SAFETY: as the caller promises.
    unsafe { CStr::from_ptr(from) }.to_bytes().to_vec()
}

/// The entries of the list.
///
/// # Safety
///
/// The list is null or ends with a null pointer, and stays valid while it is gone through.
pub(super) unsafe fn list(mut at: *mut *mut c_char) -> impl Iterator<Item = *mut c_char> {
    std::iter::from_fn(move || {
        if at.is_null() {
            return None;
        }
        // SAFETY: the list has not ended before this entry.
        let entry = unsafe { *at };
        if entry.is_null() {
            return None;
        }
        // SAFETY: an entry that is not null has one behind it.
        at = unsafe { at.add(1) };
        Some(entry)
    })
}
