//! From Python to the host.
#![allow(unsafe_code, reason = "the host reads values in memory")]

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use crate::install::{class, name, names};
use crate::object::{Object, Raised, Result, overflow, type_error};
use crate::python::{PyBuffer, PyBuffer_Release, PyObject_GetBuffer, PyUnicode_AsUTF8AndSize};
use crate::types::{Case, Type, Values};

/// Where values go: into memory from a place on, or one after the other.
pub(crate) enum Sink<'a> {
    Memory(*mut u8),
    Flat { values: &'a mut Values, count: usize },
}

impl Sink<'_> {
    /// Puts a number of so many bytes.
    fn put(&mut self, at: usize, value: u64, size: usize) {
        match self {
            // SAFETY: whoever made the sink has room for all of the type, in which this is.
            Sink::Memory(start) => unsafe {
                start.add(at).copy_from_nonoverlapping(value.to_le_bytes().as_ptr(), size);
            },
            Sink::Flat { values, count } => {
                values[*count] = value;
                *count += 1;
            }
        }
    }

    fn put_list(&mut self, at: usize, start: *const u8, length: usize) {
        self.put(at, start.addr() as u64, 4);
        self.put(at + 4, length as u64, 4);
    }

    /// Where a variant that begins now and takes so many values ends.
    fn end(&self, flat: usize) -> usize {
        match self {
            Sink::Memory(_) => 0,
            Sink::Flat { count, .. } => count + flat,
        }
    }

    /// Fills up to there: other cases than the one that was put may take more.
    fn fill(&mut self, end: usize) {
        if let Sink::Flat { values, count } = self {
            values[*count..end].fill(0);
            *count = end;
        }
    }
}

/// What the host reads during a call, beside the arguments themselves, which the caller has.
#[derive(Default)]
pub(crate) struct Held {
    objects: Vec<Object>,
    views: Vec<View>,
    blocks: Vec<Vec<u64>>,
}

/// A view of an object's memory, which stays where it is as long as there are views.
pub(crate) struct View(Box<PyBuffer>);

impl View {
    /// The memory of an object that has some, read-only or not.
    fn of(object: &Object) -> Result<Self> {
        Self::with(object, 0)
    }

    /// The memory of an object that can be written to.
    pub(crate) fn writable(object: &Object) -> Result<Self> {
        const WRITABLE: i32 = 1;
        Self::with(object, WRITABLE)
    }

    fn with(object: &Object, flags: i32) -> Result<Self> {
        let mut view = Box::new(PyBuffer::EMPTY);
        // SAFETY: there is room for the view.
        if unsafe { PyObject_GetBuffer(object.as_ptr(), &raw mut *view, flags) } < 0 {
            Err(Raised)
        } else {
            Ok(Self(view))
        }
    }

    /// Where it is, and how many bytes there are.
    pub(crate) fn place(&self) -> (*mut u8, usize) {
        (self.0.start, self.0.length as usize)
    }
}

impl Drop for View {
    fn drop(&mut self) {
        // SAFETY: it was filled in.
        unsafe { PyBuffer_Release(&raw mut *self.0) }
    }
}

impl Held {
    fn bytes(&mut self, object: &Object) -> Result<(*const u8, usize)> {
        let view = View::of(object)?;
        let (start, length) = view.place();
        self.views.push(view);
        Ok((start, length))
    }

    fn text(&mut self, object: &Object) -> Result<(*const u8, usize)> {
        let mut length = 0;
        // SAFETY: it is an object, which keeps the text as long as it is there.
        let start = unsafe { PyUnicode_AsUTF8AndSize(object.as_ptr(), &raw mut length) };
        if start.is_null() {
            return Err(Raised);
        }
        self.objects.push(object.clone());
        Ok((start, length as usize))
    }

    fn list(&mut self, item: &Type, size: usize, object: &Object) -> Result<(*const u8, usize)> {
        let length = object.length()?;
        let mut block = vec![0; (length * size).div_ceil(8)];
        let start: *mut u64 = block.as_mut_ptr();
        self.blocks.push(block);
        let mut sink = Sink::Memory(start.cast());
        for at in 0..length {
            self.lower(item, &object.item(at)?, at * size, &mut sink)?;
        }
        Ok((start.cast(), length))
    }

    /// Puts an object, as a value of that type, at a place of the sink.
    pub(crate) fn lower(&mut self, ty: &Type, object: &Object, at: usize, sink: &mut Sink<'_>) -> Result<()> {
        match ty {
            Type::Bool => sink.put(at, object.is_true()?.into(), 1),
            Type::Unsigned(size) => sink.put(at, unsigned(object, *size)?, *size),
            Type::Signed(size) => sink.put(at, signed(object, *size)?, *size),
            Type::Text => {
                let (start, length) = self.text(object)?;
                sink.put_list(at, start, length);
            }
            Type::Bytes => {
                let (start, length) = self.bytes(object)?;
                sink.put_list(at, start, length);
            }
            Type::List { item, size } => {
                let (start, length) = self.list(item, *size, object)?;
                sink.put_list(at, start, length);
            }
            Type::Tuple(fields) => {
                if object.length()? != fields.len() {
                    return type_error(c"a tuple has another length");
                }
                for (number, field) in fields.iter().enumerate() {
                    self.lower(field.ty, &object.item(number)?, at + field.at, sink)?;
                }
            }
            Type::Record { fields, .. } => {
                for field in *fields {
                    self.lower(field.ty, &object.get(&name(field.name))?, at + field.at, sink)?;
                }
            }
            Type::Variant { cases, payload, flat } => self.case(cases, object, at, sink, (*payload, *flat))?,
            Type::Option { some, payload, flat } => {
                let end = sink.end(*flat);
                sink.put(at, (!object.is_none()).into(), 1);
                if !object.is_none() {
                    self.lower(some, object, at + payload, sink)?;
                }
                sink.fill(end);
            }
            Type::Numbered { size, .. } => sink.put(at, object.get(&name(names::VALUE))?.unsigned()?, *size),
            Type::Borrow => sink.put(at, object.get(&name(names::HANDLE))?.unsigned()?, 4),
            Type::Own { .. } => return type_error(c"a resource cannot be given away"),
        }
        Ok(())
    }

    fn case(
        &mut self,
        cases: &[Case],
        object: &Object,
        at: usize,
        sink: &mut Sink<'_>,
        (payload, flat): (usize, usize),
    ) -> Result<()> {
        let own = object.class();
        let Some(number) = cases.iter().position(|case| own.is(class(case.class))) else {
            return type_error(c"an object is of no case of the type");
        };
        let end = sink.end(flat);
        sink.put(at, number as u64, 1);
        if let Some(ty) = cases[number].ty {
            self.lower(ty, &object.get(&name(names::VALUE))?, at + payload, sink)?;
        }
        sink.fill(end);
        Ok(())
    }
}

fn unsigned(object: &Object, size: usize) -> Result<u64> {
    let value = object.unsigned()?;
    if size < 8 && value >> (8 * size) != 0 { overflow() } else { Ok(value) }
}

/// As many bits as the type has when it is passed: those of 32 or of 64.
fn signed(object: &Object, size: usize) -> Result<u64> {
    let value = object.signed()?;
    if size == 8 {
        return Ok(value.cast_unsigned());
    }
    let rest = value >> (8 * size - 1);
    if rest == 0 || rest == -1 { Ok(u64::from(value.cast_unsigned() as u32)) } else { overflow() }
}
