//! The probes over `wasi:sockets` 0.2.

fn main() {
    berkeley_conformance::main::<berkeley_conformance::wasip2::Socket>();
}
