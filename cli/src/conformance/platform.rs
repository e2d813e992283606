//! The platforms that are compared.

use clap::ValueEnum;

/// What guests have sockets by.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Platform {
    /// wasi:sockets 0.2
    #[value(name = "wasi-0.2")]
    Wasip2,
    /// wasi:sockets 0.3
    #[value(name = "wasi-0.3")]
    Wasip3,
    /// Berkeley
    Berkeley,
}

impl Platform {
    pub(super) const ALL: [Self; 3] = [Self::Wasip2, Self::Wasip3, Self::Berkeley];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Wasip2 => "wasi:sockets 0.2",
            Self::Wasip3 => "wasi:sockets 0.3",
            Self::Berkeley => "Berkeley",
        }
    }

    /// The component that has its probes.
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::Wasip2 => "conformance_wasip2.wasm",
            Self::Wasip3 => "conformance_wasip3.wasm",
            Self::Berkeley => "conformance_berkeley.wasm",
        }
    }
}
