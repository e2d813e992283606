//! The workload that is measured, of which `cargo xtask turmoil` has the figures.

use crate::scenario::{Scenario, passes};

#[test]
fn each_client_is_answered_in_two_milliseconds() {
    for protocol in ["tcp", "udp"] {
        let scenario = Scenario::new(&format!(
            "[hosts.server]\nprogram = \"<tokio_rounds>\"\nargs = [\"serve\", \"{protocol}\"]\nserves = true\n\
             [hosts.client]\nprogram = \"<tokio_rounds>\"\nargs = [\"ask\", \"{protocol}\", \"server\", \"50\"]\ncount = 4\n"
        ));
        let stdout = passes(&scenario.run(&[]));
        let told = stdout.lines().last().expect("a line");
        let words: Vec<_> = told.split(' ').collect();
        let (seconds, messages): (f64, u32) = (words[4].parse().expect("seconds"), words[7].parse().expect("a number"));
        assert!((0.100..0.130).contains(&seconds) && messages >= 400, "{told}");
    }
}
