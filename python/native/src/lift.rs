//! From the host to Python.
#![allow(unsafe_code, reason = "the host has written values into memory")]

use core::{ptr, slice};

use crate::heap::{OFFER, drop_bytes, release, take_bytes};
use crate::install::{class_object, drop_function, finalize, name, names};
use crate::object::{Object, Result, type_error};
use crate::types::{Field, Type};

/// The object of a value, whose memory beyond it is freed.
///
/// # Safety
///
/// There is a value of that type, which nobody has taken.
pub(crate) unsafe fn lift(ty: &Type, at: *const u8) -> Result<Object> {
    // SAFETY: of all that follows: the host has put a value of the type there, and all parts of it are in their places.
    unsafe {
        match ty {
            Type::Bool => Object::of_bool(number(at, 1) != 0),
            Type::Unsigned(size) => Object::of_unsigned(number(at, *size)),
            Type::Signed(size) => {
                let unused = 64 - 8 * size;
                Object::of_signed((number(at, *size) << unused).cast_signed() >> unused)
            }
            Type::Text => {
                let (start, length) = list(at);
                let text = Object::of_text(slice::from_raw_parts(start, length));
                drop_bytes(start, length);
                text
            }
            Type::Bytes => {
                let (start, length) = list(at);
                // What was put into a buffer of the program's is told by its length.
                if OFFER.has(start) { Object::of_unsigned(length as u64) } else { Ok(take_bytes(start, length)) }
            }
            Type::List { item, size } => {
                let (start, length) = list(at);
                let items = Object::list(length, |number| lift(item, start.add(number * size)));
                release(start, length);
                items
            }
            Type::Tuple(fields) => {
                Object::tuple(fields.len(), |number| lift(fields[number].ty, at.add(fields[number].at)))
            }
            Type::Record { class, fields } => record(*class, fields, at),
            Type::Variant { cases, payload, .. } => {
                let Some(case) = cases.get(number(at, 1) as usize) else { return type_error(c"there is no such case") };
                let object = Object::instance(&class_object(case.class)?)?;
                if let Some(ty) = case.ty {
                    object.set(&name(names::VALUE), &lift(ty, at.add(*payload))?)?;
                }
                Ok(object)
            }
            Type::Option { some, payload, .. } => match number(at, 1) {
                0 => Ok(Object::none()),
                _ => lift(some, at.add(*payload)),
            },
            Type::Numbered { class, size } => class_object(*class)?.call(&[Object::of_unsigned(number(at, *size))?]),
            Type::Own { class, drop } => resource(*class, *drop, number(at, 4)),
            Type::Borrow => type_error(c"a resource cannot be lent by the host"),
        }
    }
}

/// The number of so many bytes.
///
/// # Safety
///
/// It is there.
pub(crate) unsafe fn number(at: *const u8, size: usize) -> u64 {
    let mut bytes = [0; 8];
    // SAFETY: as the caller promises.
    unsafe { bytes.as_mut_ptr().copy_from_nonoverlapping(at, size) };
    u64::from_le_bytes(bytes)
}

/// Where a list is, and how long.
///
/// # Safety
///
/// The two numbers are there.
unsafe fn list(at: *const u8) -> (*mut u8, usize) {
    // SAFETY: as the caller promises.
    let [start, length] = unsafe { [number(at, 4), number(at.add(4), 4)] };
    (ptr::with_exposed_provenance_mut(start as usize), length as usize)
}

/// # Safety
///
/// The fields are there.
unsafe fn record(class: usize, fields: &[Field], at: *const u8) -> Result<Object> {
    // As the class's own initialisation, which is Python, would do it: it is a data class of the bindings'.
    let object = Object::instance(&class_object(class)?)?;
    for field in fields {
        // SAFETY: as the caller promises.
        object.set(&name(field.name), &unsafe { lift(field.ty, at.add(field.at)) }?)?;
    }
    Ok(object)
}

/// The object that has a resource, as componentize-py's runtime makes it: with what gives it back.
fn resource(class: usize, drop: usize, handle: u64) -> Result<Object> {
    let object = Object::instance(&class_object(class)?)?;
    let handle = Object::of_unsigned(handle)?;
    object.set(&name(names::HANDLE), &handle)?;
    let finalizer = finalize()?.call(&[object.clone(), drop_function(drop)?, handle])?;
    object.set(&name(names::FINALIZER), &finalizer)?;
    Ok(object)
}
