//! Streams of bytes.

use std::io;
use std::task::{Context, Poll};

use berkeley_constants::SHUT_WR;

use super::source::{Async, Direction};
use crate::endpoint::Socket;
use crate::error::{Errno, Error};
use crate::net;
use crate::os::unix::net as unix;
use crate::poll::AsSocket;

/// A stream of bytes in both directions, as those who poll see it: what a [`TlsStream`](super::TlsStream) goes over.
///
/// The cargo features `futures-io`, `tokio` and `hyper` give the streams of this module the traits of these crates.
pub trait Stream {
    /// Receives at most `size` bytes. Nothing is the end.
    fn poll_receive(&mut self, cx: &mut Context<'_>, size: usize) -> Poll<io::Result<Vec<u8>>>;

    /// Sends bytes, and tells how many were taken.
    fn poll_send(&mut self, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>>;

    /// Sends what was taken, as far as it is not sent.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Ends what is sent; the peer finds the end of the stream.
    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;
}

impl<T: AsSocket + Send + Sync + 'static> Async<T> {
    fn poll_recv(&self, cx: &mut Context<'_>, size: usize) -> Poll<io::Result<Vec<u8>>> {
        self.poll_with(cx, Direction::Read, |socket| socket.as_socket().recv(size)).map_err(Into::into)
    }

    fn poll_sent(&self, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_with(cx, Direction::Write, |socket| self.0.data.send(socket.as_socket(), data)).map_err(Into::into)
    }

    fn end(&self) -> io::Result<()> {
        match self.as_socket().shutdown(SHUT_WR) {
            // The peer has gone, and nobody is left to be told.
            Err(Error::Os(Errno::Enotconn)) => Ok(()),
            result => Ok(result?),
        }
    }
}

/// Makes a socket a stream.
macro_rules! stream {
    (@traits $($of:ty),+) => {
        $(impl Stream for $of {
            fn poll_receive(&mut self, cx: &mut Context<'_>, size: usize) -> Poll<io::Result<Vec<u8>>> {
                self.poll_recv(cx, size)
            }

            fn poll_send(&mut self, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
                self.poll_sent(cx, data)
            }

            fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(Ok(()))
            }

            fn poll_shutdown(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(self.end())
            }
        })+
    };

    ($($of:ty),+) => {
        $(
            stream!(@traits Async<$of>, &Async<$of>);

            impl Async<$of> {
                /// Receives into the buffer, and tells how many bytes there are. None is the end of the stream.
                pub async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
                    if buffer.is_empty() {
                        return Ok(0);
                    }
                    Ok(self.with(Direction::Read, |socket| self.0.data.receive(socket.as_socket(), buffer)).await?)
                }

                /// Receives until the buffer is full. `UnexpectedEof` if the stream ends before; what came is lost then,
                /// as it is when the future is dropped.
                pub async fn read_exact(&self, buffer: &mut [u8]) -> io::Result<()> {
                    let mut filled = 0;
                    while filled < buffer.len() {
                        match self.read(&mut buffer[filled..]).await? {
                            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                            more => filled += more,
                        }
                    }
                    Ok(())
                }

                /// Receives to the end of the stream, behind what the buffer has, and tells how many bytes came. Those are
                /// there too when it fails, or the future is dropped.
                pub async fn read_to_end(&self, buffer: &mut Vec<u8>) -> io::Result<usize> {
                    let before = buffer.len();
                    loop {
                        let more = self.with(Direction::Read, |socket| {
                            let length = buffer.len();
                            buffer.resize(length + PIECE, 0);
                            let result = self.0.data.receive(socket.as_socket(), &mut buffer[length..]);
                            buffer.truncate(length + result.as_ref().map_or(0, |more| *more));
                            result
                        });
                        if more.await? == 0 {
                            return Ok(buffer.len() - before);
                        }
                    }
                }

                /// Sends bytes, and tells how many were taken.
                pub async fn write(&self, data: &[u8]) -> io::Result<usize> {
                    Ok(self.with(Direction::Write, |socket| self.0.data.send(socket.as_socket(), data)).await?)
                }

                /// Sends all of them. Nothing tells how many were sent when it fails, or the future is dropped.
                pub async fn write_all(&self, mut data: &[u8]) -> io::Result<()> {
                    while !data.is_empty() {
                        match self.write(data).await? {
                            0 => return Err(io::ErrorKind::WriteZero.into()),
                            sent => data = &data[sent..],
                        }
                    }
                    Ok(())
                }
            }
        )+
    };
}

stream!(net::TcpStream, unix::UnixStream, Socket);

/// How much is received at once where nobody says how much.
const PIECE: usize = 1 << 16;
