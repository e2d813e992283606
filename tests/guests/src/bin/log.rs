//! Keeps a log, and tells how much of it there is when it starts, and each time that a line is written. Argument: `synced`, if
//! each line is to be on the disk before that is told.

use std::fs::{self, File};
use std::io::Write as _;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;

const LOG: &str = "/log";
const PAUSE: Duration = Duration::from_millis(100);

/// What is cut by an outage is no line.
const LINES: &str = "one line\n";

fn main() -> Result<()> {
    let is_synced = std::env::args().nth(1).is_some_and(|word| word == "synced");
    let before = fs::read_to_string(LOG).unwrap_or_default();
    let whole = before.matches(LINES).count();
    println!("found {whole}, and {} bytes more", before.len() - whole * LINES.len());
    let mut log = File::options().create(true).append(true).open(LOG)?;
    log.set_len((whole * LINES.len()) as u64)?;
    log.sync_all()?;
    for number in whole + 1..=20 {
        log.write_all(LINES.as_bytes())?;
        if is_synced {
            log.sync_data()?;
        }
        println!("wrote {number}");
        sleep(PAUSE);
    }
    Ok(())
}
