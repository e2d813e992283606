//! The records of which a connection's bytes are made.

/// The head of a record: its type, the version, the length of its body.
const HEAD: usize = 5;

/// Where in a record the bytes from the peer are.
#[derive(Debug, Default)]
pub(super) struct Framing {
    head: [u8; HEAD],
    /// How much of the head is there; none of the body is until all of it is.
    filled: usize,
    /// How much of the body is missing.
    body: usize,
    /// How much of the record is there.
    begun: usize,
    /// The head of the first record, once it is there.
    first: Option<[u8; HEAD]>,
}

impl Framing {
    /// How many bytes the head lacks, or the body.
    pub(super) fn needed(&self) -> usize {
        if self.body > 0 { self.body } else { HEAD - self.filled }
    }

    /// How much is there of the record that has begun.
    pub(super) fn begun(&self) -> usize {
        self.begun
    }

    /// Whether the first record's head is there.
    pub(super) fn has_begun(&self) -> bool {
        self.first.is_some()
    }

    /// What the peer speaks instead of TLS, as far as OpenSSL has words for it, by how it began.
    pub(super) fn foreign(&self) -> Option<&'static str> {
        const BEGINNINGS: [(&[u8], &str); 5] = [
            (b"GET ", "http request"),
            (b"POST ", "http request"),
            (b"HEAD ", "http request"),
            (b"PUT ", "http request"),
            (b"CONNE", "https proxy request"),
        ];
        let first = self.first?;
        BEGINNINGS.iter().find(|(beginning, _)| first.starts_with(beginning)).map(|(_, words)| *words)
    }

    /// Passes over the bytes, which are no more than `needed`.
    pub(super) fn advance(&mut self, bytes: &[u8]) {
        self.begun += bytes.len();
        if self.body > 0 {
            self.body = self.body.saturating_sub(bytes.len());
            if self.body == 0 {
                self.begun = 0;
            }
            return;
        }
        for &byte in bytes.iter().take(HEAD - self.filled) {
            self.head[self.filled] = byte;
            self.filled += 1;
        }
        if self.filled == HEAD {
            self.filled = 0;
            self.first.get_or_insert(self.head);
            self.body = usize::from(u16::from_be_bytes([self.head[3], self.head[4]]));
            if self.body == 0 {
                self.begun = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_passed_over_one_by_one() {
        let mut framing = Framing::default();
        assert_eq!(framing.needed(), 5);
        framing.advance(&[23, 3]);
        assert_eq!(framing.needed(), 3);
        framing.advance(&[3, 1, 2]);
        assert_eq!((framing.needed(), framing.begun()), (0x102, 5));
        framing.advance(&[0; 0x100]);
        assert_eq!(framing.needed(), 2);
        framing.advance(&[0; 2]);
        assert_eq!((framing.needed(), framing.begun()), (5, 0));
        assert_eq!(framing.foreign(), None);
        // A record without a body.
        framing.advance(&[23, 3, 3, 0, 0]);
        assert_eq!(framing.needed(), 5);
    }
}
