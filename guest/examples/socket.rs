//! Python's `socket` module in Rust: a look-up, a server and a client with a time limit, options, a pair of sockets.
//!
//! ```console
//! $ berkeley run --allow listen=127.0.0.1:0 --allow connect=localhost socket.wasm
//! ```

use std::time::Duration;

use berkeley_guest::Result;
use berkeley_guest::error::Errno;
use berkeley_guest::socket::*;

fn main() -> Result<()> {
    for info in getaddrinfo(Some("localhost"), Some("http".into()), Hints::default())? {
        println!("localhost, http: {} (type {}, protocol {})", info.address, info.r#type, info.proto);
    }

    let server = create_server(("127.0.0.1", 0), &ServerOptions::default())?;
    let address = server.getsockname()?;
    println!("a server at {address}");
    let options = ConnectionOptions { timeout: Some(Duration::from_secs(5)), ..ConnectionOptions::default() };
    let client = create_connection(("127.0.0.1", address.port().unwrap_or(0)), &options)?;
    let (peer, from) = server.accept()?;
    println!("a connection from {from}");

    client.setsockopt(IPPROTO_TCP, TCP_NODELAY, true)?;
    println!("TCP_NODELAY is {}", client.getsockopt(IPPROTO_TCP, TCP_NODELAY)?);
    peer.sendall(b"hello")?;
    println!("the client hears {:?}", String::from_utf8_lossy(&client.recv(100)?));

    client.settimeout(Some(Duration::from_millis(10)));
    println!("then nothing: {}", client.recv(100).expect_err("nobody sends"));
    client.setblocking(false);
    let error = client.recv(100).expect_err("nobody sends");
    println!("without waiting: {error}, which is EAGAIN: {}", error.errno() == Some(Errno::Eagain));

    let (left, right) = socketpair(AF_UNIX, SOCK_DGRAM, 0)?;
    left.sendall(b"by datagram")?;
    println!("over a pair: {:?}", String::from_utf8_lossy(&right.recv(100)?));
    Ok(())
}
