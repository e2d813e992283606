//! PySyncObj, as it is.

use std::process::Command;

use berkeley_tests::{berkeley, root};

use crate::scenario::passes;

#[test]
fn what_pysyncobj_acknowledges_is_kept_whatever_goes_wrong() {
    let scenario = root().join("tests/simulation/pysyncobj.toml");
    let options = ["--runs", "10", "--jobs", "2"];
    let output = Command::new(berkeley()).arg("simulate").arg(scenario).args(options).output().expect("it starts");
    let stdout = passes(&output);
    assert!(stdout.contains("10 runs, and none failed"), "{stdout}");
}
