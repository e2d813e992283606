//! The look-up of errors. The functions are `const`, as [`Errno::from_native`](crate::Errno::from_native) is, and so
//! have no iterators.

use super::table::Pairs;

/// Where an error of Linux's that this system has no number for lies among this system's, so that none is lost. In
/// Windows these numbers are an application's own.
const NO_NATIVE: i32 = 0x2000_0000;

/// Linux's number of the error; as it is, where it has none.
pub(super) const fn linux_of(pairs: &Pairs<i32>, native: i32) -> i32 {
    if native & NO_NATIVE != 0 {
        return native & !NO_NATIVE;
    }
    let mut at = 0;
    while at < pairs.len() {
        if pairs[at].1 == native {
            return pairs[at].0;
        }
        at += 1;
    }
    native
}

/// This system's number of the error, from which [`linux_of`] goes back.
pub(super) const fn native_of(pairs: &Pairs<i32>, linux: i32) -> i32 {
    let mut at = 0;
    while at < pairs.len() {
        if pairs[at].0 == linux {
            return pairs[at].1;
        }
        at += 1;
    }
    NO_NATIVE | linux
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIRS: &Pairs<i32> = &[(1, 16), (2, 1), (4, 4)];

    #[test]
    fn an_error_that_the_system_does_not_have_comes_back_as_itself() {
        for linux in [1, 2, 3, 77, 133] {
            assert_eq!(linux_of(PAIRS, native_of(PAIRS, linux)), linux, "{linux}");
        }
        assert_eq!(linux_of(PAIRS, 9999), 9999);
    }
}
