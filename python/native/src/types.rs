//! What the table of the contract is made of.

use core::ffi::CStr;

use crate::python::PyObject;

/// The values that a function is called with, as many as are passed without memory, and the place of its result.
pub(crate) type Values = [u64; 17];

/// Calls a function of the host, which gives its result if that is a single number.
pub(crate) type Call = unsafe fn(&Values) -> u64;

/// A type. Classes and names are numbers in the table's lists of them; places are in bytes.
pub(crate) enum Type {
    Bool,
    /// An integer of so many bytes.
    Unsigned(usize),
    Signed(usize),
    Text,
    Bytes,
    List {
        item: &'static Self,
        size: usize,
    },
    Tuple(&'static [Field]),
    Record {
        class: usize,
        fields: &'static [Field],
    },
    /// In memory the value of a case is at `payload`; without it, all takes as many values as `flat` tells.
    Variant {
        cases: &'static [Case],
        payload: usize,
        flat: usize,
    },
    Option {
        some: &'static Self,
        payload: usize,
        flat: usize,
    },
    /// An enumeration or flags, the value of which is a number of so many bytes.
    Numbered {
        class: usize,
        size: usize,
    },
    Borrow,
    Own {
        class: usize,
        drop: usize,
    },
}

/// A field of a record, a part of a tuple, or a parameter; the latter two have no name.
pub(crate) struct Field {
    pub(crate) name: usize,
    pub(crate) at: usize,
    pub(crate) ty: &'static Type,
}

/// A case of a variant.
pub(crate) struct Case {
    pub(crate) class: usize,
    pub(crate) ty: Option<&'static Type>,
}

/// A function of the host.
pub(crate) struct Function {
    pub(crate) name: &'static CStr,
    pub(crate) place: Place,
    pub(crate) parameters: &'static [Field],
    /// Whether the parameters are passed in memory.
    pub(crate) is_indirect: bool,
    pub(crate) outcome: Outcome,
    /// Whether the result is.
    pub(crate) in_memory: bool,
    pub(crate) call: Call,
    pub(crate) entry: unsafe extern "C" fn(*mut PyObject, *const *mut PyObject, isize) -> *mut PyObject,
}

/// Where Python finds a function.
pub(crate) enum Place {
    Module(&'static CStr),
    Method(usize),
    Static(usize),
}

/// What a function gives.
pub(crate) enum Outcome {
    Nothing,
    Value(&'static Type),
    Result { ok: Option<&'static Type>, err: Option<&'static Type>, payload: usize },
}
