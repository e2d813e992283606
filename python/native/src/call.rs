//! One call of the host.
#![allow(unsafe_code, reason = "Python calls by pointers, and the host reads and writes memory")]

use core::ptr::{from_mut, null_mut};
use core::slice;

use crate::contract::{PARAMETER_WORDS, RESULT_WORDS};
use crate::install::error_class;
use crate::lift::{lift, number};
use crate::lower::{Held, Sink};
use crate::object::{Object, Result, raise, type_error};
use crate::plain;
use crate::python::PyObject;
use crate::types::{Function, Outcome, Place, Values};

/// What Python calls.
///
/// # Safety
///
/// The arguments are as METH_FASTCALL has them.
pub(crate) unsafe fn enter(
    function: &Function,
    this: *mut PyObject,
    arguments: *const *mut PyObject,
    count: isize,
) -> *mut PyObject {
    // SAFETY: as the caller promises; without arguments there may be no array.
    let arguments = if count == 0 { &[] } else { unsafe { slice::from_raw_parts(arguments, count as usize) } };
    let this = matches!(function.place, Place::Method(_)).then_some(this);
    // SAFETY: Python's caller has them during the call.
    let objects = this.into_iter().chain(arguments.iter().copied()).map(|object| unsafe { Object::borrowed(object) });
    run(function, objects, usize::from(this.is_some()) + arguments.len()).map_or(null_mut(), Object::into_ptr)
}

fn run(function: &Function, arguments: impl Iterator<Item = Object>, count: usize) -> Result<Object> {
    let is_plain = plain::take();
    if count != function.parameters.len() {
        return type_error(c"the function takes another number of arguments");
    }
    let mut held = Held::default();
    let (mut parameters, mut result) = ([0_u64; PARAMETER_WORDS], [0_u64; RESULT_WORDS]);
    let mut values: Values = [0; _];
    let mut sink = match function.is_indirect {
        true => Sink::Memory(parameters.as_mut_ptr().cast()),
        false => Sink::Flat { values: &mut values, count: 0 },
    };
    for (parameter, argument) in function.parameters.iter().zip(arguments) {
        held.lower(parameter.ty, &argument, parameter.at, &mut sink)?;
    }
    let mut passed = match sink {
        Sink::Flat { count, .. } => count,
        Sink::Memory(start) => {
            values[0] = start.expose_provenance() as u64;
            1
        }
    };
    if function.in_memory {
        values[passed] = result.as_mut_ptr().expose_provenance() as u64;
        passed += 1;
    }
    debug_assert!(passed <= values.len());
    // SAFETY: the values are those of the function's type, and what they refer to is held until it is done.
    let returned = unsafe { (function.call)(&values) };
    drop(held);
    if !function.in_memory {
        result[0] = returned;
    }
    // SAFETY: the host has put its result there.
    unsafe { outcome(&function.outcome, from_mut(&mut result).cast(), is_plain) }
}

/// # Safety
///
/// The host's result is there.
unsafe fn outcome(outcome: &Outcome, at: *const u8, is_plain: bool) -> Result<Object> {
    let nothing = || Ok(Object::none());
    // SAFETY: as the caller promises.
    unsafe {
        match outcome {
            Outcome::Nothing => nothing(),
            Outcome::Value(ty) => lift(ty, at),
            Outcome::Result { ok, payload, .. } if number(at, 1) == 0 => {
                ok.map_or_else(nothing, |ty| lift(ty, at.add(*payload)))
            }
            Outcome::Result { err, payload, .. } => {
                let at = at.add(*payload);
                if let Some(numbered) = err.filter(|_| is_plain).and_then(|ty| plain::numbered(ty, at)) {
                    return Err(plain::raise_numbered(numbered));
                }
                let value = err.map_or_else(nothing, |ty| lift(ty, at))?;
                let class = error_class()?;
                let exception = class.call(&[value])?;
                Err(raise(&class, &exception))
            }
        }
    }
}
