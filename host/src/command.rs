//! Programs: components that export `wasi:cli/run`.

use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Store, WasmBacktrace};
use wasmtime_wasi::{I32Exit, p2};

use crate::guest::Guest;
#[cfg(feature = "p3")]
use crate::imports::add_stream_to_linker;
use crate::imports::add_to_linker;
use crate::wasi;

/// A component that is a program: it exports `wasi:cli/run`, of WASI 0.2 or, with the feature `p3`, of 0.3.
///
/// It is linked once and may be run many times, each time with a [`Guest`] of its own.
///
/// ```no_run
/// # async fn run() -> wasmtime::Result<()> {
/// use berkeley_host::{Command, Ended, Guest, SocketCtx};
/// use wasmtime::Engine;
/// use wasmtime::component::Component;
/// use wasmtime_wasi::WasiCtx;
///
/// let engine = Engine::default();
/// let command = Command::new(&Component::from_file(&engine, "guest.wasm")?)?;
/// let guest = Guest::new(WasiCtx::builder().inherit_stdio(), SocketCtx::builder().build());
/// match command.run(guest).await? {
///     Ended::Exit(code) => println!("it exits with {code}"),
///     Ended::Trap(trap) => println!("it traps: {trap:?}"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Command {
    instance: InstancePre<Guest>,
}

/// How a program ended.
#[derive(Debug)]
pub enum Ended {
    /// By itself, with that exit code.
    Exit(i32),
    /// By a trap, with what wasmtime tells of it.
    Trap(wasmtime::Error),
}

/// Where a guest was when it trapped: the frames of its stack, one a line, the innermost first.
///
/// They have the names of functions where the component has them, and files and lines where the engine was told to read those
/// ([`Config::wasm_backtrace_details`](wasmtime::Config::wasm_backtrace_details)). `None` where the error knows no frames.
///
/// ```
/// use berkeley_host::{Ended, guest_frames};
///
/// fn tell(ended: &Ended) {
///     if let Ended::Trap(trap) = ended {
///         eprintln!("{}\n{}", trap.root_cause(), guest_frames(trap).unwrap_or_default());
///     }
/// }
/// ```
pub fn guest_frames(error: &wasmtime::Error) -> Option<String> {
    let trace = error.downcast_ref::<WasmBacktrace>()?.to_string();
    // The first line says what it is.
    trace.split_once('\n').map(|(_, frames)| frames.to_owned())
}

impl Command {
    /// Links the component with WASI and sockets.
    ///
    /// Fails where the component imports something else, and where it needs WASI 0.3 and the feature `p3` or the
    /// engine's support for concurrency is missing.
    pub fn new(component: &Component) -> wasmtime::Result<Self> {
        let mut linker = Linker::new(component.engine());
        wasi::p2::add_to_linker(&mut linker)?;
        add_to_linker(&mut linker)?;
        #[cfg(feature = "p3")]
        if wasi::needs_p3(component) {
            wasi::p3::add_to_linker(&mut linker)?;
            add_stream_to_linker(&mut linker)?;
        }
        Self::with_linker(&linker, component)
    }

    /// The component linked with what the linker has: more than [`new`](Self::new) gives it, or less.
    pub fn with_linker(linker: &Linker<Guest>, component: &Component) -> wasmtime::Result<Self> {
        Ok(Self { instance: linker.instantiate_pre(component)? })
    }

    /// Runs it to its end, in a store of its own.
    pub async fn run(&self, guest: Guest) -> wasmtime::Result<Ended> {
        self.run_in(&mut Store::new(self.instance.engine(), guest)).await
    }

    /// Runs it to its end, in a store that was set up by the caller: with limits, fuel or deadlines.
    ///
    /// An error is one that came before or beside the guest: it has no entry point, say, or asked the host for more
    /// than the store allows.
    pub async fn run_in(&self, store: &mut Store<Guest>) -> wasmtime::Result<Ended> {
        match self.call_run(store).await {
            Ok(result) => Ok(Ended::Exit(result.is_err().into())),
            Err(error) => match error.downcast_ref::<I32Exit>() {
                Some(exit) => Ok(Ended::Exit(exit.0)),
                None if error.is::<wasmtime::Trap>() => Ok(Ended::Trap(error)),
                None => Err(error),
            },
        }
    }

    async fn call_run(&self, store: &mut Store<Guest>) -> wasmtime::Result<Result<(), ()>> {
        let instance = self.instance.instantiate_async(&mut *store).await?;
        // Who has both entry points prefers the later. Who imports some of 0.3 may have that of 0.2 alone.
        #[cfg(feature = "p3")]
        if let Ok(command) = wasmtime_wasi::p3::bindings::Command::new(&mut *store, &instance) {
            return store.run_concurrent(async move |store| command.wasi_cli_run().call_run(store).await).await?;
        }
        p2::bindings::Command::new(&mut *store, &instance)?.wasi_cli_run().call_run(store).await
    }
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Command").finish_non_exhaustive()
    }
}
