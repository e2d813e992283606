//! Makes the same calls again and again, so that the system calls that they come to can be counted. Arguments: what, how
//! often, and the port of a peer that sends back what it gets, where there is one.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::ancillary::Batch;
use berkeley_guest::error::Error;
use berkeley_guest::socket::*;

const MESSAGE: [u8; 64] = [7; 64];
/// How many datagrams go by one call.
const BATCH: usize = 100;

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [what, times, peer @ ..] = &*arguments else { bail!("what, and how often?") };
    let mut run = case(what, peer)?;
    (0..times.parse()?).try_for_each(|_| run())
}

/// What is done once.
fn case(what: &str, peer: &[String]) -> Result<Box<dyn FnMut() -> Result<()>>> {
    let mut buffer = [0; MESSAGE.len()];
    Ok(match what {
        // Receiving waits.
        "round" => {
            let port: u16 = peer.first().context("a port")?.parse()?;
            let socket = create_connection(("127.0.0.1", port), &ConnectionOptions::default())?;
            // From now on it is known to wait.
            socket.settimeout(Some(Duration::from_millis(1)));
            ensure!(matches!(socket.recv_into(&mut buffer), Err(Error::TimedOut)));
            socket.settimeout(None);
            Box::new(move || {
                socket.sendall(&MESSAGE)?;
                ensure!(socket.recv_into(&mut buffer)? == MESSAGE.len() && buffer == MESSAGE);
                Ok(())
            })
        }
        // There is something to receive.
        "ready" => {
            let (one, other, _) = connection()?;
            Box::new(move || {
                one.sendall(&MESSAGE)?;
                ensure!(other.recv_into(&mut buffer)? == MESSAGE.len());
                Ok(())
            })
        }
        // There is nothing to receive.
        "nothing" => {
            let (one, other, _) = connection()?;
            one.setblocking(false);
            Box::new(move || {
                let _open = &other;
                ensure!(one.recv_into(&mut buffer).is_err_and(|error| error.would_block()));
                Ok(())
            })
        }
        "datagram" => {
            let socket = datagrams()?;
            let own = socket.getsockname()?;
            Box::new(move || {
                ensure!(socket.sendto(&MESSAGE, &own)? == MESSAGE.len());
                ensure!(socket.recvfrom_into(&mut buffer)?.0 == MESSAGE.len());
                Ok(())
            })
        }
        // Many datagrams, alike and not, to two peers.
        "batch" => {
            let sockets = [datagrams()?, datagrams()?];
            let own = [sockets[0].getsockname()?, sockets[1].getsockname()?];
            let mut batch = Batch::new();
            Box::new(move || {
                for at in 0..BATCH {
                    batch.push_to(&MESSAGE[..if at % 5 == 0 { 10 } else { 64 }], own[at / 20 % 2].clone());
                }
                ensure!(sockets[0].send_many(&mut batch)? == BATCH);
                let came = [sockets[0].recv_many(BATCH, 100)?, sockets[1].recv_many(BATCH, 100)?];
                ensure!(came[0].len() + came[1].len() == BATCH, "{came:?}");
                Ok(())
            })
        }
        // One that is used.
        "used" => {
            let server = create_server(("127.0.0.1", 0), &ServerOptions::default())?;
            Box::new(move || {
                let (one, other, _) = connected_to(&server)?;
                one.sendall(&MESSAGE)?;
                ensure!(other.recv_into(&mut buffer)? == MESSAGE.len());
                one.close()?;
                Ok(other.close()?)
            })
        }
        "connection" => {
            let server = create_server(("127.0.0.1", 0), &ServerOptions::default())?;
            Box::new(move || {
                let (one, other, _) = connected_to(&server)?;
                one.close()?;
                Ok(other.close()?)
            })
        }
        _ => bail!("there is no {what}"),
    })
}

fn datagrams() -> Result<Socket> {
    let socket = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    socket.bind(("127.0.0.1", 0))?;
    Ok(socket)
}

fn connection() -> Result<(Socket, Socket, u16)> {
    connected_to(&create_server(("127.0.0.1", 0), &ServerOptions::default())?)
}

fn connected_to(server: &Socket) -> Result<(Socket, Socket, u16)> {
    let port = server.getsockname()?.port().context("a port")?;
    let one = create_connection(("127.0.0.1", port), &ConnectionOptions::default())?;
    Ok((one, server.accept()?.0, port))
}
