//! The rules of `--allow` and `--deny`.

mod allow;
mod build;
mod deny;
mod grammar;
mod host;
mod judge;
mod mistake;
#[cfg(test)]
mod model;
mod rule;
mod suggest;
mod target;
#[cfg(test)]
mod tests;
mod text;

pub use build::{Group, RulesBuilder};
pub use grammar::RuleError;
pub(super) use judge::suggestion;
pub use judge::{Decision, Rules};
pub use rule::Rule;
