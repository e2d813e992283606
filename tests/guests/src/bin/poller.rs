//! Sockets that are watched for long. Arguments: the cases that are left out.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use berkeley_guest::ancillary::{recv_fds, send_fds};
use berkeley_guest::poller::{
    EPOLLERR, EPOLLET, EPOLLHUP, EPOLLIN, EPOLLNVAL, EPOLLONESHOT, EPOLLOUT, EPOLLPRI, EPOLLRDHUP, Poller,
};
use berkeley_guest::socket::*;
use berkeley_test_guests::{PATIENCE, fails, run, tcp_pair};

type Case = fn() -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("levels", levels),
    ("edges", edges),
    ("an edge tells what is new behind what was told", new_edges),
    ("one shot", one_shot),
    ("modified", modified),
    ("removed and closed", gone),
    ("a duplicate is watched for itself", duplicates),
    ("a socket that lives on elsewhere", elsewhere),
    ("errors", errors),
    ("ends", ends),
    ("urgent data", urgent),
    ("none is passed over", fair),
    ("limits", limits),
    ("many idle", idle),
    ("a pollable", pollable),
    ("a listener", listener),
    ("tokens and bits", tokens),
];

/// A limit that is meant to run out.
const SOON: Duration = Duration::from_millis(20);

fn main() -> Result<()> {
    let left_out: Vec<_> = std::env::args().skip(1).collect();
    run(CASES.iter().copied().filter(|(name, _)| !left_out.iter().any(|left_out| left_out == name)))
}

fn pair() -> Result<(Socket, Socket)> {
    Ok(socketpair(AF_UNIX, SOCK_STREAM, 0)?)
}

/// What the poller tells, as pairs of token and events, in the order of tokens.
fn told(poller: &Poller, limit: Duration) -> Result<Vec<(u64, u32)>> {
    let mut told: Vec<_> =
        poller.wait(1000, Some(limit))?.into_iter().map(|event| (event.token, event.events)).collect();
    told.sort_unstable();
    Ok(told)
}

fn now(poller: &Poller) -> Result<Vec<(u64, u32)>> {
    told(poller, Duration::ZERO)
}

fn soon(poller: &Poller) -> Result<Vec<(u64, u32)>> {
    told(poller, PATIENCE)
}

fn levels() -> Result<()> {
    let poller = Poller::new()?;
    let (left, right) = pair()?;
    poller.add(&left, EPOLLIN, 7)?;
    poller.add(&right, EPOLLIN | EPOLLOUT, 9)?;
    ensure!(now(&poller)? == [(9, EPOLLOUT)]);
    right.sendall(b"xy")?;
    for _ in 0..3 {
        ensure!(soon(&poller)? == [(7, EPOLLIN), (9, EPOLLOUT)]);
    }
    left.recv(1)?;
    ensure!(soon(&poller)? == [(7, EPOLLIN), (9, EPOLLOUT)], "there is more");
    left.recv(1)?;
    ensure!(now(&poller)? == [(9, EPOLLOUT)]);
    Ok(())
}

fn edges() -> Result<()> {
    let poller = Poller::new()?;
    let (left, right) = pair()?;
    poller.add(&left, EPOLLIN | EPOLLET, 1)?;
    right.sendall(b"x")?;
    ensure!(soon(&poller)? == [(1, EPOLLIN)]);
    ensure!(told(&poller, SOON)?.is_empty(), "it was told");
    right.sendall(b"y")?;
    ensure!(soon(&poller)? == [(1, EPOLLIN)], "more has come, though nothing was read");
    left.recv(9)?;
    ensure!(told(&poller, SOON)?.is_empty());
    right.sendall(b"z")?;
    ensure!(soon(&poller)? == [(1, EPOLLIN)]);
    Ok(())
}

fn new_edges() -> Result<()> {
    let poller = Poller::new()?;
    let (left, right) = tcp_pair(AF_INET, "127.0.0.1")?;
    poller.add(&left, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, 1)?;
    ensure!(soon(&poller)? == [(1, EPOLLOUT)]);
    right.sendall(b"x")?;
    ensure!(soon(&poller)? == [(1, EPOLLIN | EPOLLOUT)]);
    right.shutdown(SHUT_WR)?;
    ensure!(soon(&poller)? == [(1, EPOLLIN | EPOLLOUT | EPOLLRDHUP)]);
    left.shutdown(SHUT_WR)?;
    ensure!(soon(&poller)? == [(1, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLHUP)]);
    let (left, right) = tcp_pair(AF_INET, "127.0.0.1")?;
    poller.add(&left, EPOLLIN | EPOLLET, 2)?;
    right.setsockopt(SOL_SOCKET, SO_LINGER, [1i32.to_ne_bytes(), 0i32.to_ne_bytes()].concat())?;
    right.close()?;
    let reset = soon(&poller)?;
    ensure!(
        reset.iter().any(|(token, events)| *token == 2 && events & (EPOLLERR | EPOLLHUP) == EPOLLERR | EPOLLHUP),
        "{reset:?}"
    );
    Ok(())
}

