//! Runs a component with other sockets or other names than the command gives it, to compare.
//!
//! ```console
//! $ cargo run --example beside -- wasmtime guest.wasm
//! $ cargo run --example beside -- wasmtime:100 guest.wasm
//! $ cargo run --example beside -- db.localhost=127.0.0.1 connect=localhost:5432 guest.wasm db.localhost 5432
//! ```
//!
//! The first gives it wasmtime's own `wasi:sockets`, and every network; the next does so for a hundred guests of it on one
//! thread. The last gives it this library's, by a linker
//! of the embedder's own; the names that it may look up are those of the list, and it has that rule.

use std::net::IpAddr;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use berkeley_host::policy::Rules;
use berkeley_host::resolver::Hosts;
use berkeley_host::{SocketCtx, SocketCtxView, SocketView};
use futures_util::future::try_join_all;
use tokio::runtime;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::{I32Exit, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [sockets, guest, rest @ ..] if sockets == "wasmtime" => {
            // As the command has it: one thread beside the guest's own.
            let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
            runtime.block_on(with_wasmtimes(&component(guest)?, guest, rest))
        }
        [sockets, guest, rest @ ..] if sockets.starts_with("wasmtime:") => {
            let count = sockets.trim_start_matches("wasmtime:").parse::<usize>()?;
            let component = component(guest)?;
            let all = (0..count).map(|_| with_wasmtimes(&component, guest, rest));
            let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
            let codes = runtime.block_on(try_join_all(all))?;
            Ok(codes.into_iter().find(|code| *code != ExitCode::SUCCESS).unwrap_or(ExitCode::SUCCESS))
        }
        [names, rule, guest, rest @ ..] => {
            let runtime = runtime::Runtime::new()?;
            runtime.block_on(with_names(&component(guest)?, names, rule, guest, rest))
        }
        _ => Err(anyhow!("give `wasmtime` and a component, or names, a rule and a component")),
    }
}

/// The component of that file, compiled as the command has it: with support for concurrent calls, which makes each call
/// dearer, only where the component needs it.
fn component(guest: &str) -> Result<Component> {
    let compiled = |concurrent| {
        let mut config = Config::new();
        config.concurrency_support(concurrent).wasm_component_model_async(concurrent);
        Component::from_file(&Engine::new(&config)?, guest)
    };
    Ok(compiled(false).or_else(|_| compiled(true))?)
}

fn wasi(guest: &str, arguments: &[String]) -> WasiCtxBuilder {
    let mut wasi = WasiCtx::builder();
    wasi.inherit_stdio().arg(guest).args(arguments);
    wasi
}

/// What a store holds.
struct Mine {
    wasi: WasiCtx,
    sockets: SocketCtx,
    table: ResourceTable,
}

impl Mine {
    fn new(mut wasi: WasiCtxBuilder, sockets: SocketCtx) -> Self {
        Self { wasi: wasi.build(), sockets, table: ResourceTable::new() }
    }
}

impl WasiView for Mine {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl SocketView for Mine {
    fn sockets(&mut self) -> SocketCtxView<'_> {
        SocketCtxView { ctx: &mut self.sockets, table: &mut self.table }
    }
}

async fn with_wasmtimes(component: &Component, guest: &str, arguments: &[String]) -> Result<ExitCode> {
    let mut linker = Linker::new(component.engine());
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    #[cfg(feature = "p3")]
    if berkeley_host::wasi::needs_p3(component) {
        wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    }
    let mut wasi = wasi(guest, arguments);
    wasi.inherit_network().allow_tcp(true).allow_udp(true).allow_ip_name_lookup(true);
    run(&linker, component, Mine::new(wasi, SocketCtx::builder().build())).await
}

async fn with_names(
    component: &Component,
    names: &str,
    rule: &str,
    guest: &str,
    arguments: &[String],
) -> Result<ExitCode> {
    let mut hosts = Hosts::new();
    for name in names.split(',') {
        let (name, address) = name.split_once('=').context("names are given as NAME=ADDRESS,…")?;
        hosts = hosts.with(name, [address.parse::<IpAddr>()?]);
    }
    let sockets = SocketCtx::builder().rules(Rules::parse([rule])?)?.resolver(hosts).build();
    // The sockets take the place of those that are there.
    let mut linker = Linker::new(component.engine());
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    linker.allow_shadowing(true);
    berkeley_host::wasi::p2::add_sockets_to_linker(&mut linker)?;
    run(&linker, component, Mine::new(wasi(guest, arguments), sockets)).await
}

async fn run(linker: &Linker<Mine>, component: &Component, mine: Mine) -> Result<ExitCode> {
    let mut store = Store::new(linker.engine(), mine);
    let instance = linker.instantiate_async(&mut store, component).await?;
    #[cfg(feature = "p3")]
    if let Ok(command) = wasmtime_wasi::p3::bindings::Command::new(&mut store, &instance) {
        let call = store.run_concurrent(async move |store| command.wasi_cli_run().call_run(store).await);
        return code(call.await?);
    }
    let command = wasmtime_wasi::p2::bindings::Command::new(&mut store, &instance)?;
    code(command.wasi_cli_run().call_run(&mut store).await)
}

fn code(result: wasmtime::Result<Result<(), ()>>) -> Result<ExitCode> {
    match result {
        Ok(result) => Ok(ExitCode::from(u8::from(result.is_err()))),
        Err(error) => match error.downcast_ref::<I32Exit>() {
            Some(exit) => Ok(ExitCode::from(exit.0 as u8)),
            None => Err(error.into()),
        },
    }
}
