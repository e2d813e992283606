//! Compiles a component for an embedder that has no compiler: wasmtime's feature `runtime` without `cranelift`.
//!
//! ```console
//! $ cargo run --example precompile -- guest.wasm guest.cwasm
//! ```
//!
//! Code is taken by engines alone that have what it was compiled for. So what an embedder's wasmtime is built without
//! must be off here: garbage collection and exceptions, threads, concurrent calls of components.

use anyhow::{Context, Result, anyhow};
use wasmtime::{Config, Engine};

fn main() -> Result<()> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [component, code] = paths.as_slice() else { return Err(anyhow!("give a component, and where to write code")) };
    let mut config = Config::new();
    config.gc_support(false).wasm_exceptions(false).concurrency_support(false).wasm_threads(false);
    let bytes = std::fs::read(component).with_context(|| format!("cannot read {component}"))?;
    let compiled = Engine::new(&config)?.precompile_component(&bytes)?;
    std::fs::write(code, compiled).with_context(|| format!("cannot write {code}"))
}
