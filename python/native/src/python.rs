//! What is called of CPython: functions of its stable ABI.
#![allow(unsafe_code, reason = "the functions are C's")]

use core::ffi::{CStr, c_char, c_int, c_long, c_longlong, c_ulonglong, c_void};
use core::ptr::null_mut;

/// An object, of which nothing is known here but where it is.
#[repr(C)]
pub(crate) struct PyObject {
    _opaque: [u8; 0],
}

pub(crate) const METH_NOARGS: c_int = 4;
pub(crate) const METH_O: c_int = 8;
pub(crate) const METH_FASTCALL: c_int = 0x80;

/// The version of the interface that modules are made for.
const API: c_int = 1013;

#[repr(C)]
pub(crate) struct PyMethodDef {
    pub(crate) name: *const c_char,
    pub(crate) function: *const c_void,
    pub(crate) flags: c_int,
    pub(crate) documentation: *const c_char,
}

impl PyMethodDef {
    pub(crate) const fn new(name: &'static CStr, function: *const c_void, flags: c_int) -> Self {
        Self { name: name.as_ptr(), function, flags, documentation: null_mut() }
    }
}

/// The head of a definition is an object's, which is never freed.
#[repr(C)]
pub(crate) struct PyModuleDef {
    references: isize,
    class: *mut c_void,
    init: *mut c_void,
    index: isize,
    copy: *mut c_void,
    name: *const c_char,
    documentation: *const c_char,
    size: isize,
    methods: *mut PyMethodDef,
    slots: *mut c_void,
    traverse: *mut c_void,
    clear: *mut c_void,
    free: *mut c_void,
}

impl PyModuleDef {
    pub(crate) const fn new(name: &'static CStr, methods: *mut PyMethodDef) -> Self {
        Self {
            references: 1,
            class: null_mut(),
            init: null_mut(),
            index: 0,
            copy: null_mut(),
            name: name.as_ptr(),
            documentation: null_mut(),
            size: -1,
            methods,
            slots: null_mut(),
            traverse: null_mut(),
            clear: null_mut(),
            free: null_mut(),
        }
    }
}

/// A view of an object's memory, as PyObject_GetBuffer fills it in.
#[repr(C)]
pub(crate) struct PyBuffer {
    pub(crate) start: *mut u8,
    object: *mut PyObject,
    pub(crate) length: isize,
    item: isize,
    is_readonly: c_int,
    dimensions: c_int,
    format: *mut c_char,
    shape: *mut isize,
    strides: *mut isize,
    offsets: *mut isize,
    internal: *mut c_void,
}

impl PyBuffer {
    pub(crate) const EMPTY: Self = Self {
        start: null_mut(),
        object: null_mut(),
        length: 0,
        item: 0,
        is_readonly: 0,
        dimensions: 0,
        format: null_mut(),
        shape: null_mut(),
        strides: null_mut(),
        offsets: null_mut(),
        internal: null_mut(),
    };
}

unsafe extern "C" {
    pub(crate) static PyExc_TypeError: *mut PyObject;
    pub(crate) static PyExc_OverflowError: *mut PyObject;
    pub(crate) static PyExc_OSError: *mut PyObject;
}

