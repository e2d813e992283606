//! Waiting for many sockets, and for sockets together with what WASI has.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use berkeley_guest::Error;
use berkeley_guest::error::Errno;
use berkeley_guest::poll::{POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLRDHUP, Pollable, poll, subscribe};
use berkeley_guest::socket::*;
use berkeley_test_guests::{PATIENCE, fails, pattern, run, tcp_pair};

type Case = fn() -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("five hundred pairs", many),
    ("one socket many times", duplicates),
    ("the peer closes", hanging_up),
    ("over TCP", tcp),
    ("room again", room),
    ("limits", limits),
    ("nothing to wait for", nothing),
    ("closed sockets", closed),
    ("modes play no part", modes),
    ("a pollable that is ready", ready_pollable),
    ("pollables and a clock", clock),
    ("a pollable of a closed socket", closed_pollable),
    ("a pollable after its socket", orphan),
    ("pollables again and again", again),
    ("many pollables", many_pollables),
];

/// A limit that is meant to run out.
const SOON: Duration = Duration::from_millis(20);

fn main() -> Result<()> {
    run(CASES.iter().copied())
}

fn pair() -> Result<(Socket, Socket)> {
    Ok(socketpair(AF_UNIX, SOCK_STREAM, 0)?)
}

/// The events of one socket, for which something is waited for.
fn events(socket: &Socket, events: i16) -> Result<i16> {
    Ok(poll(&[(socket, events)], Some(PATIENCE))?[0])
}

/// The events of one socket now.
fn now(socket: &Socket, events: i16) -> Result<i16> {
    Ok(poll(&[(socket, events)], Some(Duration::ZERO))?[0])
}

fn many() -> Result<()> {
    const PAIRS: usize = 500;
    let pairs = (0..PAIRS).map(|_| pair()).collect::<Result<Vec<_>>>()?;
    let watched: Vec<_> = pairs.iter().map(|(left, _)| (left, POLLIN)).collect();
    for chosen in [0, PAIRS / 2, PAIRS - 1, 17] {
        pairs[chosen].1.sendall(b"x")?;
        let ready = poll(&watched, None)?;
        ensure!(ready.iter().enumerate().all(|(at, events)| *events == if at == chosen { POLLIN } else { 0 }));
        ensure!(pairs[chosen].0.recv(9)? == b"x");
    }
    for (_, right) in pairs.iter().step_by(2) {
        right.sendall(b"x")?;
    }
    let ready = poll(&watched, Some(PATIENCE))?;
    ensure!(ready.iter().enumerate().all(|(at, events)| *events == if at % 2 == 0 { POLLIN } else { 0 }));
    let both: Vec<_> = pairs.iter().flat_map(|(left, right)| [(left, POLLOUT), (right, POLLOUT)]).collect();
    ensure!(poll(&both, Some(PATIENCE))? == [POLLOUT; 2 * PAIRS]);
    Ok(())
}

fn duplicates() -> Result<()> {
    let (left, right) = pair()?;
    let copy = left.dup()?;
    let watched = [(&left, POLLIN), (&left, POLLOUT), (&copy, POLLIN | POLLOUT), (&left, 0), (&left, POLLIN)];
    ensure!(poll(&watched, Some(PATIENCE))? == [0, POLLOUT, POLLOUT, 0, 0]);
    right.sendall(b"x")?;
    ensure!(poll(&watched, Some(PATIENCE))? == [POLLIN, POLLOUT, POLLIN | POLLOUT, 0, POLLIN]);
    copy.recv(1)?;
    let readers = [(&left, POLLIN), (&copy, POLLIN), (&left, POLLIN)];
    ensure!(poll(&readers, Some(SOON))? == [0, 0, 0]);
    Ok(())
}

