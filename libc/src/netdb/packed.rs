//! Structures of netdb.h that point to names and lists of them: all of it in one piece of memory, as the functions whose
//! names end with `_r` are given it.

use core::ffi::{c_char, c_int};
use std::cell::RefCell;

use berkeley_guest::error::Errno;

use crate::failure::{Failure, Result};
use crate::memory::{Out, Plain};

/// A piece of memory that is filled from its beginning.
pub(super) struct Packed {
    next: Out<u8>,
    room: usize,
}

/// A list of pointers that ends with a null pointer.
pub(super) type List = Out<Out<c_char>>;

impl Packed {
    /// So many bytes from there on. EFAULT.
    pub(super) fn new(memory: Out<u8>, room: usize) -> Result<Self> {
        memory.buffer(room)?;
        Ok(Self { next: memory, room })
    }

    /// A place for so many values. ERANGE.
    fn take<T: Plain>(&mut self, values: &[T]) -> Result<Out<T>> {
        let padding = self.next.address().wrapping_neg() % align_of::<T>();
        let size = padding + size_of_val(values);
        if size > self.room {
            return Err(Errno::Erange.into());
        }
        let place = self.next.at(padding).cast::<T>();
        place.put_all(values)?;
        self.next = self.next.at(size);
        self.room -= size;
        Ok(place)
    }

    /// One value.
    pub(super) fn value<T: Plain>(&mut self, value: T) -> Result<Out<T>> {
        self.take(&[value])
    }

    /// Bytes.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<Out<c_char>> {
        Ok(self.take(bytes)?.cast())
    }

    /// A text, up to its first NUL.
    pub(super) fn text(&mut self, text: &[u8]) -> Result<Out<c_char>> {
        let text = text.split(|&byte| byte == 0).next().unwrap_or_default();
        self.bytes(&[text, &[0]].concat())
    }

    /// A list of what each of these gives.
    pub(super) fn list<T>(
        &mut self,
        values: &[T],
        each: impl Fn(&mut Self, &T) -> Result<Out<c_char>>,
    ) -> Result<List> {
        let mut pointers = values.iter().map(|value| each(self, value)).collect::<Result<Vec<_>>>()?;
        pointers.push(Out::null());
        self.take(&pointers)
    }
}

/// Gives a structure in memory that stays until the next call of this kind, as the older functions do.
pub(super) fn kept<T: Plain>(
    memory: &'static std::thread::LocalKey<RefCell<Vec<u64>>>,
    pack: impl Fn(&mut Packed) -> Result<T>,
) -> Result<Out<T>> {
    memory.with_borrow_mut(|memory| {
        loop {
            let room = size_of_val(memory.as_slice());
            let mut packed = Packed::new(Out::to(memory), room)?;
            match pack(&mut packed).and_then(|value| packed.value(value)) {
                Err(failure) if failure == Failure::from(Errno::Erange) => {
                    memory.resize((2 * memory.len()).max(64), 0);
                }
                result => return result,
            }
        }
    })
}

/// Gives a structure where the functions whose names end with `_r` are told to, and 0; or an error of errno.h: ENOENT for
/// none, ERANGE for too little room.
pub(super) fn placed<T: Plain>(
    entry: Out<T>,
    memory: Out<u8>,
    room: usize,
    answer: Out<Out<T>>,
    pack: Option<impl FnOnce(&mut Packed) -> Result<T>>,
) -> Result<c_int> {
    answer.put(Out::null())?;
    let Some(pack) = pack else { return Ok(Failure::from(Errno::Enoent).number()) };
    match pack(&mut Packed::new(memory, room)?) {
        Ok(packed) => {
            entry.put(packed)?;
            answer.put(entry)?;
            Ok(0)
        }
        Err(failure) => Ok(failure.number()),
    }
}

thread_local! {
    /// What `gethostbyname` and its like gave last.
    pub(super) static HOST: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    /// What `getservbyname` and its like gave last.
    pub(super) static SERVICE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    /// What `getprotobyname` and its like gave last.
    pub(super) static PROTOCOL: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}
