//! How a function becomes a symbol of C.

use core::cell::Cell;

thread_local! {
    /// What is done at the end of each call.
    static AT_END: Cell<Option<fn()>> = const { Cell::new(None) };
}

/// Has that done at the end of each call from now on, or nothing.
pub(crate) fn at_end(what: Option<fn()>) {
    AT_END.set(what);
}

/// A call has ended.
#[inline]
pub(crate) fn ended() {
    if let Some(what) = AT_END.get() {
        what();
    }
}

/// Defines functions for C: each gives a `Result`, whose failure goes to `errno`.
macro_rules! exported {
    ($($(#[$attribute:meta])* fn $name:ident($($argument:ident: $type:ty),* $(,)?) -> $answer:ty $body:block)*) => {$(
        $(#[$attribute])*
        #[allow(clippy::too_many_arguments, reason = "they are those of the C function")]
        pub(crate) fn $name($($argument: $type),*) -> $crate::failure::Result<$answer> $body

        const _: () = {
            #[allow(unsafe_code, reason = "the symbol takes the place of the C library's")]
            #[unsafe(export_name = stringify!($name))]
            extern "C" fn symbol($($argument: $type),*) -> $answer {
                let answer = $name($($argument),*);
                // Before `errno` is set, which the program's handler may change.
                $crate::export::ended();
                answer.unwrap_or_else(|failure| {
                    failure.report();
                    <$answer as $crate::failure::Answer>::FAILED
                })
            }
        };
    )*};
}

pub(crate) use exported;
