//! The contract's bindings, as generated.
#![allow(missing_docs, reason = "the items are documented in the WIT files that they come from")]
#![allow(unsafe_code, reason = "the generated code crosses into the host")]
#![allow(unreachable_pub, clippy::all, reason = "the code is generated")]

wit_bindgen::generate!({
    path: "wit",
    world: "berkeley:sockets/imports",
    generate_all,
    with: {
        "wasi:io/error@0.2.12": wasip2::io::error,
        "wasi:io/poll@0.2.12": wasip2::io::poll,
        "wasi:io/streams@0.2.12": wasip2::io::streams,
        "wasi:clocks/wall-clock@0.2.12": wasip2::clocks::wall_clock,
        "wasi:filesystem/preopens@0.2.12": wasip2::filesystem::preopens,
        "wasi:filesystem/types@0.2.12": wasip2::filesystem::types,
    },
});

pub use berkeley::sockets::*;
