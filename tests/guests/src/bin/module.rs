//! What a guest is told by the functions and methods that have no other home, a line each, as a Python program prints
//! them too. Arguments: what to do, and a name that no other socket has.

use std::env::args;
use std::fmt::{Debug, Display};
use std::io::{BufRead, ErrorKind, IoSliceMut, Read, Write};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::Error;
use berkeley_guest::file::SocketFile;
use berkeley_guest::socket::*;
use berkeley_test_guests::{PATIENCE, fails, pattern, run, tcp_pair};

type Case = fn() -> Result<()>;

/// What Python has no like of, or tells otherwise.
const CASES: &[(&str, Case)] = &[
    ("numbers are the program's own", numbers),
    ("what is said of a number is believed", overrides),
    ("two sockets of one number", twins),
    ("what was discarded", discarded),
    ("options of connecting", connecting),
    ("a limit for all of it", whole_limit),
    ("reading and writing", read_write),
    ("modes of files", file_modes),
    ("files keep a socket open", closing_files),
    ("a file that timed out", timed_out_file),
    ("files without waiting", nonblocking_files),
    ("Windows", windows),
];

fn main() -> Result<()> {
    match args().nth(1).as_deref() {
        Some("answers") => answers(&args().nth(2).context("a name")?),
        Some("cases") => run(CASES.iter().copied()),
        other => bail!("cannot do {other:?}"),
    }
}

/// Prints what a call gave.
fn tell<T: Display, E: Into<Error>>(what: &str, result: Result<T, E>) {
    match result.map_err(Into::into) {
        Ok(value) => println!("{what}: {value}"),
        Err(error) => println!("{what}: {}", told(&error)),
    }
}

/// Prints whether a call failed.
fn tell_failure<T, E: Into<Error>>(what: &str, result: Result<T, E>) {
    tell(what, result.map(|_| "done"));
}

fn told(error: &Error) -> String {
    match error {
        Error::Invalid(text) => format!("invalid: {text}"),
        Error::TimedOut => "timed out".into(),
        error => format!("error {}", error.number().unwrap_or(0)),
    }
}

fn seconds(limit: Option<Duration>) -> String {
    limit.map_or("None".into(), |limit| format!("{:?}", limit.as_secs_f64()))
}

/// Without the numbers that differ from run to run.
fn repr(socket: &Socket, ports: &[u16]) -> String {
    let mut text = format!("{socket:?}");
    if socket.fileno() != -1 {
        text = text.replace(&format!(" fd={},", socket.fileno()), " fd=N,");
    }
    ports.iter().fold(text, |text, port| text.replace(&format!(", {port}"), ", PORT"))
}

fn port(socket: &Socket) -> Result<u16> {
    socket.getsockname()?.port().context("a port")
}

fn answers(name: &str) -> Result<()> {
    reprs(name)?;
    closed()?;
    stale()?;
    truncated()?;
    modes()?;
    servers(name)?;
    backlogs()
}

fn reprs(name: &str) -> Result<()> {
    for (family, kind, proto) in [
        (AF_INET, SOCK_STREAM, 0),
        (AF_INET, SOCK_STREAM, IPPROTO_TCP),
        (AF_INET6, SOCK_DGRAM, IPPROTO_UDP),
        (AF_UNIX, SOCK_SEQPACKET, 0),
    ] {
        println!("repr: {}", repr(&Socket::new(family, kind, proto)?, &[]));
    }
    for (family, host) in [(AF_INET, "127.0.0.1"), (AF_INET6, "::1")] {
        let server = create_server((host, 0), &ServerOptions { family, ..ServerOptions::default() })?;
        let client = create_connection((host, port(&server)?), &ConnectionOptions::default())?;
        let accepted = server.accept()?.0;
        for socket in [&server, &client, &accepted] {
            println!("repr: {}", repr(socket, &[port(&server)?, port(&client)?]));
        }
    }
    let unix = Socket::new(AF_UNIX, SOCK_DGRAM, 0)?;
    unix.bind(format!("\0{name}"))?;
    println!("repr: {}", repr(&unix, &[]));
    println!("repr: {}", repr(&socketpair(AF_UNIX, SOCK_STREAM, 0)?.0, &[]));
    unix.close()?;
    println!("repr: {}", repr(&unix, &[]));
    Ok(())
}

