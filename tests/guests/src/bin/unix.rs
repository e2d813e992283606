//! Unix sockets of every type. Arguments: what to do, and what the function for it says.
//!
//! The directory `/run/x` is granted, for sockets and, so that what was left there can be removed, for files.

use std::env::args;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::Error;
use berkeley_guest::poll::{POLLIN, poll};
use berkeley_guest::socket::*;
use berkeley_test_guests::{PATIENCE, fails, run};

const KINDS: [i32; 3] = [SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET];
/// A limit that is meant to run out.
const SOON: Option<Duration> = Some(Duration::from_millis(20));

type Case = fn() -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("names of paths", paths),
    ("names without a path", unnamed),
    ("abstract names", abstract_names),
    ("nobody there", nobody),
    ("names that are taken", taken),
    ("names that cannot be", impossible),
    ("other types", other_types),
    ("a full backlog", full_backlog),
    ("a full queue", full_queue),
    ("boundaries", boundaries),
    ("out of the directory", escapes),
];

fn main() -> Result<()> {
    match argument(1)?.as_str() {
        "cases" => run(CASES.iter().copied()),
        "autobind" => autobind(),
        "client" => client(),
        "server" => server(),
        "datagrams" => datagrams(),
        "answerer" => answerer(),
        "full" => full(),
        "denied" => denied(),
        other => bail!("cannot do {other}"),
    }
}

fn argument(at: usize) -> Result<String> {
    args().nth(at).with_context(|| format!("argument {at}"))
}

/// A path in the directory that has no file.
fn fresh(name: &str) -> Result<String> {
    let path = format!("/run/x/{name}");
    if Path::new(&path).symlink_metadata().is_ok() {
        std::fs::remove_file(&path)?;
    }
    Ok(path)
}

fn socket(kind: i32) -> Result<Socket> {
    Ok(Socket::new(AF_UNIX, kind, 0)?)
}

fn bound(kind: i32, name: &str) -> Result<Socket> {
    let socket = socket(kind)?;
    socket.bind(name)?;
    if kind != SOCK_DGRAM {
        socket.listen(DEFAULT_BACKLOG)?;
    }
    Ok(socket)
}

fn named(name: impl AsRef<[u8]>) -> Address {
    Address::Unix(name.as_ref().to_vec())
}

/// Two that are connected, each known to the other by its name, and each with what `getpeername` shows.
fn acquainted(kind: i32, server: &str, client: &str) -> Result<()> {
    let (listener, connected) = (bound(kind, server)?, socket(kind)?);
    ensure!(listener.getsockname()? == named(server));
    connected.bind(client)?;
    connected.connect(server)?;
    ensure!(connected.getsockname()? == named(client) && connected.getpeername()? == named(server));
    let accepted = match kind {
        SOCK_DGRAM => listener,
        _ => {
            let (accepted, peer) = listener.accept()?;
            ensure!(peer == named(client), "accepted {peer}");
            ensure!(accepted.getpeername()? == peer && accepted.getsockname()? == named(server));
            accepted
        }
    };
    connected.sendall(b"question")?;
    let (data, from) = accepted.recvfrom(100)?;
    ensure!(data == b"question" && from == named(client), "from {from}");
    match kind {
        SOCK_DGRAM => ensure!(accepted.sendto(b"answer", &from)? == 6),
        _ => accepted.sendall(b"answer")?,
    }
    let (data, from) = connected.recvfrom(100)?;
    ensure!(data == b"answer" && from == named(server), "from {from}");
    Ok(())
}

fn paths() -> Result<()> {
    for kind in KINDS {
        acquainted(kind, &fresh("server")?, &fresh("client")?)?;
        acquainted(kind, &fresh("sub/server")?, &fresh("sub/client")?)?;
    }
    Ok(())
}

fn abstract_names() -> Result<()> {
    let prefix = format!("\0{}", argument(2)?);
    for kind in KINDS {
        acquainted(kind, &format!("{prefix}server\0more{kind}"), &format!("{prefix}client{kind}"))?;
        let longest = format!("{prefix}{}", "x".repeat(108 - prefix.len()));
        ensure!(bound(kind, &longest)?.getsockname()? == named(&longest));
    }
    Ok(())
}

