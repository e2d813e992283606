//! The options by which a policy is told.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use berkeley_host::policy::{Group, Rule, Rules, RulesBuilder};
use clap::Args;

/// The policy that a guest is put under.
#[derive(Args, Clone, Default)]
pub(crate) struct PolicyArgs {
    /// Allows an operation; may be given many times; --help has the grammar, with examples
    #[arg(long = "allow", value_name = "RULE")]
    allow: Vec<Rule>,

    /// Denies an operation, whatever is allowed; may be given many times
    #[arg(long = "deny", value_name = "RULE")]
    deny: Vec<Rule>,

    /// Gives hosts a name, which rules write as @NAME; may be given many times
    #[arg(long = "group", value_name = "NAME=HOST,HOST")]
    groups: Vec<Group>,

    /// Takes rules and groups from a file; where a guest runs, SIGHUP makes it be read again
    #[arg(long = "policy", value_name = "FILE")]
    pub(super) file: Option<PathBuf>,

    /// Allows everything that is not denied: without --deny the guest is trusted as you are
    #[arg(long, conflicts_with = "allow")]
    allow_all: bool,

    /// Allows nothing that the policy of this file does not allow as well: what a node lets its guests do at most
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "allow_all"])]
    pub(super) within: Option<PathBuf>,

    #[arg(skip)]
    config: Option<Text>,
}

/// The text of a file that has other keys beside those of a policy.
#[derive(Clone)]
pub(crate) struct Text {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) others: &'static [&'static str],
}

impl Text {
    /// Adds its rules, whose paths are seen from the directory that it is in, to none.
    pub(crate) fn add_to(&self, builder: RulesBuilder) -> Result<RulesBuilder> {
        let name = self.path.display().to_string();
        let builder = builder.toml_beside(&self.text, &name, self.others).map_err(|error| anyhow!("{error}"))?;
        Ok(builder.seen_from(self.path.parent().unwrap_or(Path::new(""))))
    }
}

impl PolicyArgs {
    /// The policy of a configuration, and of a file that it names.
    pub(crate) fn under(config: Text, file: Option<PathBuf>) -> Self {
        Self { config: Some(config), file, ..Self::default() }
    }

    /// The policy of a file alone.
    pub(super) fn of_file(file: PathBuf) -> Self {
        Self { file: Some(file), ..Self::default() }
    }

    /// These rules beside others; a file in the place of theirs.
    pub(crate) fn over(self, others: Self) -> Self {
        Self { file: self.file.or(others.file), config: self.config.or(others.config), ..self }
    }

    /// The rules of the options, of the configuration as it was read, and of the file, as it is now.
    pub(crate) fn rules(&self) -> Result<Rules> {
        let mut builder = Rules::builder();
        if let Some(config) = &self.config {
            builder = config.add_to(builder)?;
        }
        for group in &self.groups {
            builder = builder.group(group.clone())?;
        }
        for rule in &self.allow {
            builder = builder.allow(rule.clone().written_in("--allow"));
        }
        for rule in &self.deny {
            builder = builder.deny(rule.clone().written_in("--deny"));
        }
        if self.allow_all {
            builder = builder.allow_all();
        }
        if let Some(file) = &self.file {
            let text = open(file)?;
            builder = builder.toml(&text, &file.display().to_string()).map_err(|error| anyhow!("{error}"))?;
        }
        Ok(builder.build()?)
    }

    /// Whether a file tells it, which a signal makes be read again.
    #[cfg(unix)]
    pub(crate) fn is_from_file(&self) -> bool {
        self.file.is_some() || self.config.is_some()
    }

    /// The same, of the configuration as it is now.
    #[cfg(unix)]
    pub(super) fn read_again(&self) -> Result<Self> {
        let mut again = self.clone();
        if let Some(config) = &mut again.config {
            config.text = open(&config.path)?;
        }
        Ok(again)
    }
}

/// How long a file may be.
const LONGEST_FILE: u64 = 16 << 20;

fn open(path: &Path) -> Result<String> {
    let unreadable = || format!("cannot read {}", path.display());
    text(File::open(path).with_context(unreadable)?).with_context(unreadable)
}

/// The text of a policy's file, or a configuration's.
pub(crate) fn text(file: File) -> Result<String> {
    let mut bytes = Vec::new();
    file.take(LONGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST_FILE {
        bail!("it is longer than {} MiB, as none is", LONGEST_FILE >> 20);
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        anyhow!("line {line} is not UTF-8: save it as that")
    })
}
