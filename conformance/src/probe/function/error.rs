//! Errors, which programs tell apart.

use std::time::Duration;

use berkeley_guest::socket::*;

use crate::check::{Answer, Failure, check, equal, failed_by, fails};
use crate::platform::Platform;
use crate::probe::ends::{listener, tcp, udp};

pub(super) async fn probe<P: Platform>(name: &str) {
    match name {
        "error" => error::<P>().await,
        "timeout" => {
            check("a time limit that runs out is an error of its own", async {
                let (client, _server) = tcp::<P>(AF_INET).await?;
                client.settimeout(Some(Duration::from_millis(1)));
                fails(client.recv(1, 0).await, "timeout")
            })
            .await;
        }
        "gaierror" => {
            check("a name that is none is told apart from other failures", async {
                let answer = P::getaddrinfo(Some("no.such.host.invalid"), None, Hints::default()).await;
                failed_by(answer, "gaierror", "name-unresolvable", "it has an address")
            })
            .await;
        }
        "herror" => {
            check("an address without a name tells its h_errno", async {
                // TEST-NET-1, of which no resolver knows a name.
                fails(P::gethostbyaddr("192.0.2.1"), "herror")
            })
            .await;
        }
        _ => {}
    }
}

/// Errors that a program tells apart by their numbers.
async fn error<P: Platform>() {
    check("ECONNREFUSED", async {
        let (server, address) = listener::<P>(AF_INET)?;
        server.close()?;
        let client = P::socket(AF_INET, SOCK_STREAM, 0)?;
        equal!(client.connect_ex(&address).await?, errno::ECONNREFUSED)
    })
    .await;
    check("EADDRINUSE", async {
        let (_server, address) = listener::<P>(AF_INET)?;
        number(P::socket(AF_INET, SOCK_STREAM, 0)?.bind(&address), "EADDRINUSE", "address-in-use")
    })
    .await;
    check("EADDRNOTAVAIL", async {
        let nowhere = std::net::SocketAddr::from(([192, 0, 2, 1], 0)).into();
        number(P::socket(AF_INET, SOCK_STREAM, 0)?.bind(&nowhere), "EADDRNOTAVAIL", "address-not-bindable")
    })
    .await;
    check("ENOTCONN", async { fails(P::socket(AF_INET, SOCK_STREAM, 0)?.getpeername(), "ENOTCONN") }).await;
    check("EPIPE", async {
        let (client, _server) = tcp::<P>(AF_INET).await?;
        client.shutdown(SHUT_WR)?;
        fails(client.send(b"x", MSG_NOSIGNAL).await, "EPIPE")
    })
    .await;
    check("EISCONN", async {
        let (_server, address) = listener::<P>(AF_INET)?;
        let client = P::socket(AF_INET, SOCK_STREAM, 0)?;
        client.connect(&address).await?;
        fails(client.connect(&address).await, "EISCONN")
    })
    .await;
    check("EMSGSIZE", async {
        let (one, _other, address) = udp::<P>(AF_INET)?;
        number(one.sendto(&[0; 70_000], 0, &address).await.map(drop), "EMSGSIZE", "datagram-too-large")
    })
    .await;
    check("ENOPROTOOPT", async {
        unknown(P::socket(AF_INET, SOCK_STREAM, 0)?.getsockopt(SOL_SOCKET, 9999), "ENOPROTOOPT")
    })
    .await;
}

/// The error is the one of that name, be it by WASI's own.
fn number(answer: Answer, posix: &str, wasi: &str) -> Answer {
    match answer {
        Err(failure) if failure.is(posix) || failure.is(wasi) => Ok(()),
        Err(failure) => Err(Failure::Wrong(format!("{failure} instead of {posix}"))),
        Ok(()) => Err(Failure::Wrong(format!("it succeeds instead of {posix}"))),
    }
}

/// What is none must fail so. A library in the guest says that of all that it has no call for.
fn unknown<T>(answer: Answer<T>, expected: &str) -> Answer {
    match answer {
        Err(Failure::Missing(_)) => Ok(()),
        answer => fails(answer, expected),
    }
}
