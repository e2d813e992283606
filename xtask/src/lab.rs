//! The lab: an emulated machine with Debian's kernel, which has every address family, and the tests of them in it.

mod machine;
mod report;

use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use crate::apt::Apt;
use crate::build;
use crate::command::say;
use crate::lab::machine::Machine;
use crate::lab::report::Report;

/// The programs of tests that run in the lab.
const TESTS: [&str; 3] = ["families", "traffic", "page"];

/// Boots the machine, runs the tests that the filters choose, and tells each with how it went.
pub(crate) fn test(apt: &mut Apt, filters: &[String]) -> Result<ExitCode> {
    Ok(run(&Machine::set_up(apt)?, apt, filters)?.close())
}

/// Does the same with all tests, but on a machine that has no lab.
pub(crate) fn test_if_possible(apt: &mut Apt) -> Result<ExitCode> {
    match Machine::set_up(apt) {
        Ok(machine) => Ok(run(&machine, apt, &[])?.close()),
        Err(error) => {
            say(format_args!("going on without the lab: {error:#}"));
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn run(machine: &Machine, apt: &mut Apt, filters: &[String]) -> Result<Report> {
    let programs = build::programs(apt, &TESTS)?;
    let script: String = programs.iter().map(|program| machine::line(program, filters)).collect();
    say("booting the lab");
    let mut report = Report::default();
    machine.run(&script, |line| report.take(line))?;
    Ok(report)
}

/// Boots the machine and runs a command in it, whose exit code is the answer.
pub(crate) fn command(apt: &mut Apt, words: &[String]) -> Result<ExitCode> {
    let (program, arguments) = words.split_first().context("a command has one word at least")?;
    let mut code: Option<u8> = None;
    run_script(apt, &machine::command_line(Command::new(program).args(arguments)), |line| match report::end(line) {
        Some((rest, end)) => {
            code = end.parse().ok();
            print!("{rest}");
        }
        None => println!("{line}"),
    })?;
    code.map(ExitCode::from).context("the command did not tell how it ended")
}

/// Boots the machine, runs the lines of a script in the workspace, and passes on what they write.
pub(crate) fn run_script(apt: &mut Apt, script: &str, take: impl FnMut(&str)) -> Result<()> {
    let machine = Machine::set_up(apt)?;
    say("booting the lab");
    machine.run(script, take)
}

/// Boots the machine and opens a shell in it.
pub(crate) fn shell(apt: &mut Apt) -> Result<()> {
    let machine = Machine::set_up(apt)?;
    say("booting the lab; `exit` ends it");
    machine.shell()
}
