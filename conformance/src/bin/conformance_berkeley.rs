//! The probes over Berkeley.

fn main() {
    berkeley_conformance::main::<berkeley_conformance::berkeley::Socket>();
}
