//! What can go wrong: `OSError` and its kin.

mod errno;
mod io;
mod variant;

pub use errno::{Errno, ErrnoExt};
pub use variant::{Error, GaiCode, HostCode, Result};
