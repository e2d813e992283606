//! Exchanges descriptors with a native peer over a unix socket. Arguments: the socket's path.
//!
//! Takes what the peer passes: a listening TCP socket, a file, the end of a pipe. Says over each connection of the
//! listener how many sockets and files it was given, and passes the first connection on to the peer.

use anyhow::{Context, Result};
use berkeley_guest::ancillary::{Passed, Received};
use berkeley_guest::socket::{AF_UNIX, SOCK_STREAM, Socket, send_fds};

fn main() -> Result<()> {
    let path = std::env::args().nth(1).context("a path")?;
    let peer = Socket::new(AF_UNIX, SOCK_STREAM, 0)?;
    peer.connect(path.as_str())?;
    let message = peer.recvmsg(100, 100, 0)?;
    let (mut sockets, mut files) = (Vec::new(), Vec::new());
    for received in message.ancillary {
        let Received::Rights(passed) = received else { continue };
        for passed in passed {
            match passed {
                Passed::Socket(socket) => sockets.push(socket),
                Passed::File(file) => files.push(file),
            }
        }
    }
    println!("{} sockets, {} files", sockets.len(), files.len());
    for file in &files {
        match file.read(100, 0) {
            Ok((data, _)) => println!("{}", String::from_utf8_lossy(&data)),
            Err(error) => println!("{error}"),
        }
    }
    let (connection, _) = sockets.first().context("a listener")?.accept()?;
    send_fds(&peer, &[b"yours"], &[&connection], 0)?;
    Ok(())
}
