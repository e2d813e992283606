//! The programs in the book's pages, each a test of the documentation: `cargo test --doc --package berkeley-docs`.

#[doc = include_str!("src/async.md")]
pub mod r#async {}
#[doc = include_str!("src/contract.md")]
pub mod contract {}
#[doc = include_str!("src/embedding.md")]
pub mod embedding {}
#[doc = include_str!("../README.md")]
pub mod readme {}
#[doc = include_str!("src/rust.md")]
pub mod rust {}
#[doc = include_str!("src/rust-programs.md")]
pub mod rust_programs {}
#[doc = include_str!("src/seeing.md")]
pub mod seeing {}
#[doc = include_str!("src/simulation.md")]
pub mod simulation {}
