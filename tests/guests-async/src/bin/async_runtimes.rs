//! The same conversation under this crate's runtime, wstd's and tokio's. Arguments: whose, and a path for a unix socket.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::future::{self, TcpListener, TcpStream, UnixListener, UnixStream, sleep, timeout, use_pollables};
use wstd::runtime::AsyncPollable;

const SOON: Duration = Duration::from_millis(20);

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let whose = arguments.next().context("a runtime")?;
    let path = arguments.next().context("a path")?;
    match whose.as_str() {
        "berkeley" => future::block_on(converse(path, |task| drop(future::spawn(task)))),
        "wstd" => {
            use_pollables(|pollable| Box::pin(async move { AsyncPollable::new(pollable).wait_for().await }));
            wstd::runtime::block_on(converse(path, |task| wstd::runtime::spawn(task).detach()))
        }
        "tokio" => {
            let mut builder = tokio::runtime::Builder::new_current_thread();
            let runtime = builder.on_thread_park(future::park).build()?;
            runtime.block_on(converse(path, |task| drop(tokio::spawn(task))))
        }
        _ => bail!("no such runtime"),
    }
}

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

async fn converse(path: String, spawn: fn(Task)) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    spawn(Box::pin(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let last = echo(&stream).await.expect("it echoes");
            if last {
                break;
            }
        }
    }));
    for round in 0..10 {
        let stream = TcpStream::connect(address).await?;
        let text = format!("round {round}");
        stream.write_all(text.as_bytes()).await?;
        sleep(Duration::from_millis(1)).await;
        stream.write_all(if round == 9 { b"." } else { b"," }).await?;
        stream.shutdown(std::net::Shutdown::Write)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        ensure!(answer.starts_with(text.as_bytes()), "{}", answer.escape_ascii());
    }

    let listener = UnixListener::bind(&path)?;
    spawn(Box::pin(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        echo(&stream).await.expect("it echoes");
    }));
    let stream = UnixStream::connect(&path).await?;
    ensure!(timeout(SOON, stream.read(&mut [0; 10])).await.is_err());
    let data = vec![5; 1 << 20];
    let writer = stream.clone();
    spawn(Box::pin(async move {
        writer.write_all(&data).await.expect("it reads");
        writer.shutdown(std::net::Shutdown::Write).expect("it is connected");
    }));
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await?;
    ensure!(all.len() == 1 << 20, "{}", all.len());
    println!("done");
    Ok(())
}

/// Sends back what comes, and tells whether that ended with a full stop.
async fn echo<T>(stream: &future::Async<T>) -> std::io::Result<bool>
where
    T: berkeley_guest::poll::AsSocket,
    future::Async<T>: Clone + futures_util::AsyncRead + futures_util::AsyncWrite + Unpin,
{
    use futures_util::{AsyncReadExt, AsyncWriteExt};

    let mut stream = stream.clone();
    let mut buffer = [0; 1 << 14];
    let mut last = false;
    loop {
        let length = stream.read(&mut buffer).await?;
        if length == 0 {
            stream.close().await?;
            return Ok(last);
        }
        last = buffer[..length].ends_with(b".");
        stream.write_all(&buffer[..length]).await?;
    }
}
