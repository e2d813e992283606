//! What an option's value can be.

use std::borrow::Cow;

/// A value that [`setsockopt`](crate::Socket::setsockopt) takes: an integer, bytes, or a null pointer with a length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionValue<'a> {
    /// An integer.
    Int(i32),
    /// Bytes, in the layout that Linux gives the option's structure on a 64-bit little-endian machine.
    Bytes(Cow<'a, [u8]>),
    /// Python's `None, optlen`.
    Null(u32),
}

impl From<i32> for OptionValue<'_> {
    fn from(value: i32) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for OptionValue<'_> {
    fn from(value: bool) -> Self {
        Self::Int(value.into())
    }
}

impl<'a> From<&'a [u8]> for OptionValue<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(value.into())
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for OptionValue<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Self::Bytes(value.as_slice().into())
    }
}

impl From<Vec<u8>> for OptionValue<'_> {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value.into())
    }
}

/// A structure that is the value of an option that can be asked for: see
/// [`getsockopt_as`](crate::Socket::getsockopt_as).
pub trait OptionStruct: Sized {
    /// The most bytes that are read of it.
    const SIZE: usize;

    /// The structure, from its layout on 64-bit little-endian Linux; none where the bytes are not enough for it.
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
}

/// Lets a structure be set, by its bytes.
macro_rules! settable {
    ($($name:ty: |$value:ident| $bytes:expr;)*) => {
        $(impl From<$name> for OptionValue<'_> {
            fn from($value: $name) -> Self {
                Self::Bytes($bytes.into())
            }
        })*
    };
}
pub(super) use settable;

/// The bytes of a value that is bytes.
#[cfg(test)]
pub(super) fn bytes(value: impl Into<OptionValue<'static>>) -> Vec<u8> {
    match value.into() {
        OptionValue::Bytes(bytes) => bytes.into_owned(),
        other => panic!("{other:?} is not bytes"),
    }
}
