//! Runs guests, and serves metrics of what they do, as Prometheus reads them.
//!
//! ```console
//! $ cargo run --features prometheus --example metrics -- connect=127.0.0.1 guest.wasm
//! $ curl http://127.0.0.1:PORT/metrics
//! ```
//!
//! Rules stand before the component, the guest's arguments behind it. Two guests of it run at once, and are counted
//! together. The metrics are served until the program is ended.

use std::io;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use berkeley_host::observer::Metrics;
use berkeley_host::policy::{Rule, Rules};
use berkeley_host::{Command, Guest, SocketCtx};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wasmtime::component::Component;
use wasmtime::{Config, Engine};
use wasmtime_wasi::WasiCtx;

/// No request is longer.
const LONGEST_REQUEST: u64 = 8192;

#[tokio::main]
async fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let is_component = |word: &String| word.ends_with(".wasm");
    let at = words.iter().position(is_component).context("give rules, if any, a component and its arguments")?;
    let rules: Rules = words[..at].iter().map(|rule| rule.parse::<Rule>()).collect::<Result<_, _>>()?;
    // Calls cost twice as much where they may be concurrent, which only components of WASI 0.3 need.
    let engine = Engine::new(Config::new().concurrency_support(false))?;
    let command = Command::new(&Component::from_file(&engine, &words[at])?)?;

    let mut registry = Registry::default();
    let metrics = Metrics::register(&mut registry);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("metrics at http://{}/metrics", listener.local_addr()?);
    let server = tokio::spawn(serve(listener, Arc::new(registry)));

    let guests = (0..2).map(|_| {
        let sockets = SocketCtx::builder().rules(rules.clone())?.observer(metrics.clone()).build();
        let guest = Guest::new(WasiCtx::builder().inherit_stdio().args(&words[at..]), sockets);
        let command = command.clone();
        Ok(tokio::spawn(async move { command.run(guest).await }))
    });
    for guest in guests.collect::<Result<Vec<_>>>()? {
        println!("{:?}", guest.await?.map_err(|error| anyhow!("{error:?}"))?);
    }
    Ok(server.await??)
}

async fn serve(listener: TcpListener, registry: Arc<Registry>) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let registry = registry.clone();
        // Who hangs up early gets no answer.
        tokio::spawn(async move { answer(stream, &registry).await });
    }
}

/// Answers one request of HTTP/1.1.
async fn answer(mut stream: TcpStream, registry: &Registry) -> io::Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let left = LONGEST_REQUEST.saturating_sub(request.len() as u64);
        if (&mut stream).take(left).read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let (status, kind, body) = if request.starts_with(b"GET /metrics ") {
        let mut text = String::new();
        encode(&mut text, registry).map_err(io::Error::other)?;
        ("200 OK", "application/openmetrics-text; version=1.0.0; charset=utf-8", text)
    } else {
        ("404 Not Found", "text/plain; charset=utf-8", "the metrics are at /metrics\n".to_owned())
    };
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}
