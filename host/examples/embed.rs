//! Embeds Berkeley in a tokio program: two guests on one thread, connected with each other by a pair of sockets.
//!
//! ```console
//! $ cargo run --example embed -- one.wasm two.wasm
//! ```
//!
//! Each guest finds its end of the pair under the name `peer`. While one waits for its socket the other one runs,
//! because sockets wait by yielding to tokio.

use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::{Result, anyhow, bail};
use berkeley_host::policy::{Names, Operation, Policy, Refusal};
use berkeley_host::{Command, Ended, Guest, SocketCtx, Waiting};
use wasmtime::component::Component;
use wasmtime::{Config, Engine};
use wasmtime_wasi::WasiCtx;

/// A policy of one's own: connections to this machine, and nothing else.
struct LoopbackOnly;

impl Policy for LoopbackOnly {
    fn check(&self, operation: &Operation<'_>, _: &Names) -> Result<(), Refusal> {
        match operation {
            Operation::Connect { peer, .. } if peer.internet().is_some_and(|peer| peer.ip().is_loopback()) => Ok(()),
            _ => Err(Refusal::new(operation)),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [one, two] = paths.as_slice() else { return Err(anyhow!("give two components")) };
    // Calls cost twice as much where they may be concurrent, which only components of WASI 0.3 need.
    let engine = Engine::new(Config::new().concurrency_support(false))?;
    let (left, right) = UnixStream::pair()?;
    tokio::try_join!(run(&engine, one.as_ref(), left), run(&engine, two.as_ref(), right))?;
    Ok(())
}

async fn run(engine: &Engine, path: &Path, peer: UnixStream) -> Result<()> {
    let command = Command::new(&Component::from_file(engine, path)?)?;
    let sockets = SocketCtx::builder()
        .policy(LoopbackOnly)
        .waiting(Waiting::Yield)
        .on_refusal(|refusal| eprintln!("refused to {}", refusal.operation()))
        .preopened("peer", peer)?
        .build();
    match command.run(Guest::new(WasiCtx::builder().inherit_stdio(), sockets)).await? {
        Ended::Exit(0) => Ok(()),
        Ended::Exit(code) => bail!("{} exits with {code}", path.display()),
        Ended::Trap(trap) => bail!("{} traps: {trap:?}", path.display()),
    }
}
