//! Waits: many sockets at once, and nothing comes but three datagrams, one after the other, 20 ms apart. How many calls of
//! the host that takes is counted from outside. Argument: how many sockets.

use std::io::Result;
use std::time::Duration;

use berkeley_guest::future::{UnixDatagram, block_on, sleep, spawn};

fn main() -> Result<()> {
    let many = std::env::args().nth(1).and_then(|number| number.parse().ok()).unwrap_or(1);
    block_on(async {
        let mut peers = Vec::new();
        let mut tasks = Vec::new();
        for _ in 0..many {
            let (here, there) = UnixDatagram::pair()?;
            peers.push(here);
            tasks.push(spawn(async move { there.recv(&mut [0; 10]).await }));
        }
        for peer in peers.iter().take(3) {
            sleep(Duration::from_millis(20)).await;
            peer.send(b"x").await?;
        }
        for task in tasks.into_iter().take(3) {
            task.await??;
        }
        Ok(())
    })
}
