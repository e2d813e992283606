//! The module, which puts its functions into the places of those of the bindings.
#![allow(unsafe_code, reason = "CPython takes definitions by pointers, and calls by them")]

use alloc::boxed::Box;
use core::ffi::{CStr, c_void};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};

use crate::contract::{CLASSES, DROPS, FUNCTIONS, NAMES};
use crate::object::{Object, Result, clear, type_error};
use crate::plain;
use crate::python::*;
use crate::types::{Function, Place, Values};

/// Objects that are there for ever, once they were found.
struct Table<const N: usize>([AtomicPtr<PyObject>; N]);

impl<const N: usize> Table<N> {
    const fn new() -> Self {
        Self([const { AtomicPtr::new(null_mut()) }; N])
    }

    fn put(&self, at: usize, object: Object) {
        self.0[at].store(object.into_ptr(), Ordering::Relaxed);
    }

    fn pointer(&self, at: usize) -> *mut PyObject {
        self.0[at].load(Ordering::Relaxed)
    }

    fn get(&self, at: usize) -> Result<Object> {
        let pointer = self.pointer(at);
        if pointer.is_null() {
            return type_error(c"the component was built for a world without the interface of this value");
        }
        // SAFETY: it was put there for ever.
        Ok(unsafe { Object::borrowed(pointer) })
    }
}

static CLASS: Table<{ CLASSES.len() }> = Table::new();
static NAME: Table<{ NAMES.len() }> = Table::new();
static DROP: Table<{ DROPS.len() }> = Table::new();
/// `componentize_py_types.Err`, `weakref.finalize`, and what `tell` was told.
static FURTHER: Table<5> = Table::new();
const TOLD: usize = 2;

/// Names that no type has of itself.
pub(crate) mod names {
    pub(crate) const VALUE: usize = 0;
    pub(crate) const HANDLE: usize = 1;
    pub(crate) const FINALIZER: usize = 2;
}

/// The class of that number; null, if its interface is not there.
pub(crate) fn class(number: usize) -> *mut PyObject {
    CLASS.pointer(number)
}

pub(crate) fn class_object(number: usize) -> Result<Object> {
    CLASS.get(number)
}

/// The name of that number.
pub(crate) fn name(number: usize) -> Object {
    // SAFETY: all were put there before the first call.
    unsafe { Object::borrowed(NAME.pointer(number)) }
}

/// What gives a resource back.
pub(crate) fn drop_function(number: usize) -> Result<Object> {
    DROP.get(number)
}

pub(crate) fn error_class() -> Result<Object> {
    FURTHER.get(0)
}

pub(crate) fn finalize() -> Result<Object> {
    FURTHER.get(1)
}

/// Keeps what is said of errors.
pub(crate) fn tell(told: [Object; 3]) {
    for (at, object) in told.into_iter().enumerate() {
        FURTHER.put(TOLD + at, object);
    }
}

/// The class of errors that have a number; null before it was told.
pub(crate) fn told_class() -> *mut PyObject {
    FURTHER.pointer(TOLD)
}

/// What `OSError` takes for each number.
pub(crate) fn said() -> Result<Object> {
    FURTHER.get(TOLD + 1)
}

/// What makes an exception of an error.
pub(crate) fn translation() -> Result<Object> {
    FURTHER.get(TOLD + 2)
}

/// install()
fn install() -> Result<()> {
    FURTHER.put(0, Object::import(c"componentize_py_types")?.get_by_text(c"Err")?);
    FURTHER.put(1, Object::import(c"weakref")?.get_by_text(c"finalize")?);
    for (at, name) in NAMES.iter().enumerate() {
        NAME.put(at, Object::interned(name)?);
    }
    for (at, (module, name)) in CLASSES.iter().enumerate() {
        if let Some(module) = module_if_there(module) {
            CLASS.put(at, module.get_by_text(name)?);
        }
    }
    for at in 0..DROPS.len() {
        let number = Object::of_unsigned(at as u64)?;
        // SAFETY: the function is of the kind that the definition tells.
        DROP.put(at, unsafe { function(c"drop", give_back as *const c_void, METH_O, number.as_ptr()) }?);
    }
    FUNCTIONS.iter().try_for_each(put)
}

