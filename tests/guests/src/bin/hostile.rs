//! What a guest may try against its host. Arguments: the case, and what the case says.
//!
//! Every case ends with the host's refusal, or within the time limit that the guest set itself.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::Error;
use berkeley_guest::ancillary::{ControlData, ControlMessage, IpPktinfo};
use berkeley_guest::bindings::address::{OtherAddress, SocketAddress};
use berkeley_guest::bindings::netdb;
use berkeley_guest::error::Errno;
use berkeley_guest::poll::{POLLHUP, POLLPRI, poll};
use berkeley_guest::socket::*;
use berkeley_test_guests::{fails, tcp_pair};

type Case = fn(&str) -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("ungranted", ungranted),
    ("endless", endless),
    ("wildcard", wildcard),
    ("given", given),
    ("listening", listening),
    ("source", source),
    ("lingers", lingers),
    ("binds", binds),
    ("swaps", swaps),
];

const LIMIT: Duration = Duration::from_millis(100);

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().context("a case")?;
    let argument = arguments.next().unwrap_or_default();
    let (_, case) = CASES.iter().find(|(known, _)| *known == name).context("no such case")?;
    case(&argument)
}

/// What tells of the host, or reaches beyond the guest, and was not granted.
fn ungranted(_: &str) -> Result<()> {
    let raw = OtherAddress { family: 2, bytes: vec![0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0] };
    let names = |address: &SocketAddress| netdb::getnameinfo(address, 0).map_err(Error::from);
    fails("a reverse look-up by raw bytes", names(&SocketAddress::Other(raw)), errno::EACCES)?;
    fails("the host's name by way of a unix address", names(&SocketAddress::Unix(b"/x".to_vec())), EAI_FAMILY)?;
    let local = std::net::SocketAddrV6::new("fe80::1".parse()?, 80, 0, 1);
    ensure!(getnameinfo(local, NI_NUMERICHOST | NI_NUMERICSERV)? == ("fe80::1%1".into(), "80".into()));
    fails("an interface's index", getaddrinfo(Some("fe80::1%lo"), None, Hints::default()), errno::EACCES)?;
    let datagrams = Socket::new(AF_UNIX, SOCK_DGRAM, 0)?;
    fails("an abstract name that the kernel chooses", datagrams.bind(""), errno::EACCES)?;
    let long = vec![0; 8 << 20];
    fails("an address of megabytes", datagrams.connect(long.as_slice()), errno::EINVAL)?;
    fails("a look-up of megabytes", gethostbyname(&"x".repeat(8 << 20)), EAI_NONAME)?;
    let udp = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    let membership = [[239, 1, 2, 3], [0; 4]].concat();
    fails("a multicast group", udp.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, membership), errno::EACCES)?;
    fails("a range of ports", udp.setsockopt(IPPROTO_IP, IP_LOCAL_PORT_RANGE, 0x9c40_9c40_u32 as i32), errno::EACCES)?;
    fails("others' marks", udp.setsockopt(SOL_SOCKET, SO_RCVMARK, 1), errno::EACCES)?;
    fails(
        "a source address for groups",
        udp.setsockopt(IPPROTO_IP, IP_MULTICAST_IF, vec![127, 0, 0, 1]),
        errno::EACCES,
    )?;
    for family in [AF_INET, AF_INET6] {
        // SCTP, DCCP and others, by their types alone, by their protocols, and by both.
        for (kind, protocol) in
            [(5, 0), (6, 0), (4, 0), (10, 0), (1, 132), (5, 132), (6, 33), (2, 115), (1, 256), (2, 136)]
        {
            let what = format!("a socket of type {kind} and protocol {protocol}");
            fails(&what, Socket::new(family, kind, protocol), errno::EACCES)?;
        }
    }
    Ok(())
}

/// States in which the kernel calls a socket ready and then has nothing for it.
fn endless(_: &str) -> Result<()> {
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    right.sendall(b"x")?;
    left.setsockopt(SOL_SOCKET, 42, 0)?;
    left.settimeout(Some(LIMIT));
    ensure!(left.recv_flags(1, MSG_PEEK)? == b"x");
    ensure!(left.recv_flags(1, MSG_PEEK) == Err(Error::TimedOut), "a peek beyond what there is");
    let fresh = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    fresh.settimeout(Some(LIMIT));
    ensure!(fresh.recv_flags(1, MSG_ERRQUEUE) == Err(Error::TimedOut), "an empty queue of errors");
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    right.shutdown(SHUT_WR)?;
    ensure!(poll(&[(&left, POLLPRI)], Some(LIMIT))? == [0], "what never comes");
    drop(right);
    ensure!(poll(&[(&left, 0)], None)? == [POLLHUP], "a peer that is gone");
    let (left, right) = socketpair(AF_UNIX, SOCK_DGRAM, 0)?;
    left.shutdown(SHUT_RDWR)?;
    ensure!(left.recv(1)?.is_empty() && right.fileno() > 0, "a datagram socket that was shut down");
    full_peer()
}

/// A limit below what the kernel can count.
fn full_peer() -> Result<()> {
    let receiver = Socket::new(AF_UNIX, SOCK_DGRAM, 0)?;
    receiver.bind("\0berkeley-hostile-full")?;
    let sender = Socket::new(AF_UNIX, SOCK_DGRAM, 0)?;
    sender.setblocking(false);
    while sender.sendto(b"x", "\0berkeley-hostile-full").is_ok() {}
    sender.settimeout(Some(Duration::from_nanos(500)));
    ensure!(sender.sendto(b"x", "\0berkeley-hostile-full") == Err(Error::TimedOut));
    Ok(())
}

