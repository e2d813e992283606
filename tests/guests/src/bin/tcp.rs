//! TCP: both ends of every conversation are here. Arguments: a family, a host.

use std::io::{BufRead, Write};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::Error;
use berkeley_guest::poll::{POLLIN, POLLOUT, poll};
use berkeley_guest::socket::*;
use berkeley_test_guests::{PATIENCE, exchange, fails, pattern, run, tcp_pair};

type Case = fn(i32, &str) -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("names and addresses", names),
    ("half-close", half_close),
    ("reset", reset),
    ("refused", refused),
    ("once more after a refusal", again),
    ("time-outs", time_outs),
    ("non-blocking", nonblocking),
    ("partial send", partial_send),
    ("peek and wait for all", message_flags),
    ("megabytes both ways", bulk),
    ("shutdown", shutdown),
    ("kernel's own limits", kernel_limits),
    ("options", options),
    ("dup, detach, fileno", handles),
    ("makefile", files),
    ("create_connection", connections),
    ("closed", closed),
];

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let family = arguments.next().context("a family")?.parse()?;
    let host = arguments.next().context("a host")?;
    run(CASES.iter().map(|(name, case)| (*name, || case(family, &host))))
}

fn server(family: i32, host: &str) -> Result<(Socket, Address)> {
    let server = create_server((host, 0), &ServerOptions { family, ..ServerOptions::default() })?;
    let address = server.getsockname()?;
    Ok((server, address))
}

