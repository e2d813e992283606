//! `--timeout`: the end of a run that takes too long.

use std::str::FromStr;
use std::sync::mpsc::channel;
use std::time::Duration;
use std::{fmt, io, thread};

/// The exit code of a run that took too long: that of timeout(1).
const CODE: i32 = 124;

/// How long may take what is still done then.
const PATIENCE: Duration = Duration::from_millis(100);

/// How long a guest may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timeout(Duration);

impl FromStr for Timeout {
    type Err = String;

    /// A number of seconds, or numbers with units: `1.5`, `30s`, `5m`, `1h 30m`.
    fn from_str(text: &str) -> Result<Self, String> {
        let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let limit = seconds.map_or_else(|| humantime::parse_duration(text), Ok);
        match limit {
            _ if text.starts_with('-') => {
                Err("no time is less than none; write a duration such as 30s, 5m or 1h 30m".into())
            }
            Ok(Duration::ZERO) => Err("no time is too little".into()),
            Ok(limit) => Ok(Self(limit)),
            Err(error) => Err(format!("{error}; write a duration such as 30s, 5m or 1h 30m")),
        }
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        humantime::format_duration(self.0).fmt(f)
    }
}

impl Timeout {
    /// How long that is.
    pub(crate) const fn duration(self) -> Duration {
        self.0
    }

    /// Ends this process after that time from now, unless it has ended by then.
    ///
    /// A thread of its own does so, for nothing of the guest's can keep that one waiting: neither computing, nor waiting
    /// inline, nor what its sockets and files do when they are closed.
    pub(crate) fn start(self) -> io::Result<()> {
        thread::Builder::new().name("timeout".into()).spawn(move || {
            thread::sleep(self.0);
            in_time(crate::ending::finish);
            in_time(move || {
                crate::tell::tell!("the guest was ended: it has run for {self}, the limit that --timeout sets");
            });
            std::process::exit(CODE)
        })?;
        Ok(())
    }
}

/// Does something, unless that takes too long: the message, where the guest's own thread waits at stderr, or the file
/// system.
fn in_time(what: impl FnOnce() + Send + 'static) {
    let (done, told) = channel();
    thread::spawn(move || {
        what();
        let _ = done.send(());
    });
    let _ = told.recv_timeout(PATIENCE);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        for (text, told) in
            [("30s", "30s"), ("1.5", "1s 500ms"), ("90", "1m 30s"), ("1h 30m", "1h 30m"), ("5ms", "5ms")]
        {
            assert_eq!(text.parse::<Timeout>().expect("a duration").to_string(), told);
        }
        for bad in ["", "0", "0s", "-1", "-5s", "s", "5 parsecs", "nan", "inf", "1e300", "99999999999999999999s"] {
            assert!(bad.parse::<Timeout>().is_err(), "{bad}");
        }
    }
}
