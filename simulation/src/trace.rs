//! What happened in a run: all hosts on one line of time.

use std::fmt::{self, Display, Formatter};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::clock::Time;
use crate::network::Kind;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// When, since the run began.
    #[serde(serialize_with = "seconds")]
    pub at: Duration,
    /// To which host; none where it happened to the network.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "maybe_text")]
    pub host: Option<Arc<str>>,
    /// What.
    #[serde(flatten)]
    pub happening: Happening,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Happening {
    /// A program starts.
    Start,
    /// A program ends by itself, with that exit code.
    Exit {
        /// The exit code.
        code: i32,
    },
    /// A program ends by a trap.
    Trap {
        /// What wasmtime tells of it.
        why: String,
    },
    /// A fault is over.
    Over {
        /// What it was.
        fault: String,
    },
    /// A fault begins, or something sets others right.
    Fault {
        /// What it is.
        fault: String,
        /// How long it will last, if that is known.
        #[serde(skip_serializing_if = "Option::is_none", serialize_with = "maybe_seconds")]
        lasts: Option<Duration>,
    },
    /// A program writes a line.
    Line {
        /// Where to.
        stream: Stream,
        /// The line, without its end.
        line: String,
    },
    /// The policy of the host refuses something.
    Refused {
        /// What, with the rule that would allow it.
        operation: String,
    },
    /// A message sets out.
    Message(Message),
}

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Message {
    /// Which host it goes to, if there is one.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "maybe_text")]
    pub to: Option<Arc<str>>,
    /// From which address.
    pub source: SocketAddr,
    /// To which address.
    pub destination: SocketAddr,
    /// What it is: a datagram, or a segment of a stream.
    #[serde(serialize_with = "named")]
    pub kind: Kind,
    /// How many bytes of data it has.
    pub bytes: usize,
    /// When it arrives; none where it is lost.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "maybe_seconds")]
    pub arrives: Option<Duration>,
    /// Of a stream: the place of its first byte in it.
    #[serde(skip)]
    pub sequence: u64,
    /// Of a stream: up to where its sender has received the other direction.
    #[serde(skip)]
    pub acknowledged: u64,
    /// Its data.
    #[serde(skip)]
    pub data: Vec<u8>,
}

/// Where a line was written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stream {
    /// stdout.
    Stdout,
    /// stderr.
    Stderr,
}

/// What the kind is called.
fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Syn => "syn",
        Kind::SynAck => "syn-ack",
        Kind::Ack => "ack",
        Kind::Data => "data",
        Kind::Fin => "fin",
        Kind::Reset => "reset",
        Kind::Datagram => "datagram",
        Kind::Unreachable => "unreachable",
    }
}

fn named<S: Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind_name(*kind))
}

fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}

#[allow(clippy::ref_option, reason = "this is how serde calls it")]
fn maybe_text<S: Serializer>(text: &Option<Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
    text.as_deref().serialize(serializer)
}

#[allow(clippy::ref_option, reason = "this is how serde calls it")]
fn maybe_seconds<S: Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(|time| time.as_secs_f64()).serialize(serializer)
}

/// Everything that happened in a run, in the order in which it did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    hosts: Vec<Arc<str>>,
    entries: Vec<Entry>,
}

impl Trace {
    pub(crate) fn new(hosts: Vec<Arc<str>>) -> Self {
        Self { hosts, entries: Vec::new() }
    }

    /// The hosts' names.
    pub fn hosts(&self) -> &[Arc<str>] {
        &self.hosts
    }

