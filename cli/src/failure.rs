//! How a guest's end by a trap, and what went wrong in wasmtime, are told: without this program's own stack, whatever
//! RUST_BACKTRACE says.

use berkeley_host::guest_frames;
use wasmtime::Error;

/// Why, in one line, and where in the guest, if that is known: the names of functions, and lines where the component says
/// them.
pub(crate) fn of_guest(error: &Error) -> String {
    let Some(frames) = guest_frames(error) else { return in_one_line(&format!("{error:#}")) };
    let reason = in_one_line(&error.root_cause().to_string());
    format!("{}\n{frames}", reason.strip_prefix("wasm trap: ").unwrap_or(&reason))
}

/// A text of several lines as one.
pub(crate) fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