fn hanging_up() -> Result<()> {
    let (left, right) = pair()?;
    ensure!(now(&left, POLLIN | POLLRDHUP)? == 0);
    right.shutdown(SHUT_WR)?;
    ensure!(events(&left, POLLIN | POLLRDHUP)? == POLLIN | POLLRDHUP);
    ensure!(events(&left, POLLRDHUP)? == POLLRDHUP);
    right.close()?;
    ensure!(events(&left, 0)? == POLLHUP, "it is told without being asked for");
    ensure!(events(&left, POLLIN | POLLOUT | POLLRDHUP)? == POLLIN | POLLOUT | POLLHUP | POLLRDHUP);
    Ok(())
}

fn tcp() -> Result<()> {
    let fresh = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    ensure!(now(&fresh, POLLIN | POLLOUT)? == POLLOUT | POLLHUP, "as Linux has it of what is not connected");
    let (client, server) = tcp_pair(AF_INET, "127.0.0.1")?;
    ensure!(events(&client, POLLIN | POLLOUT)? == POLLOUT);
    server.shutdown(SHUT_WR)?;
    ensure!(events(&client, POLLRDHUP)? == POLLRDHUP);
    ensure!(now(&client, POLLIN | POLLHUP)? == POLLIN, "it may still be written");
    client.shutdown(SHUT_WR)?;
    ensure!(events(&client, 0)? == POLLHUP);
    let (client, server) = tcp_pair(AF_INET, "127.0.0.1")?;
    server.setsockopt(SOL_SOCKET, SO_LINGER, [1i32.to_ne_bytes(), 0i32.to_ne_bytes()].concat())?;
    server.close()?;
    let reset = events(&client, POLLIN)?;
    ensure!(reset & (POLLERR | POLLHUP) == POLLERR | POLLHUP, "{reset:#x}");
    fails("recv", client.recv(1), errno::ECONNRESET)
}

fn room() -> Result<()> {
    let (left, right) = pair()?;
    left.setblocking(false);
    let mut sent = 0;
    let data = pattern(1 << 16);
    while let Ok(more) = left.send(&data) {
        sent += more;
    }
    ensure!(now(&left, POLLOUT)? == 0, "full");
    ensure!(poll(&[(&left, POLLOUT)], Some(SOON))? == [0]);
    while sent > 0 {
        sent -= right.recv(1 << 20)?.len();
    }
    ensure!(events(&left, POLLOUT)? == POLLOUT, "room again");
    Ok(())
}

fn limits() -> Result<()> {
    let (left, right) = pair()?;
    for limit in [Duration::ZERO, Duration::from_nanos(1), SOON] {
        let start = Instant::now();
        ensure!(poll(&[(&left, POLLIN), (&right, POLLIN)], Some(limit))? == [0, 0]);
        ensure!(start.elapsed() >= limit, "no sooner than asked for");
    }
    right.sendall(b"x")?;
    for limit in [Some(Duration::ZERO), Some(Duration::MAX), None] {
        ensure!(poll(&[(&left, POLLIN), (&right, POLLIN)], limit)? == [POLLIN, 0]);
    }
    Ok(())
}

fn nothing() -> Result<()> {
    let start = Instant::now();
    ensure!(poll::<Socket>(&[], Some(SOON))?.is_empty());
    ensure!(start.elapsed() >= SOON, "it sleeps");
    ensure!(poll::<Socket>(&[], None) == Err(Error::Os(Errno::Einval)));
    Ok(())
}

fn closed() -> Result<()> {
    let (left, right) = pair()?;
    right.close()?;
    let (other, peer) = pair()?;
    peer.close()?;
    other.close()?;
    ensure!(poll(&[(&other, POLLIN), (&right, 0)], None)? == [POLLNVAL, POLLNVAL]);
    let ready = poll(&[(&other, POLLIN), (&left, POLLIN), (&right, POLLOUT)], None)?;
    ensure!(ready == [POLLNVAL, POLLIN | POLLHUP, POLLNVAL]);
    Ok(())
}

fn modes() -> Result<()> {
    for mode in [None, Some(Duration::ZERO), Some(Duration::from_nanos(1))] {
        let (left, right) = pair()?;
        left.settimeout(mode);
        ensure!(poll(&[(&left, POLLIN)], Some(SOON))? == [0]);
        right.sendall(b"x")?;
        ensure!(poll(&[(&left, POLLIN)], None)? == [POLLIN]);
    }
    Ok(())
}

