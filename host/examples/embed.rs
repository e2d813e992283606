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

use anyhow::{Context, Result, anyhow};
use berkeley_host::policy::{Names, Operation, Policy, Refusal};
use berkeley_host::{SocketCtx, SocketCtxView, SocketView, Waiting};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::p2::bindings::Command;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

/// What a store holds for its guest.
struct Guest {
    wasi: WasiCtx,
    sockets: SocketCtx,
    table: ResourceTable,
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl SocketView for Guest {
    fn sockets(&mut self) -> SocketCtxView<'_> {
        SocketCtxView { ctx: &mut self.sockets, table: &mut self.table }
    }
}

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
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    berkeley_host::add_to_linker(&mut linker)?;

    let (left, right) = UnixStream::pair()?;
    tokio::try_join!(run(&linker, one.as_ref(), left), run(&linker, two.as_ref(), right))?;
    Ok(())
}

async fn run(linker: &Linker<Guest>, path: &Path, peer: UnixStream) -> Result<()> {
    let component = Component::from_file(linker.engine(), path)?;
    let sockets = SocketCtx::builder()
        .policy(LoopbackOnly)
        .waiting(Waiting::Yield)
        .on_refusal(|refusal| eprintln!("refused to {}", refusal.operation()))
        .preopened("peer", peer)?
        .build();
    let wasi = WasiCtx::builder().inherit_stdio().build();
    let mut store = Store::new(linker.engine(), Guest { wasi, sockets, table: ResourceTable::new() });
    let command = Command::instantiate_async(&mut store, &component, linker).await?;
    let result = command.wasi_cli_run().call_run(&mut store).await;
    result?.map_err(|()| anyhow!("it failed")).with_context(|| path.display().to_string())
}
