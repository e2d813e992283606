//! How a guest's end by a trap, and what went wrong in wasmtime, are told: without this program's own stack, whatever
//! RUST_BACKTRACE says.

use wasmtime::{Error, WasmBacktrace};

/// Why, in one line, and where in the guest, if that is known: the names of functions, and lines where the component says
/// them.
pub(crate) fn of_guest(error: &Error) -> String {
    let Some(trace) = error.downcast_ref::<WasmBacktrace>() else { return in_one_line(&format!("{error:#}")) };
    let reason = in_one_line(&error.root_cause().to_string());
    let trace = trace.to_string();
    // The first line says what it is.
    let frames = trace.split_once('\n').map_or("", |(_, frames)| frames);
    format!("{}\n{frames}", reason.strip_prefix("wasm trap: ").unwrap_or(&reason))
}

/// A text of several lines as one.
pub(crate) fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
