//! A run as a page: hosts as lanes, messages as arrows, faults as bands, output beside.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::network::Kind;
use crate::report::Report;
use crate::trace::{Entry, Happening, Stream};

/// The page without the run.
const PAGE: &str = include_str!("page.html");

/// What stands in it for the run.
const PLACE: &str = "@RUN@";

impl Report {
    /// Writes it as a page of HTML, which needs no other file and no network.
    pub fn write_page(&self, mut to: impl Write) -> io::Result<()> {
        let (before, after) = PAGE.split_once(PLACE).unwrap_or((PAGE, ""));
        // Within a script nothing ends it but this.
        let run = self.content().to_string().replace('<', "\\u003c");
        to.write_all(before.as_bytes())?;
        to.write_all(run.as_bytes())?;
        to.write_all(after.as_bytes())
    }

    fn content(&self) -> Value {
        let entries = self.trace.entries();
        let hosts: Vec<&str> = self.trace.hosts().iter().map(|host| &**host).collect();
        let number = |name: Option<&str>| name.and_then(|name| hosts.iter().position(|host| *host == name));
        let seconds = |time: std::time::Duration| time.as_secs_f64();
        let pick = |told: &dyn Fn(&Entry) -> Option<Value>| entries.iter().filter_map(told).collect::<Vec<_>>();
        let messages = pick(&|entry| match &entry.happening {
            Happening::Message(message) => {
                let (from, to) = (number(entry.host.as_deref()), number(message.to.as_deref()));
                let text = format!("{} {} -> {}", kind(message.kind), message.source, message.destination);
                Some(json!([seconds(entry.at), message.arrives.map(seconds), from, to, text, message.bytes]))
            }
            _ => None,
        });
        let faults = pick(&|entry| match &entry.happening {
            Happening::Fault { fault, lasts } => {
                Some(json!([seconds(entry.at), lasts.map(|time| seconds(entry.at + time)), fault]))
            }
            _ => None,
        });
        let rows = pick(&|entry| {
            let (kind, text) = match &entry.happening {
                Happening::Line { stream: Stream::Stdout, line } => ("line", line.clone()),
                Happening::Line { stream: Stream::Stderr, line } => ("error", line.clone()),
                Happening::Fault { fault, .. } => ("fault", fault.clone()),
                Happening::Over { fault } => ("fault", format!("over: {fault}")),
                Happening::Message(_) => return None,
                bad @ (Happening::Trap { .. } | Happening::Refused { .. }) => ("bad", bad.to_string()),
                bad @ Happening::Exit { code } if *code != 0 => ("bad", bad.to_string()),
                turn => ("turn", turn.to_string()),
            };
            Some(json!([seconds(entry.at), number(entry.host.as_deref()), kind, text]))
        });
        json!({
            "seed": self.seed,
            "time": seconds(self.time),
            "failures": self.failures.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "hosts": hosts,
            "messages": messages,
            "faults": faults,
            "rows": rows,
        })
    }
}

fn kind(kind: Kind) -> String {
    format!("{kind:?}").to_lowercase()
}