    /// What happened.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The lines that the host wrote, with the time of each.
    pub fn lines<'a>(&'a self, host: &'a str) -> impl Iterator<Item = (Duration, Stream, &'a str)> {
        self.entries.iter().filter(move |entry| entry.host.as_deref() == Some(host)).filter_map(|entry| {
            match &entry.happening {
                Happening::Line { stream, line } => Some((entry.at, *stream, line.as_str())),
                _ => None,
            }
        })
    }

    /// The messages, with the host that each came from and the time at which it set out.
    pub fn messages(&self) -> impl Iterator<Item = (&Entry, &Message)> {
        self.entries.iter().filter_map(|entry| match &entry.happening {
            Happening::Message(message) => Some((entry, message)),
            _ => None,
        })
    }

    /// The same but for messages.
    #[must_use]
    pub fn without_messages(&self) -> Self {
        let is_told = |entry: &&Entry| !matches!(entry.happening, Happening::Message(_));
        Self { hosts: self.hosts.clone(), entries: self.entries.iter().filter(is_told).cloned().collect() }
    }

    /// Writes it as lines of JSON.
    pub fn write_json(&self, mut to: impl Write) -> io::Result<()> {
        for entry in &self.entries {
            serde_json::to_writer(&mut to, entry)?;
            to.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Writes it for people.
    pub fn write_text(&self, mut to: impl Write) -> io::Result<()> {
        let width = self.hosts.iter().map(|host| host.chars().count()).max().unwrap_or_default();
        for entry in &self.entries {
            let host = entry.host.as_deref().unwrap_or("");
            writeln!(to, "{:12.6} {host:width$} {}", entry.at.as_secs_f64(), entry.happening)?;
        }
        Ok(())
    }

    /// A number that is the same for the same run, and another one for another: SHA-256 of all that happened and was sent.
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        let mut text = Vec::new();
        // Memory takes everything.
        let _ = self.write_json(&mut text);
        hasher.update(&text);
        for (_, message) in self.messages() {
            hasher.update(&message.data);
        }
        hasher.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }
}

impl Display for Happening {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("starts"),
            Self::Exit { code } => write!(f, "exits with {code}"),
            Self::Trap { why } => write!(f, "traps: {why}"),
            Self::Over { fault } => write!(f, "--- over: {fault} ---"),
            Self::Fault { fault, lasts: None } => write!(f, "--- {fault} ---"),
            Self::Fault { fault, lasts: Some(time) } => write!(f, "--- {fault}, for {time:?} ---"),
            Self::Line { stream: Stream::Stdout, line } => write!(f, "| {line}"),
            Self::Line { stream: Stream::Stderr, line } => write!(f, "! {line}"),
            Self::Refused { operation } => write!(f, "is refused to {operation}"),
            Self::Message(message) => message.fmt(f),
        }
    }
}

impl Display for Message {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "-> {} {} {} bytes", self.to.as_deref().unwrap_or("nowhere"), kind_name(self.kind), self.bytes)?;
        write!(f, " ({} -> {})", self.source, self.destination)?;
        match self.arrives {
            Some(at) => write!(f, " arrives at {:.6}", at.as_secs_f64()),
            None => f.write_str(" is lost"),
        }
    }
}

/// Where everybody tells what happens.
#[derive(Clone, Debug)]
pub(crate) struct Tracer {
    trace: Arc<Mutex<Trace>>,
    time: Time,
}

impl Tracer {
    pub(crate) fn new(hosts: Vec<Arc<str>>, time: Time) -> Self {
        Self { trace: Arc::new(Mutex::new(Trace::new(hosts))), time }
    }

    pub(crate) fn tell(&self, host: Option<usize>, happening: Happening) {
        let at = self.time.now();
        let mut trace = self.lock();
        let host = host.and_then(|host| trace.hosts.get(host).cloned());
        trace.entries.push(Entry { at, host, happening });
    }

    /// A message sets out from a host.
    pub(crate) fn sent(&self, from: &Arc<str>, message: Message) {
        let at = self.time.now();
        self.lock().entries.push(Entry { at, host: Some(from.clone()), happening: Happening::Message(message) });
    }

    /// What was told so far.
    pub(crate) fn take(&self) -> Trace {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Trace> {
        self.trace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
