//! The table of constants is CPython's.

use std::collections::HashMap;

use berkeley_tests::{python, run};

/// Every integer constant of the machine's own module.
const NATIVE: &str = "
import _socket
for name, value in vars(_socket).items():
    if isinstance(value, int) and not isinstance(value, bool) and name[0].isupper():
        print(name, int(value))
";

#[test]
fn every_constant_of_cpython_is_here_with_its_value() {
    let own: HashMap<&str, i64> = berkeley_constants::ALL.iter().copied().collect();
    let native = run(&mut python(NATIVE));
    let rows: Vec<(&str, i64)> = native
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(name, value)| (name, value.parse().expect("a number")))
        .collect();
    assert!(rows.len() > 250, "only {} constants", rows.len());
    let wrong: Vec<_> = rows.iter().filter(|(name, value)| own.get(name) != Some(value)).collect();
    assert!(wrong.is_empty(), "missing or different: {wrong:?}");
}
