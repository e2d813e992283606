//! The lab: an emulated machine with Debian's kernel, which has every address family, and the tests of them in it.

mod machine;
mod report;

use std::process::ExitCode;

use anyhow::Result;

use crate::apt::Apt;
use crate::checks;
use crate::command::say;
use crate::lab::machine::Machine;
use crate::lab::report::Report;

/// The programs of tests that run in the lab, and what of each; without a filter, all.
const TESTS: [(&str, &[&str]); 2] = [("families", &[]), ("traffic", &[])];

/// Boots the machine, runs the tests that the filters choose, and tells each with how it went.
pub(crate) fn test(apt: &mut Apt, filters: &[String]) -> Result<ExitCode> {
    let machine = Machine::set_up(apt)?;
    let programs = checks::programs(apt, &TESTS.map(|(name, _)| name))?;
    let mut script = String::new();
    for ((_, only), program) in TESTS.iter().zip(&programs) {
        script.push_str(&machine::line(program, only, filters));
    }
    say("booting the lab");
    let mut report = Report::default();
    machine.run(&script, |line| report.take(line))?;
    Ok(report.close())
}

/// Boots the machine and opens a shell in it.
pub(crate) fn shell(apt: &mut Apt) -> Result<()> {
    let machine = Machine::set_up(apt)?;
    say("booting the lab; `exit` ends it");
    machine.shell()
}
