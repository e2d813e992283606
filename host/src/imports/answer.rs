//! What a call answers: at once, without a future, or later.

use std::future::{Ready, ready};
use std::pin::Pin;

use futures_util::future::Either;

use super::error::Failure;

/// What a call will answer, or has answered already.
pub(super) type Answering<'a, T> =
    Either<Ready<Result<T, Failure>>, Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>>;

pub(super) fn at_once<'a, T>(answer: Result<T, Failure>) -> Answering<'a, T> {
    Either::Left(ready(answer))
}

pub(super) fn later<'a, T>(answer: impl Future<Output = Result<T, Failure>> + Send + 'a) -> Answering<'a, T> {
    Either::Right(Box::pin(answer))
}

/// What a generated function answers that has another in its place: one that takes the guest's bytes where they are.
pub(super) fn copied() -> Failure {
    Failure::Trap(wasmtime::Error::msg("what sends takes the bytes where they are"))
}
