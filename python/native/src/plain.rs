//! Calls as the package's own modules make them: errors are Python's, and what is received goes into a buffer.
#![allow(unsafe_code, reason = "Python calls by pointers, and the host has written values into memory")]

use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, Ordering};

use crate::heap::OFFER;
use crate::install::{class, error_class, name, names, said, tell, told_class, translation};
use crate::lift::number;
use crate::lower::View;
use crate::object::{Object, Raised, Result, is_raised, raise, take_raised, type_error};
use crate::python::{PyExc_OSError, PyObject, PyObject_Vectorcall};
use crate::types::Type;

/// Whether errors of the next call of the host are to be raised as Python's.
static IS_NEXT: AtomicBool = AtomicBool::new(false);

/// Whether they are, of the call that begins.
pub(crate) fn take() -> bool {
    IS_NEXT.swap(false, Ordering::Relaxed)
}

/// call(function, *arguments)
///
/// # Safety
///
/// As METH_FASTCALL has it.
pub(crate) unsafe extern "C" fn call_entry(
    _: *mut PyObject,
    arguments: *const *mut PyObject,
    count: isize,
) -> *mut PyObject {
    IS_NEXT.store(true, Ordering::Relaxed);
    // SAFETY: as the caller promises.
    let called = unsafe { call_first(arguments, count) };
    IS_NEXT.store(false, Ordering::Relaxed);
    let translated = |raised| if is_raised(&error_class()?) { translate() } else { Err(raised) };
    called.or_else(translated).map_or(null_mut(), Object::into_ptr)
}

/// tell(class, said, translation)
///
/// The class of errors that have a number, what `OSError` takes for each number, and what makes an exception of all others.
///
/// # Safety
///
/// As METH_FASTCALL has it.
pub(crate) unsafe extern "C" fn tell_entry(
    _: *mut PyObject,
    arguments: *const *mut PyObject,
    count: isize,
) -> *mut PyObject {
    if count != 3 {
        return type_error(c"the function takes three arguments").map_or(null_mut(), Object::into_ptr);
    }
    // SAFETY: as the caller promises.
    tell([0, 1, 2].map(|at| unsafe { Object::borrowed(*arguments.add(at)) }));
    Object::none().into_ptr()
}

/// Calls the first of these with the others.
///
/// # Safety
///
/// There are so many objects.
unsafe fn call_first(arguments: *const *mut PyObject, count: isize) -> Result<Object> {
    if count < 1 {
        return type_error(c"what is to be called is missing");
    }
    // SAFETY: as the caller promises.
    unsafe { Object::new(PyObject_Vectorcall(*arguments, arguments.add(1), count as usize - 1, null_mut())) }
}

/// Raises what Python makes of an error of the bindings.
fn translate() -> Result<Object> {
    let exception = translation()?.call(&[take_raised()?.get(&name(names::VALUE))?])?;
    Err(raise(&exception.class(), &exception))
}

/// into(buffer, function, *arguments)
///
/// # Safety
///
/// As METH_FASTCALL has it.
pub(crate) unsafe extern "C" fn into_entry(
    _: *mut PyObject,
    arguments: *const *mut PyObject,
    count: isize,
) -> *mut PyObject {
    // SAFETY: as the caller promises.
    unsafe { into(arguments, count) }.map_or(null_mut(), Object::into_ptr)
}

/// Calls a function that gives bytes, and has them put into a buffer. How many there are.
///
/// # Safety
///
/// There are so many objects.
unsafe fn into(arguments: *const *mut PyObject, count: isize) -> Result<Object> {
    if count < 2 {
        return type_error(c"a buffer, or what is to be called, is missing");
    }
    // SAFETY: as the caller promises; the view is there until the end.
    unsafe {
        let view = View::writable(&Object::borrowed(*arguments))?;
        let (start, length) = view.place();
        OFFER.begin(start, length);
        let received = call_first(arguments.add(1), count - 1);
        let is_there = OFFER.end();
        let received = received?;
        if is_there {
            return Ok(received);
        }
        // Nothing takes no buffer, nor does what is longer.
        let (content, received) = received.content()?;
        let count = received.min(length);
        start.copy_from_nonoverlapping(content, count);
        Object::of_unsigned(count as u64)
    }
}

/// The number of an error among those of the system, if the value there is one that Python has told of.
///
/// # Safety
///
/// There is a value of that type.
pub(crate) unsafe fn numbered(ty: &Type, at: *const u8) -> Option<usize> {
    let Type::Variant { cases, payload, .. } = ty else { return None };
    // SAFETY: as the caller promises.
    unsafe {
        let case = cases.get(number(at, 1) as usize)?;
        let Some(Type::Numbered { size, .. }) = case.ty else { return None };
        let is_told = !told_class().is_null() && told_class() == class(case.class);
        is_told.then(|| number(at.add(*payload), *size) as usize)
    }
}

/// Raises the error of that number.
pub(crate) fn raise_numbered(number: usize) -> Raised {
    let raise_it = || {
        let said = said()?.item(number)?;
        // SAFETY: the class is CPython's.
        Ok(raise(&unsafe { Object::borrowed(PyExc_OSError) }, &said))
    };
    raise_it().unwrap_or_else(|raised| raised)
}
