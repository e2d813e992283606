//! What wasmtime makes of `wit-wasi/p2`.

mod generated {
    wasmtime::component::bindgen!({
        path: "wit-wasi/p2",
        world: "berkeley:wasi/sockets",
        imports: {
            default: trappable,
        },
        require_store_data_send: true,
        with: {
            "wasi:io/error": wasmtime_wasi_io::bindings::wasi::io::error,
            "wasi:io/poll": wasmtime_wasi_io::bindings::wasi::io::poll,
            "wasi:io/streams": wasmtime_wasi_io::bindings::wasi::io::streams,
            "wasi:clocks": wasmtime_wasi::p2::bindings::clocks,
            "wasi:sockets/network.network": crate::wasi::p2::network::Network,
            "wasi:sockets/tcp.tcp-socket": crate::wasi::p2::tcp::TcpSocket,
            "wasi:sockets/udp.udp-socket": crate::wasi::p2::udp::UdpSocket,
            "wasi:sockets/udp.incoming-datagram-stream": crate::wasi::p2::udp::Incoming,
            "wasi:sockets/udp.outgoing-datagram-stream": crate::wasi::p2::udp::Outgoing,
            "wasi:sockets/ip-name-lookup.resolve-address-stream": crate::wasi::p2::lookup::Answers,
        },
        trappable_error_type: {
            "wasi:sockets/network.error-code" => crate::wasi::code::Failure,
        },
    });
}

pub(super) use generated::wasi::sockets::*;
