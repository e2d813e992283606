//! Objects of Python, each of which is given back when it is dropped.
#![allow(unsafe_code, reason = "CPython's functions take pointers")]

use core::ffi::CStr;
use core::ptr::{NonNull, null_mut};

use crate::python::*;

/// That Python has an exception to raise.
#[derive(Debug)]
pub(crate) struct Raised;

pub(crate) type Result<T> = core::result::Result<T, Raised>;

/// An object that is had.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct Object(NonNull<PyObject>);

impl Drop for Object {
    fn drop(&mut self) {
        // SAFETY: it was had.
        unsafe { Py_DecRef(self.as_ptr()) }
    }
}

impl Clone for Object {
    fn clone(&self) -> Self {
        // SAFETY: it is there.
        unsafe { Self::borrowed(self.as_ptr()) }
    }
}

impl Object {
    /// What a function of C has given: null is an exception.
    ///
    /// # Safety
    ///
    /// The object, if it is one, is the caller's to give back.
    pub(crate) unsafe fn new(pointer: *mut PyObject) -> Result<Self> {
        NonNull::new(pointer).map(Self).ok_or(Raised)
    }

    /// An object that is the caller's to give back.
    ///
    /// # Safety
    ///
    /// It is one.
    pub(crate) unsafe fn owned(pointer: *mut PyObject) -> Self {
        // SAFETY: as the caller promises.
        Self(unsafe { NonNull::new_unchecked(pointer) })
    }

    /// What somebody else has.
    ///
    /// # Safety
    ///
    /// It is an object.
    pub(crate) unsafe fn borrowed(pointer: *mut PyObject) -> Self {
        // SAFETY: as the caller promises.
        unsafe {
            Py_IncRef(pointer);
            Self(NonNull::new_unchecked(pointer))
        }
    }

    pub(crate) fn none() -> Self {
        // SAFETY: that constant is always there.
        unsafe { Self::borrowed(Py_GetConstantBorrowed(0)) }
    }

    pub(crate) fn as_ptr(&self) -> *mut PyObject {
        self.0.as_ptr()
    }

    pub(crate) fn into_ptr(self) -> *mut PyObject {
        core::mem::ManuallyDrop::new(self).as_ptr()
    }

    pub(crate) fn is(&self, other: *mut PyObject) -> bool {
        self.as_ptr() == other
    }

    pub(crate) fn is_none(&self) -> bool {
        // SAFETY: that constant is always there.
        self.is(unsafe { Py_GetConstantBorrowed(0) })
    }

    pub(crate) fn import(module: &CStr) -> Result<Self> {
        // SAFETY: the name ends with a NUL.
        unsafe { Self::new(PyImport_ImportModule(module.as_ptr())) }
    }

    pub(crate) fn interned(text: &CStr) -> Result<Self> {
        // SAFETY: the text ends with a NUL.
        unsafe { Self::new(PyUnicode_InternFromString(text.as_ptr())) }
    }

    pub(crate) fn get(&self, name: &Self) -> Result<Self> {
        // SAFETY: both are objects.
        unsafe { Self::new(PyObject_GetAttr(self.as_ptr(), name.as_ptr())) }
    }

    pub(crate) fn get_by_text(&self, name: &CStr) -> Result<Self> {
        // SAFETY: the name ends with a NUL.
        unsafe { Self::new(PyObject_GetAttrString(self.as_ptr(), name.as_ptr())) }
    }

    pub(crate) fn set(&self, name: &Self, value: &Self) -> Result<()> {
        // SAFETY: all are objects.
        check(unsafe { PyObject_SetAttr(self.as_ptr(), name.as_ptr(), value.as_ptr()) })
    }

    pub(crate) fn set_by_text(&self, name: &CStr, value: &Self) -> Result<()> {
        // SAFETY: the name ends with a NUL.
        check(unsafe { PyObject_SetAttrString(self.as_ptr(), name.as_ptr(), value.as_ptr()) })
    }

    pub(crate) fn call(&self, arguments: &[Self]) -> Result<Self> {
        // SAFETY: an `Object` is a pointer to one.
        unsafe { Self::new(PyObject_Vectorcall(self.as_ptr(), arguments.as_ptr().cast(), arguments.len(), null_mut())) }
    }

    pub(crate) fn class(&self) -> Self {
        // SAFETY: every object has a class.
        unsafe { Self(NonNull::new_unchecked(PyObject_Type(self.as_ptr()))) }
    }

    /// An object of a class, without its initialisation.
    pub(crate) fn instance(class: &Self) -> Result<Self> {
        // SAFETY: it is a class of Python's own kind.
        unsafe { Self::new(PyType_GenericNew(class.as_ptr(), null_mut(), null_mut())) }
    }

    pub(crate) fn is_true(&self) -> Result<bool> {
        // SAFETY: it is an object.
        match unsafe { PyObject_IsTrue(self.as_ptr()) } {
            -1 => Err(Raised),
            truth => Ok(truth != 0),
        }
    }