/// As Python shows them: `''` for the name, `None` for the sender.
fn unnamed() -> Result<()> {
    for kind in KINDS {
        let fresh_socket = socket(kind)?;
        ensure!(fresh_socket.getsockname()? == named(""));
        fails("getpeername", fresh_socket.getpeername(), errno::ENOTCONN)?;
        let path = fresh("server")?;
        let listener = bound(kind, &path)?;
        fresh_socket.connect(&path)?;
        ensure!(fresh_socket.getsockname()? == named(""));
        fresh_socket.sendall(b"x")?;
        let server = match kind {
            SOCK_DGRAM => listener,
            _ => {
                let (accepted, peer) = listener.accept()?;
                ensure!(peer == named("") && accepted.getpeername()? == named(""));
                accepted
            }
        };
        ensure!(server.recvfrom(9)? == (b"x".to_vec(), Address::Unspecified));
        let (left, right) = socketpair(AF_UNIX, kind, 0)?;
        ensure!(left.getsockname()? == named("") && left.getpeername()? == named(""));
        left.sendall(b"x")?;
        ensure!(right.recvfrom(9)? == (b"x".to_vec(), Address::Unspecified));
    }
    Ok(())
}

/// The system chooses the names, among all abstract ones.
fn autobind() -> Result<()> {
    for kind in KINDS {
        let socket = socket(kind)?;
        socket.bind("")?;
        let name = socket.getsockname()?;
        let name = name.as_unix().context("a name")?;
        ensure!(name.len() == 6 && name[0] == 0 && name[1..].iter().all(u8::is_ascii_hexdigit), "{name:?}");
        ensure!(socket.getsockname()? == named(name), "it stays");
    }
    // Whom it wrote to knows it by that name, and an empty name is no one's.
    let (server, client) = (bound(SOCK_DGRAM, &fresh("server")?)?, socket(SOCK_DGRAM)?);
    client.bind("")?;
    client.sendto(b"x", "/run/x/server")?;
    ensure!(server.recvfrom(1)?.1 == client.getsockname()?);
    fails("connect", client.connect(""), errno::EINVAL)?;
    fails("sendto", client.sendto(b"x", ""), errno::EINVAL)
}

fn nobody() -> Result<()> {
    let path = fresh("stale")?;
    for kind in KINDS {
        fails("nothing there", socket(kind)?.connect(&path), errno::ENOENT)?;
    }
    fails("nothing there", socket(SOCK_DGRAM)?.sendto(b"x", &path), errno::ENOENT)?;
    fails("no directory there", socket(SOCK_STREAM)?.bind("/run/x/none/s"), errno::ENOENT)?;
    fails("no directory there", socket(SOCK_STREAM)?.connect("/run/x/none/s"), errno::ENOENT)?;
    let stale = bound(SOCK_STREAM, &path)?;
    stale.close()?;
    for kind in KINDS {
        fails("a stale socket", socket(kind)?.connect(&path), errno::ECONNREFUSED)?;
        fails("an abstract name", socket(kind)?.connect(format!("\0{}none", argument(2)?)), errno::ECONNREFUSED)?;
    }
    fails("a stale socket is in the way", socket(SOCK_STREAM)?.bind(&path), errno::EADDRINUSE)?;
    let bound = socket(SOCK_STREAM)?;
    bound.bind(fresh("bound")?)?;
    fails("bound, but not listening", socket(SOCK_STREAM)?.connect("/run/x/bound"), errno::ECONNREFUSED)?;
    std::fs::write(fresh("file")?, b"")?;
    fails("a file", socket(SOCK_STREAM)?.connect("/run/x/file"), errno::ECONNREFUSED)?;
    fails("a directory", socket(SOCK_STREAM)?.connect("/run/x/sub"), errno::ECONNREFUSED)?;
    fails("a file on the way", socket(SOCK_STREAM)?.connect("/run/x/file/s"), errno::ENOTDIR)
}

