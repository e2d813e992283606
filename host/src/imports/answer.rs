//! What a call answers: at once, without a future, or later.

use std::future::{Ready, ready};
use std::pin::Pin;

use futures_util::future::Either;

use super::error::Failure;
use super::wit::error::Error;

/// What a call will answer, or has answered already.
pub(super) type Answering<'a, T> =
    Either<Ready<Result<T, Failure>>, Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>>;

pub(super) fn at_once<'a, T>(answer: Result<T, Failure>) -> Answering<'a, T> {
    Either::Left(ready(answer))
}

pub(super) fn later<'a, T>(answer: impl Future<Output = Result<T, Failure>> + Send + 'a) -> Answering<'a, T> {
    Either::Right(Box::pin(answer))
}

/// What the bindings lower: the answer alone, unless the guest is to be ended.
pub(super) type Lowered<T> = wasmtime::Result<(Result<T, Error>,)>;

/// An error is the guest's, unless it ends the guest.
pub(super) fn lower<T>(answer: Result<T, Failure>) -> Lowered<T> {
    match answer {
        Ok(value) => Ok((Ok(value),)),
        Err(Failure::Error(error)) => Ok((Err(error.into()),)),
        Err(Failure::Trap(error)) => Err(error),
    }
}
