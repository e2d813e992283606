//! For programs: a JSON object in each line.
//!
//! What OpenTelemetry's conventions have a name for is called so: `network.transport`, `network.peer.address`, `error.type`.

use std::io::Write;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use berkeley_host::observer::{Answer, Began, Call, Direction, Ended, Observer, Outcome};
use berkeley_host::policy::Refusal;
use berkeley_host::{Address, Error};
use serde::Serialize;

use super::output::Output;

/// Writes an object for each call that has ended, and for each peer that was not let in.
pub(crate) struct Json {
    output: Output,
    /// One moment, by both clocks.
    start: (Instant, SystemTime),
}

/// A call.
#[derive(Default, Serialize)]
struct Line {
    /// When it began: seconds since 1970-01-01 00:00 UTC.
    time: f64,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<&'static str>,
    /// The call with its arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    socket: Option<u64>,
    /// `ok`, or what went wrong, in one word.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'static str>,
    /// The answer, or what went wrong, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    received: Option<u64>,
    /// The sockets that it made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    opened: Vec<u64>,
    /// The address that it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// How long it took, and how much of that was waiting, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    took: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waited: Option<f64>,
    #[serde(rename = "network.transport", skip_serializing_if = "Option::is_none")]
    transport: Option<String>,
    #[serde(rename = "network.local.address", skip_serializing_if = "Option::is_none")]
    local_address: Option<String>,
    #[serde(rename = "network.local.port", skip_serializing_if = "Option::is_none")]
    local_port: Option<u16>,
    #[serde(rename = "network.peer.address", skip_serializing_if = "Option::is_none")]
    peer_address: Option<String>,
    #[serde(rename = "network.peer.port", skip_serializing_if = "Option::is_none")]
    peer_port: Option<u16>,
    #[serde(rename = "error.type", skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    /// What was refused, and the rule that would allow it.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
}

impl Json {
    pub(crate) fn new(out: Box<dyn Write + Send>) -> Self {
        Self { output: Output::new(out), start: (Instant::now(), SystemTime::now()) }
    }

    fn time(&self, at: Instant) -> f64 {
        let (instant, system) = self.start;
        let moment = system + at.saturating_duration_since(instant);
        moment.duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
    }
}

impl Observer for Json {
    fn ended(&self, call: &Ended<'_>) {
        let mut inner = self.output.lock();
        let mut text = String::new();
        let refusals = inner.silent_refusals(Some(call)).into_iter();
        let lines = refusals.map(|(at, refusal)| Line {
            time: self.time(at),
            event: "refusal",
            refused: Some(refusal.operation().to_owned()),
            rule: refusal.grant().map(str::to_owned),
            ..Line::default()
        });
        for line in lines.chain([line(call, self.time(call.at))]) {
            // It has no map with keys that are not text, so it becomes JSON.
            text.push_str(&serde_json::to_string(&line).unwrap_or_default());
            text.push('\n');
        }
        inner.write(&text);
    }

    fn refused(&self, refusal: &Refusal) {
        self.output.refused(refusal);
    }
}

fn line(ended: &Ended<'_>, time: f64) -> Line {
    let began = Began { id: ended.id, call: ended.call, socket: ended.socket, at: ended.at };
    let moved = ended.moved();
    let moved = |way| moved.filter(|(told, _)| *told == way).map(|(_, bytes)| bytes);
    let socket = ended.socket;
    let answer = match &ended.outcome {
        Outcome::Answered(answer) => Some(answer),
        _ => None,
    };
    let local = socket.and_then(|socket| socket.local());
    let peer = answer.and_then(Answer::peer).or_else(|| socket.and_then(|socket| socket.peer()));
    let error = answer.is_none().then(|| ended.outcome.label());
    let denied = match &ended.outcome {
        Outcome::Failed(Error::Denied(refusal)) => Some(refusal),
        _ => None,
    };
    Line {
        time,
        event: "call",
        id: Some(ended.id),
        call: Some(ended.call.name()),
        text: Some(began.to_string()),
        socket: socket.map(|socket| socket.number),
        result: Some(ended.outcome.label()),
        answer: Some(ended.answer().to_string()),
        sent: moved(Direction::Sent),
        received: moved(Direction::Received),
        opened: match answer {
            Some(Answer::Socket(socket) | Answer::Accepted(socket, _)) => vec![socket.number],
            Some(Answer::Pair(one, other)) => vec![one.number, other.number],
            _ => Vec::new(),
        },
        address: asked(&ended.call).map(ToString::to_string),
        took: Some(ended.took.as_secs_f64()),
        waited: Some(ended.waited.as_secs_f64()),
        transport: socket.map(|socket| socket.transport.to_string()),
        local_address: local.map(host),
        local_port: local.and_then(port),
        peer_address: peer.map(host),
        peer_port: peer.and_then(port),
        error,
        refused: denied.map(|refusal| refusal.operation().to_owned()),
        rule: denied.and_then(|refusal| refusal.grant().map(str::to_owned)),
    }
}

/// The address that the call was given.
fn asked<'a>(call: &Call<'a>) -> Option<&'a Address> {
    match *call {
        Call::Bind { address }
        | Call::Connect { address }
        | Call::Sendto { address, .. }
        | Call::Getnameinfo { address, .. } => Some(address),
        Call::Sendmsg { address, .. } => address,
        _ => None,
    }
}

/// The address without its port.
fn host(address: &Address) -> String {
    address.internet().map_or_else(|| address.to_string(), |at| at.ip().to_string())
}

fn port(address: &Address) -> Option<u16> {
    address.internet().map(|at| at.port())
}
