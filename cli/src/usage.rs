//! What is said of a command line that cannot be understood.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Command};

use crate::tell::{self, tell};

/// Says what is wrong, or what was asked for, and ends this process: with 2, or with 0.
pub(crate) fn exit(error: &clap::Error) -> ! {
    if error.kind() == ErrorKind::InvalidSubcommand
        && let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand)
        && let Some(command) = runs(word)
    {
        tell!("`{word}` is no command; `berkeley {command} {word}` runs it");
        std::process::exit(2);
    }
    let is_readable = |word: OsString| word.to_string_lossy().chars().all(tell::is_readable);
    if error.use_stderr() && !std::env::args_os().all(is_readable) {
        // Words of the line are in it, as they were written, and colours.
        let _ = std::io::stderr().write_all(tell::shown(&error.to_string()).as_bytes());
        std::process::exit(error.exit_code());
    }
    error.exit()
}

/// The command that runs the file of that name, if it is one.
fn runs(word: &str) -> Option<&'static str> {
    let path = Path::new(word);
    match path.extension().and_then(OsStr::to_str) {
        _ if !path.is_file() => None,
        Some("py" | "pyz") => Some("python"),
        _ => Some("run"),
    }
}

/// The option of these that is most like the word, if one is.
pub(crate) fn nearest<A: Args>(word: &str) -> Option<String> {
    let command = A::augment_args(Command::new(""));
    let names = command.get_opts().filter_map(|option| option.get_long());
    let distance = |name: &&str| strsim::damerau_levenshtein(name, word.trim_start_matches('-'));
    let nearest = names.min_by_key(distance).filter(|name| distance(name) <= name.len() / 2)?;
    Some(format!("--{nearest}"))
}