/// A clock that will not ring while anybody waits here.
fn patient() -> Pollable {
    after(PATIENCE * 100)
}

fn after(time: Duration) -> Pollable {
    wasip2::clocks::monotonic_clock::subscribe_duration(time.as_nanos() as u64)
}

/// Which of the pollables are ready, once one is.
fn ready(pollables: &[&Pollable]) -> Vec<u32> {
    let mut ready = wasip2::io::poll::poll(pollables);
    ready.sort_unstable();
    ready
}

fn ready_pollable() -> Result<()> {
    let (left, right) = pair()?;
    let (readable, writable) = (subscribe(&left, POLLIN)?, subscribe(&left, POLLOUT)?);
    ensure!(!readable.ready() && writable.ready());
    writable.block();
    right.sendall(b"x")?;
    readable.block();
    ensure!(readable.ready());
    left.recv(1)?;
    ensure!(!readable.ready(), "it tells what is, not what was");
    Ok(())
}

fn clock() -> Result<()> {
    let (left, right) = pair()?;
    let (readable, patient) = (subscribe(&left, POLLIN)?, patient());
    let soon = after(SOON);
    ensure!(ready(&[&readable, &soon, &patient]) == [1], "the clock");
    let soon = after(SOON);
    ensure!(ready(&[&soon, &readable]) == [0], "the clock, in the other order");
    right.sendall(b"x")?;
    ensure!(ready(&[&readable, &patient]) == [0], "the socket");
    ensure!(ready(&[&patient, &readable]) == [1], "the socket, in the other order");
    ensure!(ready(&[&readable, &soon, &patient]) == [0, 1], "both");
    Ok(())
}

fn closed_pollable() -> Result<()> {
    let (left, _right) = pair()?;
    let readable = subscribe(&left, POLLIN)?;
    ensure!(!readable.ready());
    left.close()?;
    ensure!(readable.ready(), "at once");
    readable.block();
    ensure!(ready(&[&patient(), &readable]) == [1]);
    fails("subscribe", subscribe(&left, POLLIN).map(drop), errno::EBADF)
}

fn orphan() -> Result<()> {
    let (left, right) = pair()?;
    let readable = subscribe(&left, POLLIN)?;
    drop(left);
    readable.block();
    let copy = right.dup()?;
    let gone = subscribe(&right, POLLIN)?;
    drop(right);
    gone.block();
    ensure!(events(&copy, 0)? == POLLHUP);
    Ok(())
}

/// Each time the pollable is made, waited for and dropped, as an event loop does it.
fn again() -> Result<()> {
    let (left, right) = pair()?;
    for number in 0..1000u32 {
        let readable = subscribe(&left, POLLIN)?;
        ensure!(!readable.ready());
        right.sendall(&number.to_ne_bytes())?;
        ensure!(ready(&[&patient(), &readable]) == [1]);
        ensure!(left.recv(9)? == number.to_ne_bytes());
    }
    let (readable, writable) = (subscribe(&left, POLLIN)?, subscribe(&left, POLLOUT)?);
    for number in 0..1000u32 {
        ensure!(!readable.ready() && writable.ready());
        right.sendall(&number.to_ne_bytes())?;
        readable.block();
        ensure!(left.recv(9)? == number.to_ne_bytes());
    }
    Ok(())
}

fn many_pollables() -> Result<()> {
    let pairs = (0..200).map(|_| pair()).collect::<Result<Vec<_>>>()?;
    let pollables = pairs.iter().map(|(left, _)| Ok(subscribe(left, POLLIN)?)).collect::<Result<Vec<_>>>()?;
    let watched: Vec<_> = pollables.iter().collect();
    for chosen in [0, 99, 199] {
        pairs[chosen].1.sendall(b"x")?;
        ensure!(ready(&watched) == [chosen as u32]);
        pairs[chosen].0.recv(1)?;
    }
    pairs[7].1.close()?;
    ensure!(ready(&watched) == [7], "the other end has gone");
    Ok(())
}