fn closed() -> Result<()> {
    let socket = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    socket.settimeout(Some(Duration::from_secs(3)));
    socket.close()?;
    let address = ("127.0.0.1", 1);
    tell("closed close", socket.close().map(|()| "done"));
    tell("closed fileno", Ok::<_, Error>(socket.fileno()));
    tell("closed family", Ok::<_, Error>(socket.family()));
    tell("closed type", Ok::<_, Error>(socket.r#type()));
    tell("closed proto", Ok::<_, Error>(socket.proto()));
    tell("closed gettimeout", Ok::<_, Error>(seconds(socket.gettimeout())));
    tell_failure("closed accept", socket.accept());
    tell_failure("closed bind", socket.bind(address));
    tell_failure("closed connect", socket.connect(address));
    tell("closed connect_ex", socket.connect_ex(address));
    tell_failure("closed dup", socket.dup());
    tell_failure("closed getpeername", socket.getpeername());
    tell_failure("closed getsockname", socket.getsockname());
    tell_failure("closed getsockopt", socket.getsockopt(SOL_SOCKET, SO_TYPE));
    tell_failure("closed getsockopt bytes", socket.getsockopt_bytes(SOL_SOCKET, SO_TYPE, 4));
    tell_failure("closed setsockopt", socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1));
    tell_failure("closed listen", socket.listen(1));
    tell_failure("closed recv", socket.recv(1));
    tell_failure("closed recv of nothing", socket.recv(0));
    tell_failure("closed recv_into", socket.recv_into(&mut [0]));
    tell_failure("closed recv_into of nothing", socket.recv_into(&mut []));
    tell_failure("closed recvfrom", socket.recvfrom(0));
    tell_failure("closed recvfrom_into", socket.recvfrom_into(&mut [0]));
    tell_failure("closed recvmsg", socket.recvmsg(1, 0, 0));
    tell_failure("closed send", socket.send(b""));
    tell_failure("closed sendall", socket.sendall(b""));
    tell_failure("closed sendto", socket.sendto(b"", address));
    tell_failure("closed sendmsg", socket.sendmsg(&[b"x"], &[], 0));
    tell_failure("closed shutdown", socket.shutdown(SHUT_RDWR));
    Ok(())
}

fn stale() -> Result<()> {
    for number in [-1, 12345] {
        tell_failure("stale dup", dup(number));
        tell_failure("stale fromfd", fromfd_as(number, AF_INET, SOCK_STREAM, 0));
        tell_failure("stale close", close(number));
        tell_failure("stale fileno", Socket::from_fileno(number));
        tell_failure("stale fileno", Socket::from_fileno_as(number, AF_INET, SOCK_STREAM, 0));
    }
    Ok(())
}

/// A datagram, or a part of a stream, for which there is too little room.
fn truncated() -> Result<()> {
    for kind in [SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET] {
        for flags in [0, MSG_TRUNC, MSG_PEEK | MSG_TRUNC] {
            let (left, right) = socketpair(AF_UNIX, kind, 0)?;
            into(&left, &right, &format!("unix {kind} {flags}"), flags)?;
        }
    }
    let (left, right) = (Socket::new(AF_INET, SOCK_DGRAM, 0)?, Socket::new(AF_INET, SOCK_DGRAM, 0)?);
    right.bind(("127.0.0.1", 0))?;
    left.connect(right.getsockname()?)?;
    for flags in [0, MSG_TRUNC, MSG_PEEK | MSG_TRUNC] {
        into(&left, &right, &format!("udp {flags}"), flags)?;
    }
    // What is of no size is not asked for, unless there is an address to tell.
    left.send(b"0123456789")?;
    tell("into nothing", right.recv_into_flags(&mut [], MSG_TRUNC));
    tell("from into nothing", right.recvfrom_into_flags(&mut [], MSG_TRUNC).map(|(length, _)| length));
    right.setblocking(false);
    tell_failure("no more", right.recv(9));
    Ok(())
}

fn into(left: &Socket, right: &Socket, what: &str, flags: i32) -> Result<()> {
    let mut buffer = *b"....";
    left.send(b"0123456789")?;
    let length = right.recv_into_flags(&mut buffer, flags)?;
    println!("{what} recv_into: {length} {}", buffer.escape_ascii());
    left.send(b"abcdefghij")?;
    let length = right.recvfrom_into_flags(&mut buffer, flags)?.0;
    println!("{what} recvfrom_into: {length} {}", buffer.escape_ascii());
    left.send(b"ABCDEFGHIJ")?;
    let mut two = *b"..";
    let (head, tail) = buffer.split_at_mut(1);
    let mut buffers = [head, tail, &mut two].map(IoSliceMut::new);
    let message = right.recvmsg_into(&mut buffers, 0, flags)?;
    let told = message.flags & MSG_TRUNC;
    println!("{what} recvmsg_into: {} {} {} {told}", message.length, buffer.escape_ascii(), two.escape_ascii());
    Ok(())
}

/// The mode of each new socket, whatever it comes from.
fn modes() -> Result<()> {
    for default in [None, Some(Duration::from_secs(7)), Some(Duration::ZERO)] {
        let server = create_server(("127.0.0.1", 0), &ServerOptions::default())?;
        let at = port(&server)?;
        setdefaulttimeout(default);
        let mut limits = vec![getdefaulttimeout(), Socket::new(AF_INET, SOCK_STREAM, 0)?.gettimeout()];
        limits.push(Socket::new(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)?.gettimeout());
        limits.push(socketpair(AF_UNIX, SOCK_STREAM, 0)?.0.gettimeout());
        limits.push(fromfd_as(server.fileno(), AF_INET, SOCK_STREAM, 0)?.gettimeout());
        let mut clients = Vec::new();
        for limit in [None, Some(Duration::from_secs(5))] {
            // With a limit, so that the default one leaves time to connect.
            let options = ConnectionOptions { timeout: Some(PATIENCE), ..ConnectionOptions::default() };
            clients.push(create_connection(("127.0.0.1", at), &options)?);
            server.settimeout(limit);
            limits.push(server.accept()?.0.gettimeout());
            limits.push(server.dup()?.gettimeout());
            limits.push(fromfd_as(server.fileno(), AF_INET, SOCK_STREAM, 0)?.gettimeout());
        }
        limits.push(Socket::from_fileno(clients.pop().context("a client")?.detach())?.gettimeout());
        let options = ConnectionOptions { timeout: Some(Duration::MAX), ..ConnectionOptions::default() };
        let client = create_connection(("127.0.0.1", at), &options)?;
        limits.push(client.gettimeout());
        println!("modes: {}", limits.into_iter().map(seconds).collect::<Vec<_>>().join(" "));
        setdefaulttimeout(None);
    }
    Ok(())
}

fn servers(name: &str) -> Result<()> {
    let options = ServerOptions::default();
    let dual = ServerOptions { dualstack_ipv6: true, ..options };
    tell_failure("dual stack of IPv4", create_server(("127.0.0.1", 0), &dual));
    tell("dual stack", Ok::<_, Error>(i32::from(has_dualstack_ipv6())));
    let server = create_server(("127.0.0.1", 0), &options)?;
    let at = ("127.0.0.1", port(&server)?);
    let option = |socket: &Socket, level, name| Ok::<_, Error>((socket.getsockopt(level, name)? != 0).to_string());
    tell("server reuse", option(&server, SOL_SOCKET, SO_REUSEADDR));
    tell("server share", option(&server, SOL_SOCKET, SO_REUSEPORT));
    tell_failure("in use", create_server(at, &options));
    tell_failure("in use, shared by one", create_server(at, &ServerOptions { reuse_port: true, ..options }));
    tell_failure("another family", create_server(("::1", 0), &options));
    let v6 = ServerOptions { family: AF_INET6, ..options };
    tell_failure("another family", create_server(at, &v6));
    tell("v6 only", option(&create_server(("::1", 0), &v6)?, IPPROTO_IPV6, IPV6_V6ONLY));
    let dual = ServerOptions { family: AF_INET6, ..dual };
    tell("not v6 only", option(&create_server(("::1", 0), &dual)?, IPPROTO_IPV6, IPV6_V6ONLY));
    let shared = create_server(("127.0.0.1", 0), &ServerOptions { reuse_port: true, ..options })?;
    tell("shared", option(&shared, SOL_SOCKET, SO_REUSEPORT));
    let twin = ("127.0.0.1", port(&shared)?);
    tell_failure("shared twice", create_server(twin, &ServerOptions { reuse_port: true, ..options }));
    let unix = ServerOptions { family: AF_UNIX, ..options };
    let unix = create_server(format!("\0{name}").as_str(), &unix)?;
    println!("unix server: {}", repr(&unix, &[]));
    tell_failure("no such family", create_server(at, &ServerOptions { family: 9999, ..options }));

    drop(server);
    let error = |options: &ConnectionOptions| tell_failure("nobody", create_connection(at, options));
    let from = |host: &str| Some((host.to_owned(), 0));
    error(&ConnectionOptions::default());
    error(&ConnectionOptions { source_address: from("127.0.0.1"), timeout: Some(PATIENCE) });
    error(&ConnectionOptions { source_address: from("::1"), ..ConnectionOptions::default() });
    error(&ConnectionOptions { source_address: from("192.0.2.1"), ..ConnectionOptions::default() });
    error(&ConnectionOptions { source_address: from("<broadcast>"), ..ConnectionOptions::default() });
    let errors = create_connection_all_errors(("localhost", at.1), &ConnectionOptions::default());
    let errors = errors.err().context("nobody listens there")?;
    println!("all errors: {}", errors.iter().map(told).collect::<Vec<_>>().join(", "));
    Ok(())
}

fn backlogs() -> Result<()> {
    for backlog in [DEFAULT_BACKLOG, 0, 1, -1, i32::MIN, i32::MAX] {
        let socket = Socket::new(AF_INET, SOCK_STREAM, 0)?;
        tell("listen unbound", socket.listen(backlog).map(|()| "done"));
        ensure!(port(&socket)? != 0, "the system chose a port");
        let info = socket.getsockopt_as::<TcpInfo>(IPPROTO_TCP, TCP_INFO)?;
        println!("backlog {backlog}: {}", info.sacked);
    }
    println!("most: {SOMAXCONN}, IPv6: {has_ipv6}");
    tell_failure("listen udp", Socket::new(AF_INET, SOCK_DGRAM, 0)?.listen(1));
    Ok(())
}

fn numbers() -> Result<()> {
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    let number = dup(left.fileno())?;
    ensure!(number != left.fileno());
    left.close()?;
    let again = Socket::from_fileno(number)?;
    again.sendall(b"by number")?;
    ensure!(right.recv(99)? == b"by number");
    close(number)?;
    fails("closed by its number", again.send(b"x"), errno::EBADF)?;
    fails("twice", close(number), errno::EBADF)?;
    ensure!(right.recv(1)?.is_empty(), "the last one closed it");
    // What was closed by its number does not take another socket's with it, though the number be used again.
    let other = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    ensure!(other.fileno() <= number);
    again.close()?;
    drop(again);
    ensure!(Socket::from_fileno(other.detach())?.family() == AF_INET);
    let detached = socketpair(AF_UNIX, SOCK_DGRAM, 0)?.0.detach();
    close(detached)?;
    fails("detached, and closed", Socket::from_fileno(detached), errno::EBADF)
}

fn overrides() -> Result<()> {
    let socket = Socket::new(AF_INET, SOCK_STREAM, IPPROTO_TCP)?;
    let told = |socket: &Socket| (socket.family(), socket.r#type(), socket.proto());
    let found = fromfd(socket.fileno())?;
    ensure!(told(&found) == (AF_INET, SOCK_STREAM, IPPROTO_TCP), "{found:?}");
    let wrong = fromfd_as(socket.fileno(), AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 99)?;
    ensure!(told(&wrong) == (AF_INET6, SOCK_DGRAM, 99) && wrong.gettimeout().is_none(), "{wrong:?}");
    ensure!(told(&wrong.dup()?) == told(&wrong), "a copy is believed too");
    fails("an address of the family that was said", wrong.bind(("127.0.0.1", 0)), EAI_ADDRFAMILY)?;
    let part = Socket::from_fileno_as(socket.detach(), -1, SOCK_STREAM | SOCK_NONBLOCK, -1)?;
    ensure!(told(&part) == (AF_INET, SOCK_STREAM, IPPROTO_TCP) && part.gettimeout() == Some(Duration::ZERO));
    Ok(())
}

fn twins() -> Result<()> {
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    let twin = Socket::from_fileno(left.fileno())?;
    let number = left.fileno();
    drop(left);
    // The number is not free while one has it.
    let other = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    ensure!(twin.fileno() == number && other.fileno() != number);
    twin.sendall(b"x")?;
    let second = Socket::from_fileno(number)?;
    twin.close()?;
    fails("closed for both", second.send(b"x"), errno::EBADF)?;
    ensure!(right.recv(9)? == b"x" && right.recv(9)?.is_empty());
    Ok(())
}

/// TCP's MSG_TRUNC gives nothing of what it takes.
fn discarded() -> Result<()> {
    let (left, right) = tcp_pair(AF_INET, "127.0.0.1")?;
    left.sendall(b"0123456789")?;
    let mut buffer = *b"....";
    ensure!(right.recv_into_flags(&mut buffer, MSG_TRUNC)? == 4 && &buffer == b"\0\0\0\0");
    ensure!(right.recv_flags(2, MSG_TRUNC)? == b"\0\0");
    ensure!(right.recv(99)? == b"6789");
    Ok(())
}

fn connecting() -> Result<()> {
    let server = create_server(("127.0.0.1", 0), &ServerOptions::default())?;
    let at = ("127.0.0.1", port(&server)?);
    let non_blocking = ConnectionOptions { timeout: Some(Duration::ZERO), ..ConnectionOptions::default() };
    match create_connection(at, &non_blocking) {
        Ok(socket) => ensure!(!socket.getblocking()),
        Err(error) => ensure!(error.would_block(), "{error}"),
    }
    setdefaulttimeout(Some(PATIENCE));
    let limited = create_connection(at, &ConnectionOptions::default());
    let forever = ConnectionOptions { timeout: Some(Duration::MAX), ..ConnectionOptions::default() };
    let unlimited = create_connection(at, &forever);
    setdefaulttimeout(None);
    ensure!(limited?.gettimeout() == Some(PATIENCE) && unlimited?.gettimeout().is_none());
    Ok(())
}

/// More than is handed to the host at once.
fn whole_limit() -> Result<()> {
    let data = pattern((64 << 20) + 100_000);
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    let limit = Some(Duration::from_millis(20));
    left.settimeout(limit);
    ensure!(left.sendall(&data) == Err(Error::TimedOut), "nobody reads");
    ensure!(left.gettimeout() == limit, "the mode stays");
    right.close()?;
    fails("the peer is gone", left.sendall(&data), errno::EPIPE)?;
    ensure!(left.gettimeout() == limit, "the mode stays");
    left.setblocking(false);
    fails("the peer is gone", left.sendall(&data), errno::EPIPE)?;
    ensure!(left.gettimeout() == Some(Duration::ZERO), "the mode stays");
    Ok(())
}

fn read_write() -> Result<()> {
    let (mut left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    writeln!(left, "a line")?;
    left.flush()?;
    (&left).write_all(b"and more")?;
    left.shutdown(SHUT_WR)?;
    let mut text = String::new();
    (&right).read_to_string(&mut text)?;
    ensure!(text == "a line\nand more");
    let error = (&right).write(b"x").and_then(|_| left.read(&mut [0; 9]));
    ensure!(error? == 1);
    drop(left);
    ensure!((&right).write(b"x").err().context("nobody reads")?.kind() == ErrorKind::BrokenPipe);
    Ok(())
}

/// What an `io::Error` of this crate holds.
fn reason<T: Debug>(result: std::io::Result<T>) -> Result<(ErrorKind, String)> {
    let error = result.err().context("it should have failed")?;
    Ok((error.kind(), error.to_string()))
}

fn file_modes() -> Result<()> {
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    ensure!(left.makefile_with("x", None).err() == Some(Error::Invalid("invalid mode (only r, w, b allowed)")));
    for mode in ["r", "rb", "b", ""] {
        let mut file = right.makefile_with(mode, None)?;
        left.sendall(b"first\nsecond\n")?;
        let mut line = String::new();
        ensure!(file.read_line(&mut line)? == 6 && file.fill_buf()? == b"second\n", "{mode}: a buffer");
        let unsupported = (ErrorKind::Unsupported, "the file is not for writing".to_owned());
        ensure!(reason(file.write(b"x"))? == unsupported);
        file.flush()?;
    }
    for mode in ["w", "wb"] {
        let mut file = left.makefile_with(mode, Some(100))?;
        ensure!(file.fileno() == left.fileno());
        ensure!(reason(file.read(&mut [0]))?.0 == ErrorKind::Unsupported);
        file.write_all(&[b'x'; 99])?;
        right.setblocking(false);
        fails("it is in the buffer", right.recv(1), errno::EAGAIN)?;
        file.write_all(b"yz")?;
        ensure!(right.recv(200)? == [b'x'; 99], "the buffer was full");
        file.close()?;
        ensure!(right.recv(200)? == b"yz");
        right.setblocking(true);
    }
    // Without buffers, nothing is read or kept beyond what is asked for.
    let (mut out, mut into) = (left.makefile_with("w", Some(0))?, right.makefile_with("r", Some(0))?);
    write!(out, "one\ntwo\nrest")?;
    let mut line = String::new();
    into.read_line(&mut line)?;
    ensure!(line == "one\n" && right.recv(4)? == b"two\n");
    let mut rest = [0; 4];
    into.read_exact(&mut rest)?;
    ensure!(&rest == b"rest");
    // Both directions.
    let (mut one, mut other) = (left.makefile_with("rw", Some(64))?, right.makefile()?);
    writeln!(one, "question")?;
    one.flush()?;
    let mut line = String::new();
    other.read_line(&mut line)?;
    write!(other, "answer to {line}")?;
    other.close()?;
    right.shutdown(SHUT_RDWR)?;
    ensure!(one.lines().collect::<std::io::Result<Vec<_>>>()? == ["answer to question"]);
    drop(out);
    left.close()?;
    fails("of a closed socket", left.makefile(), errno::EBADF)
}

fn closing_files() -> Result<()> {
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    let (mut file, second) = (left.makefile_with("w", None)?, left.makefile_with("r", None)?);
    left.close()?;
    // As in Python, it says that it is closed, and yet is open.
    ensure!(format!("{left:?}").starts_with("<socket.socket [closed] fd=") && left.fileno() != -1, "{left:?}");
    ensure!(left.send(b"still ")? == 6);
    write!(file, "open")?;
    drop(file);
    ensure!(right.recv_flags(10, MSG_WAITALL)? == b"still open", "what was left in the buffer was sent");
    ensure!(left.fileno() != -1);
    drop(second);
    ensure!(left.fileno() == -1);
    fails("closed", left.send(b"x"), errno::EBADF)?;
    ensure!(right.recv(1)?.is_empty(), "the last file closed it");
    // The socket itself may go first, and a file may go where the socket is not closed.
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    drop(left.makefile()?);
    left.sendall(b"open")?;
    let mut file = left.makefile()?;
    drop(left);
    ensure!(right.recv(9)? == b"open");
    file.write_all(b"too")?;
    drop(file);
    ensure!(right.recv(9)? == b"too" && right.recv(9)?.is_empty());
    // What was detached stays open.
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    let file = left.makefile()?;
    let number = left.detach();
    drop(file);
    Socket::from_fileno(number)?.sendall(b"x")?;
    ensure!(right.recv(1)? == b"x");
    Ok(())
}

fn timed_out_file() -> Result<()> {
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    let mut file = left.makefile()?;
    // The file has the socket's mode, though it was set later.
    left.settimeout(Some(Duration::from_millis(20)));
    let read = |file: &mut SocketFile| reason(file.read(&mut [0; 9]));
    ensure!(read(&mut file)?.0 == ErrorKind::TimedOut);
    right.sendall(b"too late")?;
    let refused = (ErrorKind::InvalidInput, "cannot read from timed out object".to_owned());
    ensure!(read(&mut file)? == refused && read(&mut file)? == refused);
    write!(file, "it is written all the same")?;
    file.flush()?;
    ensure!(left.recv(9)? == b"too late" && right.recv(99)?.len() == 26);
    let mut again = left.makefile()?;
    right.sendall(b"in time")?;
    ensure!(again.read(&mut [0; 9])? == 7, "another file reads");
    Ok(())
}

fn nonblocking_files() -> Result<()> {
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    left.setblocking(false);
    let mut file = left.makefile()?;
    ensure!(reason(file.read(&mut [0; 9]))?.0 == ErrorKind::WouldBlock);
    right.sendall(b"now")?;
    ensure!(file.read(&mut [0; 9])? == 3);
    Ok(())
}

/// What Python's module has on Windows alone.
fn windows() -> Result<()> {
    let (left, _right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    fails("ioctl", left.ioctl(SIO_RCVALL, &RCVALL_ON.to_le_bytes()), errno::EOPNOTSUPP)?;
    fails("share", left.share(1), errno::EOPNOTSUPP)?;
    fails("fromshare", fromshare(&[]), errno::EOPNOTSUPP)?;
    let error = std::io::Error::from(left.share(1).err().context("an error")?);
    ensure!(error.kind() == ErrorKind::Unsupported);
    Ok(())
}
