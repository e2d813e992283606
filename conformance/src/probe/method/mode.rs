//! The three modes: blocking, non-blocking, and with a time limit.

use std::time::Duration;

use berkeley_guest::socket::*;

use crate::check::{check, ensure, equal, fails, would_block};
use crate::platform::Platform;
use crate::probe::ends::{PATIENCE, listener, tcp};

pub(super) async fn probe<P: Platform>(name: &str) {
    match name {
        "getblocking" | "setblocking" => {
            check("is what was set, and so is the time limit", async {
                let socket = P::socket(AF_INET, SOCK_STREAM, 0)?;
                socket.setblocking(false);
                equal!((socket.getblocking(), socket.gettimeout()), (false, Some(Duration::ZERO)))?;
                socket.setblocking(true);
                equal!((socket.getblocking(), socket.gettimeout()), (true, None))
            })
            .await;
        }
        "gettimeout" | "settimeout" => {
            check("is what was set", async {
                let socket = P::socket(AF_INET, SOCK_STREAM, 0)?;
                for limit in [None, Some(Duration::ZERO), Some(Duration::from_millis(1500))] {
                    socket.settimeout(limit);
                    equal!(socket.gettimeout(), limit)?;
                }
                Ok(())
            })
            .await;
        }
        "blocking mode" => {
            check("a call waits until it is done", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                server.settimeout(None);
                client.sendall(b"hello", 0).await?;
                equal!(server.recv(100, 0).await?, b"hello")
            })
            .await;
        }
        "non-blocking mode" => non_blocking::<P>().await,
        "time-out mode" => {
            check("a call gives up", async {
                let (client, _server) = tcp::<P>(AF_INET).await?;
                client.settimeout(Some(Duration::from_millis(5)));
                fails(client.recv(1, 0).await, "timeout")
            })
            .await;
            check("and can be made again", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                client.settimeout(Some(Duration::from_millis(5)));
                fails(client.recv(1, 0).await, "timeout")?;
                server.sendall(b"now", 0).await?;
                client.settimeout(PATIENCE);
                equal!(client.recv(100, 0).await?, b"now")
            })
            .await;
            check("accept gives up too", async {
                let (server, _) = listener::<P>(AF_INET)?;
                server.settimeout(Some(Duration::from_millis(5)));
                fails(server.accept().await, "timeout")
            })
            .await;
        }
        _ => {}
    }
}

async fn non_blocking<P: Platform>() {
    check("a call that would have to wait does not", async {
        let (client, _server) = tcp::<P>(AF_INET).await?;
        client.settimeout(Some(Duration::ZERO));
        would_block(client.recv(1, 0).await)
    })
    .await;
    check("connect is begun, and its end told by readiness and SO_ERROR", async {
        let (server, address) = listener::<P>(AF_INET)?;
        let client = P::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)?;
        let begun = client.connect_ex(&address).await?;
        ensure!([0, errno::EINPROGRESS].contains(&begun), "it gives {begun}")?;
        ensure!(P::poll(&[(&client, POLLOUT)], PATIENCE)? == [POLLOUT], "it does not become ready")?;
        equal!(client.getsockopt(SOL_SOCKET, SO_ERROR)?, 0)?;
        server.accept().await.map(drop)
    })
    .await;
    check("readiness of several sockets", async {
        let (client, server) = tcp::<P>(AF_INET).await?;
        client.sendall(b"x", 0).await?;
        equal!(P::poll(&[(&server, POLLIN)], PATIENCE)?, [POLLIN])?;
        equal!(P::poll(&[(&client, POLLIN), (&server, POLLIN)], PATIENCE)?, [0, POLLIN])
    })
    .await;
    check("a hang-up is told by POLLRDHUP", async {
        let (client, server) = tcp::<P>(AF_INET).await?;
        drop(client);
        equal!(P::poll(&[(&server, POLLRDHUP)], PATIENCE)?, [POLLRDHUP])
    })
    .await;
}
