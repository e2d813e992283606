//! `--env`: the guest's environment.

use std::collections::BTreeMap;
use std::env::{self, VarError};
use std::str::FromStr;

use anyhow::{Result, bail};

/// An environment variable: `NAME=VALUE`, or `NAME` for the value that it has here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    name: String,
    value: Option<String>,
}

impl FromStr for Variable {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, value)) => Self::new(name, Some(value.to_owned())),
            None => Self::new(text, None),
        }
    }
}

impl Variable {
    /// The variable of that name, with that value or the one that it has here.
    pub(crate) fn new(name: &str, value: Option<String>) -> Result<Self, String> {
        if name.is_empty() || name.contains('=') {
            return Err(
                "a variable needs a name: write NAME=VALUE, or NAME alone for the value that it has here".into()
            );
        }
        if name.contains('\0') || value.as_ref().is_some_and(|value| value.contains('\0')) {
            return Err(format!("the variable {name:?} has a byte 0, as no variable can"));
        }
        Ok(Self { name: name.to_owned(), value })
    }

    #[cfg(target_os = "linux")]
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// All of them, with their values: of those with one name the last.
    pub(crate) fn values(variables: &[Self]) -> Result<BTreeMap<&str, String>> {
        variables.iter().map(|variable| Ok((variable.name.as_str(), variable.value()?))).collect()
    }

    fn value(&self) -> Result<String> {
        let name = &self.name;
        match self.value.clone().map_or_else(|| env::var(name), Ok) {
            Ok(value) => Ok(value),
            Err(VarError::NotPresent) => {
                bail!("--env {name}: there is no variable of that name here; write {name}=VALUE")
            }
            Err(VarError::NotUnicode(_)) => bail!("--env {name}: its value here is not UTF-8, as a guest's must be"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_one_name_the_last_counts() {
        let variables = ["A=1", "B=x=y", "A=2", "C="].map(|text| text.parse().expect(text));
        let values = Variable::values(&variables).expect("values");
        let expected = [("A", "2"), ("B", "x=y"), ("C", "")].map(|(name, value)| (name, value.to_owned()));
        assert_eq!(values, BTreeMap::from(expected));
        for bad in ["", "=", "=x"] {
            assert!(bad.parse::<Variable>().is_err(), "{bad}");
        }
        let absent = ["BERKELEY_NO_SUCH_VARIABLE"].map(|text| text.parse().expect(text));
        assert!(Variable::values(&absent).expect_err("is not there").to_string().contains("--env BERKELEY_NO_SUCH"));
    }
}
