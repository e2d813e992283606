//! The signal that Linux sends a program which writes what nobody reads. The runtime of C programs has it delivered; Rust
//! programs have no signals.

use core::cell::Cell;
use core::ffi::c_int;

use berkeley_constants::MSG_NOSIGNAL;
use berkeley_guest::error::Errno;

use crate::export::exported;
use crate::failure::Result;

type Send = extern "C" fn();

thread_local! {
    static SIGPIPE: Cell<Option<Send>> = const { Cell::new(None) };
}

exported! {
    /// Has that function called to send the program SIGPIPE. For the runtime alone.
    fn __berkeley_sigpipe(send: Send) -> () {
        SIGPIPE.set(Some(send));
        Ok(())
    }
}

/// What a call that writes to a stream came to, with those of send(2)'s flags: EPIPE comes with a signal, unless it is not
/// wanted.
pub(crate) fn told<T>(result: Result<T>, flags: c_int) -> Result<T> {
    if flags & MSG_NOSIGNAL == 0
        && result.as_ref().is_err_and(|failure| *failure == Errno::Epipe.into())
        && let Some(send) = SIGPIPE.get()
    {
        send();
    }
    result
}
