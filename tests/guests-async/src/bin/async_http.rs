//! A web server by axum, over TCP, over a unix socket, or over a listening socket that another program passes.
//!
//! Arguments: `tcp`; `unix` and a path to listen at; `passed` and the path of a unix socket by which a listening TCP socket
//! comes. It says the port, or `ready`.

use std::convert::Infallible;

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::routing::{get, post};
use berkeley_guest::future::{Async, HyperTimer, TcpListener, TcpStream, UnixListener, UnixStream, block_on, spawn};
use berkeley_guest::net;
use hyper::rt::{Read, Write};
use hyper::server::conn::http1;
use hyper_util::service::TowerToHyperService;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match block_on(run(&arguments))? {}
}

async fn run(arguments: &[&str]) -> Result<Infallible> {
    match arguments {
        ["tcp"] => tcp(TcpListener::bind("127.0.0.1:0").await?).await,
        ["unix", path] => {
            let listener = UnixListener::bind(path)?;
            println!("ready");
            loop {
                serve(listener.accept().await?.0);
            }
        }
        ["passed", path] => {
            let peer = UnixStream::connect(path).await?;
            let message = peer.recvmsg(100, 100, 0).await?;
            let socket = message.sockets().pop().context("no socket came")?;
            tcp(Async::from(net::TcpListener::from(socket))).await
        }
        _ => bail!("what to listen at"),
    }
}

async fn tcp(listener: TcpListener) -> Result<Infallible> {
    println!("{}", listener.local_addr()?.port());
    loop {
        let (stream, _): (TcpStream, _) = listener.accept().await?;
        stream.get_ref().set_nodelay(true)?;
        serve(stream);
    }
}

/// Serves one connection, beside the others.
fn serve(stream: impl Read + Write + Unpin + 'static) {
    let router = Router::new()
        .route("/", get(|| async { "hello" }))
        .route("/echo", post(|body: Bytes| async move { body }))
        .route("/zeros/{length}", get(|Path(length): Path<usize>| async move { vec![0; length.min(1 << 24)] }));
    spawn(async move {
        let service = TowerToHyperService::new(router);
        let served = http1::Builder::new().timer(HyperTimer).serve_connection(stream, service).await;
        if let Err(error) = served {
            eprintln!("{error}");
        }
    });
}
