//! The keys of a scenario.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::value::{Signed, Size, Time};

pub(super) type Hosts = BTreeMap<String, Spanned<HostEntry>>;

/// A host's name, or that of several.
pub(super) type Name = Spanned<String>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "the keys of a scenario")]
pub(super) struct File {
    pub(super) seed: Option<u64>,
    pub(super) limit: Option<Spanned<Time>>,
    pub(super) date: Option<Spanned<String>>,
    pub(super) computing: Option<Spanned<Time>>,
    pub(super) fuel: Option<Spanned<f64>>,
    #[serde(default)]
    pub(super) hosts: Hosts,
    #[serde(default)]
    pub(super) links: Vec<LinkEntry>,
    #[serde(default)]
    pub(super) events: Vec<Spanned<EventEntry>>,
    #[serde(default)]
    pub(super) random: Vec<Spanned<RandomEntry>>,
    #[serde(default)]
    pub(super) checks: Vec<Spanned<CheckEntry>>,
}

#[derive(Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    expecting = "a table: [hosts.NAME], with the key `program` or `python`"
)]
pub(super) struct HostEntry {
    pub(super) program: Option<Spanned<PathBuf>>,
    pub(super) python: Option<Spanned<PathBuf>>,
    #[serde(default)]
    pub(super) sites: Vec<Spanned<PathBuf>>,
    #[serde(default)]
    pub(super) linux: bool,
    #[serde(default)]
    pub(super) inline_threads: bool,
    #[serde(default)]
    pub(super) args: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) env: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    pub(super) files: BTreeMap<String, Spanned<Content>>,
    pub(super) allow: Option<Spanned<Vec<String>>>,
    #[serde(default)]
    pub(super) addresses: Vec<Spanned<String>>,
    pub(super) count: Option<Spanned<u32>>,
    pub(super) start: Option<Spanned<Time>>,
    #[serde(default)]
    pub(super) serves: bool,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "the name of a file or directory in quotes, or { text = \"...\" }")]
pub(super) enum Content {
    From(PathBuf),
    Text(TextEntry),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextEntry {
    pub(super) text: String,
}

/// Every link, or that between two hosts.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "true for all, or two hosts: [\"a\", \"b\"]")]
pub(super) enum Which {
    All(bool),
    Two([String; 2]),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table with keys such as `latency` and `loss`")]
pub(super) struct LinkEntry {
    pub(super) between: Option<[Name; 2]>,
    pub(super) latency: Option<Time>,
    pub(super) jitter: Option<Time>,
    pub(super) loss: Option<Spanned<f64>>,
    pub(super) duplicates: Option<Spanned<f64>>,
    pub(super) reordered: Option<Spanned<f64>>,
    pub(super) bandwidth: Option<Size>,
    pub(super) queue: Option<Size>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table: { from = \"a\", to = \"b\" }")]
pub(super) struct Way {
    pub(super) from: Name,
    pub(super) to: Name,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table: { host = \"a\", by = \"-2s\" }")]
pub(super) struct SkewEntry {
    pub(super) host: Name,
    pub(super) by: Signed,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table: { name = \"primary\", to = [\"a\"] }")]
pub(super) struct RenameEntry {
    pub(super) name: String,
    pub(super) to: Vec<Name>,
}

#[derive(Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    expecting = "a table: [[events]], with the key `at`, and what happens"
)]
pub(super) struct EventEntry {
    pub(super) at: Spanned<Time>,
    #[serde(rename = "for")]
    pub(super) lasts: Option<Spanned<Time>>,
    pub(super) partition: Option<Spanned<Vec<Vec<Name>>>>,
    pub(super) heal: Option<Spanned<Which>>,
    pub(super) cut: Option<Way>,
    pub(super) mend: Option<Way>,
    pub(super) slow: Option<Spanned<LinkEntry>>,
    pub(super) quicken: Option<Spanned<Which>>,
    pub(super) pause: Option<Name>,
    pub(super) resume: Option<Name>,
    pub(super) crash: Option<Name>,
    pub(super) outage: Option<Name>,
    pub(super) wipe: Option<Name>,
    pub(super) restart: Option<Name>,
    pub(super) skew: Option<SkewEntry>,
    pub(super) rename: Option<RenameEntry>,
    pub(super) reclaim: Option<String>,
    pub(super) fill_disk: Option<Name>,
    pub(super) free_disk: Option<Name>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table: [[random]], with the key `faults`")]
pub(super) struct RandomEntry {
    pub(super) faults: Vec<Spanned<String>>,
    pub(super) from: Option<Time>,
    pub(super) until: Option<Time>,
    pub(super) every: Option<Spanned<Time>>,
    #[serde(rename = "for")]
    pub(super) lasts: Option<Time>,
    #[serde(default)]
    pub(super) hosts: Vec<Name>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table: [[checks]]")]
pub(super) struct CheckEntry {
    pub(super) host: Option<Name>,
    pub(super) exits: Option<Spanned<i32>>,
    pub(super) prints: Option<Spanned<String>>,
    pub(super) after: Option<Spanned<Time>>,
    pub(super) within: Option<Time>,
    pub(super) never: Option<Spanned<String>>,
    pub(super) agree: Option<Spanned<String>>,
}
