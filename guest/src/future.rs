//! Async Rust over every socket: types to await, a small executor with timers, and bridges to other runtimes.
//!
//! [`TcpStream`], [`TcpListener`], [`UdpSocket`], [`UnixStream`], [`UnixListener`], [`UnixDatagram`] and [`Socket`], for
//! every other family, are [`Async`] around the types of [`net`](crate::net), [`os::unix::net`](crate::os::unix::net) and
//! [`crate::Socket`]. [`TlsStream`] puts TLS over a stream.
//!
//! ```no_run
//! use berkeley_guest::future::{TcpListener, block_on, spawn};
//!
//! fn main() -> std::io::Result<()> {
//!     block_on(async {
//!         let listener = TcpListener::bind("127.0.0.1:8080").await?;
//!         loop {
//!             let (stream, peer) = listener.accept().await?;
//!             spawn(async move {
//!                 let mut buffer = [0; 1024];
//!                 while let Ok(length @ 1..) = stream.read(&mut buffer).await {
//!                     if stream.write_all(&buffer[..length]).await.is_err() {
//!                         break;
//!                     }
//!                 }
//!                 println!("{peer} is gone");
//!             });
//!         }
//!     })
//! }
//! ```
//!
//! # Traits
//!
//! | feature | traits of the streams | besides |
//! |---|---|---|
//! | `futures-io` | `futures_io::AsyncRead`, `AsyncWrite` | |
//! | `tokio` | `tokio::io::AsyncRead`, `AsyncWrite` | |
//! | `hyper` | `hyper::rt::Read`, `Write` | `HyperExecutor`, `HyperTimer` |
//!
//! # Runtimes
//!
//! A call tries first, and only if it would block its task waits. Who waits for the sockets of all tasks then depends on
//! the runtime:
//!
//! * [`block_on`] waits in one call of a [`Poller`](crate::poller::Poller), whose limit is the next timer. The host watches a
//!   socket from its first wait on, so that a wait costs by what is ready, however many sockets there are; and what is
//!   ready is never waited for.
//! * wstd, and other runtimes that wait for pollables of WASI, are told once how, by [`use_pollables`].
//! * tokio's current-thread runtime calls [`park`] where its thread would sleep: `on_thread_park(future::park)`.
//! * Any other event loop calls [`poll`] in the place of its own wait.
//!
//! With the cargo feature `p3`, in a program of WASI 0.3, [`block_on`] waits beside whatever else its tasks await there, and
//! large reads and writes reach straight into the program's memory. With `p3-library` the `async` functions that a component
//! exports await these types without [`block_on`]. Types and functions are the same.
//!
//! A look-up of a name waits in the host, and all tasks with it.

mod budget;
#[cfg(feature = "p3-library")]
mod concurrent;
mod connect;
mod data;
mod executor;
mod pollable;
mod reactor;
#[cfg(feature = "p3-library")]
mod readinesses;
mod runtime;
mod socket;
mod source;
mod stream;
mod task;
mod tcp;
mod time;
mod tls;
mod traits;
mod turn;
mod udp;
mod unix;
mod wait;
mod wakers;

pub use executor::{block_on, yield_now};
pub use pollable::AsyncPollable;
pub use runtime::{Waiting, use_pollables};
pub use socket::Socket;
pub use source::Async;
pub use stream::Stream;
pub use task::{JoinError, JoinHandle, spawn};
pub use tcp::{TcpListener, TcpStream};
pub use time::{Elapsed, Sleep, sleep, sleep_until, timeout};
pub use tls::TlsStream;
#[cfg(feature = "hyper")]
pub use traits::{HyperExecutor, HyperTimer};
#[doc(hidden)]
pub use turn::poll_handles;
pub use turn::{park, poll};
pub use udp::UdpSocket;
pub use unix::{UnixDatagram, UnixListener, UnixStream};
