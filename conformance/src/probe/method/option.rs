//! Options, in each of their shapes.

use berkeley_guest::socket::*;

use crate::check::{Answer, check, ensure, equal, fails};
use crate::platform::Platform;
use crate::probe::ends::tcp;

pub(super) async fn probe<P: Platform>(name: &str) {
    match name {
        "getsockopt" => {
            check("SO_TYPE", async {
                equal!(P::socket(AF_INET, SOCK_DGRAM, 0)?.getsockopt(SOL_SOCKET, SO_TYPE)?, SOCK_DGRAM)
            })
            .await;
            check("SO_ERROR", async {
                equal!(P::socket(AF_INET, SOCK_STREAM, 0)?.getsockopt(SOL_SOCKET, SO_ERROR)?, 0)
            })
            .await;
            check("TCP_MAXSEG", async {
                let (client, _server) = tcp::<P>(AF_INET).await?;
                ensure!(client.getsockopt(IPPROTO_TCP, TCP_MAXSEG)? > 500, "it is too small")
            })
            .await;
        }
        "getsockopt(buflen)" => {
            check("SO_LINGER as a struct", async {
                let value = P::socket(AF_INET, SOCK_STREAM, 0)?.getsockopt_bytes(SOL_SOCKET, SO_LINGER, 8)?;
                equal!(value, [0; 8])
            })
            .await;
        }
        "setsockopt(int)" => {
            check("SO_KEEPALIVE", async { set_and_get::<P>(SOL_SOCKET, SO_KEEPALIVE) }).await;
            check("TCP_NODELAY", async { set_and_get::<P>(IPPROTO_TCP, TCP_NODELAY) }).await;
            check("SO_REUSEADDR", async { set_and_get::<P>(SOL_SOCKET, SO_REUSEADDR) }).await;
        }
        "setsockopt(bytes)" => {
            check("SO_LINGER as a struct", async {
                let socket = P::socket(AF_INET, SOCK_STREAM, 0)?;
                let linger = [1, 0, 0, 0, 5, 0, 0, 0];
                socket.setsockopt_bytes(SOL_SOCKET, SO_LINGER, &linger)?;
                equal!(socket.getsockopt_bytes(SOL_SOCKET, SO_LINGER, 8)?, linger)
            })
            .await;
        }
        "setsockopt(None)" => {
            check("the kernel sees a null pointer", async {
                let socket = P::socket(AF_INET, SOCK_STREAM, 0)?;
                fails(socket.setsockopt_null(SOL_SOCKET, SO_KEEPALIVE, 4), "EFAULT")
            })
            .await;
        }
        _ => {}
    }
}

fn set_and_get<P: Platform>(level: i32, name: i32) -> Answer {
    let socket = P::socket(AF_INET, SOCK_STREAM, 0)?;
    for value in [1, 0] {
        socket.setsockopt(level, name, value)?;
        equal!(socket.getsockopt(level, name)? != 0, value != 0)?;
    }
    Ok(())
}
