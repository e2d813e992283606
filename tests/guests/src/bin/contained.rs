//! What a guest in a container tries, word by word of its arguments.
//!
//! `env NAME`, `read PATH` and `write PATH` tell what comes of it; `list PATH` tells names; `resolve NAME` looks a name up;
//! `get HOST PORT` and `get-unix PATH` tell a line that a server sends; `serve-unix PATH` sends one to each client; `memory
//! MIB` takes memory, and holds it; `spin` computes for ever; `fail` ends with exit code 1.

use std::fs::{self, OpenOptions};
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Read, Write};

use anyhow::{Context, Result, bail};
use berkeley_guest::net::TcpStream;
use berkeley_guest::os::unix::net::{UnixListener, UnixStream};
use berkeley_guest::socket::{Hints, getaddrinfo};

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut next = |what: &'static str| words.next().context(what);
        match word.as_str() {
            "env" => {
                let name = next("a name")?;
                println!("{name} {:?}", std::env::var(&name).ok());
            }
            "read" => {
                let path = next("a path")?;
                told(&path, fs::read(&path).map(|bytes| format!("{} bytes", bytes.len())));
            }
            "write" => {
                let path = next("a path")?;
                let written = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
                told(&path, written.and_then(|mut file| file.write_all(b"x")).map(|()| "written".to_owned()));
            }
            "list" => {
                let path = next("a path")?;
                let names = fs::read_dir(&path).map(|entries| {
                    let mut names: Vec<_> =
                        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
                    names.sort();
                    names.join(" ")
                });
                told(&path, names);
            }
            "resolve" => {
                let name = next("a name")?;
                let found = getaddrinfo(Some(&name), Some("80".into()), Hints::default());
                told(&name, found.map(|found| format!("{:?}", found.first().map(|one| one.address.to_string()))));
            }
            "get" => {
                let (host, port) = (next("a host")?, next("a port")?.parse::<u16>()?);
                let line = TcpStream::connect((host.as_str(), port)).and_then(|mut stream| {
                    write!(stream, "GET / HTTP/1.0\r\n\r\n")?;
                    line(stream)
                });
                told(&host, line);
            }
            "get-unix" => {
                let path = next("a path")?;
                told(&path, UnixStream::connect(&path).and_then(line));
            }
            "serve-unix" => {
                let path = next("a path")?;
                let listener = UnixListener::bind(&path)?;
                println!("listening at {path}");
                for client in listener.incoming() {
                    writeln!(client?, "a line")?;
                }
            }
            "memory" => {
                let size = next("a size")?.parse::<usize>()? << 20;
                let taken = black_box(vec![1u8; size]);
                println!("taken {}", taken.iter().map(|byte| usize::from(*byte)).sum::<usize>() >> 20);
            }
            "spin" => loop {
                black_box(0);
            },
            "fail" => bail!("as it was told"),
            other => bail!("no such word: {other}"),
        }
    }
    Ok(())
}

fn line(stream: impl Read) -> std::io::Result<String> {
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

fn told(what: &str, result: Result<String, impl std::fmt::Display>) {
    match result {
        Ok(text) => println!("{what}: {text}"),
        Err(error) => println!("{what}: error: {error}"),
    }
}