/// The wildcard address reaches this machine, which was not granted. The argument is a port where somebody listens.
fn wildcard(port: &str) -> Result<()> {
    let port: u16 = port.parse()?;
    let socket = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    fails("0.0.0.0", socket.connect(("0.0.0.0", port)), errno::EACCES)?;
    let socket = Socket::new(AF_INET6, SOCK_STREAM, 0)?;
    fails("::", socket.connect(("::", port)), errno::EACCES)?;
    fails("::ffff:0.0.0.0", socket.connect(("::ffff:0.0.0.0", port)), errno::EACCES)
}

/// A connected socket that the host gave is no listener.
fn given(_: &str) -> Result<()> {
    let (_, socket) = preopened()?.into_iter().next().context("a socket")?;
    socket.connect(Address::Unspecified)?;
    fails("listen", socket.listen(1), errno::EACCES)
}

/// Nor is a connection that was accepted, at another port; and accepting never waits beyond the limit.
fn listening(port: &str) -> Result<()> {
    let listener = create_server(("127.0.0.1", port.parse()?), &ServerOptions::default())?;
    let copy = listener.dup()?;
    copy.settimeout(Some(LIMIT));
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    send_fds(&left, &[b"x"], &[&listener], 0)?;
    ensure!(copy.accept().err() == Some(Error::TimedOut), "accept by a duplicate of what was passed");
    let received = recv_fds(&right, 1, 1, 0)?.sockets().pop().context("a socket")?;
    received.settimeout(Some(LIMIT));
    ensure!(received.accept().err() == Some(Error::TimedOut), "accept by what was received");
    let client = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    client.connect(listener.getsockname()?)?;
    let (accepted, _) = listener.accept()?;
    accepted.connect(Address::Unspecified)?;
    match accepted.listen(1) {
        Err(error) if error.errno() == Some(Errno::Eacces) => {}
        Ok(()) if accepted.getsockname()?.port() == listener.getsockname()?.port() => {}
        other => bail!("{other:?} at {}", accepted.getsockname()?),
    }
    lingering()
}

/// Closing waits for nobody.
fn lingering() -> Result<()> {
    let (client, server) = tcp_pair(AF_INET, "127.0.0.1")?;
    client.setblocking(false);
    while client.send(&[0; 1 << 16]).is_ok() {}
    let copy = client.dup()?;
    client.setsockopt(SOL_SOCKET, SO_LINGER, [1i32.to_ne_bytes(), 1i32.to_ne_bytes()].concat())?;
    client.close()?;
    copy.close()?;
    drop(server);
    Ok(())
}

/// Ends while a peer takes nothing, with a socket that lingers for an hour. The argument is a port, and how it ends.
fn lingers(argument: &str) -> Result<()> {
    let (port, how) = argument.split_once(' ').context("a port, and how")?;
    let client = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    client.connect(("127.0.0.1", port.parse()?))?;
    client.setblocking(false);
    while client.send(&[0; 1 << 16]).is_ok() {}
    let hour = [1i32, 3600].map(i32::to_ne_bytes).concat();
    client.setsockopt(SOL_SOCKET, SO_LINGER, hour.as_slice())?;
    ensure!(client.getsockopt_bytes(SOL_SOCKET, SO_LINGER, 8)? == hour);
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    match how {
        "returns" => {}
        "exits" => std::process::exit(0),
        "traps" => std::process::abort(),
        "waits" => {
            println!("it waits");
            left.recv(1)?;
        }
        // Nobody receives it.
        "passes it on" => {
            send_fds(&left, &[b"x"], &[&client], 0)?;
        }
        "receives it" => {
            send_fds(&left, &[b"x"], &[&client], 0)?;
            drop(client);
            std::mem::forget(recv_fds(&right, 1, 1, 0)?);
        }
        _ => bail!("cannot end so: {how}"),
    }
    Ok(())
}

/// A source address is chosen as by bind.
fn source(_: &str) -> Result<()> {
    let sender = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    fails("bind", sender.bind(("127.0.0.53", 9)), errno::EACCES)?;
    let info =
        |interface| IpPktinfo { interface_index: interface, local_address: (127, 0, 0, 1), destination: (0, 0, 0, 0) };
    let by = |interface| [ControlMessage::Data(ControlData::IpPktinfo(info(interface)))];
    sender.sendmsg_to(&[b"x"], &by(0), 0, ("127.0.0.1", 9))?;
    fails("an interface", sender.sendmsg_to(&[b"x"], &by(1), 0, ("127.0.0.1", 9)), errno::EACCES)
}

/// Binds in `/here/sub` so often, and connects there to what is not there. Prints how often it was let.
fn binds(rounds: &str) -> Result<()> {
    let (sender, mut bound) = (Socket::new(AF_UNIX, SOCK_DGRAM, 0)?, 0);
    for round in 0..rounds.parse()? {
        let (stream, path) = (Socket::new(AF_UNIX, SOCK_STREAM, 0)?, format!("/here/sub/{round}"));
        match stream.bind(path.as_str()).and_then(|()| stream.listen(1)) {
            Ok(()) => bound += 1,
            Err(error) => ensure!([errno::EACCES, errno::ENOENT].map(Some).contains(&error.number()), "{error}"),
        }
        let sent = sender.sendto(b"x", "/here/sub/peer");
        ensure!(sent.is_err(), "sent to a peer that lies outside");
    }
    println!("{bound}");
    Ok(())
}

/// Lets a link and a directory take turns at one name, until it is ended.
fn swaps(_: &str) -> Result<()> {
    println!("it begins");
    loop {
        for (from, to) in [("sub", "aside"), ("link", "sub"), ("sub", "link"), ("aside", "sub")] {
            std::fs::rename(format!("/here/{from}"), format!("/here/{to}"))?;
        }
    }
}
