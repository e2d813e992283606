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
    let _ = io::stderr().write_all(format!("berkeley: {}\n", shown(text)).as_bytes());
}

/// The text, where what a terminal would obey is spelt: much of it is what files, guests and peers are called.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\t' => shown.push(letter),
            letter if is_readable(letter) => shown.push(letter),
            other => shown.extend(other.escape_debug()),
        }
    }
    shown
}

/// Whether a terminal shows the letter, and does not obey it: no control code, none that turns the direction or ends a line.
pub(crate) fn is_readable(letter: char) -> bool {
    matches!(letter, '\'' | '"' | '\\') || letter.escape_debug().len() == 1
}

/// Writes an answer to stdout. Whoever reads may have seen enough.
pub(crate) fn answer(text: &str) -> Result<()> {
    let mut stdout = io::stdout();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to stdout"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_nothing_that_is_said() {
        let text = "it's \"said\" \\ of\n\tb\u{fc}cher \u{5d0}";
        assert_eq!(shown(text), text);
        let told = shown("\u{1b}[2J\u{9b}31m\u{7f}\r\u{202e}\u{2028}");
        assert_eq!(told, r"\u{1b}[2J\u{9b}31m\u{7f}\r\u{202e}\u{2028}");
    }
}
