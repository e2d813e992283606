//! The error as `std` has it.

use std::io;

use super::errno::{Errno, from_raw_os_error, raw_os_error};
use super::variant::Error;

impl Error {
    /// The error inside an `io::Error` that came from this crate; for one that is an error number alone, be it of this
    /// crate or of `std`, that number by its name.
    pub fn of(error: &io::Error) -> Option<&Self> {
        match error.raw_os_error() {
            Some(number) => from_raw_os_error(number).map(by_name),
            None => error.get_ref()?.downcast_ref(),
        }
    }
}

/// The system's answers go over as `std`'s own: the number, which is the C library's, tells the kind and the text. What
/// says more than a number, or has none there, goes over whole: [`Error::of`] finds either.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let number = match error {
            Error::Os(errno) => raw_os_error(errno),
            _ => None,
        };
        number.map_or_else(|| Self::new(error.kind(), error.clone()), Self::from_raw_os_error)
    }
}

macro_rules! by_name {
    ($($name:ident $case:ident $number:literal $text:literal;)*) => {
        fn by_name(errno: Errno) -> &'static Error {
            match errno {
                $(Errno::$case => &Error::Os(Errno::$case),)*
            }
        }
    };
}
berkeley_constants::for_each_errno!(by_name);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_io_error_keeps_the_error() {
        let error = io::Error::from(Error::Denied("not allowed to connect".into()));
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(Error::of(&error).and_then(Error::number), Some(13));
        assert_eq!(io::Error::from(Error::TimedOut).kind(), io::ErrorKind::TimedOut);
        let error = io::Error::from(Error::Os(Errno::Eagain));
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        assert_eq!(Error::of(&error), Some(&Error::Os(Errno::Eagain)));
        assert_eq!(Error::of(&io::Error::other("else")), None);
    }
}
