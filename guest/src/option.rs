//! Values of socket options.

/// A value that [`setsockopt`](crate::Socket::setsockopt) takes: an integer, bytes, or a null pointer with a length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionValue<'a> {
    /// An integer.
    Int(i32),
    /// Bytes, in the layout that Linux gives the option's structure on a 64-bit little-endian machine.
    Bytes(std::borrow::Cow<'a, [u8]>),
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
