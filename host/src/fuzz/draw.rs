//! Values out of bytes.

/// What is left of the bytes. Where there are none any more, all is 0.
pub(super) struct Draw<'a>(&'a [u8]);

impl<'a> Draw<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        let Some((taken, rest)) = self.0.split_first_chunk() else { return [0; N] };
        self.0 = rest;
        *taken
    }

    pub(super) fn i32(&mut self) -> i32 {
        i32::from_le_bytes(self.take())
    }

    /// Mostly a number as families, levels and options have it; now and then any.
    pub(super) fn small(&mut self) -> i32 {
        match u16::from_le_bytes(self.take()) {
            u16::MAX => self.i32(),
            number => i32::from(number),
        }
    }

    /// So many of the next bytes as their first two say.
    #[cfg(feature = "tls")]
    pub(super) fn part(&mut self) -> &'a [u8] {
        let length = usize::from(u16::from_le_bytes(self.take())).min(self.0.len());
        let (part, rest) = self.0.split_at(length);
        self.0 = rest;
        part
    }

    pub(super) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }
}
