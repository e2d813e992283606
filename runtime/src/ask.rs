//! What a container asks for: by annotations, or by its environment where the node lets that ask.

use anyhow::{Result, bail};

use crate::config::Config;
use crate::spec::Spec;

/// The annotations, which are followed by `.NAME` where they are for one container of a pod; the variables that say the
/// same; and the options that they become.
const KINDS: [Kind; 3] = [
    Kind { annotation: "berkeley.allow", variable: "BERKELEY_ALLOW", option: "--allow" },
    Kind { annotation: "berkeley.limit", variable: "BERKELEY_LIMIT", option: "--limit" },
    Kind { annotation: "berkeley.socket", variable: "BERKELEY_SOCKET", option: "--socket" },
];
const PREFIX: &str = "berkeley.";

/// By which annotations engines tell what a container is called in its pod: containerd, and CRI-O.
const NAMES: [&str; 2] = ["io.kubernetes.cri.container-name", "io.kubernetes.container.name"];

/// How much of its memory a container's sockets may hold in the kernel, and its TLS, where nothing names a limit: so many
/// parts of it, and no more than the command gives by itself.
const SHARES: [(&str, u64, u64); 2] = [("buffers", 4, 256 << 20), ("tls", 8, 64 << 20)];
/// How many of its threads look names up, likewise.
const LOOKUPS: (&str, u64, u64) = ("lookups", 4, 16);

struct Kind {
    annotation: &'static str,
    variable: &'static str,
    option: &'static str,
}

/// What a container asks for, and what it has by itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Options of `berkeley run`.
    pub(crate) options: Vec<String>,
    /// Whether any of them was asked for, so that it may be wrong.
    pub(crate) is_asked: bool,
    /// What is not heeded, as a sentence.
    pub(crate) unheeded: Option<String>,
}

impl Asked {
    pub(crate) fn of(spec: &Spec, config: &Config) -> Result<Self> {
        let mut asked = Self::default();
        let annotations: Vec<_> = spec.annotations().filter(|(name, _)| name.starts_with(PREFIX)).collect();
        if let Some((name, _)) = annotations.iter().find(|(name, _)| !is_known(name)) {
            let known = KINDS.map(|kind| kind.annotation).join(", ");
            bail!("there is no annotation {name}; there are {known}, each also with .CONTAINER for one of a pod");
        }
        if !config.annotations && !annotations.is_empty() {
            asked.unheeded = Some("the node's file does not let annotations ask: they are not heeded".to_owned());
        }
        for kind in KINDS {
            let mut values = Vec::new();
            if config.annotations {
                values.extend(spec.annotation(kind.annotation));
                let own = NAMES.iter().find_map(|name| spec.annotation(name));
                values.extend(own.and_then(|own| spec.annotation(&format!("{}.{own}", kind.annotation))));
            }
            if config.environment {
                values.extend(spec.process.variable(kind.variable));
            }
            let mut words: Vec<_> = values.iter().flat_map(|value| value.split_whitespace()).collect();
            asked.is_asked |= !words.is_empty();
            if kind.option == "--allow" && values.is_empty() {
                words.extend(config.default.iter().map(String::as_str));
            }
            let of_cgroup = if kind.option == "--limit" { budgets(spec) } else { Vec::new() };
            for word in of_cgroup.into_iter().chain(words.into_iter().map(str::to_owned)) {
                // As one word, so that nothing that is asked for is ever taken for an option of its own.
                asked.options.push(format!("{}={word}", kind.option));
            }
        }
        Ok(asked)
    }
}

/// Whether it is one of the annotations, for all containers of a pod or for one.
fn is_known(name: &str) -> bool {
    KINDS.iter().any(|kind| {
        name.strip_prefix(kind.annotation)
            .is_some_and(|rest| rest.is_empty() || rest.len() > 1 && rest.starts_with('.'))
    })
}

/// Limits that follow from those of the container's cgroup, where these are narrower than what the command gives.
fn budgets(spec: &Spec) -> Vec<String> {
    let share = |limit: Option<u64>, (name, parts, usual): (&str, u64, u64)| {
        let own = (limit? / parts).max(1);
        (own < usual).then(|| format!("{name}={own}"))
    };
    let memory = SHARES.into_iter().filter_map(|part| share(spec.memory_limit(), part));
    memory.chain(share(spec.thread_limit(), LOOKUPS)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn asked(annotations: Value, env: &[&str], config: &str) -> Result<Asked> {
        let spec = json!({"process": {"env": env}, "root": {"path": "r"}, "annotations": annotations});
        Asked::of(&serde_json::from_value(spec).unwrap(), &toml::from_str(config).unwrap())
    }

    #[test]
    fn annotations_and_variables_ask_where_they_may() {
        let two =
            json!({"berkeley.allow": " listen=0.0.0.0:80\nconnect ", "berkeley.limit": "sockets=5", "other": "x"});
        let pod = json!({
            "berkeley.allow": "a", "berkeley.allow.web": "b", "berkeley.allow.db": "c", "berkeley.socket.web": "s",
            "io.kubernetes.cri.container-name": "web"
        });
        let env: &[&str] = &["BERKELEY_ALLOW=e"];
        for (annotations, env, config, expected) in [
            (two, env, "", &["--allow=listen=0.0.0.0:80", "--allow=connect", "--limit=sockets=5"][..]),
            (pod, env, "environment = true", &["--allow=a", "--allow=b", "--allow=e", "--socket=s"]),
            (json!({}), env, "", &[]),
            (json!({}), env, "environment = true\ndefault = ['d']", &["--allow=e"]),
            (json!({}), &[], "default = ['d', 'e']", &["--allow=d", "--allow=e"]),
            // What is asked for stands in the place of what is given unasked, be it nothing.
            (json!({"berkeley.allow": ""}), &[], "default = ['d']", &[]),
            (json!({"berkeley.allow": "a"}), &[], "default = ['d']\nannotations = false", &["--allow=d"]),
            (json!({"berkeley.allow": "--allow-all"}), &[], "", &["--allow=--allow-all"]),
        ] {
            let told = format!("{annotations} {env:?} {config}");
            assert_eq!(asked(annotations, env, config).unwrap().options, expected, "{told}");
        }
    }

    #[test]
    fn what_is_no_annotation_is_told() {
        for name in ["berkeley.alow", "berkeley.allow.", "berkeley.allowed", "berkeley."] {
            let error = asked(json!({name: "a"}), &[], "").unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("berkeley.socket"), "{error}");
        }
    }

    #[test]
    fn budgets_follow_the_cgroup() {
        let spec = |resources: Value| {
            let spec = json!({"process": {}, "root": {"path": "r"}, "linux": {"resources": resources}});
            budgets(&serde_json::from_value(spec).unwrap())
        };
        assert_eq!(spec(json!({})), [""; 0]);
        assert_eq!(spec(json!({"memory": {"limit": 64 << 20}})), ["buffers=16777216", "tls=8388608"]);
        assert_eq!(spec(json!({"memory": {"limit": 1i64 << 40}, "pids": {"limit": 20}})), ["lookups=5"]);
        assert_eq!(spec(json!({"memory": {"limit": -1}, "pids": {"limit": 0}})), [""; 0]);
        assert_eq!(spec(json!({"pids": {"limit": 1}})), ["lookups=1"]);
    }
}
