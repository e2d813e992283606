//! Makes so many calls with an observer or without, so that their instructions can be counted by valgrind.
//!
//! ```console
//! $ cargo build --release --example observed
//! $ valgrind --tool=callgrind --callgrind-out-file=/dev/null target/release/examples/observed none 1000
//! ```
//!
//! A call is a `recv` that has nothing to receive and does not wait. What so many more calls come to is what they cost. The
//! kernel's instructions are not counted.

use std::net::UdpSocket;

use anyhow::{Context, Result, bail};
use berkeley_host::observer::{Observer, Tracing};
use berkeley_host::{Errno, Error, SocketCtx};

/// Is told of everything, and does nothing.
struct Idle;

impl Observer for Idle {}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (who, count) = (arguments.next().context("an observer")?, arguments.next().context("a number")?);
    let builder = SocketCtx::builder().allow_all()?.preopened("given", UdpSocket::bind("127.0.0.1:0")?)?;
    let ctx = match who.as_str() {
        "none" => builder,
        "refusals" => builder.on_refusal(|_| ()),
        "idle" => builder.observer(Idle),
        // Nobody listens to `tracing` here.
        "tracing" => builder.observer(Tracing),
        _ => bail!("no such observer: {who}"),
    }
    .build();
    let mut socket = ctx.preopened()?.remove(0).1;
    socket.settimeout(Some(std::time::Duration::ZERO));
    for _ in 0..count.parse()? {
        if socket.recv(64, 0).await != Err(Error::Os(Errno::EAGAIN)) {
            bail!("there is nothing to receive");
        }
    }
    Ok(())
}
