//! A bundle's `config.json`, as far as it matters here. All else is kept as it is, be it newer than this program.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How long the file may be.
const LONGEST: u64 = 64 << 20;

/// What `config.json` says.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Spec {
    pub(crate) process: Process,
    pub(crate) root: Root,
    #[serde(default)]
    pub(crate) mounts: Option<Vec<Mount>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    annotations: Option<BTreeMap<String, String>>,
    #[serde(flatten)]
    rest: Map<String, Value>,
    /// Where the file is.
    #[serde(skip)]
    bundle: PathBuf,
}

/// A process, of a container or to be run in one.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Process {
    #[serde(default)]
    pub(crate) args: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) env: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) cwd: String,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// The container's root.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Root {
    path: PathBuf,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) readonly: bool,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// A mount.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
pub(crate) struct Mount {
    pub(crate) destination: String,
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) options: Option<Vec<String>>,
    #[serde(flatten)]
    pub(crate) rest: Map<String, Value>,
}

impl Mount {
    /// A bind mount that nobody can write to.
    pub(crate) fn readable(source: &Path, destination: String) -> Self {
        let options = ["bind", "ro", "nosuid", "nodev"].map(str::to_owned).to_vec();
        Self {
            destination,
            kind: Some("bind".into()),
            source: Some(source.to_owned()),
            options: Some(options),
            rest: Map::new(),
        }
    }

    pub(crate) fn has(&self, option: &str) -> bool {
        self.options.iter().flatten().any(|had| had == option)
    }

    /// Whether it shows what is elsewhere on the node.
    pub(crate) fn is_bind(&self) -> bool {
        self.kind.as_deref() == Some("bind") || self.has("bind") || self.has("rbind")
    }

    pub(crate) fn is_tmpfs(&self) -> bool {
        self.kind.as_deref() == Some("tmpfs")
    }
}

impl Process {
    /// The value of an environment variable.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        let mut variables = self.env.iter().flatten().rev().filter_map(|variable| variable.split_once('='));
        variables.find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The names of its environment variables, each once.
    pub(crate) fn variables(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for (name, _) in self.env.iter().flatten().filter_map(|variable| variable.split_once('=')) {
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

impl Spec {
    pub(crate) fn read(bundle: &Path) -> Result<Self> {
        let spec: Self = read(&file(bundle))?;
        Ok(Self { bundle: std::path::absolute(bundle)?, ..spec })
    }

    /// Writes it in the place of what is there: whole, or not at all.
    pub(crate) fn write(&self) -> Result<()> {
        write(&file(&self.bundle), self)
    }

    pub(crate) fn bundle(&self) -> &Path {
        &self.bundle
    }

    /// The directory on the node that is the container's root.
    pub(crate) fn root(&self) -> PathBuf {
        self.bundle.join(&self.root.path)
    }

    pub(crate) fn mounts(&self) -> &[Mount] {
        self.mounts.as_deref().unwrap_or_default()
    }

    pub(crate) fn annotation(&self, name: &str) -> Option<&str> {
        self.annotations.as_ref()?.get(name).map(String::as_str)
    }

    pub(crate) fn annotations(&self) -> impl Iterator<Item = (&str, &str)> {
        self.annotations.iter().flatten().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How many bytes of memory the container may have, where that is limited.
    pub(crate) fn memory_limit(&self) -> Option<u64> {
        self.resource("memory", "limit")
    }

    /// How many threads it may have, where that is limited.
    pub(crate) fn thread_limit(&self) -> Option<u64> {
        self.resource("pids", "limit")
    }

    fn resource(&self, name: &str, part: &str) -> Option<u64> {
        // A limit that is negative is none.
        self.rest.get("linux")?.get("resources")?.get(name)?.get(part)?.as_u64().filter(|limit| *limit > 0)
    }
}

fn file(bundle: &Path) -> PathBuf {
    bundle.join("config.json")
}

/// Reads a file of JSON.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("cannot read {shown}"))?;
    ensure!(file.metadata()?.is_file(), "{shown} is no file");
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes).with_context(|| format!("cannot read {shown}"))?;
    if bytes.len() as u64 > LONGEST {
        bail!("{shown} is longer than {} MiB", LONGEST >> 20);
    }
    serde_json::from_slice(&bytes).with_context(|| format!("{shown} is not what an engine writes"))
}

/// Writes a file of JSON, which keeps its permissions and its owner.
pub(crate) fn write<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    let shown = path.display();
    let write = || -> Result<()> {
        let directory = path.parent().context("it is in no directory")?;
        let (mut new, old) = (tempfile::NamedTempFile::new_in(directory)?, fs::metadata(path)?);
        new.write_all(&serde_json::to_vec(value)?)?;
        fs::set_permissions(new.path(), Permissions::clone(&old.permissions()))?;
        use std::os::unix::fs::MetadataExt as _;
        std::os::unix::fs::fchown(new.as_file(), Some(old.uid()), Some(old.gid()))?;
        new.persist(path)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {shown}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = r#"{
        "ociVersion": "1.3.0-of-tomorrow",
        "process": {"args": ["/a.wasm"], "env": ["A=1", "B", "=c", "A=2"], "cwd": "/", "user": {"uid": 5},
                    "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 18446744073709551615}]},
        "root": {"path": "rootfs", "readonly": true, "new": 1},
        "mounts": [{"destination": "/dev", "type": "tmpfs", "uidMappings": []}],
        "annotations": {"a": "b"},
        "linux": {"seccomp": {"x": [1.5]}, "resources": {"memory": {"limit": 1000}, "pids": {"limit": -1}}}
    }"#;

    fn written(text: &str) -> (tempfile::TempDir, Result<Spec>) {
        let bundle = tempfile::tempdir().unwrap();
        fs::write(bundle.path().join("config.json"), text).unwrap();
        let spec = Spec::read(bundle.path());
        (bundle, spec)
    }

    #[test]
    fn what_is_not_known_stays_as_it_is() {
        let (bundle, spec) = written(CONFIG);
        let spec = spec.unwrap();
        assert_eq!(spec.root(), bundle.path().join("rootfs"));
        assert_eq!((spec.memory_limit(), spec.thread_limit()), (Some(1000), None));
        assert_eq!((spec.process.variable("A"), spec.process.variable("C")), (Some("2"), None));
        assert_eq!(spec.process.variables(), ["A"]);
        spec.write().unwrap();
        let expected: Value = serde_json::from_str(CONFIG).unwrap();
        assert_eq!(read::<Value>(&file(bundle.path())).unwrap(), expected);
        assert_eq!(fs::read_dir(bundle.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_broken_is_told() {
        for text in ["", "{", "[]", "null", r#"{"process": 5}"#, r#"{"process": {"args": "x"}, "root": {"path": "/"}}"#]
        {
            let (_bundle, spec) = written(text);
            assert!(format!("{:#}", spec.unwrap_err()).contains("config.json"), "{text}");
        }
    }
}