fn taken() -> Result<()> {
    for kind in KINDS {
        let name = fresh("taken")?;
        let first = bound(kind, &name)?;
        fails("the same path", socket(kind)?.bind(&name), errno::EADDRINUSE)?;
        fails("a second name", first.bind(fresh("second")?), errno::EINVAL)?;
        ensure!(first.getsockname()? == named(&name), "the first name stays");
        let name = format!("\0{}taken{kind}", argument(2)?);
        let _first = bound(kind, &name)?;
        fails("the same abstract name", socket(kind)?.bind(&name), errno::EADDRINUSE)?;
    }
    Ok(())
}

fn impossible() -> Result<()> {
    let prefix = format!("\0{}", argument(2)?);
    let long_name = format!("{prefix}{}", "x".repeat(109 - prefix.len()));
    let long_path = format!("/run/x/{}", "x".repeat(102));
    for kind in KINDS {
        for name in [long_path.as_str(), &long_name, "/run/x/a\0b"] {
            fails("bind", socket(kind)?.bind(name), errno::EINVAL)?;
            fails("connect", socket(kind)?.connect(name), errno::EINVAL)?;
        }
        let longest = fresh(&format!("{}{}", "./".repeat(10), "y".repeat(81)))?;
        ensure!(longest.len() == 108);
        ensure!(bound(kind, &longest)?.getsockname()? == named(&longest));
        socket(kind)?.connect(&longest).err().context("it is stale")?;
    }
    Ok(())
}

fn other_types() -> Result<()> {
    for (at, kind) in KINDS.iter().enumerate() {
        let path = fresh("type")?;
        let _server = bound(*kind, &path)?;
        let other = KINDS[(at + 1) % KINDS.len()];
        fails("connect", socket(other)?.connect(&path), errno::EPROTOTYPE)?;
        // An abstract name is another for each type.
        let name = format!("\0{}type{kind}", argument(2)?);
        let _server = bound(*kind, &name)?;
        fails("connect", socket(other)?.connect(&name), errno::ECONNREFUSED)?;
        socket(other)?.bind(&name)?;
    }
    let address = Address::Inet("127.0.0.1:0".parse()?);
    fails("sendto on a stream", socket(SOCK_STREAM)?.sendto(b"x", &address), errno::EOPNOTSUPP)?;
    fails("listen", bound(SOCK_DGRAM, &fresh("type")?)?.listen(1), errno::EOPNOTSUPP)
}

/// What waits for a place there, waits; a socket that does not wait is told so. As in CPython, a limit does not wait.
fn full_backlog() -> Result<()> {
    let listener = socket(SOCK_STREAM)?;
    listener.bind(fresh("backlog")?)?;
    listener.listen(0)?;
    let first = socket(SOCK_STREAM)?;
    first.connect("/run/x/backlog")?;
    let second = socket(SOCK_STREAM)?;
    for limit in [Some(Duration::ZERO), SOON] {
        second.settimeout(limit);
        fails("connect", second.connect("/run/x/backlog"), errno::EAGAIN)?;
    }
    ensure!(listener.accept()?.1 == named(""));
    second.connect("/run/x/backlog")?;
    Ok(())
}

