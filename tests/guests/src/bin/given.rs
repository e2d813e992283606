//! What a guest is given, and how it ends. Prints its arguments and environment, then the names of the sockets that were
//! opened for it; then does what its first argument tells, with its second.

use anyhow::{Context, Result, bail};
use berkeley_guest::socket::{AF_INET, AF_UNIX, SOCK_DGRAM, ServerOptions, Socket, create_server, preopened};

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    println!("{arguments:?}");
    println!("{:?}", std::env::vars().collect::<Vec<_>>());
    let mut sockets = preopened()?;
    println!("{:?}", sockets.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>());
    let mut socket = |name: &str| -> Result<Socket> {
        let at = sockets.iter().position(|(known, _)| known == name).with_context(|| format!("no socket {name}"))?;
        Ok(sockets.remove(at).1)
    };
    let argument = arguments.get(1).map_or("", String::as_str);
    match arguments.first().map_or("", String::as_str) {
        "serve" => {
            let (peer, _) = socket(argument)?.accept()?;
            peer.sendall(&peer.recv(100)?.to_ascii_uppercase())?;
        }
        "speak" => {
            let peer = socket(argument)?;
            peer.sendall(b"hello")?;
            println!("{}", String::from_utf8(peer.recv(100)?)?);
        }
        "listen" => drop(listener()?),
        "take-datagrams" => datagrams(AF_UNIX)?.bind(argument)?,
        "send-datagrams" => datagrams(AF_INET)?.bind(("127.0.0.1", 0))?,
        "wait" => drop(socket(argument)?.accept()?),
        "compute" => loop {
            std::hint::black_box(());
        },
        "trap" => panic!("as it was told"),
        "exit" => wasip2::cli::exit::exit_with_code(argument.parse()?),
        "" | "end" => {}
        other => bail!("{other}?"),
    }
    Ok(())
}

/// A socket that listens at a port that the kernel has chosen.
fn listener() -> Result<Socket> {
    Ok(create_server(("127.0.0.1", 0), &ServerOptions::default())?)
}

fn datagrams(family: i32) -> Result<Socket> {
    Ok(Socket::new(family, SOCK_DGRAM, 0)?)
}