fn names(family: i32, host: &str) -> Result<()> {
    let fresh = Socket::new(family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP)?;
    ensure!((fresh.family(), fresh.r#type(), fresh.proto()) == (family, SOCK_STREAM, IPPROTO_TCP));
    ensure!(fresh.getsockname()?.port() == Some(0), "an unbound socket has port 0");
    fails("getpeername of an unconnected socket", fresh.getpeername(), errno::ENOTCONN)?;
    let (listener, address) = server(family, host)?;
    ensure!(address.host().as_deref() == Some(host));
    fresh.connect(&address)?;
    let (accepted, peer) = listener.accept()?;
    ensure!(fresh.getpeername()? == address && accepted.getpeername()? == peer);
    ensure!(fresh.getsockname()? == peer && accepted.getsockname()? == address);
    ensure!(accepted.gettimeout().is_none() && accepted.getblocking());
    Ok(())
}

fn half_close(family: i32, host: &str) -> Result<()> {
    let (client, server) = tcp_pair(family, host)?;
    client.sendall(b"question")?;
    client.shutdown(SHUT_WR)?;
    ensure!(server.recv(100)? == b"question");
    ensure!(server.recv(100)?.is_empty(), "the end of the stream");
    server.sendall(b"answer")?;
    server.close()?;
    ensure!(client.recv(100)? == b"answer");
    ensure!(client.recv(100)?.is_empty());
    fails("send after shutdown", client.send(b"more"), errno::EPIPE)
}

fn reset(family: i32, host: &str) -> Result<()> {
    let (client, server) = tcp_pair(family, host)?;
    let linger = [1i32.to_ne_bytes(), 0i32.to_ne_bytes()].concat();
    server.setsockopt(SOL_SOCKET, SO_LINGER, linger)?;
    server.close()?;
    fails("recv after a reset", client.recv(1), errno::ECONNRESET)?;
    fails("send after a reset", client.send(b"x"), errno::EPIPE)
}

fn refused(family: i32, host: &str) -> Result<()> {
    // A port that was just in use, and is not any more.
    let (listener, address) = server(family, host)?;
    drop(listener);
    let socket = Socket::new(family, SOCK_STREAM, 0)?;
    fails("connect", socket.connect(&address), errno::ECONNREFUSED)?;
    ensure!(socket.connect_ex(&address)? == errno::ECONNREFUSED);
    socket.settimeout(Some(PATIENCE));
    fails("connect in time-out mode", socket.connect(&address), errno::ECONNREFUSED)
}

/// A socket that was refused is as fit for another attempt as a new one.
fn again(family: i32, host: &str) -> Result<()> {
    for limit in [None, Some(PATIENCE)] {
        let server = Socket::new(family, SOCK_STREAM, 0)?;
        server.bind((host, 0))?;
        let address = server.getsockname()?;
        let socket = Socket::new(family, SOCK_STREAM, 0)?;
        socket.settimeout(limit);
        for attempt in 0..4 {
            fails(&format!("attempt {attempt} with {limit:?}"), socket.connect(&address), errno::ECONNREFUSED)?;
        }
        server.listen(1)?;
        socket.connect(&address)?;
        socket.sendall(b"connected")?;
        ensure!(server.accept()?.0.recv(9)? == b"connected");
    }
    Ok(())
}

fn time_outs(family: i32, host: &str) -> Result<()> {
    let (client, _server) = tcp_pair(family, host)?;
    let limit = Duration::from_millis(20);
    client.settimeout(Some(limit));
    ensure!(client.gettimeout() == Some(limit));
    ensure!(client.recv(1) == Err(Error::TimedOut), "recv");
    ensure!(client.recv_flags(1, MSG_DONTWAIT) == Err(Error::TimedOut), "as in CPython, the limit counts");
    let (listener, _) = server(family, host)?;
    listener.settimeout(Some(limit));
    ensure!(listener.accept().err() == Some(Error::TimedOut), "accept");
    client.settimeout(Some(limit));
    let chunk = pattern(1 << 20);
    let error = loop {
        match client.sendall(&chunk) {
            Ok(()) => {}
            Err(error) => break error,
        }
    };
    ensure!(error == Error::TimedOut, "sendall: {error}");
    Ok(())
}

fn nonblocking(family: i32, host: &str) -> Result<()> {
    let (listener, address) = server(family, host)?;
    listener.setblocking(false);
    fails("accept", listener.accept(), errno::EAGAIN)?;
    let client = Socket::new(family, SOCK_STREAM | SOCK_NONBLOCK, 0)?;
    ensure!(client.gettimeout() == Some(Duration::ZERO), "SOCK_NONBLOCK sets the mode");
    let result = client.connect_ex(&address)?;
    ensure!(result == errno::EINPROGRESS || result == 0, "connect_ex: {result}");
    ensure!(poll(&[(&client, POLLOUT)], Some(PATIENCE))? == [POLLOUT]);
    ensure!(client.getsockopt(SOL_SOCKET, SO_ERROR)? == 0);
    ensure!(matches!(client.connect_ex(&address)?, 0 | errno::EISCONN));
    ensure!(poll(&[(&listener, POLLIN)], Some(PATIENCE))? == [POLLIN]);
    let (accepted, _) = listener.accept()?;
    ensure!(accepted.getblocking(), "the mode is not inherited");
    fails("recv", client.recv(1), errno::EAGAIN)?;
    accepted.sendall(b"x")?;
    ensure!(poll(&[(&client, POLLIN)], Some(PATIENCE))? == [POLLIN]);
    ensure!(client.recv(10)? == b"x");
    accepted.setblocking(true);
    fails("recv with MSG_DONTWAIT", accepted.recv_flags(1, MSG_DONTWAIT), errno::EAGAIN)
}

fn partial_send(family: i32, host: &str) -> Result<()> {
    let (client, server) = tcp_pair(family, host)?;
    client.setblocking(false);
    let data = pattern(64 << 20);
    let sent = client.send(&data)?;
    ensure!(sent > 0 && sent < data.len(), "{sent} bytes went at once");
    let mut received = 0;
    while received < sent {
        let part = server.recv(1 << 20)?;
        ensure!(part == data[received..received + part.len()], "the bytes are those that were sent");
        received += part.len();
    }
    let mut total = 0;
    let error = loop {
        match client.send(&data) {
            Ok(sent) => total += sent,
            Err(error) => break error,
        }
    };
    ensure!(total > 0 && error.would_block(), "{total}, then {error}");
    Ok(())
}

fn message_flags(family: i32, host: &str) -> Result<()> {
    let (client, server) = tcp_pair(family, host)?;
    server.sendall(b"abc")?;
    ensure!(client.recv_flags(2, MSG_PEEK)? == b"ab");
    ensure!(client.recv(10)? == b"abc");
    server.sendall(b"one ")?;
    server.sendall(b"two")?;
    ensure!(client.recv_flags(7, MSG_WAITALL)? == b"one two");
    server.sendall(b"short")?;
    server.close()?;
    ensure!(client.recv_flags(100, MSG_WAITALL)? == b"short", "the end of the stream ends the wait");
    let (client, server) = tcp_pair(family, host)?;
    server.send_flags(b"!", MSG_OOB)?;
    poll(&[(&client, berkeley_guest::poll::POLLPRI)], Some(PATIENCE))?;
    ensure!(client.recv_flags(1, MSG_OOB)? == b"!", "urgent data");
    Ok(())
}

fn bulk(family: i32, host: &str) -> Result<()> {
    let (left, right) = tcp_pair(family, host)?;
    let ends = [left, right];
    ends.iter().for_each(|end| end.setblocking(false));
    exchange(&ends, &pattern(8 << 20))
}

fn shutdown(family: i32, host: &str) -> Result<()> {
    let fresh = Socket::new(family, SOCK_STREAM, 0)?;
    fails("shutdown of an unconnected socket", fresh.shutdown(SHUT_RDWR), errno::ENOTCONN)?;
    let (client, server) = tcp_pair(family, host)?;
    fails("shutdown of nothing known", client.shutdown(7), errno::EINVAL)?;
    client.shutdown(SHUT_RD)?;
    ensure!(client.recv(1)?.is_empty(), "what is shut for reading is at its end");
    client.shutdown(SHUT_RDWR)?;
    ensure!(server.recv(1)?.is_empty());
    Ok(())
}

/// SO_RCVTIMEO in blocking mode, as in Linux.
fn kernel_limits(family: i32, host: &str) -> Result<()> {
    let (client, _server) = tcp_pair(family, host)?;
    let limit = [0i64.to_ne_bytes(), 20_000i64.to_ne_bytes()].concat();
    client.setsockopt(SOL_SOCKET, SO_RCVTIMEO, limit)?;
    ensure!(client.gettimeout().is_none());
    fails("recv beyond SO_RCVTIMEO", client.recv(1), errno::EAGAIN)
}

fn options(family: i32, host: &str) -> Result<()> {
    let (client, _server) = tcp_pair(family, host)?;
    for (level, name) in [
        (IPPROTO_TCP, TCP_NODELAY),
        (IPPROTO_TCP, TCP_CORK),
        (SOL_SOCKET, SO_KEEPALIVE),
        (SOL_SOCKET, SO_REUSEADDR),
        (SOL_SOCKET, SO_OOBINLINE),
    ] {
        for value in [true, false, true] {
            client.setsockopt(level, name, value)?;
            ensure!(client.getsockopt(level, name)? == i32::from(value), "option {level}:{name}");
        }
    }
    client.setsockopt(IPPROTO_TCP, TCP_KEEPIDLE, 77)?;
    ensure!(client.getsockopt(IPPROTO_TCP, TCP_KEEPIDLE)? == 77);
    ensure!(client.getsockopt(SOL_SOCKET, SO_TYPE)? == SOCK_STREAM);
    ensure!(client.getsockopt(SOL_SOCKET, SO_DOMAIN)? == family);
    ensure!(client.getsockopt_bytes(SOL_SOCKET, SO_LINGER, 8)? == [0; 8]);
    ensure!(client.getsockopt_bytes(IPPROTO_TCP, TCP_INFO, 256)?[0] == 1, "TCP_ESTABLISHED");
    client.setsockopt(IPPROTO_TCP, TCP_CONGESTION, b"reno".as_slice())?;
    ensure!(client.getsockopt_bytes(IPPROTO_TCP, TCP_CONGESTION, 16)?.starts_with(b"reno"));
    fails("an unknown option", client.getsockopt(SOL_SOCKET, 9999), errno::ENOPROTOOPT)?;
    fails("setting an unknown option", client.setsockopt(SOL_SOCKET, 9999, 1), errno::ENOPROTOOPT)?;
    fails("an option that was not granted", client.setsockopt(SOL_SOCKET, SO_MARK, 1), errno::EACCES)?;
    fails("too short a value", client.setsockopt(SOL_SOCKET, SO_LINGER, b"x".as_slice()), errno::EINVAL)?;
    ensure!(client.getsockopt_bytes(SOL_SOCKET, SO_LINGER, 1025).is_err(), "a size out of range");
    Ok(())
}

fn handles(family: i32, host: &str) -> Result<()> {
    let (client, server) = tcp_pair(family, host)?;
    let copy = client.dup()?;
    ensure!(copy.fileno() != client.fileno());
    client.close()?;
    copy.sendall(b"still open")?;
    ensure!(server.recv(100)? == b"still open");
    let number = copy.fileno();
    ensure!(copy.detach() == number);
    let again = Socket::from_fileno(number)?;
    ensure!(again.fileno() == number && again.family() == family);
    ensure!(!again.get_inheritable());
    again.set_inheritable(true);
    ensure!(again.get_inheritable());
    let third = fromfd(number)?;
    third.sendall(b"from a number")?;
    ensure!(server.recv(100)? == b"from a number");
    drop((again, third));
    ensure!(server.recv(100)?.is_empty(), "the last one closed it");
    fails("a number that is free", fromfd(number), errno::EBADF)
}

fn files(family: i32, host: &str) -> Result<()> {
    let (client, server) = tcp_pair(family, host)?;
    let mut file = client.makefile()?;
    client.close()?;
    writeln!(file, "one\ntwo")?;
    file.flush()?;
    ensure!(server.recv_flags(8, MSG_WAITALL)? == b"one\ntwo\n", "the file keeps the socket open");
    server.sendall(b"first\nsecond")?;
    server.close()?;
    let lines = file.lines().collect::<std::io::Result<Vec<_>>>()?;
    ensure!(lines == ["first", "second"]);
    Ok(())
}

fn connections(family: i32, host: &str) -> Result<()> {
    let (listener, address) = server(family, host)?;
    let port = address.port().context("a port")?;
    let options = ConnectionOptions { timeout: Some(PATIENCE), source_address: Some((host.into(), 0)) };
    let client = create_connection((host, port), &options)?;
    ensure!(client.gettimeout() == Some(PATIENCE));
    ensure!(listener.accept()?.1 == client.getsockname()?);
    drop(listener);
    let Err(errors) = create_connection_all_errors((host, port), &ConnectionOptions::default()) else {
        bail!("nobody listens there")
    };
    ensure!(errors.len() == 1 && errors[0].number() == Some(errno::ECONNREFUSED), "{errors:?}");
    setdefaulttimeout(Some(PATIENCE));
    let limited = Socket::new(family, SOCK_STREAM, 0)?;
    setdefaulttimeout(None);
    ensure!(limited.gettimeout() == Some(PATIENCE));
    if family == AF_INET6 {
        ensure!(has_dualstack_ipv6());
        let options = ServerOptions { family, dualstack_ipv6: true, ..ServerOptions::default() };
        let dual = create_server(("", 0), &options)?;
        let port = dual.getsockname()?.port().context("a port")?;
        let _client = create_connection(("127.0.0.1", port), &ConnectionOptions::default())?;
        let host = dual.accept()?.1.host();
        ensure!(host.as_deref() == Some("::ffff:127.0.0.1"), "{host:?}");
    }
    Ok(())
}

fn closed(family: i32, host: &str) -> Result<()> {
    let (client, _server) = tcp_pair(family, host)?;
    client.close()?;
    client.close()?;
    ensure!(client.fileno() == -1);
    fails("recv", client.recv(1), errno::EBADF)?;
    fails("send", client.send(b"x"), errno::EBADF)?;
    fails("getsockname", client.getsockname(), errno::EBADF)?;
    fails("getsockopt", client.getsockopt(SOL_SOCKET, SO_TYPE), errno::EBADF)?;
    fails("connect", client.connect((host, 1)), errno::EBADF)?;
    ensure!(poll(&[(&client, POLLIN)], None)? == [berkeley_guest::poll::POLLNVAL]);
    Ok(())
}