fn full_queue() -> Result<()> {
    let path = fresh("queue")?;
    let (server, client) = (bound(SOCK_DGRAM, &path)?, socket(SOCK_DGRAM)?);
    let mut sent = 0u32;
    client.setblocking(false);
    while client.sendto(&sent.to_ne_bytes(), &path).is_ok() {
        sent += 1;
    }
    fails("sendto", client.sendto(b"more", &path), errno::EAGAIN)?;
    client.settimeout(SOON);
    ensure!(client.sendto(b"more", &path) == Err(Error::TimedOut), "sendto");
    ensure!(client.getsockopt_bytes(SOL_SOCKET, SO_SNDTIMEO, 16)? == [0; 16], "the kernel's own limit is as it was");
    client.connect(&path)?;
    ensure!(client.send(b"more") == Err(Error::TimedOut), "send");
    ensure!(client.sendall(b"more") == Err(Error::TimedOut), "sendall");
    client.setblocking(true);
    fails("MSG_DONTWAIT", client.send_flags(b"more", MSG_DONTWAIT), errno::EAGAIN)?;
    fails("MSG_DONTWAIT", client.sendto_flags(b"more", MSG_DONTWAIT, &path), errno::EAGAIN)?;
    let limit = [0i64.to_ne_bytes(), 20_000i64.to_ne_bytes()].concat();
    client.setsockopt(SOL_SOCKET, SO_SNDTIMEO, limit)?;
    fails("SO_SNDTIMEO", client.sendto(b"more", &path), errno::EAGAIN)?;
    fails("SO_SNDTIMEO", client.send(b"more"), errno::EAGAIN)?;
    for number in 0..sent {
        ensure!(server.recv(9)? == number.to_ne_bytes());
    }
    server.setblocking(false);
    fails("nothing more", server.recv(9), errno::EAGAIN)
}

fn boundaries() -> Result<()> {
    let path = fresh("boundaries")?;
    let (server, client) = (bound(SOCK_SEQPACKET, &path)?, socket(SOCK_SEQPACKET)?);
    client.connect(&path)?;
    let (server, _) = server.accept()?;
    for message in [&b"one"[..], b"", b"three"] {
        client.sendall(message)?;
    }
    ensure!(server.recv(2)? == b"on", "the rest is lost");
    ensure!(server.recv(9)?.is_empty(), "an empty message");
    ensure!(server.recv_flags(9, MSG_PEEK)? == b"three" && server.recv(9)? == b"three");
    client.close()?;
    ensure!(server.recv(9)?.is_empty());
    fails("the peer has gone", server.send(b"x"), errno::EPIPE)
}

/// `out` and `away` are symbolic links to a directory outside, and `inside` is one to `sub`.
fn escapes() -> Result<()> {
    for path in [
        "/run/x/out/s",
        "/run/x/away",
        "/run/x/..",
        "/run/x/../s",
        "/run/x/../x/sub/s",
        "/run/x/sub/../../s",
        "/run/x/root/tmp/s",
        "/run/x",
        "/run/x/",
        "/run/xy/s",
        "/run/s",
        "/tmp/s",
        "run/x/s",
        "s",
        "/proc/self/fd/0",
    ] {
        for kind in KINDS {
            let refused = [errno::EACCES, errno::EINVAL, errno::EADDRINUSE];
            let number = berkeley_test_guests::errno(socket(kind)?.bind(path)).context(path)?;
            ensure!(refused.contains(&number), "bind to {path}: {number}");
            fails(path, socket(kind)?.connect(path), errno::EACCES)?;
        }
        fails(path, socket(SOCK_DGRAM)?.sendto(b"x", path), errno::EACCES)?;
    }
    fresh("sub/s")?;
    let server = bound(SOCK_DGRAM, "/run/x/inside/s")?;
    socket(SOCK_DGRAM)?.sendto(b"x", "/run/x/sub/../sub/./s")?;
    ensure!(server.recv(9)? == b"x", "inside, every way leads there");
    ensure!(server.getsockname()? == named("/run/x/inside/s"), "as it was bound");
    let path = fresh("sub/t").map(|_| "/run/x/inside/t")?;
    let (server, client) = (bound(SOCK_STREAM, path)?, socket(SOCK_STREAM)?);
    client.connect(path)?;
    ensure!(server.accept()?.0.getsockname()? == named(path), "as its listener was bound");
    Ok(())
}

/// Speaks with a server of another program. Arguments: a type, a path.
fn client() -> Result<()> {
    let (kind, path) = (argument(2)?.parse()?, argument(3)?);
    for client in [String::new(), fresh("client")?] {
        let socket = socket(kind)?;
        if !client.is_empty() {
            socket.bind(&client)?;
        }
        socket.connect(&path)?;
        ensure!(socket.getpeername()? == named(&path));
        socket.sendall(b"question")?;
        ensure!(socket.recvfrom(100)? == (b"answer to question".to_vec(), named(&path)));
        ensure!(socket.recv(100)?.is_empty(), "the end");
    }
    Ok(())
}

