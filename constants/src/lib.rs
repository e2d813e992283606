#![doc = include_str!("../README.md")]
//!
//! The contract carries these numbers as they are, whatever the host's system is; error numbers cross by name.
#![no_std]

pub mod errno;
pub mod ioctl;
pub mod option;
mod table;

pub use option::number::*;
pub use table::*;

/// Every constant of CPython 3.14 on Linux, as a real one printed it: a name and its value on each line, after a heading
/// whose lines begin with `#`.
pub const CPYTHON: &str = include_str!("../cpython-3.14.txt");

/// Every constant that is a number, by its name: those of the table in its order, then the options.
pub const ALL: &[(&str, i64)] = &joined();

const fn joined() -> [(&'static str, i64); LINUX.len() + WINDOWS.len() + NAMED.len()] {
    let mut all = [("", 0); _];
    let parts = [LINUX, WINDOWS, NAMED];
    let (mut part, mut from, mut to) = (0, 0, 0);
    while part < parts.len() {
        if from == parts[part].len() {
            (part, from) = (part + 1, 0);
            continue;
        }
        all[to] = parts[part][from];
        (from, to) = (from + 1, to + 1);
    }
    all
}
