//! Which runtime waits: this crate's, or another that was told how.

use std::cell::Cell;
use std::pin::Pin;
use std::sync::OnceLock;

use wasip2::io::poll::Pollable;

/// What ends once a pollable is ready.
pub type Waiting = Pin<Box<dyn Future<Output = ()> + Send>>;

static WAIT: OnceLock<fn(Pollable) -> Waiting> = OnceLock::new();

thread_local! {
    static ENTERED: Cell<bool> = const { Cell::new(false) };
}

/// Says how another runtime waits for a pollable of WASI: sockets and timers of this module then wait by that, wherever
/// [`block_on`](super::block_on) does not run. What was said first holds.
///
/// It is for runtimes that wait for pollables themselves, such as wstd's:
///
/// ```no_run
/// use berkeley_guest::future::{TcpStream, use_pollables};
/// use wstd::runtime::AsyncPollable;
///
/// use_pollables(|pollable| Box::pin(async move { AsyncPollable::new(pollable).wait_for().await }));
/// wstd::runtime::block_on(async {
///     let stream = TcpStream::connect("127.0.0.1:7").await?;
///     stream.write_all(b"hello").await
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn use_pollables(wait: fn(Pollable) -> Waiting) {
    // The first one has sockets waiting already, perhaps.
    let _ = WAIT.set(wait);
}

/// How the runtime that runs now waits for a pollable; none for this crate's.
pub(super) fn other() -> Option<fn(Pollable) -> Waiting> {
    if ENTERED.get() { None } else { WAIT.get().copied() }
}

/// That this crate's runtime runs, until it is dropped.
pub(super) struct Entered(());

impl Entered {
    /// None if it runs already.
    pub(super) fn new() -> Option<Self> {
        (!ENTERED.replace(true)).then_some(Self(()))
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        ENTERED.set(false);
    }
}

/// Whether this crate's runtime runs.
pub(super) fn is_entered() -> bool {
    ENTERED.get()
}
