//! UDP. Arguments: `cases`, a family and a host; or another thing to do, and what the function for it says.

use std::env::args;
use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::error::Errno;
use berkeley_guest::poll::{POLLERR, POLLIN, POLLOUT, poll};
use berkeley_guest::socket::*;
use berkeley_guest::{Error, ToAddress};
use berkeley_test_guests::{PATIENCE, fails, pattern, run};

type Case = fn(i32, &str) -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("names", names),
    ("empty datagrams", empty),
    ("datagrams that are cut off", truncated),
    ("peeking", peeking),
    ("time-outs", time_outs),
    ("connected", connected),
    ("disconnected", disconnected),
    ("refused", refused),
    ("too large", too_large),
    ("a thousand each way", thousands),
    ("a burst", burst),
    ("broadcast", broadcast),
    ("multicast", multicast),
];

fn main() -> Result<()> {
    match argument(1)?.as_str() {
        "cases" => {
            let (family, host) = (argument(2)?.parse()?, argument(3)?);
            run(CASES.iter().map(|(name, case)| (*name, || case(family, &host))))
        }
        "asker" => asker(),
        "answerer" => answerer(),
        other => bail!("cannot do {other}"),
    }
}

fn argument(at: usize) -> Result<String> {
    args().nth(at).with_context(|| format!("argument {at}"))
}

fn bound(family: i32, host: &str) -> Result<(Socket, Address)> {
    let socket = Socket::new(family, SOCK_DGRAM, 0)?;
    socket.bind((host, 0))?;
    let address = socket.getsockname()?;
    Ok((socket, address))
}

/// Two sockets that are connected with each other.
fn pair(family: i32, host: &str) -> Result<(Socket, Socket)> {
    let ((left, left_address), (right, right_address)) = (bound(family, host)?, bound(family, host)?);
    left.connect(&right_address)?;
    right.connect(&left_address)?;
    Ok((left, right))
}

/// A port that was just in use, and is not any more.
fn nowhere(family: i32, host: &str) -> Result<Address> {
    Ok(bound(family, host)?.1)
}

