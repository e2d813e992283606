//! if_nameindex(3)
#![allow(unsafe_code, reason = "the list is freed by a pointer")]

use core::ffi::c_char;
use std::ffi::CString;

use berkeley_guest::bindings::interface as wit;

use crate::export::exported;
use crate::memory::{Out, plain};

/// `struct if_nameindex`
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct NameIndex {
    index: u32,
    name: Out<c_char>,
}

plain!(NameIndex);

exported! {
    /// if_nameindex(3)
    fn if_nameindex() -> Out<NameIndex> {
        let interfaces = wit::if_nameindex()?;
        let row = |(index, name): (u32, Vec<u8>)| {
            let name = CString::new(name).unwrap_or_default().into_raw();
            NameIndex { index, name: Out::pointing(name) }
        };
        let end = NameIndex { index: 0, name: Out::null() };
        let rows: Vec<_> = interfaces.into_iter().map(row).chain([end]).collect();
        Ok(Out::pointing(Box::leak(rows.into_boxed_slice()).as_mut_ptr()))
    }
}

/// if_freenameindex(3)
#[unsafe(no_mangle)]
extern "C" fn if_freenameindex(list: Out<NameIndex>) {
    let mut length = 0;
    while let Ok(row) = list.at(length).get() {
        length += 1;
        if row.name.is_null() {
            break;
        }
        // SAFETY: the program gives what `if_nameindex` gave, once; each name was made as a `CString`.
        drop(unsafe { CString::from_raw(row.name.pointer()) });
    }
    if length > 0 {
        // SAFETY: as above; the list ends behind the row without a name.
        drop(unsafe { Box::from_raw(core::ptr::slice_from_raw_parts_mut(list.pointer(), length)) });
    }
}
