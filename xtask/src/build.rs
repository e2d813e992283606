//! Building all that the tests need.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::apt::Apt;
use crate::toolchain::{self, Toolchain};
use crate::{bindings, c, command, guests, host, peers};

/// Gets what the tests need, and builds the guests and the host.
pub(crate) fn everything(apt: &mut Apt) -> Result<Toolchain> {
    let toolchain = tools(apt)?;
    peers::set_up(apt);
    guests::build(&toolchain)?;
    bindings::write_c_if_possible();
    // With the tests, so that the dependencies' features, which tests may add to, are those of `cargo test`.
    host::build(&["--tests", "--examples"])?;
    host::build_embedder()?;
    Ok(toolchain)
}

/// Gets what guests are built with.
pub(crate) fn tools(apt: &mut Apt) -> Result<Toolchain> {
    let toolchain = toolchain::set_up(apt)?;
    c::set_up_if_possible(apt);
    Ok(toolchain)
}

/// Builds everything, and tells where the programs of these tests are.
pub(crate) fn programs(apt: &mut Apt, tests: &[&str]) -> Result<Vec<PathBuf>> {
    everything(apt)?;
    let mut build = command::cargo(["test", "--target-dir", "target", "--no-run", "--message-format=json"]);
    build.args(tests.iter().flat_map(|test| ["--test", test]));
    let messages = command::output(&mut build)?;
    let program = |test: &&str| {
        let path = messages.lines().find_map(|line| executable(line, test));
        path.with_context(|| format!("cargo does not tell where the program of the tests {test} is"))
    };
    tests.iter().map(program).collect()
}

/// The path of a program, if this message of cargo's is that it is built.
fn executable(message: &str, name: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let is_it = message["target"]["name"] == name && message["target"]["kind"][0] == "test";
    message["executable"].as_str().filter(|_| is_it).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_messages_tell_where_programs_are() {
        let message =
            r#"{"reason":"compiler-artifact","target":{"kind":["test"],"name":"tcp"},"executable":"/t/tcp-1"}"#;
        assert_eq!(executable(message, "tcp"), Some("/t/tcp-1".into()));
        assert_eq!(executable(message, "udp"), None);
        assert_eq!(executable("warning: not a message", "tcp"), None);
    }
}
