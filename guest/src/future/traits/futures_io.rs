//! The traits of futures-io.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_io::{AsyncRead, AsyncWrite};

use crate::future::stream::Stream as _;

streams!(AsyncRead {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        if buf.is_empty() {
            return Poll::Ready(Ok(0));
        }
        self.get_mut().poll_receive(cx, buf.len()).map_ok(|data| {
            buf[..data.len()].copy_from_slice(&data);
            data.len()
        })
    }
});

streams!(AsyncWrite { writing!(poll_close); });
