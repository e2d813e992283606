//! Sockets in the event loop of a runtime, wstd's, which takes the pollables of this crate as its own.

use anyhow::{Result, ensure};
use berkeley_guest::poll::{POLLIN, subscribe};
use berkeley_guest::socket::*;
use berkeley_test_guests::{run, tcp_pair};
use wstd::future::FutureExt as _;
use wstd::runtime::{AsyncPollable, block_on, spawn};
use wstd::time::{Duration, Timer};

type Case = fn() -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("a timer rings before anybody sends", timer_first),
    ("a socket is ready while a timer runs", socket_first),
    ("two sockets and a timer", conversation),
];

fn main() -> Result<()> {
    run(CASES.iter().copied())
}

/// When a timer rings that rings.
fn soon() -> Duration {
    Duration::from_millis(20)
}

/// When a timer would ring for which nobody waits.
fn late() -> Duration {
    Duration::from_secs(3000)
}

/// Receives once there is something, and lets the event loop wait for that.
async fn receive(socket: &Socket) -> Result<Vec<u8>> {
    AsyncPollable::new(subscribe(socket, POLLIN)?).wait_for().await;
    Ok(socket.recv_flags(100, MSG_DONTWAIT)?)
}

fn timer_first() -> Result<()> {
    let (left, _right) = tcp_pair(AF_INET, "127.0.0.1")?;
    block_on(async {
        ensure!(receive(&left).timeout(soon()).await.is_err());
        Ok(())
    })
}

fn socket_first() -> Result<()> {
    let (left, right) = tcp_pair(AF_INET, "127.0.0.1")?;
    block_on(async {
        right.sendall(b"hello")?;
        ensure!(receive(&left).timeout(late()).await?? == b"hello");
        Ok(())
    })
}

fn conversation() -> Result<()> {
    let (left, right) = tcp_pair(AF_INET, "127.0.0.1")?;
    block_on(async {
        let answerer = spawn(async move {
            let question = receive(&right).await?;
            Timer::after(soon()).wait().await;
            right.sendall(&question.to_ascii_uppercase())?;
            anyhow::Ok(())
        });
        left.sendall(b"hello")?;
        ensure!(receive(&left).await? == b"HELLO");
        answerer.await
    })
}