fn one_shot() -> Result<()> {
    let poller = Poller::new()?;
    let (left, right) = pair()?;
    poller.add(&left, EPOLLIN | EPOLLONESHOT, 1)?;
    right.sendall(b"x")?;
    ensure!(soon(&poller)? == [(1, EPOLLIN)]);
    right.sendall(b"y")?;
    ensure!(told(&poller, SOON)?.is_empty());
    poller.modify(&left, EPOLLIN | EPOLLONESHOT, 2)?;
    ensure!(soon(&poller)? == [(2, EPOLLIN)]);
    right.close()?;
    ensure!(told(&poller, SOON)?.is_empty(), "not even the end");
    Ok(())
}

fn modified() -> Result<()> {
    let poller = Poller::new()?;
    let (left, right) = pair()?;
    poller.add(&left, EPOLLIN | EPOLLET, 1)?;
    right.sendall(b"x")?;
    ensure!(soon(&poller)? == [(1, EPOLLIN)]);
    poller.modify(&left, EPOLLIN | EPOLLET, 2)?;
    ensure!(soon(&poller)? == [(2, EPOLLIN)], "what holds is told anew");
    poller.modify(&left, 0, 3)?;
    ensure!(told(&poller, SOON)?.is_empty());
    right.close()?;
    ensure!(soon(&poller)? == [(3, EPOLLHUP)], "it is told unasked");
    Ok(())
}

fn gone() -> Result<()> {
    let poller = Poller::new()?;
    let (left, right) = pair()?;
    poller.add(&left, EPOLLOUT, 1)?;
    poller.add(&right, EPOLLOUT, 2)?;
    ensure!(now(&poller)? == [(1, EPOLLOUT), (2, EPOLLOUT)]);
    poller.remove(&left)?;
    ensure!(now(&poller)? == [(2, EPOLLOUT)]);
    poller.add(&left, EPOLLOUT, 3)?;
    right.close()?;
    let both = now(&poller)?;
    ensure!(both.len() == 2 && both[0] == (2, EPOLLNVAL) && both[1].0 == 3, "{both:?}");
    let left_alone = now(&poller)?;
    ensure!(left_alone.len() == 1 && left_alone[0].0 == 3, "{left_alone:?}");
    drop(left);
    ensure!(now(&poller)?.is_empty());
    // A number that was used before means nothing.
    let (left, _right) = pair()?;
    ensure!(now(&poller)?.is_empty());
    poller.add(&left, EPOLLOUT, 4)?;
    ensure!(now(&poller)? == [(4, EPOLLOUT)]);
    Ok(())
}

fn duplicates() -> Result<()> {
    let poller = Poller::new()?;
    let (left, _right) = pair()?;
    let copy = left.dup()?;
    poller.add(&left, EPOLLOUT, 1)?;
    poller.add(&copy, EPOLLOUT, 2)?;
    ensure!(now(&poller)? == [(1, EPOLLOUT), (2, EPOLLOUT)]);
    drop(left);
    ensure!(now(&poller)? == [(2, EPOLLOUT)], "the other lives on");
    Ok(())
}

/// The kernel watches a socket as long as anybody has it; the guest that has closed its own is not told.
fn elsewhere() -> Result<()> {
    let poller = Poller::new()?;
    let (left, _right) = pair()?;
    let (carrier, receiver) = pair()?;
    poller.add(&left, EPOLLOUT, 1)?;
    send_fds(&carrier, &[b"x"], &[&left], 0)?;
    drop(left);
    ensure!(now(&poller)?.is_empty());
    let received = recv_fds(&receiver, 1, 1, 0)?;
    ensure!(now(&poller)?.is_empty());
    drop(received);
    Ok(())
}

fn errors() -> Result<()> {
    let poller = Poller::new()?;
    let (left, right) = pair()?;
    poller.add(&left, EPOLLIN, 1)?;
    fails("add", poller.add(&left, EPOLLIN, 1), errno::EEXIST)?;
    fails("modify", poller.modify(&right, EPOLLIN, 1), errno::ENOENT)?;
    fails("remove", poller.remove(&right), errno::ENOENT)?;
    fails("wait", poller.wait(0, None).map(drop), errno::EINVAL)?;
    right.close()?;
    fails("add", poller.add(&right, EPOLLIN, 1), errno::EBADF)?;
    fails("modify", poller.modify(&right, EPOLLIN, 1), errno::EBADF)?;
    fails("remove", poller.remove(&right), errno::EBADF)?;
    let other = Poller::new()?;
    other.add(&left, EPOLLIN, 1)?;
    drop(poller);
    ensure!(now(&other)? == [(1, EPOLLIN | EPOLLHUP)]);
    Ok(())
}

fn ends() -> Result<()> {
    let poller = Poller::new()?;
    let (left, right) = pair()?;
    poller.add(&left, EPOLLRDHUP, 1)?;
    ensure!(now(&poller)?.is_empty());
    right.shutdown(SHUT_WR)?;
    ensure!(soon(&poller)? == [(1, EPOLLRDHUP)]);
    right.close()?;
    ensure!(soon(&poller)? == [(1, EPOLLRDHUP | EPOLLHUP)]);
    Ok(())
}

