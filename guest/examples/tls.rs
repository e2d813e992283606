//! TLS by `berkeley_guest::tls`: gets a page by HTTPS.
//!
//! Its arguments are the host, the port, the path, and a file with the authorities to trust in the place of the host's
//! own, if there is one.

use std::io::{self, BufRead, BufReader, Read, Write};

use berkeley_guest::net::TcpStream;
use berkeley_guest::tls::{Config, Error, Terms, TlsStream, certificates};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (host, port, path, trusted) = match arguments.as_slice() {
        [host, port, path] => (host, port, path, None),
        [host, port, path, trusted] => (host, port, path, Some(trusted)),
        _ => return Err(io::Error::other("give a host, a port, a path, and a file of certificates if you like")),
    };
    let mut terms = Terms { alpn: vec![b"http/1.1".to_vec()], ..Terms::default() };
    if let Some(file) = trusted {
        terms.roots = certificates(&std::fs::read_to_string(file)?)?;
        terms.host_roots = false;
    }
    let config = Config::new(terms)?;
    let stream = TcpStream::connect(format!("{host}:{port}").as_str())?;
    let mut stream = TlsStream::client(&config, Some(host), stream)?;
    if let Err(error) = stream.handshake() {
        match error.get_ref().and_then(|error| error.downcast_ref()) {
            Some(Error::Verification(why)) => println!("not to be trusted: {} ({})", why.text, why.code),
            _ => return Err(error),
        }
        return Ok(());
    }
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n")?;
    let version = stream.version();
    let mut answer = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        answer.read_line(&mut line)?;
        match line.to_ascii_lowercase().split_once(':') {
            Some(("content-length", value)) => length = value.trim().parse().map_err(io::Error::other)?,
            None if line.trim().is_empty() => break,
            _ => {}
        }
    }
    // Many servers end a connection without saying so, and then it may have been cut off: the length tells.
    let mut page = Vec::new();
    answer.by_ref().take(length).read_to_end(&mut page)?;
    println!("{version:x?}: {} bytes", page.len());
    answer.into_inner().close()
}
