//! What the traits have in common: the types that they are for, and how these are written to.

use std::io::{self, IoSlice};
use std::task::{Context, Poll};

use crate::endpoint::gather;
use crate::future::stream::Stream;

/// How much of several buffers goes out at once.
const MOST: usize = 1 << 16;

/// Gives every stream the trait with these methods.
macro_rules! streams {
    ($trait:ident { $($methods:tt)* }) => {
        streams!(@[T: $crate::poll::AsSocket] $crate::future::source::Async<T>, $trait { $($methods)* });
        streams!(@['a, T: $crate::poll::AsSocket] &'a $crate::future::source::Async<T>, $trait { $($methods)* });
        streams!(@[S: $crate::future::stream::Stream] $crate::future::tls::TlsStream<S>, $trait { $($methods)* });
    };

    (@[$($generics:tt)*] $of:ty, $trait:ident { $($methods:tt)* }) => {
        impl<$($generics)*> $trait for $of
        where
            Self: $crate::future::stream::Stream + Unpin,
        {
            $($methods)*
        }
    };
}

/// The methods of what is written to, whose last one ends writing and is named.
macro_rules! writing {
    ($close:ident) => {
        fn poll_write(
            self: std::pin::Pin<&mut Self>,
            cx: &mut std::task::Context<'_>,
            buf: &[u8],
        ) -> std::task::Poll<std::io::Result<usize>> {
            self.get_mut().poll_send(cx, buf)
        }

        fn poll_write_vectored(
            self: std::pin::Pin<&mut Self>,
            cx: &mut std::task::Context<'_>,
            bufs: &[std::io::IoSlice<'_>],
        ) -> std::task::Poll<std::io::Result<usize>> {
            super::streams::poll_send_all(self.get_mut(), cx, bufs)
        }

        fn poll_flush(
            self: std::pin::Pin<&mut Self>,
            cx: &mut std::task::Context<'_>,
        ) -> std::task::Poll<std::io::Result<()>> {
            $crate::future::stream::Stream::poll_flush(self.get_mut(), cx)
        }

        fn $close(
            self: std::pin::Pin<&mut Self>,
            cx: &mut std::task::Context<'_>,
        ) -> std::task::Poll<std::io::Result<()>> {
            $crate::future::stream::Stream::poll_shutdown(self.get_mut(), cx)
        }
    };
}

/// Sends the buffers as one piece, for the host copies what it is handed anyhow.
pub(super) fn poll_send_all(
    stream: &mut impl Stream,
    cx: &mut Context<'_>,
    buffers: &[IoSlice<'_>],
) -> Poll<io::Result<usize>> {
    match gather(buffers, MOST) {
        Ok(piece) => stream.poll_send(cx, &piece),
        Err(error) => Poll::Ready(Err(error.into())),
    }
}
