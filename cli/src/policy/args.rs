//! The options by which a policy is told.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use berkeley_host::policy::{Group, Rule, Rules};
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
}

impl PolicyArgs {
    /// The rules of the options and of the file, as it is now.
    pub(crate) fn rules(&self) -> Result<Rules> {
        let mut builder = Rules::builder();
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
            let text = read(file).with_context(|| format!("cannot read {}", file.display()))?;
            builder = builder.toml(&text, &file.display().to_string()).map_err(|error| anyhow!("{error}"))?;
        }
        Ok(builder.build()?)
    }

    /// The file that it is told by, if it is; a signal reads it again.
    #[cfg(unix)]
    pub(crate) fn file(&self) -> Option<&PathBuf> {
        self.file.as_ref()
    }
}

/// How long a policy's file may be.
const LONGEST_FILE: u64 = 16 << 20;

/// The text of a policy's file.
fn read(file: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    File::open(file)?.take(LONGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST_FILE {
        bail!("it is longer than {} MiB, as no policy is", LONGEST_FILE >> 20);
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        anyhow!("line {line} is not UTF-8: save it as that")
    })
}
