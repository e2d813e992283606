//! The whole Berkeley-sockets surface for WebAssembly components, in wasmtime, under a policy.
//!
//! This crate implements the WIT package `berkeley:sockets` natively. An embedder puts a [`SocketCtx`] beside its
//! WASI context, implements [`SocketView`], and calls [`add_to_linker`]:
//!
//! ```
//! use berkeley_host::policy::Rules;
//! use berkeley_host::{SocketCtx, SocketCtxView, SocketView};
//! use wasmtime::Engine;
//! use wasmtime::component::{Linker, ResourceTable};
//! use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
//!
//! struct Guest {
//!     wasi: WasiCtx,
//!     sockets: SocketCtx,
//!     table: ResourceTable,
//! }
//!
//! impl WasiView for Guest {
//!     fn ctx(&mut self) -> WasiCtxView<'_> {
//!         WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
//!     }
//! }
//!
//! impl SocketView for Guest {
//!     fn sockets(&mut self) -> SocketCtxView<'_> {
//!         SocketCtxView { ctx: &mut self.sockets, table: &mut self.table }
//!     }
//! }
//!
//! let engine = Engine::default();
//! let mut linker = Linker::<Guest>::new(&engine);
//! wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
//! berkeley_host::add_to_linker(&mut linker)?;
//!
//! let guest = Guest {
//!     wasi: WasiCtx::builder().build(),
//!     sockets: SocketCtx::builder().rules(Rules::parse(["connect=db.internal:5432"])?)?.build(),
//!     table: ResourceTable::new(),
//! };
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate's example `embed` is a whole program.
//!
//! # Inside
//!
//! One noun, one file, by the same name as in the contract: [`address`], [`option`], [`ancillary`], `socket`, `file`,
//! `poll`, `netdb`, `interface`, `tls`, [`error`]; and on the host alone [`policy`], what a guest may do, and [`resolver`], how names are
//! looked up; [`kernel`] asks what there is to be had at all. `imports` is the layer between the contract and this core, `sys` holds the system calls and all that is
//! `unsafe`, `wait` the two ways of [`Waiting`].

pub mod address;
pub mod ancillary;
mod cmsg;
mod command;
mod ctx;
mod directory;
pub mod error;
mod file;
mod flight;
mod guest;
mod imports;
mod interface;
pub mod kernel;
mod netdb;
mod number;
pub mod option;
mod peers;
pub mod policy;
mod poll;
pub mod resolver;
mod socket;
mod sys;
#[cfg(feature = "tls")]
mod tls;
mod view;
mod wait;
mod wasi;

pub use address::Address;
pub use command::{Command, Ended};
pub use ctx::{Limits, SocketCtx, SocketCtxBuilder};
pub use error::{Errno, Error};
pub use guest::Guest;
pub use imports::add_to_linker;
pub use socket::Socket;
pub use sys::OwnedSocket;
pub use view::{SocketCtxView, SocketView};
pub use wait::Waiting;
