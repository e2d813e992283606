//! Passes a listening TCP socket to whoever connects to a unix socket first. Argument: the path to listen at.

use anyhow::{Context, Result};
use berkeley_guest::ancillary::ControlMessage;
use berkeley_guest::future::{UnixListener, block_on};
use berkeley_guest::net::TcpListener;
use berkeley_guest::poll::AsSocket;

fn main() -> Result<()> {
    let path = std::env::args().nth(1).context("a path")?;
    block_on(async {
        let listener = UnixListener::bind(path)?;
        println!("ready");
        let (peer, _) = listener.accept().await?;
        let gift = TcpListener::bind("127.0.0.1:0")?;
        peer.sendmsg(&[b"serve"], &[ControlMessage::Rights(&[gift.as_socket()])], 0).await?;
        Ok(())
    })
}
