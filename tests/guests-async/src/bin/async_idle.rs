//! Waits, and little comes. How many calls of the host that takes is counted from outside. Arguments: `datagrams` and how
//! many sockets wait, of which three get something, one after the other; or `errors`, and a socket waits that has an error
//! to tell in its queue of errors, which nobody reads.

use std::time::Duration;

use anyhow::{Result, bail, ensure};
use berkeley_guest::future::{UdpSocket, UnixDatagram, block_on, sleep, spawn, timeout};
use berkeley_guest::poll::AsSocket;
use berkeley_guest::socket::{IP_RECVERR, IPPROTO_IP};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    block_on(async {
        match arguments.as_slice() {
            ["datagrams", many] => datagrams(many.parse()?).await,
            ["errors"] => errors().await,
            _ => bail!("what to wait for"),
        }
    })
}

async fn datagrams(many: usize) -> Result<()> {
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
}

async fn errors() -> Result<()> {
    // A port that nobody has any more.
    let gone = UdpSocket::bind("127.0.0.1:0").await?.local_addr()?;
    let peer = UdpSocket::bind("127.0.0.1:0").await?;
    let socket = UdpSocket::bind("127.0.0.1:0").await?;
    socket.as_socket().setsockopt(IPPROTO_IP, IP_RECVERR, 1)?;
    socket.send_to(b"to nobody", gone).await?;
    let mut buffer = [0; 10];
    ensure!(socket.recv_from(&mut buffer).await.is_err());
    ensure!(timeout(Duration::from_millis(200), socket.recv_from(&mut buffer)).await.is_err());
    // It hears what comes nevertheless.
    peer.send_to(b"hello", socket.local_addr()?).await?;
    ensure!(socket.recv_from(&mut buffer).await?.0 == 5);
    let late = spawn(async move {
        sleep(Duration::from_millis(20)).await;
        peer.send_to(b"late", socket.local_addr()?).await.map(|_| socket)
    });
    let socket = late.await??;
    ensure!(socket.recv_from(&mut buffer).await?.0 == 4);
    Ok(())
}
