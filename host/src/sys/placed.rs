//! An answer whose bytes are put into the guest's memory by what receives them.
//!
//! wasmtime gives a list that a function of the host returns by copying it to where the guest wants it. This type asks for
//! that place itself, and has the kernel write there. It uses what wasmtime's own derive macros use, which is not for other
//! crates by intent, and stays as it is within a major version.

use std::mem::MaybeUninit;

use wasmtime::component::__internal::{CanonicalAbiInfo, InstanceType, InterfaceType, LowerContext};
use wasmtime::component::{ComponentType, Lower};
use wasmtime::{Result, bail};

/// Where bytes come from.
pub(crate) trait Source: Send + Sync {
    /// What the guest is told in their place.
    type Error: Lower;

    /// How many there are.
    fn length(&self) -> usize;

    /// Puts them into the room of that length, and tells how many there were then.
    ///
    /// # Errors
    ///
    /// There are none any more.
    fn put(&self, room: &mut [u8]) -> std::result::Result<usize, Self::Error>;
}

/// `result<list<u8>, error>`.
pub(crate) enum Placed<S: Source> {
    /// What is known already.
    Known(Whole<S>),
    /// What the source puts into place. It has at least one byte.
    From(S),
}

/// The same as wasmtime has it.
type Whole<S> = std::result::Result<Vec<u8>, <S as Source>::Error>;

// SAFETY: it has the layout and the type of what it stands for.
unsafe impl<S: Source> ComponentType for Placed<S> {
    type Lower = <Whole<S> as ComponentType>::Lower;

    const ABI: CanonicalAbiInfo = <Whole<S> as ComponentType>::ABI;

    fn typecheck(ty: &InterfaceType, types: &InstanceType<'_>) -> Result<()> {
        <Whole<S> as ComponentType>::typecheck(ty, types)
    }
}

// SAFETY: all that it writes is what `Whole` and `Bytes` write.
unsafe impl<S: Source> Lower for Placed<S> {
    fn linear_lower_to_flat<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        ty: InterfaceType,
        dst: &mut MaybeUninit<Self::Lower>,
    ) -> Result<()> {
        match self {
            Self::Known(whole) => whole.linear_lower_to_flat(cx, ty, dst),
            // A function returns no more than one flat value, and this has several.
            Self::From(_) => bail!("a list is given by way of memory"),
        }
    }

    fn linear_lower_to_memory<T>(&self, cx: &mut LowerContext<'_, T>, ty: InterfaceType, offset: usize) -> Result<()> {
        match self {
            Self::Known(whole) => whole.linear_lower_to_memory(cx, ty, offset),
            Self::From(source) => place(source, cx)?.linear_lower_to_memory(cx, ty, offset),
        }
    }
}

/// Asks the guest for memory, and has the source fill it.
fn place<S: Source, T>(source: &S, cx: &mut LowerContext<'_, T>) -> Result<std::result::Result<Bytes, S::Error>> {
    let length = source.length();
    let start = cx.realloc(0, 0, 1, length)?;
    let room = start.checked_add(length).and_then(|end| cx.as_slice_mut().get_mut(start..end));
    let Some(room) = room else { bail!("realloc gave memory that is not there") };
    let put = source.put(room);
    // The guest frees what it was told of, and so has no more than that. It cannot be asked to have nothing.
    let kept = put.as_ref().map_or(0, |length| *length).max(1);
    let start = if kept < length { cx.realloc(start, length, 1, kept)? } else { start };
    Ok(put.map(|length| Bytes { start, length }))
}

/// A list of bytes that is in the guest's memory.
struct Bytes {
    start: usize,
    length: usize,
}

// SAFETY: it has the layout and the type of a list.
unsafe impl ComponentType for Bytes {
    type Lower = <Vec<u8> as ComponentType>::Lower;

    const ABI: CanonicalAbiInfo = <Vec<u8> as ComponentType>::ABI;

    fn typecheck(ty: &InterfaceType, types: &InstanceType<'_>) -> Result<()> {
        <Vec<u8> as ComponentType>::typecheck(ty, types)
    }
}

// SAFETY: a list is the address of its first item and how many they are.
unsafe impl Lower for Bytes {
    fn linear_lower_to_flat<T>(
        &self,
        _: &mut LowerContext<'_, T>,
        _: InterfaceType,
        _: &mut MaybeUninit<Self::Lower>,
    ) -> Result<()> {
        bail!("a list is given by way of memory")
    }

    fn linear_lower_to_memory<T>(&self, cx: &mut LowerContext<'_, T>, _: InterfaceType, offset: usize) -> Result<()> {
        *cx.get(offset) = u32::try_from(self.start)?.to_le_bytes();
        *cx.get(offset + 4) = u32::try_from(self.length)?.to_le_bytes();
        Ok(())
    }
}
