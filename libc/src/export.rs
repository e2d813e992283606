//! How a function becomes a symbol of C.

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
                $name($($argument),*).unwrap_or_else(|failure| {
                    failure.report();
                    <$answer as $crate::failure::Answer>::FAILED
                })
            }
        };
    )*};
}

pub(crate) use exported;
