//! Questions to rules: what a guest might ask to do, in words or as it has asked.

mod ask;
mod subject;
#[cfg(test)]
mod tests;
mod words;

pub use ask::{Answer, Question};
pub use words::QuestionError;
