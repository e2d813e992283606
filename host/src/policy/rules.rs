//! The rules of `--allow`.

mod grammar;
mod host;
mod judge;
mod rule;
mod suggest;
#[cfg(test)]
mod tests;

pub use grammar::RuleError;
pub use judge::Rules;
pub use rule::Rule;
