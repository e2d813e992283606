//! The sizes of control messages.

/// The size of a control message's header in Linux's 64-bit layout, and what control messages are aligned to.
const HEADER: usize = 16;
const ALIGNMENT: usize = 8;

/// The length of a control message with so many bytes of data, without padding: cmsg(3), in Linux's 64-bit layout.
///
/// ```
/// use berkeley_guest::socket::{CMSG_LEN, CMSG_SPACE};
///
/// assert_eq!((CMSG_LEN(4), CMSG_SPACE(4)), (20, 24));
/// ```
#[allow(non_snake_case, reason = "that is its name")]
pub const fn CMSG_LEN(length: usize) -> usize {
    HEADER.saturating_add(length)
}

/// The room that a control message with so many bytes of data takes, with padding: cmsg(3), in Linux's 64-bit layout.
#[allow(non_snake_case, reason = "that is its name")]
pub const fn CMSG_SPACE(length: usize) -> usize {
    match length.checked_next_multiple_of(ALIGNMENT) {
        Some(length) => HEADER.saturating_add(length),
        None => usize::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_headers() {
        for (length, len, space) in [(0, 16, 16), (1, 17, 24), (8, 24, 24), (9, 25, 32)] {
            assert_eq!((CMSG_LEN(length), CMSG_SPACE(length)), (len, space));
        }
        assert_eq!((CMSG_LEN(usize::MAX), CMSG_SPACE(usize::MAX)), (usize::MAX, usize::MAX));
    }
}
