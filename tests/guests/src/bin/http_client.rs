//! Gets a page over HTTP. Arguments: a host, a port, a path. Prints the status line and the body's length.

use std::io::{BufRead, BufReader, Read, Write};

use anyhow::{Context, Result};
use berkeley_guest::net::TcpStream;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |what: &'static str| arguments.next().context(what);
    let (host, port, path) = (next("a host")?, next("a port")?.parse()?, next("a path")?);
    let mut stream = TcpStream::connect((host.as_str(), port))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut reader = BufReader::new(stream);
    let mut status = String::new();
    reader.read_line(&mut status)?;
    let mut line = String::from("headers");
    while !line.trim_end().is_empty() {
        line.clear();
        reader.read_line(&mut line)?;
    }
    let mut body = Vec::new();
    reader.read_to_end(&mut body)?;
    println!("{}", status.trim_end());
    println!("{}", body.len());
    Ok(())
}
