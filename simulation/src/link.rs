//! The properties of links.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

/// What a link is to be; what is none stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// How long a message is on its way.
    pub latency: Option<Duration>,
    /// By how much that differs, at most.
    pub jitter: Option<Duration>,
    /// Which part of the messages is lost: between 0 and 1.
    pub loss: Option<f64>,
    /// Which part of the datagrams arrives twice: between 0 and 1.
    pub duplicates: Option<f64>,
    /// Which part of the messages is overtaken by later ones: between 0 and 1.
    pub reordered: Option<f64>,
    /// How many bytes get through in a second.
    pub bandwidth: Option<u64>,
    /// How many bytes wait for that at most; what is more is lost.
    pub queue: Option<u64>,
}

impl Change {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how long a message is on its way.
    #[must_use]
    pub fn latency(self, latency: Duration) -> Self {
        Self { latency: Some(latency), ..self }
    }

    /// Sets by how much that differs.
    #[must_use]
    pub fn jitter(self, jitter: Duration) -> Self {
        Self { jitter: Some(jitter), ..self }
    }

    /// Sets which part of the messages is lost.
    #[must_use]
    pub fn loss(self, loss: f64) -> Self {
        Self { loss: Some(loss), ..self }
    }

    /// This, and what it leaves open as the other has it.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        Self {
            latency: self.latency.or(other.latency),
            jitter: self.jitter.or(other.jitter),
            loss: self.loss.or(other.loss),
            duplicates: self.duplicates.or(other.duplicates),
            reordered: self.reordered.or(other.reordered),
            bandwidth: self.bandwidth.or(other.bandwidth),
            queue: self.queue.or(other.queue),
        }
    }

    /// The keys and values of a link.
    pub(crate) fn to_toml(&self) -> String {
        let time = |time| format!("{:?}", humantime::format_duration(time).to_string());
        let parts = [
            self.latency.map(|latency| format!("latency = {}", time(latency))),
            self.jitter.map(|jitter| format!("jitter = {}", time(jitter))),
            self.loss.map(|part| format!("loss = {part:?}")),
            self.duplicates.map(|part| format!("duplicates = {part:?}")),
            self.reordered.map(|part| format!("reordered = {part:?}")),
            self.bandwidth.map(|bytes| format!("bandwidth = {bytes}")),
            self.queue.map(|bytes| format!("queue = {bytes}")),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

impl Display for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let parts = [
            self.latency.map(|time| format!("latency {}", humantime::format_duration(time))),
            self.jitter.map(|time| format!("jitter {}", humantime::format_duration(time))),
            self.loss.map(|part| format!("loss {part}")),
            self.duplicates.map(|part| format!("duplicates {part}")),
            self.reordered.map(|part| format!("reordered {part}")),
            self.bandwidth.map(|bytes| format!("bandwidth {bytes} bytes/s")),
            self.queue.map(|bytes| format!("queue {bytes} bytes")),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}