fn names(family: i32, host: &str) -> Result<()> {
    let client = Socket::new(family, SOCK_DGRAM, IPPROTO_UDP)?;
    ensure!((client.family(), client.r#type(), client.proto()) == (family, SOCK_DGRAM, IPPROTO_UDP));
    ensure!(client.getsockname()?.port() == Some(0), "an unbound socket has port 0");
    fails("getpeername", client.getpeername(), errno::ENOTCONN)?;
    let (server, address) = bound(family, host)?;
    ensure!(address.host().as_deref() == Some(host));
    ensure!(client.sendto(b"question", &address)? == 8);
    let (data, from) = server.recvfrom(100)?;
    ensure!(data == b"question" && from.host().as_deref() == Some(host));
    ensure!(from.port() == client.getsockname()?.port(), "sending has bound it");
    server.sendto(b"answer", &from)?;
    ensure!(client.recvfrom(100)? == (b"answer".to_vec(), address));
    fails("bind, once it is bound", client.bind((host, 0)), errno::EINVAL)?;
    fails("an address in use", Socket::new(family, SOCK_DGRAM, 0)?.bind(server.getsockname()?), errno::EADDRINUSE)
}

fn empty(family: i32, host: &str) -> Result<()> {
    let (left, right) = pair(family, host)?;
    ensure!(left.send(b"")? == 0);
    left.sendall(b"")?;
    left.sendall(b"x")?;
    ensure!(poll(&[(&right, POLLIN)], Some(PATIENCE))? == [POLLIN]);
    ensure!(right.recv(9)?.is_empty());
    ensure!(right.recvfrom(9)? == (Vec::new(), left.getsockname()?));
    ensure!(right.recv(9)? == b"x");
    right.setblocking(false);
    fails("nothing more", right.recv(9), errno::EAGAIN)
}

fn truncated(family: i32, host: &str) -> Result<()> {
    let (left, right) = pair(family, host)?;
    for message in [&b"abcdef"[..], b"ghi", b"jkl", b"mno"] {
        left.sendall(message)?;
    }
    ensure!(right.recv(2)? == b"ab");
    ensure!(right.recv_flags(1, MSG_TRUNC)? == b"g", "the rest was lost; so is this one's");
    ensure!(right.recv(0)?.is_empty(), "nothing was asked for, and as in Python nothing is taken");
    ensure!(right.recvfrom(0)?.0.is_empty(), "but here one is lost");
    let mut buffer = [0; 2];
    ensure!(right.recvfrom_into(&mut buffer)? == (2, left.getsockname()?) && buffer == *b"mn");
    Ok(())
}

fn peeking(family: i32, host: &str) -> Result<()> {
    let (left, right) = pair(family, host)?;
    left.sendall(b"abc")?;
    ensure!(right.recv_flags(2, MSG_PEEK)? == b"ab");
    ensure!(right.recvfrom_flags(9, MSG_PEEK)? == (b"abc".to_vec(), left.getsockname()?));
    ensure!(right.recv(9)? == b"abc");
    fails("nothing to peek at", right.recv_flags(9, MSG_PEEK | MSG_DONTWAIT), errno::EAGAIN)
}

fn time_outs(family: i32, host: &str) -> Result<()> {
    let (_left, right) = pair(family, host)?;
    fails("MSG_DONTWAIT", right.recv_flags(1, MSG_DONTWAIT), errno::EAGAIN)?;
    right.settimeout(Some(Duration::from_millis(20)));
    ensure!(right.recv(1) == Err(Error::TimedOut), "recv");
    ensure!(right.recvfrom(1) == Err(Error::TimedOut), "recvfrom");
    right.setblocking(false);
    fails("non-blocking", right.recvfrom(1), errno::EAGAIN)?;
    right.setblocking(true);
    let limit = [0i64.to_ne_bytes(), 20_000i64.to_ne_bytes()].concat();
    right.setsockopt(SOL_SOCKET, SO_RCVTIMEO, limit)?;
    fails("SO_RCVTIMEO", right.recv(1), errno::EAGAIN)
}

fn connected(family: i32, host: &str) -> Result<()> {
    let (left, right) = pair(family, host)?;
    ensure!(left.getpeername()? == right.getsockname()?);
    let (stranger, address) = bound(family, host)?;
    stranger.sendto(b"strange", left.getsockname()?)?;
    right.sendall(b"known")?;
    ensure!(left.recv(9)? == b"known", "others are not heard");
    ensure!(left.sendto(b"by the way", &address)? == 10);
    ensure!(stranger.recvfrom(99)? == (b"by the way".to_vec(), left.getsockname()?));
    left.connect(&address)?;
    ensure!(left.getpeername()? == address, "another peer");
    stranger.sendto(b"known now", left.getsockname()?)?;
    ensure!(left.recv(99)? == b"known now");
    left.shutdown(SHUT_RD)?;
    ensure!(left.recv(9)?.is_empty(), "what is shut for reading is at its end");
    left.shutdown(SHUT_WR)?;
    fails("what is shut for writing", left.send(b"x"), errno::EPIPE)
}

fn disconnected(family: i32, host: &str) -> Result<()> {
    let fresh = Socket::new(family, SOCK_DGRAM, 0)?;
    fails("nowhere to send to", fresh.send(b"x"), errno::EDESTADDRREQ)?;
    fails("shutdown", fresh.shutdown(SHUT_RDWR), errno::ENOTCONN)?;
    let (left, _right) = pair(family, host)?;
    left.connect(Address::Unspecified)?;
    fails("getpeername", left.getpeername(), errno::ENOTCONN)?;
    fails("nowhere to send to", left.send(b"x"), errno::EDESTADDRREQ)?;
    let (other, address) = bound(family, host)?;
    left.sendto(b"again", &address)?;
    let (data, from) = other.recvfrom(9)?;
    ensure!(data == b"again" && from == left.getsockname()?);
    other.sendto(b"heard", from)?;
    ensure!(left.recv(9)? == b"heard", "of others than its old peer");
    fresh.connect(Address::Unspecified)?;
    Ok(())
}

/// Nobody is there, and the host of the peer says so.
fn refused(family: i32, host: &str) -> Result<()> {
    let socket = Socket::new(family, SOCK_DGRAM, 0)?;
    socket.connect(nowhere(family, host)?)?;
    socket.sendall(b"x")?;
    fails("recv", socket.recv(9), errno::ECONNREFUSED)?;
    socket.sendall(b"x")?;
    let ready = poll(&[(&socket, POLLIN | POLLOUT)], Some(PATIENCE))?[0];
    ensure!(ready & POLLERR != 0, "{ready:#x}");
    ensure!(poll(&[(&socket, 0)], Some(PATIENCE))? == [POLLERR], "an error is told without being asked for");
    ensure!(socket.getsockopt(SOL_SOCKET, SO_ERROR)? == errno::ECONNREFUSED);
    ensure!(poll(&[(&socket, 0)], Some(Duration::ZERO))? == [0], "it is told once");
    socket.sendall(b"x")?;
    fails("send", socket.send(b"y"), errno::ECONNREFUSED)?;
    socket.settimeout(Some(PATIENCE));
    socket.sendall(b"x")?;
    fails("recv with a limit", socket.recv(9), errno::ECONNREFUSED)?;
    // Who is not connected is not told.
    let socket = Socket::new(family, SOCK_DGRAM, 0)?;
    socket.sendto(b"x", nowhere(family, host)?)?;
    fails("recv", socket.recv_flags(9, MSG_DONTWAIT), errno::EAGAIN)
}

fn too_large(family: i32, host: &str) -> Result<()> {
    let most = if family == AF_INET { 65_507 } else { 65_527 };
    let (left, right) = pair(family, host)?;
    let data = pattern(most + 1);
    ensure!(left.send(&data[..most])? == most);
    ensure!(right.recv(1 << 20)? == data[..most]);
    fails("send", left.send(&data), errno::EMSGSIZE)?;
    fails("sendall", left.sendall(&data), errno::EMSGSIZE)?;
    fails("sendto", left.sendto(&data, right.getsockname()?), errno::EMSGSIZE)?;
    fails("nothing went", right.recv_flags(9, MSG_DONTWAIT), errno::EAGAIN)
}

/// Questions and answers, a few on the way at a time.
fn thousands(family: i32, host: &str) -> Result<()> {
    const WINDOW: u32 = 8;
    let (left, right) = pair(family, host)?;
    for first in (0..1000u32).step_by(WINDOW as usize) {
        let numbers = first..first + WINDOW;
        for number in numbers.clone() {
            left.sendall(&number.to_ne_bytes())?;
            right.sendall(&(!number).to_ne_bytes())?;
        }
        for number in numbers {
            ensure!(right.recv(9)? == number.to_ne_bytes());
            ensure!(left.recv(9)? == (!number).to_ne_bytes());
        }
    }
    Ok(())
}

/// As many as the kernel's own buffer holds.
fn burst(family: i32, host: &str) -> Result<()> {
    let (left, right) = pair(family, host)?;
    right.setsockopt(SOL_SOCKET, SO_RCVBUF, 1 << 20)?;
    for number in 0..100u32 {
        left.sendall(&pattern(number as usize))?;
    }
    for number in 0..100u32 {
        ensure!(right.recv(1000)? == pattern(number as usize));
    }
    Ok(())
}

/// IPv6 has none.
fn broadcast(family: i32, _: &str) -> Result<()> {
    if family != AF_INET {
        return Ok(());
    }
    let everyone = Socket::new(family, SOCK_DGRAM, 0)?;
    everyone.bind(("", 0))?;
    let port = everyone.getsockname()?.port().context("a port")?;
    let sender = Socket::new(family, SOCK_DGRAM, 0)?;
    let result = sender.sendto(b"x", ("<broadcast>", port));
    // The kernel's answer, not the policy's; the other, where there is no network.
    ensure!(matches!(result, Err(Error::Os(Errno::Eacces | Errno::Enetunreach))), "{result:?}");
    let loopback = (Ipv4Addr::new(127, 255, 255, 255), port);
    let result = sender.sendto(b"x", loopback);
    ensure!(result == Err(Error::Os(Errno::Eacces)), "{result:?}");
    sender.setsockopt(SOL_SOCKET, SO_BROADCAST, true)?;
    sender.sendto(b"to all", loopback)?;
    let (data, from) = everyone.recvfrom(9)?;
    ensure!(data == b"to all" && from.port() == sender.getsockname()?.port());
    Ok(())
}

/// Over IPv4, where the loopback interface needs nothing set up for it.
fn multicast(family: i32, host: &str) -> Result<()> {
    if family != AF_INET {
        return Ok(());
    }
    let group = Ipv4Addr::new(239, 255, 77, 77);
    let interface = host.parse::<Ipv4Addr>()?.octets();
    let membership = [group.octets(), interface].concat();
    let member = Socket::new(family, SOCK_DGRAM, 0)?;
    member.setsockopt(SOL_SOCKET, SO_REUSEADDR, true)?;
    member.bind((group, 0))?;
    member.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, membership.clone())?;
    fails("twice", member.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, membership.clone()), errno::EADDRINUSE)?;
    let sender = Socket::new(family, SOCK_DGRAM, 0)?;
    sender.setsockopt(IPPROTO_IP, IP_MULTICAST_IF, interface.to_vec())?;
    ensure!(sender.getsockopt_bytes(IPPROTO_IP, IP_MULTICAST_IF, 4)? == interface);
    for on in [0, 1] {
        sender.setsockopt(IPPROTO_IP, IP_MULTICAST_LOOP, on)?;
        ensure!(sender.getsockopt(IPPROTO_IP, IP_MULTICAST_LOOP)? == on);
        sender.setsockopt(IPPROTO_IP, IP_MULTICAST_TTL, on)?;
        ensure!(sender.getsockopt(IPPROTO_IP, IP_MULTICAST_TTL)? == on);
    }
    let port = member.getsockname()?.port().context("a port")?;
    sender.sendto(b"to members", (group, port))?;
    let (data, from) = member.recvfrom(99)?;
    ensure!(data == b"to members" && from.host().as_deref() == Some(host), "from {from}");
    member.setsockopt(IPPROTO_IP, IP_DROP_MEMBERSHIP, membership.clone())?;
    fails("no member", member.setsockopt(IPPROTO_IP, IP_DROP_MEMBERSHIP, membership), errno::EADDRNOTAVAIL)
}

