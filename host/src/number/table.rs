//! Tables of numbers, and the look-up in them.

/// Numbers that mean the same: Linux's, and this system's.
pub(super) type Pairs<T> = [(T, T)];

/// A table in parts: what several systems have, and what is one's own.
pub(super) type Table<T> = [&'static Pairs<T>];

/// The number of an option or of a control message: its level, and its name or type.
#[cfg(not(target_os = "linux"))]
pub(super) type Name = (i32, i32);

/// Pairs of numbers by the names that they have in two modules: one name for both, or, behind a semicolon, one for each.
#[cfg(not(target_os = "linux"))]
macro_rules! by_name {
    ($linux:ident, $native:ident: $($name:ident)* $(; $($from:ident = $to:ident)*)?) => {
        &[
            $(($linux::$name as i32, $native::$name as i32),)*
            $($(($linux::$from as i32, $native::$to as i32),)*)?
        ]
    };
}
#[cfg(not(target_os = "linux"))]
pub(super) use by_name;

/// Pairs of numbers that have one name in both modules, and a level.
#[cfg(not(target_os = "linux"))]
macro_rules! by_level_and_name {
    ($linux:ident, $native:ident: $($level:ident { $($name:ident)* })*) => {
        &[$($((($linux::$level, $linux::$name), ($native::$level as i32, $native::$name as i32)),)*)*]
    };
}
#[cfg(not(target_os = "linux"))]
pub(super) use by_level_and_name;

fn pairs<T: Copy>(table: &Table<T>) -> impl Iterator<Item = (T, T)> {
    table.iter().copied().flatten().copied()
}

/// This system's number, if it has one.
pub(super) fn native_of<T: Copy + PartialEq>(table: &Table<T>, linux: T) -> Option<T> {
    pairs(table).find(|(from, _)| *from == linux).map(|(_, native)| native)
}

/// Linux's number, if it has one.
pub(super) fn linux_of<T: Copy + PartialEq>(table: &Table<T>, native: T) -> Option<T> {
    pairs(table).find(|(_, from)| *from == native).map(|(linux, _)| linux)
}

/// This system's bits, and those that it has none for, in Linux's numbering.
pub(super) fn native_bits(table: &Table<i32>, linux: i32) -> (i32, i32) {
    pairs(table).fold((0, linux), |(native, rest), (from, to)| match linux & from {
        0 => (native, rest),
        _ => (native | to, rest & !from),
    })
}

/// Linux's bits; what it has none for is left out.
pub(super) fn linux_bits(table: &Table<i32>, native: i32) -> i32 {
    pairs(table).filter(|(_, from)| native & from != 0).fold(0, |linux, (to, _)| linux | to)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &Table<i32> = &[&[(1, 16), (2, 1)], &[(4, 4)]];

    #[test]
    fn numbers_go_both_ways() {
        for (linux, native) in pairs(TABLE) {
            assert_eq!(native_of(TABLE, linux), Some(native));
            assert_eq!(linux_of(TABLE, native), Some(linux));
        }
        assert_eq!((native_of(TABLE, 16), linux_of(TABLE, 2)), (None, None));
    }

    #[test]
    fn bits_go_both_ways_and_none_is_lost() {
        assert_eq!(native_bits(TABLE, 1 | 2), (16 | 1, 0));
        assert_eq!(native_bits(TABLE, 1 | 8), (16, 8));
        assert_eq!(linux_bits(TABLE, 16 | 4 | 64), 1 | 4);
    }
}
