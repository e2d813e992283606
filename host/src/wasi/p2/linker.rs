//! How the interfaces come to a linker.

use wasmtime::component::Linker;
use wasmtime_wasi::WasiView;
use wasmtime_wasi::cli::{WasiCli, WasiCliView as _};
use wasmtime_wasi::p2::add_to_linker_proxy_interfaces_async;
use wasmtime_wasi::p2::bindings::{cli, random};
use wasmtime_wasi::random::WasiRandom;

use super::bindings as wit;
use super::filesystem::add_filesystem_to_linker;
use crate::view::{HasSockets, SocketView};

/// Adds all of WASI 0.2 to the linker: the sockets are this library's, and all else is wasmtime's, but for sockets and
/// pipes in directories (see [`add_filesystem_to_linker`]).
///
/// It stands in the place of `wasmtime_wasi::p2::add_to_linker_async`. What the WASI context says of sockets is of no
/// account then. Add `berkeley:sockets` by [`add_to_linker`](crate::add_to_linker) beside it.
///
/// ```
/// # fn link<T: wasmtime_wasi::WasiView + berkeley_host::SocketView + 'static>() -> wasmtime::Result<()> {
/// let mut linker = wasmtime::component::Linker::<T>::new(&wasmtime::Engine::default());
/// berkeley_host::wasi::p2::add_to_linker(&mut linker)?;
/// berkeley_host::add_to_linker(&mut linker)?;
/// # Ok(())
/// # }
/// # link::<berkeley_host::Guest>().unwrap();
/// ```
pub fn add_to_linker<T: WasiView + SocketView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    add_to_linker_proxy_interfaces_async(linker)?;
    add_filesystem_to_linker(linker)?;
    random::insecure::add_to_linker::<_, WasiRandom>(linker, |state| state.ctx().ctx.random())?;
    random::insecure_seed::add_to_linker::<_, WasiRandom>(linker, |state| state.ctx().ctx.random())?;
    cli::exit::add_to_linker::<_, WasiCli>(linker, T::cli)?;
    cli::environment::add_to_linker::<_, WasiCli>(linker, T::cli)?;
    cli::terminal_input::add_to_linker::<_, WasiCli>(linker, T::cli)?;
    cli::terminal_output::add_to_linker::<_, WasiCli>(linker, T::cli)?;
    cli::terminal_stdin::add_to_linker::<_, WasiCli>(linker, T::cli)?;
    cli::terminal_stdout::add_to_linker::<_, WasiCli>(linker, T::cli)?;
    cli::terminal_stderr::add_to_linker::<_, WasiCli>(linker, T::cli)?;
    add_sockets_to_linker(linker)
}

/// Adds `wasi:sockets` of WASI 0.2 to the linker, and nothing else of WASI.
///
/// Where wasmtime's own sockets are in the linker already, let these take their place:
///
/// ```
/// # fn link<T: wasmtime_wasi::WasiView + berkeley_host::SocketView + 'static>() -> wasmtime::Result<()> {
/// let mut linker = wasmtime::component::Linker::<T>::new(&wasmtime::Engine::default());
/// wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
/// linker.allow_shadowing(true);
/// berkeley_host::wasi::p2::add_sockets_to_linker(&mut linker)?;
/// # Ok(())
/// # }
/// # link::<berkeley_host::Guest>().unwrap();
/// ```
pub fn add_sockets_to_linker<T: SocketView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    let options = wit::network::LinkOptions::default();
    wit::network::add_to_linker::<_, HasSockets>(linker, &options, T::sockets)?;
    wit::instance_network::add_to_linker::<_, HasSockets>(linker, T::sockets)?;
    wit::tcp::add_to_linker::<_, HasSockets>(linker, T::sockets)?;
    wit::tcp_create_socket::add_to_linker::<_, HasSockets>(linker, T::sockets)?;
    wit::udp::add_to_linker::<_, HasSockets>(linker, T::sockets)?;
    wit::udp_create_socket::add_to_linker::<_, HasSockets>(linker, T::sockets)?;
    wit::ip_name_lookup::add_to_linker::<_, HasSockets>(linker, T::sockets)
}