/// Asks one whom it may ask, and hears nobody else. Arguments: the port.
fn asker() -> Result<()> {
    let peer = ("127.0.0.1", argument(2)?.parse()?).to_address(AF_INET)?;
    for hears in [
        |socket: &Socket| socket.recvfrom(99),
        |socket: &Socket| socket.recvfrom_flags(99, MSG_PEEK).and_then(|_| socket.recvfrom(99)),
        |socket: &Socket| {
            socket.settimeout(Some(PATIENCE));
            socket.recvfrom(99)
        },
    ] {
        let socket = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
        socket.sendto(b"question", &peer)?;
        ensure!(hears(&socket)? == (b"answer".to_vec(), peer.clone()));
        socket.setblocking(true);
        fails("nothing more", socket.recv_flags(99, MSG_DONTWAIT), errno::EAGAIN)?;
    }
    let socket = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    fails("another port", socket.sendto(b"x", ("127.0.0.1", 9)), errno::EACCES)?;
    fails("another port", socket.connect(("127.0.0.1", 9)), errno::EACCES)
}

/// Answers whom it hears, and nobody else. Arguments: the host to bind to; the port that it never hears from.
fn answerer() -> Result<()> {
    let (socket, address) = bound(AF_INET, &argument(2)?)?;
    let stranger = ("127.0.0.1", argument(3)?.parse()?);
    println!("{}", address.port().context("a port")?);
    fails("unheard of", socket.sendto(b"x", stranger), errno::EACCES)?;
    fails("unheard of", socket.connect(stranger), errno::EACCES)?;
    loop {
        let (data, from) = socket.recvfrom(99)?;
        socket.sendto(&data, &from)?;
        fails("still unheard of", socket.sendto(b"x", stranger), errno::EACCES)?;
        fails("heard by another socket", Socket::new(AF_INET, SOCK_DGRAM, 0)?.sendto(b"x", &from), errno::EACCES)?;
        socket.dup()?.sendto(b"by a duplicate", &from)?;
        if data == b"last" {
            socket.connect(&from)?;
            return Ok(socket.sendall(b"by a connection")?);
        }
    }
}
