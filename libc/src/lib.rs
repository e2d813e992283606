#![doc = include_str!("../README.md")]
//!
//! # Layers
//!
//! Each file uses only files of its own layer, without a circle, and of the layers above it in this list, which begins
//! at the ground:
//!
//! 1. `number`, `address`, `control`: values and layouts, which are tested on any system
//! 2. `failure`, `export`, `memory`: what C functions have in common
//! 3. `alarm`, `signal`, `wait`, `description`: what a descriptor of any kind does
//! 4. `table`: wasi-libc's own descriptors
//! 5. `endpoint`: a socket as a description
//! 6. `socket`, `poll`: what further functions use
//! 7. `select`, `transfer`, `position`, `disk`, `inet`, `message`, `option`, `descriptor`, `file`, `netdb`, `interface`, `text`, `program`, `exit`: the functions
//! 8. `pipe`, `eventfd`, `timerfd`, `epoll`: further kinds of descriptors
//! 9. `bridge`: what Rust programs call
#![cfg_attr(not(target_os = "wasi"), allow(dead_code, reason = "the functions are WebAssembly's alone"))]

#[cfg(any(test, target_os = "wasi"))]
mod address;
#[cfg(any(test, target_os = "wasi"))]
mod control;
#[cfg(any(test, target_os = "wasi"))]
mod number;

#[cfg(target_os = "wasi")]
mod alarm;
#[cfg(target_os = "wasi")]
mod bridge;
#[cfg(target_os = "wasi")]
mod description;
#[cfg(target_os = "wasi")]
mod descriptor;
#[cfg(target_os = "wasi")]
mod disk;
#[cfg(target_os = "wasi")]
mod endpoint;
#[cfg(target_os = "wasi")]
mod epoll;
#[cfg(target_os = "wasi")]
mod eventfd;
#[cfg(target_os = "wasi")]
mod exit;
#[cfg(target_os = "wasi")]
mod export;
#[cfg(target_os = "wasi")]
mod failure;
#[cfg(target_os = "wasi")]
mod file;
#[cfg(target_os = "wasi")]
mod inet;
#[cfg(target_os = "wasi")]
mod interface;
#[cfg(target_os = "wasi")]
mod memory;
#[cfg(target_os = "wasi")]
mod message;
#[cfg(target_os = "wasi")]
mod netdb;
#[cfg(target_os = "wasi")]
mod option;
#[cfg(target_os = "wasi")]
mod pipe;
#[cfg(target_os = "wasi")]
mod poll;
#[cfg(target_os = "wasi")]
mod position;
#[cfg(target_os = "wasi")]
mod program;
#[cfg(target_os = "wasi")]
mod select;
#[cfg(target_os = "wasi")]
mod signal;
#[cfg(target_os = "wasi")]
mod socket;
#[cfg(target_os = "wasi")]
mod table;
#[cfg(target_os = "wasi")]
mod text;
#[cfg(target_os = "wasi")]
mod timerfd;
#[cfg(target_os = "wasi")]
mod transfer;
#[cfg(target_os = "wasi")]
mod wait;

#[cfg(target_os = "wasi")]
pub use bridge::{to_descriptor, to_socket};
