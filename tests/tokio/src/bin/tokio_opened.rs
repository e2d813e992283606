//! An HTTP server of axum's over the socket that it was given, of whichever family: a unix socket, too, of which tokio knows
//! nothing in WebAssembly. It answers with how many requests it has had, and ends after three.

use std::io;
use std::net::{TcpStream as StdStream, UdpSocket as StdSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use axum::serve::Listener;
use berkeley_guest::socket::{Socket, preopened};
use berkeley_test_tokio::Result;
use tokio::io::Interest;
use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::Notify;

/// A listener of any family. tokio waits for its descriptor as for any datagram socket's.
struct Opened {
    socket: Socket,
    readiness: UdpSocket,
}

impl Opened {
    fn new(socket: Socket) -> io::Result<Self> {
        socket.setblocking(false);
        let readiness = UdpSocket::from_std(StdSocket::from(berkeley_libc::to_descriptor(&socket)?))?;
        Ok(Self { socket, readiness })
    }

    async fn accept(&self) -> io::Result<TcpStream> {
        let accepted = self.readiness.async_io(Interest::READABLE, || Ok(self.socket.accept()?)).await;
        let (socket, _) = accepted?;
        socket.setblocking(false);
        TcpStream::from_std(StdStream::from(berkeley_libc::to_descriptor(&socket)?))
    }
}

impl Listener for Opened {
    type Io = TcpStream;
    type Addr = ();

    async fn accept(&mut self) -> (TcpStream, ()) {
        loop {
            match Self::accept(self).await {
                Ok(stream) => return (stream, ()),
                Err(error) => eprintln!("cannot accept: {error}"),
            }
        }
    }

    fn local_addr(&self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct Server {
    answered: AtomicUsize,
    end: Notify,
}

async fn count(State(server): State<Arc<Server>>) -> String {
    let count = server.answered.fetch_add(1, Ordering::Relaxed) + 1;
    if count == 3 {
        server.end.notify_one();
    }
    format!("{count}\n")
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result {
    let (_, socket) = preopened()?.into_iter().next().ok_or("no socket was opened beforehand")?;
    let server = Arc::new(Server::default());
    let routes = Router::new().route("/", get(count)).with_state(server.clone());
    println!("ready");
    axum::serve(Opened::new(socket)?, routes)
        .with_graceful_shutdown(async move { server.end.notified().await })
        .await?;
    Ok(())
}
