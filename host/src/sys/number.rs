//! What a system calls the contract's numbers: the look-up in its tables.

/// Linux's numbers, and this system's.
pub(super) type Pairs<T> = [(T, T)];

/// This system's number, if it has one.
pub(super) const fn native_of(pairs: &Pairs<i32>, linux: i32) -> Option<i32> {
    let mut at = 0;
    while at < pairs.len() {
        if pairs[at].0 == linux {
            return Some(pairs[at].1);
        }
        at += 1;
    }
    None
}

/// Linux's number, if it has one.
pub(super) const fn linux_of(pairs: &Pairs<i32>, native: i32) -> Option<i32> {
    let mut at = 0;
    while at < pairs.len() {
        if pairs[at].1 == native {
            return Some(pairs[at].0);
        }
        at += 1;
    }
    None
}

/// This system's bits, and those that it has none for, in Linux's numbering.
pub(super) fn native_bits(pairs: &Pairs<i32>, linux: i32) -> (i32, i32) {
    pairs.iter().fold((0, linux), |(native, rest), (from, to)| match linux & from {
        0 => (native, rest),
        _ => (native | to, rest & !from),
    })
}

/// Linux's bits; what it has none for is left out.
pub(super) fn linux_bits(pairs: &Pairs<i32>, native: i32) -> i32 {
    pairs.iter().filter(|(_, to)| native & to != 0).fold(0, |linux, (from, _)| linux | from)
}

/// Where an error of Linux's that this system has no number for lies among this system's, so that none is lost. In
/// Windows these numbers are an application's own.
pub(super) const NO_NATIVE: i32 = 0x2000_0000;

/// Linux's number of the error; as it is, where it has none.
pub(super) const fn linux_errno_of(pairs: &Pairs<i32>, native: i32) -> i32 {
    if native & NO_NATIVE != 0 {
        return native & !NO_NATIVE;
    }
    match linux_of(pairs, native) {
        Some(linux) => linux,
        None => native,
    }
}

/// This system's number of the error, from which [`linux_errno_of`] goes back.
pub(super) const fn native_errno_of(pairs: &Pairs<i32>, linux: i32) -> i32 {
    match native_of(pairs, linux) {
        Some(native) => native,
        None => NO_NATIVE | linux,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIRS: &Pairs<i32> = &[(1, 16), (2, 1), (4, 4)];

    #[test]
    fn numbers_go_both_ways() {
        for (linux, native) in PAIRS {
            assert_eq!(native_of(PAIRS, *linux), Some(*native));
            assert_eq!(linux_of(PAIRS, *native), Some(*linux));
        }
        assert_eq!((native_of(PAIRS, 16), linux_of(PAIRS, 2)), (None, None));
    }

    #[test]
    fn bits_go_both_ways_and_none_is_lost() {
        assert_eq!(native_bits(PAIRS, 1 | 2), (16 | 1, 0));
        assert_eq!(native_bits(PAIRS, 1 | 8), (16, 8));
        assert_eq!(linux_bits(PAIRS, 16 | 4 | 64), 1 | 4);
    }

    #[test]
    fn an_error_that_the_system_does_not_have_comes_back_as_itself() {
        for linux in [1, 2, 3, 77, 133] {
            assert_eq!(linux_errno_of(PAIRS, native_errno_of(PAIRS, linux)), linux, "{linux}");
        }
        assert_eq!(linux_errno_of(PAIRS, 9999), 9999);
    }
}
