//! The platforms that are compared.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// What guests have sockets by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
pub(super) enum Platform {
    /// wasi:sockets 0.2
    #[serde(rename = "wasi-0.2")]
    #[value(name = "wasi-0.2")]
    Wasip2,
    /// wasi:sockets 0.3
    #[serde(rename = "wasi-0.3")]
    #[value(name = "wasi-0.3")]
    Wasip3,
    /// Berkeley
    #[serde(rename = "berkeley")]
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
