//! Tells each second what a host feels of what goes wrong: which of the others answer, after how long, and whether its disk
//! takes more; and first how often it has started, as its disk has it. Arguments: for how many seconds, and the others.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use berkeley_guest::Error;
use berkeley_guest::socket::{AF_INET, SOCK_DGRAM, Socket};

const PORT: u16 = 7;
const SECOND: Duration = Duration::from_secs(1);

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (seconds, others) = words.split_first().context("for how many seconds")?;
    let starts = fs::read_to_string("/starts").map_or(Ok(0), |text| text.parse::<u32>())? + 1;
    let is_kept = fs::write("/starts", starts.to_string()).is_ok();
    println!("start {starts}{}", if is_kept { "" } else { ", which is not kept" });

    let socket = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    socket.bind(("0.0.0.0", PORT))?;
    let began = Instant::now();
    for second in 1..=seconds.parse::<u32>()? {
        let (asked, until) = (Instant::now(), SECOND * second);
        for other in others {
            // A name that nothing has is nobody.
            let _ = socket.sendto(format!("ask {second}").as_bytes(), (other.as_str(), PORT));
        }
        let mut told = Vec::new();
        while let Some(left) = until.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) {
            socket.settimeout(Some(left));
            let (data, from) = match socket.recvfrom(100) {
                Ok(received) => received,
                Err(Error::TimedOut) => break,
                // Somebody is not there.
                Err(_) => continue,
            };
            match std::str::from_utf8(&data)?.split_once(' ') {
                Some(("ask", number)) => drop(socket.sendto(format!("told {number}").as_bytes(), &from)),
                Some(("told", number)) if number.parse() == Ok(second) => {
                    let milliseconds = asked.elapsed().as_millis();
                    told.push(format!("{} {milliseconds} ms", from.to_string().trim_end_matches(":7")));
                }
                _ => {}
            }
        }
        told.sort();
        let writes = fs::write("/more", "more").is_ok();
        println!("{second}: {}{}", told.join(", "), if writes { "" } else { "; the disk is full" });
    }
    Ok(())
}
