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

fn create(option: &str, path: &Path) -> Result<File> {
    File::create(path).with_context(|| format!("{option}: cannot write {}", path.display()))
}
