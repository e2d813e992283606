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
mod ctx;
mod directory;
pub mod error;
mod file;
mod flight;
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
mod tls;
mod wait;
mod wasi;

pub use address::Address;
pub use ctx::{Limits, SocketCtx, SocketCtxBuilder, SocketCtxView};
pub use error::{Errno, Error};
pub use socket::Socket;
pub use sys::OwnedSocket;
pub use wait::Waiting;

/// Access to the sockets of a store's guest.
pub trait SocketView: Send {
    /// The sockets' state, and the table that the guest's resources are in: WASI's, if the guest has WASI too.
    fn sockets(&mut self) -> SocketCtxView<'_>;
}

/// Adds every interface of `berkeley:sockets` to the linker.
///
/// What a guest passes in one call is copied, and bounded by the store's `set_hostcall_fuel`: 128 MiB unless set. A
/// guest that passes more is ended. So is one that has more handles than `set_max_component_handles` allows, 100,000
/// unless set: each socket is one, and one more while it is in a call of `poll`.
///
/// `wasi:io` must be there as well; `wasmtime_wasi` adds it. The store must be used by wasmtime's async functions.
pub fn add_to_linker<T: SocketView + 'static>(linker: &mut wasmtime::component::Linker<T>) -> wasmtime::Result<()> {
    imports::add_to_linker(linker)
}