unsafe extern "C" {
    pub(crate) fn Py_IncRef(object: *mut PyObject);
    pub(crate) fn Py_DecRef(object: *mut PyObject);
    pub(crate) fn Py_GetConstantBorrowed(which: u32) -> *mut PyObject;
    pub(crate) fn PyObject_GetAttr(object: *mut PyObject, name: *mut PyObject) -> *mut PyObject;
    pub(crate) fn PyObject_GetAttrString(object: *mut PyObject, name: *const c_char) -> *mut PyObject;
    pub(crate) fn PyObject_SetAttr(object: *mut PyObject, name: *mut PyObject, value: *mut PyObject) -> c_int;
    pub(crate) fn PyObject_SetAttrString(object: *mut PyObject, name: *const c_char, value: *mut PyObject) -> c_int;
    pub(crate) fn PyObject_Vectorcall(
        callable: *mut PyObject,
        arguments: *const *mut PyObject,
        count: usize,
        names: *mut PyObject,
    ) -> *mut PyObject;
    pub(crate) fn PyObject_Type(object: *mut PyObject) -> *mut PyObject;
    pub(crate) fn PyObject_IsTrue(object: *mut PyObject) -> c_int;
    pub(crate) fn PyObject_GetBuffer(object: *mut PyObject, view: *mut PyBuffer, flags: c_int) -> c_int;
    pub(crate) fn PyBuffer_Release(view: *mut PyBuffer);
    pub(crate) fn PySequence_Size(object: *mut PyObject) -> isize;
    pub(crate) fn PySequence_GetItem(object: *mut PyObject, at: isize) -> *mut PyObject;
    pub(crate) fn PyLong_AsLongLong(object: *mut PyObject) -> c_longlong;
    pub(crate) fn PyLong_AsUnsignedLongLong(object: *mut PyObject) -> c_ulonglong;
    pub(crate) fn PyLong_FromLongLong(value: c_longlong) -> *mut PyObject;
    pub(crate) fn PyLong_FromUnsignedLongLong(value: c_ulonglong) -> *mut PyObject;
    pub(crate) fn PyBool_FromLong(value: c_long) -> *mut PyObject;
    pub(crate) fn PyBytes_FromStringAndSize(start: *const u8, length: isize) -> *mut PyObject;
    pub(crate) fn PyBytes_AsString(object: *mut PyObject) -> *mut u8;
    pub(crate) fn PyBytes_Size(object: *mut PyObject) -> isize;
    pub(crate) fn PyUnicode_FromStringAndSize(start: *const u8, length: isize) -> *mut PyObject;
    pub(crate) fn PyUnicode_AsUTF8AndSize(object: *mut PyObject, length: *mut isize) -> *const u8;
    pub(crate) fn PyUnicode_InternFromString(text: *const c_char) -> *mut PyObject;
    pub(crate) fn PyList_New(length: isize) -> *mut PyObject;
    pub(crate) fn PyList_SetItem(list: *mut PyObject, at: isize, item: *mut PyObject) -> c_int;
    pub(crate) fn PyTuple_New(length: isize) -> *mut PyObject;
    pub(crate) fn PyTuple_SetItem(tuple: *mut PyObject, at: isize, item: *mut PyObject) -> c_int;
    pub(crate) fn PyImport_ImportModule(name: *const c_char) -> *mut PyObject;
    pub(crate) fn PyErr_Occurred() -> *mut PyObject;
    pub(crate) fn PyErr_Clear();
    pub(crate) fn PyErr_ExceptionMatches(class: *mut PyObject) -> c_int;
    pub(crate) fn PyErr_GetRaisedException() -> *mut PyObject;
    pub(crate) fn PyErr_SetObject(class: *mut PyObject, value: *mut PyObject);
    pub(crate) fn PyErr_SetString(class: *mut PyObject, text: *const c_char);
    pub(crate) fn PyDescr_NewMethod(class: *mut PyObject, definition: *mut PyMethodDef) -> *mut PyObject;
    pub(crate) fn PyDescr_NewClassMethod(class: *mut PyObject, definition: *mut PyMethodDef) -> *mut PyObject;
    pub(crate) fn PyCFunction_NewEx(
        definition: *mut PyMethodDef,
        this: *mut PyObject,
        module: *mut PyObject,
    ) -> *mut PyObject;
    pub(crate) fn PyType_GenericNew(
        class: *mut PyObject,
        arguments: *mut PyObject,
        keywords: *mut PyObject,
    ) -> *mut PyObject;
    fn PyModule_Create2(definition: *mut PyModuleDef, version: c_int) -> *mut PyObject;
}

/// Makes the module.
///
/// # Safety
///
/// The definition lives as long as the program.
pub(crate) unsafe fn create_module(definition: *mut PyModuleDef) -> *mut PyObject {
    // SAFETY: as the caller promises.
    unsafe { PyModule_Create2(definition, API) }
}
