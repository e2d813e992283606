//! Addresses as the kernel takes them.

/// The size of `sockaddr_storage`, beyond which no address goes.
pub const CAPACITY: usize = 128;

/// An address as the kernel takes it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RawAddress {
    bytes: [u8; CAPACITY],
    len: usize,
}

impl RawAddress {
    pub(super) fn new(family: i32) -> Self {
        let mut raw = Self { bytes: [0; CAPACITY], len: 0 };
        raw.put(&(family as u16).to_ne_bytes());
        raw
    }

    /// The address whose bytes these are, the family first; what is beyond [`CAPACITY`] is cut off.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut raw = Self { bytes: [0; CAPACITY], len: 0 };
        raw.put(&bytes[..bytes.len().min(CAPACITY)]);
        raw
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The bytes, the family first.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
        self
    }

    /// With zeros at its end, as far as that.
    pub(super) fn pad_to(mut self, len: usize) -> Self {
        debug_assert!(self.len <= len && len <= CAPACITY);
        self.len = len;
        self
    }
}
