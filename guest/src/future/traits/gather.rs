//! Several buffers in one call.

use std::borrow::Cow;
use std::io::IoSlice;

/// How much is gathered at most.
const MOST: usize = 1 << 16;

/// The first bytes of the buffers as one piece, for the host copies what it is handed anyhow.
pub(super) fn gather<'a>(buffers: &'a [IoSlice<'_>]) -> Cow<'a, [u8]> {
    let mut filled = buffers.iter().filter(|buffer| !buffer.is_empty());
    let (first, second) = (filled.next(), filled.next());
    match (first, second) {
        (None, _) => Cow::Borrowed(&[]),
        (Some(only), None) => Cow::Borrowed(only),
        (Some(first), Some(second)) => {
            let mut all = Vec::new();
            for buffer in [first, second].into_iter().chain(filled) {
                let room = MOST.saturating_sub(all.len());
                if room == 0 {
                    break;
                }
                all.extend_from_slice(&buffer[..buffer.len().min(room)]);
            }
            Cow::Owned(all)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_become_one_piece_of_no_more_than_the_host_is_handed() {
        let gathered = |buffers: &[&[u8]]| {
            let slices: Vec<_> = buffers.iter().map(|buffer| IoSlice::new(buffer)).collect();
            gather(&slices).into_owned()
        };
        assert_eq!(gathered(&[]), b"");
        assert_eq!(gathered(&[b"", b"one"]), b"one");
        assert_eq!(gathered(&[b"one", b"", b"two", b"three"]), b"onetwothree");
        let large = vec![7; MOST - 1];
        assert_eq!(gathered(&[&large, b"ab", b"c"]).len(), MOST);
        assert_eq!(gathered(&[&[1; MOST + 1]]).len(), MOST + 1);
    }
}
