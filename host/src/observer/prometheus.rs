//! Metrics, over the crate `prometheus-client`.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use super::event::{Direction, Ended};
use super::info::SocketInfo;
use super::watch::Observer;
use crate::error::Refusal;
use crate::policy::Transport;

/// Labels, by name and value. Every value is one of a fixed list, so that no guest can make more of them.
type Labels<const N: usize> = [(&'static str, &'static str); N];

/// Metrics of what guests do, for a registry of the crate `prometheus-client`.
///
/// One serves many guests: a clone counts into the same.
///
/// | metric | kind | labels |
/// |---|---|---|
/// | `berkeley_calls_total` | counter | `call`; `result`, as by [`Outcome::label`](super::Outcome::label) |
/// | `berkeley_bytes_total` | counter | `direction`: `sent`, `received`; `transport` |
/// | `berkeley_refusals_total` | counter | |
/// | `berkeley_open_sockets` | gauge | `transport` |
/// | `berkeley_wait_seconds` | histogram: how long calls waited that did | |
/// | `berkeley_lookup_seconds` | histogram: how long look-ups took | |
///
/// ```
/// use berkeley_host::SocketCtx;
/// use berkeley_host::observer::Metrics;
/// use prometheus_client::encoding::text::encode;
/// use prometheus_client::registry::Registry;
///
/// let mut registry = Registry::default();
/// let metrics = Metrics::register(&mut registry);
/// let sockets = SocketCtx::builder().observer(metrics.clone()).build();
/// let mut text = String::new();
/// encode(&mut text, &registry)?;
/// assert!(text.contains("berkeley_refusals_total 0"));
/// # drop(sockets);
/// # Ok::<(), std::fmt::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Metrics {
    calls: Family<Labels<2>, Counter>,
    bytes: Family<Labels<2>, Counter>,
    refusals: Counter,
    open: Family<Labels<1>, Gauge>,
    waits: Histogram,
    lookups: Histogram,
}

impl Metrics {
    /// Metrics in that registry, with names that begin with `berkeley_`.
    pub fn register(registry: &mut Registry) -> Self {
        // From ten microseconds to forty seconds.
        let seconds = || Histogram::new(exponential_buckets(1e-5, 4.0, 12));
        let metrics = Self {
            calls: Family::default(),
            bytes: Family::default(),
            refusals: Counter::default(),
            open: Family::default(),
            waits: seconds(),
            lookups: seconds(),
        };
        let registry = registry.sub_registry_with_prefix("berkeley");
        registry.register("calls", "Calls of guests, by name and result", metrics.calls.clone());
        registry.register("bytes", "Bytes that guests sent and received", metrics.bytes.clone());
        registry.register("refusals", "What the policy refused", metrics.refusals.clone());
        registry.register("open_sockets", "Sockets that guests have open", metrics.open.clone());
        let wait = "How long calls waited that did";
        registry.register_with_unit("wait", wait, Unit::Seconds, metrics.waits.clone());
        let lookup = "How long look-ups of names and addresses took";
        registry.register_with_unit("lookup", lookup, Unit::Seconds, metrics.lookups.clone());
        metrics
    }
}

impl Observer for Metrics {
    fn opened(&self, socket: &SocketInfo) {
        self.open.get_or_create(&transport(socket)).inc();
    }

    fn closed(&self, socket: &SocketInfo) {
        self.open.get_or_create(&transport(socket)).dec();
    }

    fn ended(&self, call: &Ended<'_>) {
        self.calls.get_or_create(&[("call", call.call.name()), ("result", call.outcome.label())]).inc();
        if let Some(((way, bytes), socket)) = call.moved().zip(call.socket) {
            let way = match way {
                Direction::Sent => "sent",
                Direction::Received => "received",
            };
            let [transport] = transport(socket);
            self.bytes.get_or_create(&[("direction", way), transport]).inc_by(bytes);
        }
        if !call.waited.is_zero() {
            self.waits.observe(call.waited.as_secs_f64());
        }
        if call.call.looks_up() {
            self.lookups.observe(call.took.as_secs_f64());
        }
    }

    fn refused(&self, _: &Refusal) {
        self.refusals.inc();
    }
}

fn transport(socket: &SocketInfo) -> Labels<1> {
    let name = match socket.transport {
        Transport::Tcp => "tcp",
        Transport::Udp => "udp",
        Transport::UdpLite => "udplite",
        Transport::Sctp => "sctp",
        Transport::Icmp => "icmp",
        Transport::Raw => "raw",
        Transport::Unix => "unix",
        Transport::Protocol(_) | Transport::Family(_) => "other",
    };
    [("transport", name)]
}
