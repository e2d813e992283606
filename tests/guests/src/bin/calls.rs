//! Makes the same calls again and again, so that the system calls that they come to can be counted. Arguments: what, how
//! often, and the port of a peer that sends back what it gets, where there is one, or how many sockets are watched.

use std::hint::black_box;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::ancillary::Batch;
use berkeley_guest::error::Error;
use berkeley_guest::poll::{POLLIN, poll};
use berkeley_guest::poller::{EPOLLIN, Poller};
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

/// Bytes that the host puts straight into the guest's memory, and that a connection takes at once.
const MUCH: usize = 48 << 10;

/// What is done once.
fn case(what: &str, peer: &[String]) -> Result<Box<dyn FnMut() -> Result<()>>> {
    let mut buffer = [0; MESSAGE.len()];
    Ok(match what {
        // Receiving waits.
        "round" => {
            let socket = connected(peer, 1)?;
            Box::new(move || {
                socket.sendall(&MESSAGE)?;
                ensure!(socket.recv_into(&mut buffer)? == MESSAGE.len() && buffer == MESSAGE);
                Ok(())
            })
        }
        // The same, with more room than is needed.
        "short" => {
            let socket = connected(peer, 2)?;
            let mut buffer = [0; 2 * MESSAGE.len()];
            Box::new(move || {
                socket.sendall(&MESSAGE)?;
                ensure!(socket.recv_into(&mut buffer)? == MESSAGE.len());
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
        // There is much to receive, into the program's memory and into new.
        "much" => {
            let (one, other, _) = connection()?;
            let (data, mut buffer) = (vec![7; MUCH], vec![0; MUCH]);
            Box::new(move || {
                one.sendall(&data)?;
                ensure!(other.recv_into(&mut buffer)? == MUCH && buffer == data);
                buffer.fill(0);
                one.sendall(&data)?;
                ensure!(other.recv(MUCH)? == data);
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
        // One of so many sockets is ready.
        "poll" => {
            let sockets = watched(peer)?;
            Box::new(move || {
                let interests: Vec<_> = sockets.iter().map(|socket| (socket, POLLIN)).collect();
                ensure!(poll(&interests, None)?[0] == POLLIN);
                Ok(())
            })
        }
        // None of so many sockets is ready, and that is not waited for.
        "look" => {
            let sockets = watched(peer)?;
            sockets[0].recv_into(&mut buffer)?;
            Box::new(move || {
                let interests: Vec<_> = sockets.iter().map(|socket| (socket, POLLIN)).collect();
                ensure!(poll(&interests, Some(Duration::ZERO))?.iter().all(|events| *events == 0));
                Ok(())
            })
        }
        "poller" => {
            let (sockets, poller) = (watched(peer)?, Poller::new()?);
            for (socket, token) in sockets.iter().zip(0..) {
                poller.add(socket, EPOLLIN, token)?;
            }
            Box::new(move || {
                let _open = &sockets;
                ensure!(poller.wait(16, None)?[0].token == 0);
                Ok(())
            })
        }
        // No call at all: what the engine makes of the guest's own code.
        "computing" => Box::new(|| {
            let sum =
                (0..100_000_u64).fold(1, |sum: u64, number| sum.rotate_left(7) ^ black_box(number).wrapping_mul(sum));
            ensure!(black_box(sum) != 0);
            Ok(())
        }),
        _ => bail!("there is no {what}"),
    })
}

/// A connection to the peer, which has waited so often in vain: it is known to wait, and the second time that nothing is
/// there.
fn connected(peer: &[String], times: usize) -> Result<Socket> {
    let port: u16 = peer.first().context("a port")?.parse()?;
    let socket = create_connection(("127.0.0.1", port), &ConnectionOptions::default())?;
    socket.settimeout(Some(Duration::from_millis(1)));
    for _ in 0..times {
        ensure!(matches!(socket.recv(1), Err(Error::TimedOut)));
    }
    socket.settimeout(None);
    Ok(socket)
}

fn datagrams() -> Result<Socket> {
    let socket = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    socket.bind(("127.0.0.1", 0))?;
    Ok(socket)
}

/// So many sockets, of which the first has something to receive.
fn watched(count: &[String]) -> Result<Vec<Socket>> {
    let count: usize = count.first().context("how many sockets?")?.parse()?;
    let sockets = (0..count).map(|_| datagrams()).collect::<Result<Vec<_>>>()?;
    let first = sockets.first().context("one socket at least")?;
    first.sendto(&MESSAGE, &first.getsockname()?)?;
    Ok(sockets)
}

fn connection() -> Result<(Socket, Socket, u16)> {
    connected_to(&create_server(("127.0.0.1", 0), &ServerOptions::default())?)
}

fn connected_to(server: &Socket) -> Result<(Socket, Socket, u16)> {
    let port = server.getsockname()?.port().context("a port")?;
    let one = create_connection(("127.0.0.1", port), &ConnectionOptions::default())?;
    Ok((one, server.accept()?.0, port))
}
