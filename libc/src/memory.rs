//! Pointers of C programs: the one place where they become slices and values.
//!
//! A pointer may be anything. Null, and what reaches beyond the linear memory, is EFAULT, as Linux has it; within it a
//! program owns every byte, be it that of another variable, as in C.
#![allow(unsafe_code, reason = "pointers are followed")]

use core::ffi::{CStr, c_char, c_int};

use berkeley_guest::error::Errno;

use crate::failure::{Answer, Result};

/// What any bytes are a value of.
///
/// # Safety
///
/// Every pattern of bits is a valid value, and there is no padding that must not be read.
pub(crate) unsafe trait Plain: Copy {}

macro_rules! plain {
    ($($type:ty),* $(,)?) => {$(
        // SAFETY: a number, or a structure of numbers and pointers, is any bytes.
        #[allow(unsafe_code, reason = "any bytes are a value")]
        unsafe impl $crate::memory::Plain for $type {}
    )*};
}
pub(crate) use plain;

plain!(u8, i8, u16, i16, u32, i32, u64, i64, usize, [u8; 4], [u8; 16], libc::iovec, libc::stat);

// SAFETY: a pointer is any bytes, and is looked at before it is followed.
unsafe impl<T> Plain for Out<T> {}

/// Most bytes of one transfer, as in Linux: MAX_RW_COUNT.
pub(crate) const MOST: usize = 0x7fff_f000;

/// A pointer that is read through.
#[repr(transparent)]
pub(crate) struct In<T>(*const T);

/// A pointer that is written through.
#[repr(transparent)]
pub(crate) struct Out<T>(*mut T);

macro_rules! copied {
    ($($pointer:ident),*) => {$(
        // By hand, for a pointer is copied whatever it points to.
        impl<T> Clone for $pointer<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $pointer<T> {}
    )*};
}
copied!(In, Out);

/// Where the linear memory ends.
fn end() -> u64 {
    core::arch::wasm32::memory_size::<0>() as u64 * 65_536
}

/// EFAULT unless all of it is in memory. Nothing is anywhere.
fn check(address: usize, count: usize, size: usize) -> Result<()> {
    let length = count as u64 * size as u64;
    if length == 0 || address != 0 && address as u64 + length <= end() { Ok(()) } else { Err(Errno::Efault.into()) }
}

impl<T> In<T> {
    /// A null pointer.
    pub(crate) fn null() -> Self {
        Self(core::ptr::null())
    }

    /// A null pointer?
    pub(crate) fn is_null(self) -> bool {
        self.0.is_null()
    }

    /// The same place as another type.
    pub(crate) fn cast<U>(self) -> In<U> {
        In(self.0.cast())
    }
}

impl<T> Out<T> {
    /// A null pointer?
    pub(crate) fn is_null(self) -> bool {
        self.0.is_null()
    }

    /// The same place as another type.
    pub(crate) fn cast<U>(self) -> Out<U> {
        Out(self.0.cast())
    }

    /// The same place, to be read.
    pub(crate) fn as_in(self) -> In<T> {
        In(self.0)
    }

    /// A null pointer.
    pub(crate) fn null() -> Self {
        Self(core::ptr::null_mut())
    }

    /// That place.
    pub(crate) fn pointing(at: *mut T) -> Self {
        Self(at)
    }

    /// The place where the values are.
    pub(crate) fn to<U>(values: &mut [U]) -> Self {
        Self(values.as_mut_ptr().cast())
    }

    /// The pointer itself.
    pub(crate) fn pointer(self) -> *mut T {
        self.0
    }

    /// Its number.
    pub(crate) fn address(self) -> usize {
        self.0.addr()
    }

    /// The place so many values later.
    pub(crate) fn at(self, index: usize) -> Self {
        Self(self.0.wrapping_add(index))
    }
}

impl<T> Answer for Out<T> {
    const FAILED: Self = Self(core::ptr::null_mut());
}

impl<T: Plain> In<T> {
    /// The value there.
    pub(crate) fn get(self) -> Result<T> {
        check(self.0.addr(), 1, size_of::<T>())?;
        // SAFETY: the bytes are in memory, and any are a value.
        Ok(unsafe { self.0.read_unaligned() })
    }

    /// The value there; none for a null pointer.
    pub(crate) fn get_if(self) -> Result<Option<T>> {
        if self.is_null() { Ok(None) } else { self.get().map(Some) }
    }

    /// So many values, one after the other.
    pub(crate) fn list(self, count: usize) -> Result<Vec<T>> {
        check(self.0.addr(), count, size_of::<T>())?;
        // SAFETY: as above.
        Ok((0..count).map(|index| unsafe { self.0.wrapping_add(index).read_unaligned() }).collect())
    }
}

impl<T: Plain> Out<T> {
    /// The value there.
    pub(crate) fn get(self) -> Result<T> {
        self.as_in().get()
    }

    /// Puts a value there.
    pub(crate) fn put(self, value: T) -> Result<()> {
        check(self.0.addr(), 1, size_of::<T>())?;
        // SAFETY: the bytes are in memory.
        unsafe { self.0.write_unaligned(value) };
        Ok(())
    }