/// A world may have less than the whole contract.
fn module_if_there(name: &CStr) -> Option<Object> {
    let module = Object::import(name).ok();
    if module.is_none() {
        clear();
    }
    module
}

/// Puts a function into its place.
fn put(row: &Function) -> Result<()> {
    let entry = row.entry as *const c_void;
    // SAFETY: the functions are of the kind that the definitions tell, which live for ever; the classes are classes.
    unsafe {
        let (place, made) = match row.place {
            Place::Module(module) => match module_if_there(module) {
                Some(module) => (module, function(row.name, entry, METH_FASTCALL, null_mut())?),
                None => return Ok(()),
            },
            Place::Method(at) | Place::Static(at) if class(at).is_null() => return Ok(()),
            Place::Method(at) => (class_object(at)?, Object::new(PyDescr_NewMethod(class(at), fast(row.name, entry)))?),
            Place::Static(at) => {
                (class_object(at)?, Object::new(PyDescr_NewClassMethod(class(at), fast(row.name, entry)))?)
            }
        };
        place.set_by_text(row.name, &made)
    }
}

fn definition(name: &'static CStr, entry: *const c_void, flags: i32) -> *mut PyMethodDef {
    Box::leak(Box::new(PyMethodDef::new(name, entry, flags)))
}

fn fast(name: &'static CStr, entry: *const c_void) -> *mut PyMethodDef {
    definition(name, entry, METH_FASTCALL)
}

/// # Safety
///
/// The function is of the kind that the flags tell.
unsafe fn function(name: &'static CStr, entry: *const c_void, flags: i32, this: *mut PyObject) -> Result<Object> {
    // SAFETY: as the caller promises; the definition lives for ever.
    unsafe { Object::new(PyCFunction_NewEx(definition(name, entry, flags), this, null_mut())) }
}

/// Gives back a resource, of the kind that the object tells by its number.
unsafe extern "C" fn give_back(this: *mut PyObject, handle: *mut PyObject) -> *mut PyObject {
    // SAFETY: both are Python's, and had by its caller.
    let [this, handle] = unsafe { [Object::borrowed(this), Object::borrowed(handle)] };
    let give_back = || -> Result<Object> {
        let mut values: Values = [0; _];
        values[0] = handle.unsigned()?;
        // SAFETY: the finaliser that has the handle calls once.
        unsafe { DROPS[this.unsigned()? as usize](&values) };
        Ok(Object::none())
    };
    give_back().map_or(null_mut(), Object::into_ptr)
}

unsafe extern "C" fn install_entry(_: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    install().map_or(null_mut(), |()| Object::none().into_ptr())
}

/// What CPython looks for when the module is imported.
#[unsafe(no_mangle)]
unsafe extern "C" fn PyInit__native() -> *mut PyObject {
    let end = PyMethodDef { name: null_mut(), function: null_mut(), flags: 0, documentation: null_mut() };
    let install = PyMethodDef::new(c"install", install_entry as *const c_void, METH_NOARGS);
    let [call, into, tell] = [
        (c"call", plain::call_entry as *const c_void),
        (c"into", plain::into_entry as *const c_void),
        (c"tell", plain::tell_entry as *const c_void),
    ]
    .map(|(name, entry)| PyMethodDef::new(name, entry, METH_FASTCALL));
    let methods = Box::leak(Box::new([install, call, into, tell, end]));
    // SAFETY: it is never freed.
    unsafe { create_module(Box::leak(Box::new(PyModuleDef::new(c"_native", methods.as_mut_ptr())))) }
}
