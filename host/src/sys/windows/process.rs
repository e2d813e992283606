//! This process.

/// Whether they are this process' own ids: Windows has no such.
pub(crate) fn is_this_process(_: i32, _: u32, _: u32) -> bool {
    false
}

/// How many sockets this process may have: as many as there is memory for.
pub(crate) fn most_descriptors() -> u64 {
    u64::MAX
}

/// What is open has no numbers that count.
pub(crate) trait Numbered {}

impl<T> Numbered for T {}

/// As if it were the first.
pub(crate) fn number(_: &impl Numbered) -> u64 {
    0
}
