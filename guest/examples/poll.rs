//! Many sockets at once: a server of three clients, by poll, without threads; and a clock beside it.
//!
//! ```console
//! $ berkeley run --allow listen=127.0.0.1:0 --allow connect=127.0.0.1 poll.wasm
//! ```

use std::time::Duration;

use berkeley_guest::Result;
use berkeley_guest::poll::{POLLIN, poll, subscribe};
use berkeley_guest::socket::*;

fn main() -> Result<()> {
    let server = create_server(("127.0.0.1", 0), &ServerOptions::default())?;
    let port = server.getsockname()?.port().unwrap_or(0);
    let clients = (0..3).map(|_| create_connection(("127.0.0.1", port), &ConnectionOptions::default()));
    let clients = clients.collect::<Result<Vec<_>>>()?;
    for (number, client) in clients.iter().enumerate() {
        client.sendall(format!("client {number}").as_bytes())?;
        client.shutdown(SHUT_WR)?;
    }

    let mut peers: Vec<Socket> = Vec::new();
    let mut ended = 0;
    while ended < clients.len() {
        let interests: Vec<_> = std::iter::once(&server).chain(&peers).map(|socket| (socket, POLLIN)).collect();
        let ready = poll(&interests, Some(Duration::from_secs(5)))?;
        let mut goes_on = ready[1..].iter();
        peers.retain(|peer| {
            if goes_on.next() == Some(&0) {
                return true;
            }
            let data = peer.recv(100).unwrap_or_default();
            println!("{}", if data.is_empty() { "the end".into() } else { String::from_utf8_lossy(&data) });
            ended += usize::from(data.is_empty());
            !data.is_empty()
        });
        if ready[0] & POLLIN != 0 {
            peers.push(server.accept()?.0);
        }
    }

    let socket = subscribe(&server, POLLIN)?;
    let clock = wasip2::clocks::monotonic_clock::subscribe_duration(10_000_000);
    let ready = wasip2::io::poll::poll(&[&socket, &clock]);
    println!("ready after 10 ms without a client: {}", if ready == [1] { "the clock" } else { "the socket" });
    Ok(())
}
