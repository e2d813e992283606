//! What a guest in a container is run with, by the container engine's runtime.

use std::path::PathBuf;

use clap::Args;

/// What the runtime says of a guest that is a container.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "In containers")]
pub(crate) struct Contained {
    /// Keeps no compiled code, and names annotations where refusals name options
    ///
    /// For guests that have a root of their own, with nothing in it that others run.
    #[arg(long)]
    contained: bool,

    /// Takes the code that `berkeley compile` has made of the component, if this program can: else compiles it
    ///
    /// The code must be where this user cannot write to it, for whoever could would run as machine code.
    #[arg(long, value_name = "CODE")]
    compiled: Option<PathBuf>,
}

impl Contained {
    /// Whether code may be kept for the next start.
    pub(crate) fn keeps_code(&self) -> bool {
        !self.contained && self.compiled.is_none()
    }

    /// The code that was compiled before.
    #[cfg(unix)]
    pub(crate) fn code(&self) -> Option<&PathBuf> {
        self.compiled.as_ref()
    }

    /// How an option's value is asked for, as the subject of a sentence: `--allow connect`, or by an annotation.
    pub(crate) fn by(&self, option: &str, value: &str) -> String {
        if self.contained {
            format!("the annotation berkeley.{option}: \"{}\"", value.replace('"', "\\\""))
        } else {
            format!("--{option} {}", crate::refusal::shell_word(value))
        }
    }
}
