//! Stdout and stderr, for guests that wait until there is room in them.
//!
//! Writing is wasmtime's, which waits as long as it takes; what is here is when it need not.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncWrite, Interest};
use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::bytes::Bytes;
use wasmtime_wasi_io::poll::Pollable;
use wasmtime_wasi_io::streams::{OutputStream, StreamResult};

/// Gives the guest this process's stdin, stdout and stderr.
pub(crate) fn inherit(wasi: &mut WasiCtxBuilder) {
    wasi.inherit_stdin().stdout(Standard::Out).stderr(Standard::Error);
}

/// One of the two.
#[derive(Clone, Copy)]
enum Standard {
    Out,
    Error,
}

impl Standard {
    fn stream(self) -> Box<dyn StdoutStream> {
        match self {
            Self::Out => Box::new(io::stdout()),
            Self::Error => Box::new(io::stderr()),
        }
    }

    fn file(self) -> io::Result<OwnedFd> {
        match self {
            Self::Out => io::stdout().as_fd().try_clone_to_owned(),
            Self::Error => io::stderr().as_fd().try_clone_to_owned(),
        }
    }
}

impl IsTerminal for Standard {
    fn is_terminal(&self) -> bool {
        self.stream().is_terminal()
    }
}

impl StdoutStream for Standard {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        self.stream().async_stream()
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(Output { standard: *self, stream: self.stream().p2_stream(), room: None })
    }
}

/// What a guest writes to.
struct Output {
    standard: Standard,
    stream: Box<dyn OutputStream>,
    /// Tells when there is room, once somebody has asked; nothing where there always is, as in a file.
    room: Option<Option<AsyncFd<OwnedFd>>>,
}

impl Output {
    #[allow(
        deprecated,
        reason = "it is unsound for what may have another descriptor later, which an OwnedFd never has"
    )]
    fn room(&mut self) -> Option<&AsyncFd<OwnedFd>> {
        let standard = self.standard;
        let make = || AsyncFd::with_interest(standard.file().ok()?, Interest::WRITABLE).ok();
        self.room.get_or_insert_with(make).as_ref()
    }
}

#[async_trait]
impl Pollable for Output {
    async fn ready(&mut self) {
        let Some(room) = self.room() else { return };
        // Whoever asks once, and waits for nothing, is told what is there now. Others write there, too, so that what one is told
        // of later may be over.
        while !has_room(room.get_ref()) {
            match room.writable().await {
                Ok(mut told) => told.clear_ready(),
                // What goes wrong is for the next write to tell.
                Err(_) => return,
            }
        }
    }
}

fn has_room(file: &impl AsFd) -> bool {
    let none = Timespec { tv_sec: 0, tv_nsec: 0 };
    !matches!(rustix::event::poll(&mut [PollFd::new(file, PollFlags::OUT)], Some(&none)), Ok(0))
}

#[async_trait]
impl OutputStream for Output {
    fn check_write(&mut self) -> StreamResult<usize> {
        self.stream.check_write()
    }

    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.stream.flush()
    }

    /// Who writes waits in writing; and is done once all is written, though it has left no room.
    async fn write_ready(&mut self) -> StreamResult<usize> {
        self.check_write()
    }
}