fn urgent() -> Result<()> {
    let poller = Poller::new()?;
    let (left, right) = tcp_pair(AF_INET, "127.0.0.1")?;
    poller.add(&left, EPOLLPRI, 1)?;
    ensure!(now(&poller)?.is_empty());
    right.send_flags(b"!", MSG_OOB)?;
    ensure!(soon(&poller)? == [(1, EPOLLPRI)]);
    Ok(())
}

fn fair() -> Result<()> {
    let poller = Poller::new()?;
    let pairs = (0..10).map(|_| pair()).collect::<Result<Vec<_>>>()?;
    for (token, (left, _)) in (0..).zip(&pairs) {
        poller.add(left, EPOLLOUT, token)?;
    }
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..10 {
        let some = poller.wait(3, Some(PATIENCE))?;
        ensure!((1..=3).contains(&some.len()));
        seen.extend(some.iter().map(|event| event.token));
    }
    ensure!(seen.len() == 10, "{seen:?}");
    Ok(())
}

fn limits() -> Result<()> {
    let poller = Poller::new()?;
    let (left, right) = pair()?;
    poller.add(&left, EPOLLIN, 1)?;
    for limit in [Duration::ZERO, Duration::from_nanos(1), SOON] {
        let start = Instant::now();
        ensure!(told(&poller, limit)?.is_empty());
        ensure!(start.elapsed() >= limit, "no sooner than asked for");
    }
    right.sendall(b"x")?;
    for limit in [Some(Duration::ZERO), Some(Duration::MAX), None] {
        ensure!(poller.wait(1, limit)?.len() == 1);
    }
    Ok(())
}

fn idle() -> Result<()> {
    const PAIRS: usize = 500;
    let poller = Poller::new()?;
    let pairs = (0..PAIRS).map(|_| pair()).collect::<Result<Vec<_>>>()?;
    for (token, (left, _)) in (0..).zip(&pairs) {
        poller.add(left, EPOLLIN, token)?;
    }
    for chosen in [0, PAIRS / 2, PAIRS - 1, 17] {
        pairs[chosen].1.sendall(b"x")?;
        ensure!(soon(&poller)? == [(chosen as u64, EPOLLIN)]);
        ensure!(pairs[chosen].0.recv(9)? == b"x");
    }
    drop(pairs);
    ensure!(now(&poller)?.is_empty());
    Ok(())
}

fn pollable() -> Result<()> {
    let poller = Poller::new()?;
    let (left, right) = pair()?;
    poller.add(&left, EPOLLIN | EPOLLET, 1)?;
    let pollable = poller.subscribe();
    ensure!(!pollable.ready());
    right.sendall(b"x")?;
    pollable.block();
    ensure!(pollable.ready(), "asking does not take the edge");
    ensure!(now(&poller)? == [(1, EPOLLIN)]);
    ensure!(!pollable.ready());
    let clock = wasip2::clocks::monotonic_clock::subscribe_duration(SOON.as_nanos() as u64);
    ensure!(wasip2::io::poll::poll(&[&pollable, &clock]) == [1]);
    right.close()?;
    pollable.block();
    drop(poller);
    // It is of use as long as it lasts.
    pollable.block();
    Ok(())
}

fn listener() -> Result<()> {
    let poller = Poller::new()?;
    let listener = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    listener.bind(("127.0.0.1", 0))?;
    listener.listen(2)?;
    poller.add(&listener, EPOLLIN, 1)?;
    ensure!(now(&poller)?.is_empty());
    let client = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    client.setblocking(false);
    fails("connect", client.connect(&listener.getsockname()?), errno::EINPROGRESS)?;
    poller.add(&client, EPOLLOUT | EPOLLONESHOT, 2)?;
    let mut seen = Vec::new();
    while seen.len() < 2 {
        for (token, events) in soon(&poller)? {
            if !seen.contains(&(token, events)) {
                seen.push((token, events));
            }
        }
    }
    seen.sort_unstable();
    ensure!(seen == [(1, EPOLLIN), (2, EPOLLOUT)], "{seen:?}");
    listener.accept()?;
    ensure!(now(&poller)?.is_empty());
    Ok(())
}

fn tokens() -> Result<()> {
    let poller = Poller::new()?;
    let (left, _right) = pair()?;
    // EPOLLEXCLUSIVE and EPOLLWAKEUP mean nothing to a guest, whose pollers are its own.
    poller.add(&left, EPOLLOUT | 1 << 28 | 1 << 29, u64::MAX)?;
    ensure!(now(&poller)? == [(u64::MAX, EPOLLOUT)]);
    poller.modify(&left, EPOLLOUT | 0x3fff_0000, 0)?;
    ensure!(now(&poller)? == [(0, EPOLLOUT)]);
    Ok(())
}
