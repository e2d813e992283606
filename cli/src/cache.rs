//! The directory that compiled code is kept in: whether it can be trusted, and whether a guest would reach it.
//!
//! What is in it runs as machine code, so nobody but this user may ever have written there: no other user, and no guest.
//! It is not below the home directory, where guests are often given all there is.

mod place;
#[cfg(test)]
mod tests;
mod walk;
mod ways;
mod writable;

pub(crate) use self::place::Place;
pub(crate) use self::walk::is_own;
pub(crate) use self::ways::descriptor_path;
pub(crate) use self::writable::open_writable;
