//! The peer of guests that run together: it sends each of them a message, again as soon as the last one has come back.
//!
//! It tells its port. Once all guests are there, it measures as `meter.rs` says: the same time for all of them. Then it goes,
//! and with it all connections, which is the guests' sign to end.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use crate::blocking::Blocking;
use crate::meter::Result;
use crate::watch::Watch;
use crate::workload::MESSAGE;

/// Leads so many guests.
pub(crate) fn lead(meter: &Blocking, guests: usize) -> Result {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?.port());
    let streams = (0..guests).map(|_| accept(&listener)).collect::<Result<Vec<_>>>()?;
    let mut led = Led { watch: Watch::new(&streams)?, streams };
    for mut stream in &led.streams {
        stream.write_all(&[7; MESSAGE])?;
    }
    // What the first turn of a guest costs is no part of what each costs.
    let mut missing = vec![true; guests];
    while missing.contains(&true) {
        led.turn(|at| missing[at] = false)?;
    }
    meter.units(|| led.turn(|_| ()))
}

fn accept(listener: &TcpListener) -> Result<TcpStream> {
    let (mut stream, _) = listener.accept()?;
    stream.set_nodelay(true)?;
    // What is wanted of a peer, which here is known.
    stream.read_exact(&mut [0])?;
    Ok(stream)
}

struct Led {
    watch: Watch,
    streams: Vec<TcpStream>,
}

impl Led {
    /// Sends all messages again that have come back, and tells how many they are.
    fn turn(&mut self, mut came: impl FnMut(usize)) -> Result<u64> {
        let (mut count, mut buffer) = (0, [0; MESSAGE]);
        for at in self.watch.wait()? {
            let mut stream = &self.streams[at];
            stream.read_exact(&mut buffer)?;
            stream.write_all(&buffer)?;
            came(at);
            count += 1;
        }
        Ok(count)
    }
}
