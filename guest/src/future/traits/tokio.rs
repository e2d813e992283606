//! The traits of tokio.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::future::stream::Stream as _;

streams!(AsyncRead {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if buf.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        self.get_mut().poll_receive(cx, buf.remaining()).map_ok(|data| buf.put_slice(&data))
    }
});

streams!(AsyncWrite {
    writing!(poll_shutdown);

    fn is_write_vectored(&self) -> bool {
        true
    }
});
