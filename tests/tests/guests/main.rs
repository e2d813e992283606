//! Guests of a program that embeds the library: what they do to it and to each other, and what is left of them.
//!
//! Each test runs in a process of its own, and where the system allows it in a network of its own, so that all that these
//! have can be counted before and after.
#![cfg(target_os = "linux")]

mod alone;
mod crowd;
mod draws;
mod embedder;
mod held;
mod hoard;
mod moments;
mod silent;
