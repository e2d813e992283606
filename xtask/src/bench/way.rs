//! The columns: in which ways a workload is run.

use std::path::{Path, PathBuf};

use super::build::{self, C, NATIVE, Variant};
use super::workload::{Kind, Workload};

/// One column.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Way {
    Native,
    /// The guest crate's sockets; the guest waits on its own thread.
    Inline,
    /// The same, waiting in the event loop.
    Yield,
    /// std's sockets, or C's, over berkeley-libc, waiting inline.
    Libc,
    /// The guest crate's types that are awaited, over Berkeley's streams of WASI 0.3.
    Streams,
    /// WASI's own sockets, wasmtime's.
    Wasi2,
    Wasi3,
}

pub(super) const WAYS: [Way; 7] =
    [Way::Native, Way::Inline, Way::Yield, Way::Libc, Way::Streams, Way::Wasi2, Way::Wasi3];

/// Why a workload is not measured in a way.
pub(super) type Reason = &'static str;

/// Where the host's programs are.
pub(super) struct Host {
    /// The command.
    pub(super) berkeley: PathBuf,
    /// The library's examples.
    pub(super) examples: PathBuf,
}

impl Way {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Inline => "inline",
            Self::Yield => "yield",
            Self::Libc => "libc",
            Self::Streams => "streams",
            Self::Wasi2 => "wasi 0.2",
            Self::Wasi3 => "wasi 0.3",
        }
    }

    /// What is run for a workload, but for the arguments that are the workload's own.
    pub(super) fn words(self, host: &Host, workload: &Workload) -> Result<Vec<String>, Reason> {
        match workload.kind {
            Kind::Program(..) => self.program(host, self.bench(workload.name)?),
            Kind::Start => match self {
                Self::Wasi2 | Self::Wasi3 => Err("nothing keeps its code"),
                _ => self.program(host, self.bench(workload.name)?),
            },
            Kind::C(..) => self.program(host, self.c()?),
            Kind::Guests(count) => self.guests(host, count, workload.name),
            Kind::Requests => self.program(host, self.axum()?),
            Kind::Python(_) => self.python(host),
        }
    }

    /// What runs a program of this way.
    fn program(self, host: &Host, program: String) -> Result<Vec<String>, Reason> {
        Ok(match self {
            Self::Native => vec![program],
            Self::Inline | Self::Libc | Self::Streams => {
                berkeley(host, &["run", "--waiting", "inline", "--allow-all", &program])
            }
            Self::Yield => berkeley(host, &["run", "--waiting", "yield", "--allow-all", &program]),
            Self::Wasi2 | Self::Wasi3 => vec![example(host, "beside"), "wasmtime".to_owned(), program],
        })
    }

    /// The program `bench` for it.
    fn bench(self, workload: &str) -> Result<String, Reason> {
        Ok(match self {
            Self::Native => format!("{NATIVE}/release/bench"),
            Self::Inline | Self::Yield => Variant::Guest.program(),
            Self::Libc => Variant::Libc.program(),
            Self::Streams => match workload {
                "nothing" | "ready" => return Err("what never waits is the same as in the column inline"),
                "one-of-idle" | "100-of-idle" | "one-of-one" | "memory" => {
                    return Err("the guest crate watches sockets by a poller there too, as in the column inline");
                }
                "lookup-localhost" | "lookup-literal" => return Err("looking up is the same as in the column inline"),
                _ => Variant::Streams.program(),
            },
            Self::Wasi2 => match workload {
                "sendto-many" | "exchange-many" => return Err("wasi-libc has no such calls"),
                _ => Variant::Wasi2.program(),
            },
            Self::Wasi3 => match workload {
                "nothing" | "ready" => return Err("its calls only wait"),
                "sendto-many" | "exchange-many" => return Err("it has no such calls"),
                "one-of-idle" | "100-of-idle" | "one-of-one" => return Err("it has no readiness"),
                "lookup-localhost" | "lookup-literal" | "memory" => return Err("the program has no such workload"),
                _ => Variant::Wasi3.program(),
            },
        })
    }

    /// The program in C for it.
    fn c(self) -> Result<String, Reason> {
        let program = match self {
            Self::Native => C[0],
            Self::Libc => C[1],
            _ => return Err("C programs stand on berkeley-libc"),
        };
        if Path::new(program).is_file() { Ok(program.to_owned()) } else { Err("no C compiler for it was found") }
    }

    /// The server of axum's for it. That of the guest crate is that of berkeley-libc: axum knows no other sockets than
    /// tokio's.
    fn axum(self) -> Result<String, Reason> {
        let [native, guest] = build::axum();
        Ok(match self {
            Self::Native => native,
            Self::Inline | Self::Yield => guest,
            Self::Libc => return Err("that is what the columns inline and yield are here"),
            Self::Streams => return Err("tokio knows no WASI 0.3"),
            Self::Wasi2 => return Err("mio's accept fails with EINVAL over the sockets of wasi-libc"),
            Self::Wasi3 => return Err("tokio knows no WASI 0.3"),
        })
    }

    fn guests(self, host: &Host, count: usize, workload: &str) -> Result<Vec<String>, Reason> {
        Ok(match self {
            Self::Native => vec![self.bench(workload)?],
            Self::Inline => return Err("a guest that waits inline has the thread to itself"),
            Self::Streams => return Err("the example `many` has no WASI 0.3"),
            Self::Yield | Self::Libc => vec![example(host, "many"), count.to_string(), self.bench(workload)?],
            Self::Wasi2 | Self::Wasi3 => {
                vec![example(host, "beside"), format!("wasmtime:{count}"), self.bench(workload)?]
            }
        })
    }

    fn python(self, host: &Host) -> Result<Vec<String>, Reason> {
        const SCRIPT: &str = "tests/bench/bench.py";
        let waiting = match self {
            Self::Native => return Ok(vec!["python3".to_owned(), SCRIPT.to_owned()]),
            Self::Inline => "inline",
            Self::Yield => "yield",
            Self::Libc | Self::Streams => return Err("it has modules of its own for the contract"),
            Self::Wasi2 | Self::Wasi3 => return Err("CPython has no sockets over WASI's"),
        };
        if !crate::python::is_built() {
            return Err("the interpreter is not built; `cargo xtask python` does that");
        }
        Ok(berkeley(host, &["python", "--waiting", waiting, "--allow-all", SCRIPT]))
    }
}

fn berkeley(host: &Host, words: &[&str]) -> Vec<String> {
    std::iter::once(host.berkeley.display().to_string()).chain(words.iter().map(|&word| word.to_owned())).collect()
}

fn example(host: &Host, name: &str) -> String {
    host.examples.join(name).display().to_string()
}
