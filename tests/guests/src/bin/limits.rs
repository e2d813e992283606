//! What a guest meets where it wants more than it may have. Arguments: the case, and what the case says.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use berkeley_guest::Error;
use berkeley_guest::poll::{POLLOUT, poll};
use berkeley_guest::poller::{EPOLLET, EPOLLIN, EPOLLONESHOT, EPOLLOUT, Poller};
use berkeley_guest::socket::*;
use berkeley_test_guests::{PATIENCE, exchange, fails, pattern, tcp_pair};

type Case = fn(usize) -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("sockets", sockets),
    ("buffers", buffers),
    ("bandwidth", bandwidth),
    ("watched", watched),
    ("accept", accept),
    ("poll", many),
    ("poller", watching),
    ("backlog", backlog),
    ("receive", receive),
    ("datagram", datagram),
    ("peers", peers),
    ("hoard", hoard),
    ("files", files),
    ("look-ups", look_ups),
];

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().context("a case")?;
    let argument = arguments.next().context("a number")?.parse()?;
    let (_, case) = CASES.iter().find(|(known, _)| *known == name).context("no such case")?;
    case(argument)
}

/// So many sockets there may be.
fn sockets(most: usize) -> Result<()> {
    let open = (0..most).map(|_| Socket::new(AF_INET, SOCK_DGRAM, 0)).collect::<Result<Vec<_>, _>>()?;
    for _ in 0..3 {
        fails("one more", Socket::new(AF_INET, SOCK_DGRAM, 0), errno::EMFILE)?;
        fails("a duplicate", open[0].dup(), errno::EMFILE)?;
    }
    drop(open);
    Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    Ok(())
}

/// 150 pairs with the largest buffers that there are, all full. Prints how many bytes they hold, of at most so many.
fn buffers(most: usize) -> Result<()> {
    let mut held = 0;
    let mut pairs = Vec::new();
    for _ in 0..150 {
        let pair = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
        for end in [&pair.0, &pair.1] {
            end.setblocking(false);
            for name in [SO_SNDBUF, SO_RCVBUF] {
                end.setsockopt(SOL_SOCKET, name, i32::MAX)?;
            }
            while let Ok(sent) = end.send(&[b'x'; 1 << 16]) {
                held += sent;
            }
        }
        pairs.push(pair);
    }
    ensure!(held <= most, "{held}");
    let (left, right) = &pairs[149];
    left.settimeout(Some(Duration::from_millis(20)));
    // What the kernel holds is measured now and then, so that there may be room for a little more.
    let waits = (0..1000).any(|_| left.sendall(&[b'x'; 1 << 16]) == Err(Error::TimedOut));
    ensure!(waits, "it waits");
    println!("{held}");
    // What is received makes room for others.
    for (one, other) in &pairs[..149] {
        for end in [one, other] {
            while end.recv(1 << 20).is_ok() {}
        }
    }
    left.setblocking(false);
    for end in [left, right] {
        while end.recv(1 << 20).is_ok() {}
    }
    let (left, right) = pairs.pop().context("the last pair")?;
    exchange(&[left, right], &pattern(1 << 20))
}

/// Sends so many bytes over TCP in every way, and waits for room by poll in between.
fn bandwidth(count: usize) -> Result<()> {
    let (client, server) = tcp_pair(AF_INET, "127.0.0.1")?;
    client.setblocking(false);
    server.setblocking(false);
    let data = pattern(count);
    let (mut sent, mut calls) = (0, 0);
    while sent < count {
        match client.send(&data[sent..]) {
            Ok(more) => sent += more,
            Err(error) => ensure!(error.errno() == Some(berkeley_guest::error::Errno::Eagain), "{error}"),
        }
        calls += 1;
        ensure!(poll(&[(&client, POLLOUT)], Some(PATIENCE))? == [POLLOUT]);
    }
    // A call each time that poll has said so, and hardly one in vain.
    ensure!(calls < 500, "{calls} calls");
    client.settimeout(Some(PATIENCE));
    client.sendall(&data)?;
    client.sendmsg(&[&data], &[], 0)?;
    server.settimeout(Some(PATIENCE));
    let mut received = 0;
    while received < 2 * count {
        received += server.recv(1 << 16)?.len();
    }
    Ok(())
}

/// Moves so many bytes over TCP by what a poller tells, in each of its ways.
fn watched(count: usize) -> Result<()> {
    let data = pattern(count);
    for way in [0, EPOLLET, EPOLLONESHOT] {
        let (client, server) = tcp_pair(AF_INET, "127.0.0.1")?;
        let poller = Poller::new()?;
        for (token, (socket, events)) in [(&client, EPOLLOUT), (&server, EPOLLIN)].into_iter().enumerate() {
            socket.setblocking(false);
            poller.add(socket, events | way, token as u64)?;
        }
        let (mut sent, mut received, mut calls) = (0, Vec::new(), 0);
        while received.len() < count {
            for event in poller.wait(2, Some(PATIENCE))? {
                calls += 1;
                let socket = if event.token == 0 { &client } else { &server };
                loop {
                    let moved = match event.token {
                        0 if sent == count => break,
                        0 => client.send(&data[sent..]).map(|more| sent += more),
                        _ => server.recv(1 << 16).map(|more| received.extend(more)),
                    };
                    match moved {
                        Ok(()) => {}
                        Err(error) if error.errno() == Some(berkeley_guest::error::Errno::Eagain) => break,
                        Err(error) => return Err(error.into()),
                    }
                }
                match event.token {
                    0 if sent == count => poller.modify(socket, 0, 0)?,
                    0 if way == EPOLLONESHOT => poller.modify(socket, EPOLLOUT | way, 0)?,
                    _ if way == EPOLLONESHOT => poller.modify(socket, EPOLLIN | way, 1)?,
                    _ => {}
                }
            }
        }
        ensure!(received == data, "{way:#x}");
        ensure!(calls < 1000, "{way:#x}: {calls} events");
    }
    Ok(())
}

