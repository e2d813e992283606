//! The `berkeley` command.

#[cfg(unix)]
mod cache;
#[cfg(unix)]
mod cc;
#[cfg(unix)]
mod compiled;
mod conformance;
mod limit;
mod pcap;
mod policy;
mod program;
mod python;
mod record;
mod run;
#[cfg(unix)]
mod signal;
mod socket;
#[cfg(unix)]
mod stdin;
mod timeout;
mod trace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// Runs WebAssembly components with real sockets
#[derive(Parser)]
#[command(name = "berkeley", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Run),
    Python(python::Python),
    Policy(policy::Policy),
    Conformance(conformance::Conformance),
    #[cfg(unix)]
    #[command(flatten)]
    C(cc::Family),
}

fn main() -> ExitCode {
    // Sockets opened by whoever started this process are taken before anything opens descriptors of its own.
    let words = std::env::args_os();
    #[cfg(unix)]
    let words = cc::by_name(words);
    let Cli { command } = Cli::parse_from(words);
    let result = match command {
        Command::Run(run) => run.prepare().and_then(execute),
        Command::Python(python) => python.prepare().and_then(execute),
        Command::Policy(policy) => policy.prepare().and_then(|task| match task {
            policy::Task::Done(code) => Ok(code),
            policy::Task::Run(prepared) => execute(*prepared),
        }),
        Command::Conformance(conformance) => {
            trace();
            conformance.execute()
        }
        #[cfg(unix)]
        Command::C(family) => family.execute(),
    };
    result.unwrap_or_else(|error| {
        eprintln!("berkeley: {error:#}");
        ExitCode::FAILURE
    })
}

/// Runs a guest.
fn execute(prepared: run::Prepared) -> anyhow::Result<ExitCode> {
    trace();
    prepared.execute()
}

/// Writes what RUST_LOG asks for to stderr.
fn trace() {
    tracing_subscriber::fmt().with_env_filter(EnvFilter::from_default_env()).with_writer(std::io::stderr).init();
}
