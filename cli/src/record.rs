//! `--trace` and `--pcap`: what a guest does, written down.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use berkeley_host::SocketCtxBuilder;
use clap::{Args, ValueEnum};

use crate::pcap::Pcap;
use crate::trace::{Json, Text};

/// What is written down of a guest, and where.
#[derive(Args, Default)]
pub(crate) struct Recording {
    /// Writes each call on sockets and names down, a line for each, as strace does: to the file, or to stderr
    ///
    /// A line has the seconds since the start, the call, what it answered, and the seconds that it took. Sockets have
    /// numbers of the trace's own, from 3 on, which are not used again.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = STDERR)]
    trace: Option<PathBuf>,

    /// How --trace writes: for people, or a JSON object in each line [default: text]
    #[arg(long, value_enum, value_name = "FORMAT")]
    trace_format: Option<Format>,

    /// Writes what TCP and UDP sockets send and receive into a file that Wireshark reads
    ///
    /// The bytes, addresses and ports are the true ones; the packets around them are made up, as the kernel does not show
    /// its own.
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

/// The name that stands for stderr.
pub(crate) const STDERR: &str = "-";

impl Recording {
    /// What is written down to these files, if any.
    pub(crate) fn new(trace: Option<PathBuf>, trace_format: Option<Format>, pcap: Option<PathBuf>) -> Self {
        Self { trace, trace_format, pcap }
    }

    /// These in the place of others.
    pub(crate) fn over(self, others: Self) -> Self {
        Self {
            trace: self.trace.or(others.trace),
            trace_format: self.trace_format.or(others.trace_format),
            pcap: self.pcap.or(others.pcap),
        }
    }

    /// Fails where two of the files that are written, that of what is learnt among them, are one.
    pub(crate) fn stands_apart_from(&self, learn: Option<&Path>) -> Result<()> {
        let trace = self.trace.as_deref().filter(|trace| *trace != Path::new(STDERR));
        stand_apart(&[("--trace", trace), ("--pcap", self.pcap.as_deref()), ("--learn", learn)])
    }

    /// Adds the observers that write.
    pub(crate) fn observe(&self, mut builder: SocketCtxBuilder) -> Result<SocketCtxBuilder> {
        ensure!(
            self.trace.is_some() || self.trace_format.is_none(),
            "--trace-format is about --trace, which is not given"
        );
        if let Some(path) = &self.trace {
            let out: Box<dyn Write + Send> = if path == Path::new(STDERR) {
                Box::new(std::io::stderr())
            } else {
                Box::new(create("--trace", path)?)
            };
            builder = match self.trace_format.unwrap_or(Format::Text) {
                Format::Text => builder.observer(Text::new(out)),
                Format::Json => builder.observer(Json::new(out)),
            };
        }
        if let Some(path) = &self.pcap {
            let pcap = Pcap::new(create("--pcap", path)?).with_context(|| format!("--pcap {}", path.display()))?;
            builder = builder.observer(pcap);
        }
        Ok(builder)
    }

    /// Whether refusals are told on stderr as it is.
    pub(crate) fn tells_refusals(&self) -> bool {
        self.trace.as_deref() == Some(Path::new(STDERR))
    }
}

/// Fails where two of the files that options name to write to are one.
pub(crate) fn stand_apart(options: &[(&str, Option<&Path>)]) -> Result<()> {
    let given: Vec<_> = options.iter().filter_map(|(option, path)| Some((option, (*path)?))).collect();
    for (at, (option, path)) in given.iter().enumerate() {
        for (other, others) in &given[..at] {
            ensure!(!is_one_file(path, others), "{other} and {option} write to one file, {}", path.display());
        }
    }
    Ok(())
}

/// Whether both name one file, be it there or not. What is no file, such as /dev/null or a pipe, takes what both write.
fn is_one_file(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| {
        path.canonicalize().ok().or_else(|| {
            let directory = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
            Some(directory.canonicalize().ok()?.join(path.file_name()?))
        })
    };
    let is_file = |path: &Path| path.metadata().is_ok_and(|file| file.is_file()) || !path.exists();
    is_file(one) && place(one).is_some_and(|one| place(other) == Some(one))
}

fn create(option: &str, path: &Path) -> Result<File> {
    File::create(path).with_context(|| format!("{option}: cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_is_known_by_all_its_names() {
        let home = tempfile::tempdir().expect("a directory");
        let at = |name: &str| home.path().join(name);
        std::fs::create_dir(at("sub")).expect("makes");
        assert!(is_one_file(&at("new"), &at("sub/../new")));
        File::create(at("old")).expect("makes");
        assert!(is_one_file(&at("old"), &at("./old")));
        assert!(!is_one_file(&at("old"), &at("new")));
        assert!(!is_one_file(Path::new("/dev/null"), Path::new("/dev/null")));
        let recording = |trace: &str, pcap: &str| Recording::new(Some(at(trace)), None, Some(at(pcap)));
        assert!(recording("a", "a").stands_apart_from(None).is_err());
        assert!(recording("a", "b").stands_apart_from(Some(&at("b"))).is_err());
        assert!(recording("a", "b").stands_apart_from(Some(&at("c"))).is_ok());
    }
}
