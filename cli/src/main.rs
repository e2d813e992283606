//! The `berkeley` command.

mod activation;
#[cfg(unix)]
mod cache;
#[cfg(unix)]
mod cc;
mod clock;
mod compile;
#[cfg(unix)]
mod compiled;
mod completions;
mod config;
mod conformance;
mod contained;
mod ending;
mod failure;
mod help;
mod inspect;
mod limit;
mod magic;
mod man;
mod module;
mod options;
mod pcap;
mod policy;
mod program;
mod progress;
mod python;
#[cfg(target_os = "linux")]
mod readiness;
mod record;
mod refusal;
mod run;
#[cfg(unix)]
mod signal;
mod simulate;
mod socket;
#[cfg(unix)]
mod stdin;
#[cfg(unix)]
mod stdio;
mod tell;
mod temporary;
mod timeout;
mod trace;
mod usage;
mod variable;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::tell::tell;

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
    Simulate(simulate::Simulate),
    Inspect(inspect::Inspect),
    Compile(compile::Compile),
    Completions(completions::Completions),
    Man(man::Man),
    #[cfg(unix)]
    #[command(flatten)]
    C(cc::Family),
}

fn main() -> ExitCode {
    // Whatever happens here.
    let _finished = ending::AtEnd;
    // Sockets opened by whoever started this process are taken before anything opens descriptors of its own.
    let words = std::env::args_os();
    #[cfg(unix)]
    let words = cc::by_name(words);
    let Cli { command } = Cli::try_parse_from(words).unwrap_or_else(|error| usage::exit(&error));
    execute(command).unwrap_or_else(|error| {
        tell!("{error:#}");
        ExitCode::FAILURE
    })
}

fn execute(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run(run) if run.is_checked() => run.check().map(|()| ExitCode::SUCCESS),
        Command::Run(run) => run.prepare().and_then(run_guest),
        Command::Python(python) => python.prepare().and_then(run_guest),
        Command::Policy(policy) => policy.prepare().and_then(|task| match task {
            policy::Task::Done(code) => Ok(code),
            policy::Task::Run(prepared) => run_guest(*prepared),
        }),
        Command::Conformance(conformance) => {
            trace();
            conformance.execute()
        }
        Command::Simulate(simulate) => {
            trace();
            simulate.execute()
        }
        Command::Inspect(inspect) => inspect.execute().map(|()| ExitCode::SUCCESS),
        Command::Compile(compile) => {
            trace();
            compile.execute().map(|()| ExitCode::SUCCESS)
        }
        Command::Completions(completions) => completions.execute(Cli::command()).map(|()| ExitCode::SUCCESS),
        Command::Man(man) => man.execute(Cli::command()).map(|()| ExitCode::SUCCESS),
        #[cfg(unix)]
        Command::C(family) => family.execute(),
    }
}

/// Runs a guest.
fn run_guest(prepared: run::Prepared) -> anyhow::Result<ExitCode> {
    trace();
    prepared.execute()
}

/// Writes what RUST_LOG asks for to stderr, in colours for people alone.
fn trace() {
    let coloured = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let filter = EnvFilter::from_default_env();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(coloured).with_writer(std::io::stderr).init();
}