/// So many sockets one poller may watch.
fn watching(most: usize) -> Result<()> {
    let poller = Poller::new()?;
    let sockets = (0..=most).map(|_| Socket::new(AF_INET, SOCK_DGRAM, 0)).collect::<Result<Vec<_>, _>>()?;
    for socket in &sockets[1..] {
        poller.add(socket, EPOLLIN, 0)?;
    }
    fails("one more", poller.add(&sockets[0], EPOLLIN, 0), errno::ENOSPC)?;
    poller.remove(&sockets[1])?;
    Ok(poller.add(&sockets[0], EPOLLIN, 0)?)
}

/// So many connections, one after the other, made and accepted.
fn accept(count: usize) -> Result<()> {
    let server = create_server(("127.0.0.1", 0), &ServerOptions::default())?;
    let port = server.getsockname()?.port().context("a port")?;
    for _ in 0..count {
        let _client = create_connection(("127.0.0.1", port), &ConnectionOptions::default())?;
        server.accept()?;
    }
    Ok(())
}

/// More sockets than one call of poll takes.
fn many(most: usize) -> Result<()> {
    let socket = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    let interests = vec![(&socket, POLLOUT); most + 1];
    ensure!(poll(&interests[..most], None)?.len() == most);
    fails("one more", poll(&interests, None), errno::EINVAL)
}

/// So many connections may wait on a listener, and the one that the kernel lets in beyond; whatever is asked for.
fn backlog(most: usize) -> Result<()> {
    const NAME: &str = "\0berkeley-limits-backlog";
    let server = Socket::new(AF_UNIX, SOCK_STREAM, 0)?;
    server.bind(NAME)?;
    server.listen(i32::MAX)?;
    let connect = || -> Result<Socket, Error> {
        let client = Socket::new(AF_UNIX, SOCK_STREAM, 0)?;
        client.setblocking(false);
        client.connect(NAME)?;
        Ok(client)
    };
    let _waiting = (0..=most).map(|_| connect()).collect::<Result<Vec<_>, _>>()?;
    fails("one more", connect(), errno::EAGAIN)?;
    server.accept()?;
    connect()?;
    Ok(())
}

/// So many bytes of a stream come with one call, and the rest with others.
fn receive(most: usize) -> Result<()> {
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    let data = pattern(3 * most);
    left.sendall(&data)?;
    let mut received = Vec::new();
    while received.len() < data.len() {
        let part = right.recv(1 << 30)?;
        ensure!((1..=most).contains(&part.len()), "{}", part.len());
        received.extend(part);
    }
    ensure!(received == data);
    Ok(())
}

/// So many bytes of a datagram are received, and the kernel says that there were more.
fn datagram(most: usize) -> Result<()> {
    let (left, right) = socketpair(AF_UNIX, SOCK_DGRAM, 0)?;
    let data = pattern(3 * most);
    for _ in 0..2 {
        left.send(&data)?;
    }
    ensure!(right.recv(1 << 30)? == data[..most]);
    let message = right.recvmsg(1 << 30, 0, 0)?;
    ensure!(message.data == data[..most] && message.flags & MSG_TRUNC != 0);
    Ok(())
}

/// So many strangers may be answered, and of one more the eldest no longer.
fn peers(most: usize) -> Result<()> {
    let server = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    server.bind(("127.0.0.1", 0))?;
    let mut strangers = Vec::new();
    for number in 0..=most {
        let stranger = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
        stranger.bind((format!("127.0.0.{}", 2 + number).as_str(), 0))?;
        stranger.sendto(b"x", server.getsockname()?)?;
        strangers.push(stranger.getsockname()?);
        // What it remembers itself goes with it.
        drop(stranger);
        ensure!(server.recvfrom(1)?.1 == strangers[number]);
        server.sendto(b"y", strangers[number].clone())?;
    }
    for stranger in &strangers[1..] {
        server.sendto(b"z", stranger.clone())?;
    }
    fails("the eldest", server.sendto(b"z", strangers[0].clone()), errno::EACCES)
}

/// Takes all descriptors that there are, prints how many, and keeps them.
fn hoard(_: usize) -> Result<()> {
    let (left, _right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    let mut kept = Vec::new();
    loop {
        match Socket::new(AF_INET, SOCK_DGRAM, 0) {
            Ok(socket) => kept.push(socket),
            Err(error) => {
                ensure!(error.number() == Some(errno::EMFILE), "{error}");
                break;
            }
        }
    }
    fails("a pair", socketpair(AF_UNIX, SOCK_DGRAM, 0), errno::EMFILE)?;
    fails("a duplicate", left.dup(), errno::EMFILE)?;
    println!("{}", kept.len());
    left.recv(1)?;
    Ok(())
}

/// Opens a file as often as it can, prints how often, and keeps all that it has.
fn files(_: usize) -> Result<()> {
    let (left, _right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    let opened: Vec<_> = std::iter::from_fn(|| std::fs::File::open("/data/small").ok()).collect();
    println!("{}", opened.len());
    left.recv(1)?;
    Ok(())
}

/// A name of which nobody tells is given up, again and again, and others are found all the same.
fn look_ups(rounds: usize) -> Result<()> {
    for _ in 0..rounds {
        for name in ["silent.test", "blocking.test"] {
            fails(name, gethostbyname(name), EAI_AGAIN)?;
            fails(name, getaddrinfo(Some(name), None, Hints::default()), EAI_AGAIN)?;
        }
    }
    ensure!(gethostbyname("127.0.0.1")? == "127.0.0.1");
    Ok(())
}
