//! Files over sockets that others hold too, and that block.

use std::fs::File;
use std::io::Write as _;
use std::num::NonZeroU64;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use berkeley_constants as c;
use futures_util::FutureExt as _;

use crate::ctx::SocketCtx;
use crate::error::{Errno, Error, Result};
use crate::gate::Way;
use crate::limits::Limits;
use crate::socket::Socket;
use crate::wait::Waiting;

/// Longer than anything here takes; what waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(30);

fn guest(waiting: Waiting, limits: Limits) -> SocketCtx {
    SocketCtx::builder().waiting(waiting).limits(limits).build()
}

/// Two ends, the first of which was passed on, and blocks where nobody says otherwise.
fn passed(ctx: &SocketCtx, kind: i32) -> (Socket, Socket) {
    let (one, other) = Socket::pair(&ctx.shared, c::AF_UNIX, kind, 0).expect("a pair");
    one.prepare_to_pass().expect("can be passed");
    assert!(one.descriptor().expect("open").may_block().expect("tells"));
    (one, other)
}

fn file(size: usize) -> File {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(&vec![b'x'; size]).expect("writes");
    file
}

/// What becomes of sending the file again and again.
fn fill(socket: &Socket, file: &File) -> Result<u64> {
    loop {
        socket.sendfile(file, 0, None).now_or_never().unwrap_or(Err(Errno::EINPROGRESS.into()))?;
    }
}

#[test]
fn no_kind_of_socket_blocks_who_must_not_wait() {
    for (waiting, limit, told) in [
        (Waiting::Inline, Some(Duration::ZERO), Errno::EAGAIN),
        (Waiting::Yield, Some(Duration::ZERO), Errno::EAGAIN),
        (Waiting::Yield, None, Errno::EINPROGRESS),
    ] {
        for kind in [c::SOCK_STREAM, c::SOCK_SEQPACKET, c::SOCK_DGRAM] {
            let (tell, told_by) = mpsc::channel();
            // Where it blocks, nothing ends it.
            thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                let _entered = runtime.enter();
                let ctx = guest(waiting, Limits::default());
                let (mut one, _other) = passed(&ctx, kind);
                one.settimeout(limit);
                tell.send(runtime.block_on(async { fill(&one, &file(10_000)) }))
            });
            let answer = told_by.recv_timeout(PATIENCE).expect("it does not block");
            // A file of a stream may be read in another thread.
            let is_read = kind == c::SOCK_STREAM && waiting == Waiting::Yield;
            let told = if is_read { Errno::EINPROGRESS } else { told };
            assert_eq!(answer, Err(Error::Os(told)), "kind {kind}, {waiting:?}, {limit:?}");
        }
    }
}

#[test]
fn what_the_host_reads_itself_is_charged_once() {
    let limits = Limits { bandwidth_out: NonZeroU64::new(10_000), ..Limits::default() };
    let ctx = guest(Waiting::Inline, limits);
    let (one, _other) = passed(&ctx, c::SOCK_STREAM);
    assert_eq!(one.sendfile(&file(6000), 0, None).now_or_never(), Some(Ok(6000)));
    // There are 4,000 left of the first second.
    assert_eq!(ctx.shared.gates.closed(Way::Out), None);
}
