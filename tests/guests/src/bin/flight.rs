//! Sockets that are sent and not received: they are counted while they are on their way, and nothing of them is left
//! behind. `/proc` is the directory of the host process there, which may have few descriptors.

use std::time::Instant;

use anyhow::{Result, ensure};
use berkeley_guest::ancillary::ControlMessage;
use berkeley_guest::socket::*;
use berkeley_test_guests::{PATIENCE, errno, fails, run};

type Case = fn() -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("there is a limit to what is on its way", limit),
    ("a socket that is closed meanwhile has sent it all the same", closed),
    ("what nobody receives is counted until nobody can", unreceived),
    ("calls that fail send nothing", failed),
    ("both ends closed, with something on its way in both directions", both_ways),
    ("ends that are on their way themselves", nested),
    ("an end that is on its way to itself", cycle),
    ("datagrams", datagrams),
];

fn main() -> Result<()> {
    let before = descriptors()?;
    let cases = CASES.iter().map(|(name, case)| (*name, move || case().and_then(|()| none_left(before))));
    run(cases)
}

fn descriptors() -> Result<usize> {
    Ok(std::fs::read_dir("/proc/fd")?.count())
}

/// The host's process is to come to have as many descriptors as before.
fn none_left(before: usize) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while descriptors()? > before {
        ensure!(Instant::now() < deadline, "{} descriptors instead of {before}", descriptors()?);
        // The kernel collects what nobody can receive any more when somebody closes a unix socket.
        drop(pair()?);
    }
    Ok(())
}

fn pair() -> Result<(Socket, Socket)> {
    Ok(socketpair(AF_UNIX, SOCK_STREAM, 0)?)
}

/// Sends so many new sockets, and keeps none.
fn give(socket: &Socket, count: usize) -> Result<(), berkeley_guest::Error> {
    let gifts = (0..count).map(|_| Socket::new(AF_INET, SOCK_DGRAM, 0)).collect::<Result<Vec<_>, _>>()?;
    send_fds(socket, &[b"x"], &gifts.iter().collect::<Vec<_>>(), 0).map(drop)
}

/// Sends sockets, many at once and then one at a time, until there may be no more. Tells how many.
fn fill(socket: &Socket) -> Result<usize> {
    socket.setblocking(false);
    let mut given = 0;
    for count in [50, 1] {
        let error = loop {
            match give(socket, count) {
                Ok(()) => given += count,
                error => break error,
            }
        };
        fails("one more", error, errno::ETOOMANYREFS)?;
    }
    Ok(given)
}

/// Receives until there is nothing more. Tells how many sockets came, and how it ended.
fn take_all(socket: &Socket) -> Result<(usize, i32)> {
    socket.setblocking(false);
    let mut taken = 0;
    loop {
        match recv_fds(socket, 1, 50, 0) {
            Ok(message) if message.data.is_empty() => return Ok((taken, 0)),
            Ok(message) => taken += message.sockets().len(),
            error => return Ok((taken, errno(error)?)),
        }
    }
}

fn limit() -> Result<()> {
    let (left, right) = pair()?;
    let given = fill(&left)?;
    ensure!(given > 100, "only {given}");
    ensure!(left.send(b"x")? == 1, "what has no sockets goes");
    let (other, _end) = pair()?;
    fails("another way", give(&other, 1), errno::ETOOMANYREFS)?;
    ensure!(take_all(&right)? == (given, errno::EAGAIN));
    ensure!(fill(&left)? == given);
    Ok(())
}

fn closed() -> Result<()> {
    let (left, right) = pair()?;
    let given = fill(&left)?;
    drop(left);
    fails("nobody is there", right.send(b"x"), errno::EPIPE)?;
    ensure!(take_all(&right)? == (given, 0), "all of it, and then the end");
    let (left, _right) = pair()?;
    ensure!(fill(&left)? == given);
    Ok(())
}

fn unreceived() -> Result<()> {
    let (left, right) = pair()?;
    let given = fill(&left)?;
    drop(left);
    let (left, _right) = pair()?;
    fails("still on its way", give(&left, 1), errno::ETOOMANYREFS)?;
    drop(right);
    ensure!(fill(&left)? == given);
    Ok(())
}

fn failed() -> Result<()> {
    let (left, _right) = pair()?;
    left.setblocking(false);
    give(&left, 1)?;
    let full = loop {
        match left.send(&[0; 4096]) {
            Ok(_) => {}
            error => break error,
        }
    };
    fails("full", full, errno::EAGAIN)?;
    let gift = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    for _ in 0..1000 {
        fails("full", send_fds(&left, &[b"x"], &[&gift], 0), errno::EAGAIN)?;
    }
    Ok(())
}

fn both_ways() -> Result<()> {
    for _ in 0..200 {
        let (left, right) = pair()?;
        give(&left, 3)?;
        give(&right, 3)?;
    }
    Ok(())
}

fn nested() -> Result<()> {
    let (way, end) = pair()?;
    way.setblocking(false);
    let stopped = loop {
        let (left, right) = pair()?;
        if let Err(error) = give(&left, 20).and_then(|()| send_fds(&way, &[b"x"], &[&right], 0)) {
            break Err::<(), _>(error);
        }
    };
    fails("too much on its way", stopped, errno::ETOOMANYREFS)?;
    drop((way, end));
    let (left, _right) = pair()?;
    fill(&left).map(drop)
}

fn cycle() -> Result<()> {
    for _ in 0..200 {
        let (left, right) = pair()?;
        send_fds(&left, &[b"x"], &[&right], 0)?;
    }
    Ok(())
}

fn datagrams() -> Result<()> {
    for kind in [SOCK_DGRAM, SOCK_SEQPACKET] {
        for _ in 0..200 {
            let (left, right) = socketpair(AF_UNIX, kind, 0)?;
            give(&left, 2)?;
            let gift = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
            ensure!(right.sendmsg(&[], &[ControlMessage::Rights(&[&gift])], 0)? == 0);
            ensure!(recv_fds(&left, 1, 1, 0)?.sockets().len() == 1, "with no data");
        }
    }
    Ok(())
}
