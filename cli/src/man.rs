//! `berkeley man`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use clap_mangen::Man as Page;

use crate::tell::answer;

/// Prints a manual page, or writes all of them
///
/// `berkeley man run | man -l -` shows one. With --dir /usr/local/share/man/man1 they are where man(1) finds them.
#[derive(Args)]
pub(crate) struct Man {
    /// Writes the pages of all commands into the directory instead: berkeley.1, berkeley-run.1 and so on
    #[arg(long, value_name = "DIRECTORY", conflicts_with = "words")]
    dir: Option<PathBuf>,

    /// The command that the page is of, such as run, or policy check; unless given, it is of all together
    #[arg(value_name = "COMMAND")]
    words: Vec<String>,
}

impl Man {
    /// Does it, for a command of these options.
    pub(crate) fn execute(self, command: clap::Command) -> Result<()> {
        let mut command = command.disable_help_subcommand(true);
        command.build();
        if let Some(directory) = self.dir {
            fs::create_dir_all(&directory).with_context(|| format!("cannot make {}", directory.display()))?;
            return write_all(&command, &directory);
        }
        let mut at = &command;
        for word in &self.words {
            at = at.find_subcommand(word).with_context(|| format!("there is no command `{word}`"))?;
        }
        answer(&String::from_utf8(page(at)?)?)
    }
}

fn write_all(command: &clap::Command, directory: &Path) -> Result<()> {
    let path = directory.join(Page::new(command.clone()).get_filename());
    fs::write(&path, page(command)?).with_context(|| format!("cannot write {}", path.display()))?;
    command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .try_for_each(|command| write_all(command, directory))
}

/// The page of one command.
fn page(command: &clap::Command) -> io::Result<Vec<u8>> {
    let page = Page::new(command.clone());
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    if command.get_arguments().next().is_some() {
        page.render_options_section(&mut text)?;
    }
    if command.has_subcommands() {
        page.render_subcommands_section(&mut text)?;
    }
    if command.get_after_long_help().or_else(|| command.get_after_help()).is_some() {
        let mut extra = Vec::new();
        page.render_extra_section(&mut extra)?;
        // What stands there is laid out by its own lines.
        let extra = String::from_utf8_lossy(&extra).replacen(".SH EXTRA\n", ".SH NOTES\n.nf\n", 1);
        text.extend_from_slice(extra.as_bytes());
        text.extend_from_slice(b".fi\n");
    }
    if command.get_version().is_some() {
        page.render_version_section(&mut text)?;
    }
    Ok(text)
}