    /// Puts values there, one after the other.
    pub(crate) fn put_all(self, values: &[T]) -> Result<()> {
        check(self.0.addr(), values.len(), size_of::<T>())?;
        for (index, value) in values.iter().enumerate() {
            // SAFETY: as above.
            unsafe { self.0.wrapping_add(index).write_unaligned(*value) };
        }
        Ok(())
    }
}

impl In<u8> {
    /// So many bytes.
    pub(crate) fn bytes<'a>(self, length: usize) -> Result<&'a [u8]> {
        let length = length.min(MOST);
        check(self.0.addr(), length, 1)?;
        if length == 0 {
            return Ok(&[]);
        }
        // SAFETY: they are in memory, where nothing but the program itself changes them, which waits for the call's end.
        Ok(unsafe { core::slice::from_raw_parts(self.0, length) })
    }
}

impl Out<c_char> {
    /// The place of a text that programs only read, whatever the structure's type says.
    pub(crate) fn constant(text: &CStr) -> Self {
        Self(text.as_ptr().cast_mut())
    }
}

impl Out<u8> {
    /// So many bytes, to be written.
    pub(crate) fn buffer<'a>(self, length: usize) -> Result<&'a mut [u8]> {
        let length = length.min(MOST);
        check(self.0.addr(), length, 1)?;
        if length == 0 {
            return Ok(&mut []);
        }
        // SAFETY: as for `bytes`.
        Ok(unsafe { core::slice::from_raw_parts_mut(self.0, length) })
    }

    /// As [`buffer`](Self::buffer), up to where the memory ends: what comes may be less than a program says that there is
    /// room for.
    pub(crate) fn room<'a>(self, length: usize) -> Result<&'a mut [u8]> {
        if self.is_nowhere(length) { Err(Errno::Efault.into()) } else { self.buffer(length.min(self.left())) }
    }

    /// Whether so many bytes, if any, would begin outside the memory, or at the null pointer.
    pub(crate) fn is_nowhere(self, length: usize) -> bool {
        length > 0 && (self.is_null() || self.left() == 0)
    }

    /// How many bytes of memory there are from there on.
    fn left(self) -> usize {
        end().saturating_sub(self.0.addr() as u64) as usize
    }
}

impl In<c_char> {
    /// The text up to its NUL. EFAULT for one without end.
    pub(crate) fn text<'a>(self) -> Result<&'a [u8]> {
        check(self.0.addr(), 1, 1)?;
        let length = (end() - self.0.addr() as u64).min(MOST as u64) as usize;
        let bytes = self.cast::<u8>().bytes(length)?;
        Ok(CStr::from_bytes_until_nul(bytes).map_err(|_| Errno::Efault)?.to_bytes())
    }

    /// The text; none for a null pointer.
    pub(crate) fn text_if<'a>(self) -> Result<Option<&'a [u8]>> {
        if self.is_null() { Ok(None) } else { self.text().map(Some) }
    }
}

/// The buffers of a `struct iovec[]` to be read. EINVAL: more than IOV_MAX, or longer than any length can be.
pub(crate) fn gather<'a>(vectors: In<libc::iovec>, count: c_int) -> Result<Vec<&'a [u8]>> {
    each(vectors, count, |vector, length| In(vector.iov_base.cast_const().cast::<u8>()).bytes(length))
}

/// The buffers of a `struct iovec[]` to be written; errors as for [`gather`].
pub(crate) fn scatter<'a>(vectors: In<libc::iovec>, count: c_int) -> Result<Vec<&'a mut [u8]>> {
    each(vectors, count, |vector, length| Out(vector.iov_base.cast::<u8>()).room(length))
}

/// The length of a buffer, unless it reaches around all memory: EFAULT, as Linux has it of read(2).
pub(crate) fn bounded(length: usize) -> Result<usize> {
    if isize::try_from(length).is_ok() { Ok(length) } else { Err(Errno::Efault.into()) }
}

fn each<B>(vectors: In<libc::iovec>, count: c_int, buffer: impl Fn(libc::iovec, usize) -> Result<B>) -> Result<Vec<B>> {
    let count = usize::try_from(count).ok().filter(|&count| count <= IOV_MAX).ok_or(Errno::Einval)?;
    let mut room = MOST;
    let mut buffers = Vec::with_capacity(count);
    for vector in vectors.list(count)? {
        if vector.iov_len > isize::MAX as usize {
            return Err(Errno::Einval.into());
        }
        // As in Linux, what goes beyond the most is left for another call.
        let length = vector.iov_len.min(room);
        room -= length;
        buffers.push(buffer(vector, length)?);
    }
    Ok(buffers)
}

/// Whether the list is there, and no more is wrong with it than that a buffer of it is no memory: a call that receives
/// learns of that only when something has come.
pub(crate) fn is_nowhere(vectors: In<libc::iovec>, count: c_int) -> bool {
    let Ok(count) = usize::try_from(count) else { return false };
    let Ok(list) = vectors.list(count.min(IOV_MAX)) else { return false };
    let nowhere = |vector: &libc::iovec| Out(vector.iov_base.cast::<u8>()).is_nowhere(vector.iov_len);
    count <= IOV_MAX && list.iter().all(|vector| vector.iov_len <= isize::MAX as usize) && list.iter().any(nowhere)
}

/// How many buffers one call takes.
pub(crate) const IOV_MAX: usize = 1024;
