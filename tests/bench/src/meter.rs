//! How a workload is measured, and told.
//!
//! The program prints `begin` when all is prepared, and begins when it is sent a line. Then it prints how much was done and how
//! many seconds that took. It ends when its stdin does. So whoever started it can look at what the process has used before and
//! after. Guests that share a process print `begin`, and are measured by their peer: see `lead.rs`.

use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::time::{Duration, Instant};

/// What can fail here.
pub(crate) type Result<T = (), E = Box<dyn Error>> = std::result::Result<T, E>;

/// How long a batch lasts at least: what the clock costs is nothing beside it.
const BATCH: Duration = Duration::from_millis(1);

/// Measures one workload.
pub(crate) struct Meter {
    time: Duration,
}

impl Meter {
    /// Measures that workload for so long.
    pub(crate) fn new(milliseconds: u64) -> Self {
        Self { time: Duration::from_millis(milliseconds) }
    }

    /// Does it again and again, and counts the units that each time comes to.
    pub(crate) async fn units(&self, mut once: impl AsyncFnMut() -> Result<u64>) -> Result {
        let mut batch = async |size: u32| -> Result<u64> {
            let mut units = 0;
            for _ in 0..size {
                units += once().await?;
            }
            Ok(units)
        };
        let mut size = 1;
        loop {
            let began = Instant::now();
            batch(size).await?;
            if began.elapsed() >= BATCH {
                break;
            }
            size *= 2;
        }
        self.once(async |began| {
            let mut units = 0;
            while began.elapsed() < self.time {
                units += batch(size).await?;
            }
            Ok(units)
        })
        .await
    }

    /// Does it one time, and is told the number of units.
    pub(crate) async fn once(&self, work: impl AsyncFnOnce(Instant) -> Result<u64>) -> Result {
        begin()?;
        io::stdin().read_line(&mut String::new())?;
        let began = Instant::now();
        let units = work(began).await?;
        tell(&format!("{units} {}", began.elapsed().as_secs_f64()))?;
        io::stdin().read_to_end(&mut Vec::new())?;
        Ok(())
    }
}

/// Tells that all is prepared.
pub(crate) fn begin() -> io::Result<()> {
    tell("begin")
}

fn tell(line: &str) -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "{line}")?;
    out.flush()
}
