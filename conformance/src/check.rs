//! What a probe tells: one line of stdout for each thing that it tried.

use std::fmt;

use berkeley_guest::error::ErrnoExt;

/// Why something did not work.
#[derive(Debug)]
pub enum Failure {
    /// The platform has no call for it.
    Missing(String),
    /// A call failed: the error's name, and its text.
    Error(String, String),
    /// A call succeeded, but its answer is wrong.
    Wrong(String),
}

/// What a call gives.
pub(crate) type Answer<T = ()> = Result<T, Failure>;

impl Failure {
    /// An error that tells no more than its name.
    pub(crate) fn named(name: impl Into<String>) -> Self {
        Self::Error(name.into(), String::new())
    }

    /// An answer that says itself what is wrong.
    pub(crate) fn told(what: impl fmt::Debug) -> Self {
        Self::Wrong(format!("{what:?}"))
    }

    /// Whether a call failed with the error of that name.
    pub(crate) fn is(&self, expected: &str) -> bool {
        matches!(self, Self::Error(name, _) if name == expected)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(f, "no call for {what}"),
            Self::Error(name, text) if text.is_empty() => f.write_str(name),
            Self::Error(name, text) => write!(f, "{name}: {text}"),
            Self::Wrong(how) => f.write_str(how),
        }
    }
}

impl From<berkeley_guest::Error> for Failure {
    fn from(error: berkeley_guest::Error) -> Self {
        use berkeley_guest::Error;
        let name = match &error {
            Error::Os(errno) => errno.name().to_owned(),
            Error::Denied(_) => "EACCES".to_owned(),
            Error::TimedOut => "timeout".to_owned(),
            Error::Gai(_) | Error::GaiNumber(_) => "gaierror".to_owned(),
            Error::Herror(_) => "herror".to_owned(),
            _ => "error".to_owned(),
        };
        Self::Error(name, error.to_string())
    }
}

/// There is no call for it.
pub(crate) fn missing<T>(what: &str) -> Answer<T> {
    Err(Failure::Missing(what.to_owned()))
}

/// Tries something, and tells how it went: what was tried, and why it failed.
pub(crate) async fn check(what: &str, attempt: impl Future<Output = Answer>) {
    match attempt.await {
        Ok(()) => println!("works\t{what}"),
        Err(Failure::Missing(missing)) => println!("missing\t{what}\t{missing}"),
        Err(failure) => println!("fails\t{what}\t{}", failure.to_string().replace(['\n', '\t'], " ")),
    }
}

/// An answer that is a failure, told so, unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($how:tt)+) => {
        if $condition { Ok(()) } else { Err($crate::check::Failure::Wrong(format!($($how)+))) }
    };
}

/// An answer that is a failure, which tells both, unless they are equal.
macro_rules! equal {
    ($one:expr, $other:expr) => {
        match (&$one, &$other) {
            (one, other) => $crate::check::ensure!(*one == *other, "{one:?} instead of {other:?}"),
        }
    };
}

pub(crate) use {ensure, equal};

/// Fails unless the call fails with the error of that name.
pub(crate) fn fails<T>(answer: Answer<T>, expected: &str) -> Answer {
    match answer {
        Ok(_) => Err(Failure::Wrong(format!("it succeeds, where {expected} is the answer"))),
        Err(failure) if failure.is(expected) => Ok(()),
        Err(missing @ Failure::Missing(_)) => Err(missing),
        Err(other) => Err(Failure::Wrong(format!("{other}, where {expected} is the answer"))),
    }
}

/// Fails unless the call fails with the error, be it by POSIX's name or by WASI's own; `otherwise` is what is wrong with
/// success.
pub(crate) fn failed_by<T>(answer: Answer<T>, posix: &str, wasi: &str, otherwise: &str) -> Answer {
    match answer {
        Ok(_) => Err(Failure::Wrong(otherwise.to_owned())),
        Err(failure) if failure.is(posix) || failure.is(wasi) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Fails unless the call would have to wait.
pub(crate) fn would_block<T>(answer: Answer<T>) -> Answer {
    failed_by(answer, "EAGAIN", "would-block", "it succeeds")
}

/// There is none: a call says so.
pub(crate) fn none<T: fmt::Debug>(answer: Answer<T>) -> Answer {
    match answer {
        Err(Failure::Error(..)) => Ok(()),
        Err(failure) => Err(failure),
        Ok(found) => Err(Failure::Wrong(format!("it finds {found:?}"))),
    }
}
