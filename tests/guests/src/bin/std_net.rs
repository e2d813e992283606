//! Uses WASI's own sockets, by `std::net`, under the same policy. Arguments: a host, a port, what to say.

use std::io::{Read, Write};
use std::net::TcpStream;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, host, port, text] = arguments.as_slice() else { panic!("a host, a port, what to say") };
    match converse(&format!("{host}:{port}"), text) {
        Ok(answer) => println!("{answer}"),
        Err(error) => println!("{:?}", error.kind()),
    }
}

fn converse(address: &str, text: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(text.as_bytes())?;
    stream.shutdown(std::net::Shutdown::Write)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
