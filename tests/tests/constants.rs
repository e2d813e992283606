//! The table of constants is CPython's.

use std::collections::BTreeMap;
use std::process::Command;

use berkeley_constants::{ALL, CPYTHON, TEXTS, errno};
use berkeley_tests::{run, text};

type Constants = BTreeMap<String, String>;

/// Prints the constants of the interpreter that runs it.
const PROGRAM: &str = include_str!("../data/constants.py");
/// Other interpreters; they take part where they are installed. Those before 3.11 are too old.
const OTHERS: &[&str] = &["python3.11", "python3.12", "python3.13", "python3.14", "python3.15"];

fn parse(lines: &str) -> Constants {
    let pairs = lines.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_once(' '));
    pairs.map(|pair| pair.expect("a name and a value")).map(|(name, value)| (name.into(), value.into())).collect()
}

fn own() -> Constants {
    let numbers = ALL.iter().map(|(name, value)| ((*name).to_owned(), value.to_string()));
    let texts = TEXTS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let errors = errno::ERRNOS.iter().map(|(number, name, _)| (number, name));
    let errors = errors.chain(errno::OTHERS.iter().map(|(number, name)| (number, name)));
    numbers.chain(texts).chain(errors.map(|(number, name)| ((*name).to_owned(), number.to_string()))).collect()
}

/// The constants of the interpreter, as another has them: the name, its value, the other's.
fn differences<'a>(of: &'a Constants, with: &'a Constants) -> Vec<(&'a str, &'a str, Option<&'a str>)> {
    let rows = of.iter().map(|(name, value)| (name.as_str(), value.as_str(), with.get(name).map(String::as_str)));
    rows.filter(|(_, value, other)| *other != Some(value)).collect()
}

#[track_caller]
fn check(interpreter: &str, native: &Constants) {
    assert!(native.len() > 400, "{interpreter} has only {} constants", native.len());
    let (own, captured) = (own(), parse(CPYTHON));
    let wrong = differences(native, &own);
    assert!(wrong.is_empty(), "missing here, or different from those of {interpreter}: {wrong:?}");
    // The captured list is a real interpreter's, so that others agree with it wherever both have the name.
    let mut disputed = differences(native, &captured);
    disputed.retain(|(_, _, other)| other.is_some());
    assert!(disputed.is_empty(), "{interpreter} disagrees with the captured list: {disputed:?}");
}

#[test]
fn every_name_is_there_once() {
    let count = ALL.len() + TEXTS.len() + errno::ERRNOS.len() + errno::OTHERS.len();
    assert_eq!(own().len(), count);
}

#[test]
fn every_constant_of_cpython_3_14_is_here_with_its_value() {
    let captured = parse(CPYTHON);
    assert!(captured.len() > 550, "only {} constants", captured.len());
    check("CPython 3.14", &captured);
}

#[test]
fn every_constant_of_the_machines_cpython_is_here_with_its_value() {
    check("python3", &parse(&run(Command::new("python3").args(["-c", PROGRAM]))));
}

#[test]
fn so_is_every_constant_of_the_other_interpreters_that_are_installed() {
    for interpreter in OTHERS {
        let Ok(output) = Command::new(interpreter).args(["-c", PROGRAM]).output() else { continue };
        // A launcher may be there for a version that is not.
        if output.status.success() {
            check(interpreter, &parse(&text(&output.stdout)));
        }
    }
}
