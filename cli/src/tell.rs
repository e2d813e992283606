//! What this command says itself: on stderr beside the guest, and on stdout in answer.

use std::io::{self, Write as _};

use anyhow::{Context as _, Result};

/// Says something on stderr, as a line that begins with the command's name.
///
/// Whoever has closed stderr does not want to know, and that must not end a guest.
macro_rules! tell {
    ($($words:tt)*) => {
        $crate::tell::say(&format!($($words)*))
    };
}
pub(crate) use tell;

pub(crate) fn say(text: &str) {
    // In one piece, so that no other program's line gets in between.
    let _ = io::stderr().write_all(format!("berkeley: {text}\n").as_bytes());
}

/// Writes an answer to stdout. Whoever reads may have seen enough.
pub(crate) fn answer(text: &str) -> Result<()> {
    let mut stdout = io::stdout();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to stdout"),
    }
}
