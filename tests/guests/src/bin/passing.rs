//! Exchanges descriptors with a native peer over a unix socket. Arguments: the socket's path.
//!
//! Takes what the peer passes: a listening TCP socket, files that are open for reading, for writing, for both, a
//! directory, the end of a pipe. Says what it was given and what may be done with it, and passes the listener's first
//! connection on to the peer, and then that and the files in one message; a directory stays.

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::Error;
use berkeley_guest::ancillary::{ControlMessage, Passed};
use berkeley_guest::socket::{AF_UNIX, MSG_CTRUNC, SOCK_STREAM, Socket, send_fds};
use wasip2::filesystem::types::{Descriptor, DescriptorFlags, DescriptorType, ErrorCode, OpenFlags, PathFlags};

fn main() -> Result<()> {
    let path = std::env::args().nth(1).context("a path")?;
    let peer = Socket::new(AF_UNIX, SOCK_STREAM, 0)?;
    peer.connect(path.as_str())?;
    let message = peer.recvmsg(100, 100, 0)?;
    ensure!(message.flags == MSG_CTRUNC, "the pipe is no file: {:#x}", message.flags);
    let (mut sockets, mut files) = (Vec::new(), Vec::new());
    for passed in message.passed() {
        match passed {
            Passed::Socket(socket) => sockets.push(socket),
            Passed::File(file) => files.push(file),
        }
    }
    println!("{} sockets, {} files", sockets.len(), files.len());
    for file in &files {
        println!("{}", if file.get_type()? == DescriptorType::Directory { directory(file) } else { contents(file) });
    }
    let (connection, _) = sockets.first().context("a listener")?.accept()?;
    send_fds(&peer, &[b"yours"], &[&connection], 0)?;
    let (directories, regular): (Vec<_>, Vec<_>) =
        files.iter().partition(|file| file.get_type() == Ok(DescriptorType::Directory));
    for directory in directories {
        match peer.sendmsg(&[b"no"], &[ControlMessage::Files(&[directory])], 0) {
            Err(Error::Denied(text)) => println!("{text}"),
            other => bail!("a directory: {other:?}"),
        }
    }
    let (first, rest) = regular.split_at(regular.len().min(1));
    let rights = [ControlMessage::Files(first), ControlMessage::Rights(&[&connection]), ControlMessage::Files(rest)];
    ensure!(peer.sendmsg(&[b"yours", b" too"], &rights, 0)? == 9);
    Ok(())
}

/// What comes of reading and writing it.
fn contents(file: &Descriptor) -> String {
    let read = file.read(100, 0).map(|(data, _)| String::from_utf8_lossy(&data).into_owned());
    let written = file.write(b"!", 0);
    format!("read: {}, written: {}", read.unwrap_or_else(name), written.map_or_else(name, |count| count.to_string()))
}

/// What comes of opening one file in it, and of making another.
fn directory(directory: &Descriptor) -> String {
    let open = |name: &str, how, flags| directory.open_at(PathFlags::empty(), name, how, flags);
    let read = open("file", OpenFlags::empty(), DescriptorFlags::READ).map(|file| contents(&file));
    let made = open("made", OpenFlags::CREATE, DescriptorFlags::READ | DescriptorFlags::WRITE);
    let out = open("../file", OpenFlags::empty(), DescriptorFlags::READ);
    let result = |file: Result<Descriptor, _>| file.map_or_else(name, |_| "done".into());
    format!("file: {}; made: {}; out: {}", read.unwrap_or_else(name), result(made), result(out))
}

fn name(error: ErrorCode) -> String {
    error.name().into()
}
