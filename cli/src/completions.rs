//! `berkeley completions`.

use anyhow::Result;
use clap::Args;
use clap_complete::Shell;

use crate::tell::answer;

/// Prints what makes a shell complete this command's words
///
/// For bash: `source <(berkeley completions bash)`, in ~/.bashrc for every time. For zsh, as a file `_berkeley` in a
/// directory of $fpath; for fish, as ~/.config/fish/completions/berkeley.fish.
#[derive(Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    /// Prints it, for a command of these options.
    pub(crate) fn execute(self, mut command: clap::Command) -> Result<()> {
        let mut text = Vec::new();
        let name = command.get_name().to_owned();
        clap_complete::generate(self.shell, &mut command, name, &mut text);
        answer(&String::from_utf8(text)?)
    }
}
