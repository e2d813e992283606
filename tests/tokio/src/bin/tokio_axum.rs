//! An HTTP server of axum's, at the address of its argument, or at any free port. It tells its port, and ends when it is
//! asked to, with how many requests it has answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use berkeley_test_tokio::Result;
use tokio::net::TcpListener;
use tokio::sync::Notify;

#[derive(Default)]
struct Server {
    answered: AtomicUsize,
    end: Notify,
}

async fn number(State(server): State<Arc<Server>>, Path(number): Path<u64>) -> String {
    server.answered.fetch_add(1, Ordering::Relaxed);
    format!("number {number}\n")
}

async fn back(State(server): State<Arc<Server>>, body: Bytes) -> Bytes {
    server.answered.fetch_add(1, Ordering::Relaxed);
    body
}

async fn end(State(server): State<Arc<Server>>) {
    server.end.notify_one();
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result {
    let server = Arc::new(Server::default());
    let routes = Router::new().route("/{number}", get(number)).route("/back", post(back)).route("/end", get(end));
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("{}", listener.local_addr()?.port());
    let ended = server.clone();
    axum::serve(listener, routes.with_state(server.clone()))
        .with_graceful_shutdown(async move { ended.end.notified().await })
        .await?;
    println!("{}", server.answered.load(Ordering::Relaxed));
    Ok(())
}
