//! How the interfaces come to a linker.

use wasmtime::component::Linker;
use wasmtime_wasi::WasiView;
use wasmtime_wasi::p3::{cli, clocks, random};

use super::bindings as wit;
use super::filesystem::add_filesystem_to_linker;
use crate::view::{HasSockets, SocketView};

/// Adds all of WASI 0.3 to the linker: the sockets are this library's, and all else is wasmtime's, but for sockets and
/// pipes in directories (see [`add_filesystem_to_linker`]).
///
/// It stands in the place of `wasmtime_wasi::p3::add_to_linker`. Programs in Rust need WASI 0.2 beside it:
/// [`p2::add_to_linker`](crate::wasi::p2::add_to_linker).
pub fn add_to_linker<T: WasiView + SocketView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    cli::add_to_linker(linker)?;
    clocks::add_to_linker(linker)?;
    add_filesystem_to_linker(linker)?;
    random::add_to_linker(linker)?;
    add_sockets_to_linker(linker)
}

/// Adds `wasi:sockets` of WASI 0.3 to the linker, and nothing else of WASI.
///
/// Where wasmtime's own sockets are in the linker already, `Linker::allow_shadowing` lets these take their place.
pub fn add_sockets_to_linker<T: SocketView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    wit::types::add_to_linker::<_, HasSockets>(linker, T::sockets)?;
    wit::ip_name_lookup::add_to_linker::<_, HasSockets>(linker, T::sockets)
}