/// Serves another program twice, and tells it how its address looks from here. Arguments: a type, a path.
fn server() -> Result<()> {
    let (kind, path) = (argument(2)?.parse()?, argument(3)?);
    let listener = bound(kind, &path)?;
    println!("ready");
    for _ in 0..2 {
        let (socket, peer) = listener.accept()?;
        ensure!(socket.recvfrom(100)?.0 == b"question");
        socket.sendall(peer.to_string().as_bytes())?;
        ensure!(socket.recv(1)?.is_empty(), "the end");
    }
    Ok(())
}

/// Sends datagrams to another program, which answers each by its path. Arguments: a path.
fn datagrams() -> Result<()> {
    let path = argument(2)?;
    let socket = bound(SOCK_DGRAM, &fresh("guest")?)?;
    for number in 0..100u32 {
        socket.sendto(&number.to_ne_bytes(), &path)?;
        ensure!(socket.recvfrom(100)? == (number.to_ne_bytes().to_vec(), named(&path)));
    }
    Ok(())
}

/// Answers each datagram of another program, until one is empty. Arguments: a path.
fn answerer() -> Result<()> {
    let socket = bound(SOCK_DGRAM, &argument(2)?)?;
    println!("ready");
    loop {
        let (data, from) = socket.recvfrom(100)?;
        if data.is_empty() {
            return Ok(());
        }
        socket.sendto(format!("to {from}").as_bytes(), &from)?;
    }
}

/// Waits for a place with another program, which makes room when it gets a datagram at `control`.
fn full() -> Result<()> {
    let control = bound(SOCK_DGRAM, &fresh("answers")?)?;
    let mut stream = socket(SOCK_STREAM)?;
    stream.setblocking(false);
    fails("the backlog is full", stream.connect("/run/x/listener"), errno::EAGAIN)?;
    control.sendto(b"accept", "/run/x/control")?;
    stream = socket(SOCK_STREAM)?;
    stream.connect("/run/x/listener")?;
    ensure!(stream.recv(9)? == b"welcome");
    let (one, other) = (socket(SOCK_DGRAM)?, socket(SOCK_DGRAM)?);
    other.connect("/run/x/queue")?;
    one.setblocking(false);
    let mut sent = 0u32;
    while one.sendto(b"fill", "/run/x/queue").is_ok() {
        sent += 1;
    }
    one.setblocking(true);
    control.sendto(b"read", "/run/x/control")?;
    one.sendto(b"waited", "/run/x/queue")?;
    ensure!(poll(&[(&control, POLLIN)], Some(PATIENCE))? == [POLLIN]);
    ensure!(control.recv(100)? == format!("{sent} and waited").as_bytes());
    while other.send_flags(b"fill", MSG_DONTWAIT).is_ok() {}
    control.sendto(b"read", "/run/x/control")?;
    other.settimeout(Some(PATIENCE));
    ensure!(other.send(b"waited")? == 6);
    ensure!(control.recv(100)?.ends_with(b" and waited"));
    Ok(())
}

/// Nothing is granted.
fn denied() -> Result<()> {
    for name in ["/run/x/s", "/tmp/s", "s", "\0abstract"] {
        for kind in KINDS {
            fails(name, socket(kind)?.bind(name), errno::EACCES)?;
            fails(name, socket(kind)?.connect(name), errno::EACCES)?;
        }
        fails(name, socket(SOCK_DGRAM)?.sendto(b"x", name), errno::EACCES)?;
    }
    fails("a name that the system chooses", socket(SOCK_STREAM)?.bind(""), errno::EACCES)?;
    let message = socket(SOCK_STREAM)?.connect("/run/x/s").err().context("denied")?.to_string();
    ensure!(message == "not allowed to connect or send to /run/x/s (EACCES)", "{message}");
    // What stays within the guest needs no grant.
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    left.sendall(b"x")?;
    ensure!(right.recv(9)? == b"x");
    Ok(())
}
