//! What wasmtime makes of `wit-wasi/p3`.

mod generated {
    wasmtime::component::bindgen!({
        path: "wit-wasi/p3",
        world: "berkeley:wasi/sockets",
        imports: {
            "wasi:sockets/types.[method]tcp-socket.listen": store | trappable,
            "wasi:sockets/types.[method]tcp-socket.send": store | trappable,
            "wasi:sockets/types.[method]tcp-socket.receive": store | trappable,
            default: trappable,
        },
        require_store_data_send: true,
        with: {
            "wasi:clocks": wasmtime_wasi::p3::bindings::clocks,
            "wasi:sockets/types.tcp-socket": crate::wasi::tcp::Tcp,
            "wasi:sockets/types.udp-socket": crate::wasi::udp::Udp,
        },
        trappable_error_type: {
            "wasi:sockets/types.error-code" => crate::wasi::code::Failure,
        },
    });
}

pub(super) use generated::wasi::sockets::*;