    /// Where the content of bytes is, and how many there are.
    pub(crate) fn content(&self) -> Result<(*const u8, usize)> {
        // SAFETY: it is an object; of another kind, it is an exception.
        let (length, start) = unsafe { (PyBytes_Size(self.as_ptr()), PyBytes_AsString(self.as_ptr())) };
        usize::try_from(length).map(|length| (start.cast_const(), length)).map_err(|_| Raised)
    }

    /// How many items a sequence has.
    pub(crate) fn length(&self) -> Result<usize> {
        // SAFETY: it is an object.
        usize::try_from(unsafe { PySequence_Size(self.as_ptr()) }).map_err(|_| Raised)
    }

    pub(crate) fn item(&self, at: usize) -> Result<Self> {
        // SAFETY: it is an object; what is no item of it is an exception.
        unsafe { Self::new(PySequence_GetItem(self.as_ptr(), at as isize)) }
    }

    pub(crate) fn signed(&self) -> Result<i64> {
        // SAFETY: it is an object.
        let value = unsafe { PyLong_AsLongLong(self.as_ptr()) };
        if value == -1 { unless_raised().map(|()| value) } else { Ok(value) }
    }

    pub(crate) fn unsigned(&self) -> Result<u64> {
        // SAFETY: it is an object.
        let value = unsafe { PyLong_AsUnsignedLongLong(self.as_ptr()) };
        if value == u64::MAX { unless_raised().map(|()| value) } else { Ok(value) }
    }

    pub(crate) fn of_signed(value: i64) -> Result<Self> {
        // SAFETY: it takes every number.
        unsafe { Self::new(PyLong_FromLongLong(value)) }
    }

    pub(crate) fn of_unsigned(value: u64) -> Result<Self> {
        // SAFETY: it takes every number.
        unsafe { Self::new(PyLong_FromUnsignedLongLong(value)) }
    }

    pub(crate) fn of_bool(value: bool) -> Result<Self> {
        // SAFETY: it takes every number.
        unsafe { Self::new(PyBool_FromLong(value.into())) }
    }

    pub(crate) fn of_text(content: &[u8]) -> Result<Self> {
        // SAFETY: the bytes are there, and are copied; what is no UTF-8 is an exception.
        unsafe { Self::new(PyUnicode_FromStringAndSize(content.as_ptr(), content.len() as isize)) }
    }

    /// A list of so many items, each as it is made.
    pub(crate) fn list(length: usize, mut item: impl FnMut(usize) -> Result<Self>) -> Result<Self> {
        // SAFETY: every place is filled, with an item that is given away; a list that is dropped may have empty ones.
        unsafe {
            let list = Self::new(PyList_New(length as isize))?;
            for at in 0..length {
                check(PyList_SetItem(list.as_ptr(), at as isize, item(at)?.into_ptr()))?;
            }
            Ok(list)
        }
    }

    pub(crate) fn tuple(length: usize, mut item: impl FnMut(usize) -> Result<Self>) -> Result<Self> {
        // SAFETY: as for a list.
        unsafe {
            let tuple = Self::new(PyTuple_New(length as isize))?;
            for at in 0..length {
                check(PyTuple_SetItem(tuple.as_ptr(), at as isize, item(at)?.into_ptr()))?;
            }
            Ok(tuple)
        }
    }
}

/// Raises an error of that class: `PyExc_TypeError`, `PyExc_OverflowError`.
pub(crate) fn type_error<T>(text: &CStr) -> Result<T> {
    // SAFETY: the class is CPython's, and the text ends with a NUL.
    unsafe { PyErr_SetString(PyExc_TypeError, text.as_ptr()) };
    Err(Raised)
}

pub(crate) fn overflow<T>() -> Result<T> {
    // SAFETY: as above.
    unsafe { PyErr_SetString(PyExc_OverflowError, c"an integer is out of the range of its type".as_ptr()) };
    Err(Raised)
}

/// Raises an exception of that class.
pub(crate) fn raise(class: &Object, exception: &Object) -> Raised {
    // SAFETY: both are objects.
    unsafe { PyErr_SetObject(class.as_ptr(), exception.as_ptr()) };
    Raised
}

/// Whether what is to be raised is of that class.
pub(crate) fn is_raised(class: &Object) -> bool {
    // SAFETY: it is a class; something is to be raised.
    unsafe { PyErr_ExceptionMatches(class.as_ptr()) != 0 }
}

/// The exception that is to be raised, which it is no more.
pub(crate) fn take_raised() -> Result<Object> {
    // SAFETY: it may always be called.
    unsafe { Object::new(PyErr_GetRaisedException()) }
}

/// Takes back what is to be raised.
pub(crate) fn clear() {
    // SAFETY: it may always be called.
    unsafe { PyErr_Clear() }
}

fn check(status: i32) -> Result<()> {
    if status < 0 { Err(Raised) } else { Ok(()) }
}

fn unless_raised() -> Result<()> {
    // SAFETY: it may always be called.
    if unsafe { PyErr_Occurred() }.is_null() { Ok(()) } else { Err(Raised) }
}
