//! What connects hosts, one way.

use std::time::Duration;

use crate::chance::Chance;

/// What happens to packets from one host to another.
///
/// Times are as fine as tokio's clock wakes: a millisecond.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// How long each packet takes.
    pub latency: Duration,
    /// How much longer it may take; each time another part of it.
    pub jitter: Duration,
    /// The share of packets that are lost: 0 to 1.
    pub loss: f64,
    /// The share of datagrams that come twice: 0 to 1.
    pub duplicate: f64,
    /// The share of packets that are overtaken, by taking one more latency and jitter: 0 to 1.
    pub reorder: f64,
    /// Bytes a second; none is without limit.
    pub bandwidth: Option<u64>,
    /// How many bytes wait for the bandwidth at most; what comes beyond is lost.
    pub queue: usize,
    /// The largest packet's size in bytes.
    pub mtu: usize,
}

impl Default for Link {
    /// A millisecond, and nothing that goes wrong.
    fn default() -> Self {
        Self {
            latency: Duration::from_millis(1),
            jitter: Duration::ZERO,
            loss: 0.0,
            duplicate: 0.0,
            reorder: 0.0,
            bandwidth: None,
            queue: 1 << 20,
            mtu: 1500,
        }
    }
}

/// A link, and what is on it.
#[derive(Default)]
pub(super) struct LinkState {
    pub(super) link: Link,
    /// Whether nothing gets through.
    pub(super) is_cut: bool,
    /// Until when the bandwidth is taken.
    pub(super) busy: Duration,
}

impl LinkState {
    /// When a packet arrives that is sent now; none if it is lost.
    pub(super) fn carry(&mut self, now: Duration, size: usize, random: &mut Chance) -> Option<Duration> {
        if self.is_cut {
            return None;
        }
        let mut ready = now;
        if let Some(bandwidth) = self.link.bandwidth.map(|bandwidth| bandwidth.max(1)) {
            let start = self.busy.max(now);
            let waiting = (start - now).as_secs_f64() * bandwidth as f64;
            if waiting > self.link.queue as f64 {
                return None;
            }
            self.busy = start + Duration::from_secs_f64(size as f64 / bandwidth as f64);
            ready = self.busy;
        }
        if random.happens(self.link.loss) {
            return None;
        }
        let mut arrives = ready + self.link.latency + random.time(self.link.jitter);
        if random.happens(self.link.reorder) {
            arrives += self.link.latency + random.time(self.link.jitter);
        }
        Some(arrives)
    }
}
