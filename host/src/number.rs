//! Numbers: what this system calls what the contract calls by Linux's numbers.
//!
//! Functions named `native_…` tell this system's numbers, those named `linux_…` the contract's. On Linux they are the
//! same. Elsewhere one set of functions looks them up, in the system's own tables and in those that Apple's systems and
//! Windows have in common.

#[cfg(any(test, not(target_os = "linux")))]
mod errno;
mod event;
#[cfg(any(test, not(target_os = "linux")))]
mod table;

#[cfg(not(target_os = "linux"))]
mod common;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod translated;

#[cfg(target_vendor = "apple")]
#[path = "number/apple.rs"]
mod own;
#[cfg(windows)]
#[path = "number/windows.rs"]
mod own;

pub(crate) use event::*;
#[cfg(target_os = "linux")]
pub(crate) use linux::*;
#[cfg(windows)]
pub(crate) use own::linux_host_error;
#[cfg(not(target_os = "linux"))]
pub(crate) use translated::*;
