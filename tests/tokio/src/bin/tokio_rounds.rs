//! The workload that is measured under `berkeley simulate` and in turmoil. Arguments: `serve` or `ask`, `tcp` or `udp`; and to
//! ask, of which host, and how often.

#[path = "../../../turmoil/src/rounds.rs"]
mod rounds;

use std::io;
use std::net::{IpAddr, ToSocketAddrs};

use berkeley_test_tokio::Result;
use tokio::net;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", "tcp"] => rounds::serve_tcp().await?,
        ["serve", "udp"] => rounds::serve_udp().await?,
        ["ask", "tcp", server, number] => rounds::ask_tcp(server, number.parse()?).await?,
        ["ask", "udp", server, number] => rounds::ask_udp(server, number.parse()?).await?,
        _ => return Err("write serve tcp, serve udp, ask tcp HOST NUMBER or ask udp HOST NUMBER".into()),
    }
    Ok(())
}

/// tokio's own needs a thread.
fn lookup(name: &str) -> io::Result<IpAddr> {
    let found = (name, 0).to_socket_addrs()?.next();
    found.map(|address| address.ip()).ok_or_else(|| io::Error::other("the name has no address"))
}
