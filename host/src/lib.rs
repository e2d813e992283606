#![doc = include_str!("../README.md")]
//!
//! # In an embedder
//!
//! This crate implements the WIT package `berkeley:sockets` natively. The crate's example `embed` is a whole program, of
//! two guests on one thread.
//!
//! An embedder with a store type of its own puts a [`SocketCtx`] beside its WASI context, implements [`SocketView`], and
//! calls [`add_to_linker`]:
//!
//! ```
//! use berkeley_host::policy::Rules;
//! use berkeley_host::{SocketCtx, SocketCtxView, SocketView};
//! use wasmtime::Engine;
//! use wasmtime::component::{Linker, ResourceTable};
//! use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
//!
//! struct Mine {
//!     wasi: WasiCtx,
//!     sockets: SocketCtx,
//!     table: ResourceTable,
//! }
//!
//! impl WasiView for Mine {
//!     fn ctx(&mut self) -> WasiCtxView<'_> {
//!         WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
//!     }
//! }
//!
//! impl SocketView for Mine {
//!     fn sockets(&mut self) -> SocketCtxView<'_> {
//!         SocketCtxView { ctx: &mut self.sockets, table: &mut self.table }
//!     }
//! }
//!
//! let engine = Engine::default();
//! let mut linker = Linker::<Mine>::new(&engine);
//! berkeley_host::wasi::p2::add_to_linker(&mut linker)?;
//! berkeley_host::add_to_linker(&mut linker)?;
//!
//! let mine = Mine {
//!     wasi: WasiCtx::builder().build(),
//!     sockets: SocketCtx::builder().rules(Rules::parse(["connect=db.internal:5432"])?)?.build(),
//!     table: ResourceTable::new(),
//! };
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! * `tls`, on unless left out: the interface `tls`, over rustls. Without it no component is instantiated that imports
//!   the interface, and wasmtime names it.
//! * `policy-file`: policies in files of TOML, `policy::Rules::from_toml`.
//! * `p3`: [`Command`] runs programs written for WASI 0.3 as well, which have the contract's interface `stream`.
//! * `prometheus`: metrics of what guests do, over `prometheus-client`.
//!
//! The crate turns on those features of wasmtime alone that it uses; a compiler is not among them.
//!
//! # Layers
//!
//! A file uses files of its own layer, without a circle, and of the layers before it in this list; none uses a file of a
//! later one. A noun has the same name here as in the contract.
//!
//! 1. `number`, `error`: what this system calls the contract's numbers, and what can go wrong
//! 2. `address`, `option`, `clock`, `cmsg`, `budget`, `rate`, `limits`: values, tables and layouts, without a system call
//! 3. `sys`: the system calls, and all that is `unsafe`
//! 4. `descriptors`, `endpoint`, `interface`, `directory`, `kernel`, `stopwatch`, `wait`, `pool`, `labour`: what the
//!    system has: descriptors, sockets, interfaces, paths, families; waiting for it, and threads for what takes long
//! 5. `policy`, `resolver`: what a guest may do, and how names are looked up
//! 6. `network`, `peers`, `flight`, `buffers`, `gate`, `tls`, `governance`, `observer`, `shared`: what is kept for a guest,
//!    and who is told of it
//! 7. `socket`: making, connecting, sending, receiving, options
//! 8. `ancillary`, `file`, `poll`, `poller`, `stream`, `netdb`: what is said about sockets, and names
//! 9. `ctx`, `view`: what an embedder sets up, and how a store gives it
//! 10. `imports`, `wasi`: the functions of the contract, and of WASI; they lift, call and lower
//! 11. `guest`, `command`: a store's content and a program, ready made
//! 12. `fuzz`: what fuzzers call; it is there for them and for tests alone

pub mod address;
pub mod ancillary;
mod budget;
mod buffers;
mod clock;
mod cmsg;
mod command;
mod ctx;
mod descriptors;
mod directory;
mod endpoint;
pub mod error;
mod file;
mod flight;
#[cfg(any(fuzzing, test))]
pub mod fuzz;
mod gate;
mod governance;
mod guest;
mod imports;
mod interface;
pub mod kernel;
#[cfg(feature = "tls")]
mod labour;
mod limits;
mod netdb;
pub mod network;
mod number;
pub mod observer;
pub mod option;
mod peers;
pub mod policy;
mod poll;
mod poller;
mod pool;
mod rate;
pub mod resolver;
mod shared;
mod socket;
mod stopwatch;
#[cfg(feature = "p3")]
mod stream;
mod sys;
#[cfg(feature = "tls")]
mod tls;
mod view;
mod wait;
pub mod wasi;

pub use address::Address;
pub use command::{Command, Ended, guest_frames};
pub use ctx::{SocketCtx, SocketCtxBuilder};
pub use error::{Errno, Error};
pub use governance::PolicyHandle;
pub use guest::Guest;
#[cfg(feature = "p3")]
pub use imports::add_stream_to_linker;
pub use imports::add_to_linker;
pub use limits::{Limit, Limits};
pub use socket::Socket;
pub use sys::OwnedSocket;
#[cfg(feature = "tls")]
pub use tls::TlsRoots;
pub use view::{SocketCtxView, SocketView};
pub use wait::Waiting;
