//! TLS over a stream, awaited.

use std::future::poll_fn;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::stream::Stream;
use super::wakers::Wakers;
use crate::tls;
use crate::tls::Config;

/// How much is read at once at most, for the host gives no more.
const RECORDS: usize = 1 << 15;

/// One side of a connection, over a [`Stream`]: [`tls::TlsStream`], awaited.
///
/// The handshake is done by the first read or write, or before by [`handshake`](Self::handshake). What is written is sent
/// by [`flush`](Self::flush) at the latest.
///
/// ```no_run
/// use berkeley_guest::future::{TcpStream, TlsStream, block_on};
/// use berkeley_guest::tls::{Config, Terms};
///
/// block_on(async {
///     let config = Config::new(Terms::default())?;
///     let stream = TcpStream::connect("example.com:443").await?;
///     let mut stream = TlsStream::client(&config, Some("example.com"), stream)?;
///     stream.write_all(b"GET / HTTP/1.0\r\nHost: example.com\r\n\r\n").await?;
///     stream.flush().await?;
///     let mut buffer = [0; 1000];
///     let length = stream.read(&mut buffer).await?;
///     println!("{}", buffer[..length].escape_ascii());
///     stream.close().await
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct TlsStream<S> {
    inner: tls::TlsStream<Blocking<S>>,
    /// Who waits for the stream below, to read or to write: one may need what the other does.
    wakers: Arc<Wakers>,
}

/// The stream as one that fails with `WouldBlock`.
#[derive(Debug)]
struct Blocking<S> {
    stream: S,
    waker: Waker,
}

impl<S> Blocking<S> {
    /// Polls the stream; what has to wait would block.
    fn ask<T>(&mut self, poll: impl FnOnce(&mut S, &mut Context<'_>) -> Poll<io::Result<T>>) -> io::Result<T> {
        match poll(&mut self.stream, &mut Context::from_waker(&self.waker)) {
            Poll::Ready(result) => result,
            Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
        }
    }
}

impl<S: Stream> Read for Blocking<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let data = self.ask(|stream, cx| stream.poll_receive(cx, buffer.len()))?;
        buffer[..data.len()].copy_from_slice(&data);
        Ok(data.len())
    }
}

impl<S: Stream> Write for Blocking<S> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.ask(|stream, cx| stream.poll_send(cx, data))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.ask(Stream::poll_flush)
    }
}

impl<S: Stream> TlsStream<S> {
    /// A client's side, for the server of that name or address. `InvalidInput`: what is no name, or none though the
    /// terms say that it is checked.
    pub fn client(config: &Config, name: Option<&str>, stream: S) -> io::Result<Self> {
        Self::over(stream, |stream| tls::TlsStream::client(config, name, stream))
    }

    /// A server's side.
    pub fn server(config: &Config, stream: S) -> io::Result<Self> {
        Self::over(stream, |stream| tls::TlsStream::server(config, stream))
    }

    fn over(stream: S, make: impl FnOnce(Blocking<S>) -> io::Result<tls::TlsStream<Blocking<S>>>) -> io::Result<Self> {
        let wakers = Arc::new(Wakers::default());
        let inner = make(Blocking { stream, waker: Waker::from(wakers.clone()) })?;
        Ok(Self { inner, wakers })
    }

    /// Does the handshake, if it is not done. `InvalidData`: the peer's certificate does not hold, and the like.
    pub async fn handshake(&mut self) -> io::Result<()> {
        poll_fn(|cx| self.poll_by(cx, tls::TlsStream::handshake)).await
    }

    /// Reads into the buffer, and tells how many bytes there are. None is the end that the peer made; another end is
    /// `UnexpectedEof`.
    pub async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        poll_fn(|cx| self.poll_by(cx, |inner| inner.read(buffer))).await
    }

    /// Writes bytes, and tells how many were taken.
    pub async fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        poll_fn(|cx| self.poll_send(cx, data)).await
    }

    /// Writes all of them. Nothing tells how many were written when it fails, or the future is dropped.
    pub async fn write_all(&mut self, mut data: &[u8]) -> io::Result<()> {
        while !data.is_empty() {
            match self.write(data).await? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                written => data = &data[written..],
            }
        }
        Ok(())
    }

    /// Sends what was written, as far as it is not sent.
    pub async fn flush(&mut self) -> io::Result<()> {
        poll_fn(|cx| Stream::poll_flush(self, cx)).await
    }

    /// Ends this side: the peer finds the end of the stream. What it still sends can be read.
    pub async fn close(&mut self) -> io::Result<()> {
        poll_fn(|cx| self.poll_by(cx, tls::TlsStream::close)).await
    }

    /// Makes a call on the stream that is not awaited, until it would block.
    fn poll_by<T>(
        &mut self,
        cx: &mut Context<'_>,
        call: impl FnOnce(&mut tls::TlsStream<Blocking<S>>) -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        self.wakers.add(cx.waker());
        match call(&mut self.inner) {
            // One that has more to say is of the connection itself, and no event ends it.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && error.get_ref().is_none() => Poll::Pending,
            result => Poll::Ready(result),
        }
    }
}

impl<S> TlsStream<S> {
    /// The stream below.
    pub fn get_ref(&self) -> &S {
        &self.inner.get_ref().stream
    }

    /// The version, once it is agreed on, such as [`TLS_1_3`](tls::TLS_1_3).
    pub fn version(&self) -> Option<u16> {
        self.inner.version()
    }

    /// The cipher suite, once it is agreed on, by IANA's number.
    pub fn cipher_suite(&self) -> Option<u16> {
        self.inner.cipher_suite()
    }

    /// The application's protocol, if one was agreed on.
    pub fn alpn(&self) -> Option<Vec<u8>> {
        self.inner.alpn()
    }

    /// The peer's certificates, as it sent them, its own first, in DER.
    pub fn peer_certificates(&self) -> Vec<Vec<u8>> {
        self.inner.peer_certificates()
    }
}

impl<S: Stream> Stream for TlsStream<S> {
    fn poll_receive(&mut self, cx: &mut Context<'_>, size: usize) -> Poll<io::Result<Vec<u8>>> {
        self.poll_by(cx, |inner| inner.read_vec(size.min(RECORDS)))
    }

    fn poll_send(&mut self, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_by(cx, |inner| inner.write(data))
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_by(cx, Write::flush)
    }

    /// Sends the peer the end of TLS, and ends the stream below.
    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_by(cx, |inner| {
            inner.close()?;
            inner.get_mut().ask(Stream::poll_shutdown)
        })
    }
}
