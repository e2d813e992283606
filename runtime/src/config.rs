//! The node's file: which programs are used, what guests may have at most, and who may ask for them.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;

/// Where it is, unless the variable names another place.
const FILE: &str = "/etc/berkeley/runtime.toml";
const VARIABLE: &str = "BERKELEY_RUNTIME_CONFIG";

/// What the file says, or would say where there is none.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Config {
    /// The runtime that runs all containers.
    pub(crate) runtime: PathBuf,
    /// The command `berkeley`, static, which containers are given.
    pub(crate) program: PathBuf,
    /// Where compiled code is kept.
    pub(crate) cache: PathBuf,
    /// Whether annotations may ask for rules, sockets and limits.
    pub(crate) annotations: bool,
    /// Whether the environment may, of which an image says a part.
    pub(crate) environment: bool,
    /// The rules of containers that ask for none.
    pub(crate) default: Vec<String>,
    /// What guests may have at most of limits.
    limits: BTreeMap<String, toml::Value>,
    /// What guests may do at most: the keys of a policy's file.
    allow: Option<toml::Value>,
    allow_all: Option<toml::Value>,
    deny: Option<toml::Value>,
    groups: Option<toml::Value>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            runtime: "runc".into(),
            program: "/usr/local/bin/berkeley".into(),
            cache: "/var/cache/berkeley/runtime".into(),
            annotations: true,
            environment: false,
            default: Vec::new(),
            limits: BTreeMap::new(),
            allow: None,
            allow_all: None,
            deny: None,
            groups: None,
        }
    }
}

impl Config {
    pub(crate) fn load() -> Result<Self> {
        let path = path();
        match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|error| anyhow!("{}: {error}", path.display())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// The runtime, also where something else in the file is wrong: other containers go on all the same.
    pub(crate) fn runtime_alone() -> PathBuf {
        let table = fs::read_to_string(path()).ok().and_then(|text| text.parse::<toml::Table>().ok());
        let runtime = table.and_then(|table| Some(table.get("runtime")?.as_str()?.into()));
        runtime.unwrap_or_else(|| Self::default().runtime)
    }

    /// The file of a policy that says what guests may do at most; none, where the node leaves that to who asks.
    pub(crate) fn bound(&self) -> Result<Option<String>> {
        let Self { allow, deny, groups, .. } = self;
        let everything = toml::Value::Boolean(true);
        let allow_all = match (&self.allow_all, allow, deny) {
            (None, None, None) => return Ok(None),
            (None, None, Some(_)) => Some(&everything),
            (given, _, _) => given.as_ref(),
        };
        let keys =
            [("allow", allow.as_ref()), ("allow-all", allow_all), ("deny", deny.as_ref()), ("groups", groups.as_ref())];
        let table: toml::Table =
            keys.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.clone()))).collect();
        Ok(Some(toml::to_string(&table)?))
    }

    /// The bounds of limits, `NAME=VALUE`.
    pub(crate) fn limits(&self) -> impl Iterator<Item = String> {
        self.limits.iter().map(|(name, value)| match value {
            toml::Value::String(text) => format!("{name}={text}"),
            other => format!("{name}={other}"),
        })
    }
}

/// Where the file is.
pub(crate) fn path() -> PathBuf {
    std::env::var_os(VARIABLE).map_or_else(|| FILE.into(), PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_the_file_of_a_policy() {
        for (text, expected) in [
            ("", None),
            ("environment = true", None),
            ("allow = []", Some("allow = []\n")),
            ("deny = ['connect=10.0.0.0/8']", Some("allow-all = true\ndeny = [\"connect=10.0.0.0/8\"]\n")),
            (
                "allow = ['listen', 'connect=@db']\n[groups]\ndb = ['10.0.0.1']\n[limits]\nsockets = 5",
                Some("allow = [\"listen\", \"connect=@db\"]\n\n[groups]\ndb = [\"10.0.0.1\"]\n"),
            ),
        ] {
            let config: Config = toml::from_str(text).unwrap();
            assert_eq!(config.bound().unwrap().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn limits_are_written_as_on_the_command_line() {
        let config: Config = toml::from_str("[limits]\nsockets = 5\nbuffers = '1MiB'").unwrap();
        assert_eq!(config.limits().collect::<Vec<_>>(), ["buffers=1MiB", "sockets=5"]);
    }

    #[test]
    fn what_is_no_key_is_told() {
        let error = toml::from_str::<Config>("alow = []").unwrap_err().to_string();
        assert!(error.contains("unknown field `alow`"), "{error}");
    }
}
