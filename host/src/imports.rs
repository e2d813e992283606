//! The layer between the contract and the core: lifts what a guest passes, calls the core, lowers the answer.
//!
//! It makes no system call and takes no decision.

mod address;
mod ancillary;
mod answer;
mod error;
mod file;
mod interface;
mod lent;
mod netdb;
mod option;
mod poll;
mod poller;
mod received;
mod shadow;
mod socket;
#[cfg(feature = "p3")]
mod stream;
#[cfg(feature = "tls")]
mod tls;

use wasmtime::component::Linker;

use crate::view::{HasSockets, SocketView};

pub(crate) use error::Failure;
#[cfg(feature = "p3")]
pub use stream::add_stream_to_linker;

mod generated {
    wasmtime::component::bindgen!({
        // The contract without `stream`: the macro takes no package with streams in it, used or not, where wasmtime is
        // built without `component-model-async`, as it may be without the feature `p3`.
        path: "wit-p2",
        // `tls` has bindings of its own, so that a host may do without it.
        inline: "
            package berkeley:host;
            world imports {
                import berkeley:sockets/error@0.1.0;
                import berkeley:sockets/address@0.1.0;
                import berkeley:sockets/socket@0.1.0;
                import berkeley:sockets/%option@0.1.0;
                import berkeley:sockets/ancillary@0.1.0;
                import berkeley:sockets/file@0.1.0;
                import berkeley:sockets/poll@0.1.0;
                import berkeley:sockets/poller@0.1.0;
                import berkeley:sockets/netdb@0.1.0;
                import berkeley:sockets/%interface@0.1.0;
            }
        ",
        world: "berkeley:host/imports",
        imports: {
            "berkeley:sockets/socket.[method]socket.accept": async | trappable,
            "berkeley:sockets/socket.[method]socket.connect": async | trappable,
            "berkeley:sockets/socket.[method]socket.recv": async | trappable,
            "berkeley:sockets/socket.[method]socket.recvfrom": async | trappable,
            "berkeley:sockets/socket.[method]socket.send": async | trappable,
            "berkeley:sockets/socket.[method]socket.sendall": async | trappable,
            "berkeley:sockets/socket.[method]socket.sendto": async | trappable,
            "berkeley:sockets/ancillary.sendmsg": async | trappable,
            "berkeley:sockets/ancillary.sendmsg-rights": async | trappable,
            "berkeley:sockets/ancillary.recvmsg": async | trappable,
            "berkeley:sockets/ancillary.sendmmsg": async | trappable,
            "berkeley:sockets/ancillary.recvmmsg": async | trappable,
            "berkeley:sockets/file.sendfile": async | trappable,
            "berkeley:sockets/poll.poll": async | trappable,
            "berkeley:sockets/poller.[method]poller.wait": async | trappable,
            "berkeley:sockets/netdb.getaddrinfo": async | trappable,
            "berkeley:sockets/netdb.getnameinfo": async | trappable,
            "berkeley:sockets/netdb.gethostbyname-ex": async | trappable,
            "berkeley:sockets/netdb.gethostbyaddr": async | trappable,
            "berkeley:sockets/netdb.getservbyname": async | trappable,
            "berkeley:sockets/netdb.getservbyport": async | trappable,
            "berkeley:sockets/netdb.getprotobyname": async | trappable,
            default: trappable,
        },
        with: {
            "wasi:io/error": wasmtime_wasi_io::bindings::wasi::io::error,
            "wasi:io/poll": wasmtime_wasi_io::bindings::wasi::io::poll,
            "wasi:io/streams": wasmtime_wasi_io::bindings::wasi::io::streams,
            "wasi:clocks": wasmtime_wasi::p2::bindings::clocks,
            "wasi:filesystem": wasmtime_wasi::p2::bindings::filesystem,
            "berkeley:sockets/poller.poller": crate::poller::Poller,
            "berkeley:sockets/socket.socket": crate::socket::Socket,
        },
        trappable_error_type: {
            "berkeley:sockets/error.error" => crate::imports::Failure,
        },
    });
}

use generated::berkeley::sockets as wit;

/// Adds every interface of `berkeley:sockets` to the linker.
///
/// What a guest passes in one call is bounded by the store's `set_hostcall_fuel`: 128 MiB unless set. A
/// guest that passes more is ended. So is one that has more handles than `set_max_component_handles` allows, 100,000
/// unless set: each socket is one, and one more while it is in a call of `poll`.
///
/// `wasi:io` must be there as well; `wasmtime_wasi` adds it. The store must be used by wasmtime's async functions.
pub fn add_to_linker<T: SocketView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    wit::error::add_to_linker::<_, HasSockets>(linker, T::sockets)?;
    wit::address::add_to_linker::<_, HasSockets>(linker, T::sockets)?;
    wit::socket::add_to_linker::<_, HasSockets>(linker, T::sockets)?;
    wit::option::add_to_linker::<_, HasSockets>(linker, T::sockets)?;
    wit::ancillary::add_to_linker::<_, HasSockets>(linker, T::sockets)?;
    wit::file::add_to_linker::<_, HasSockets>(linker, T::sockets)?;
    wit::poll::add_to_linker::<_, HasSockets>(linker, T::sockets)?;
    wit::poller::add_to_linker::<_, HasSockets>(linker, T::sockets)?;
    wit::netdb::add_to_linker::<_, HasSockets>(linker, T::sockets)?;
    wit::interface::add_to_linker::<_, HasSockets>(linker, T::sockets)?;
    shadow::shadowing(linker, |linker| {
        lent::add_to_linker(linker)?;
        received::add_to_linker(linker)
    })?;
    #[cfg(feature = "tls")]
    tls::add_to_linker(linker)?;
    Ok(())
}
