//! Pairs of connected sockets: socketpair(2).

use std::time::Duration;

use anyhow::{Result, ensure};
use berkeley_guest::poll::{POLLIN, POLLOUT, poll};
use berkeley_guest::socket::*;
use berkeley_test_guests::{PATIENCE, exchange, fails, pattern, run};

type Case = fn() -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("every type", types),
    ("what there is no pair of", unsupported),
    ("flags", flags),
    ("the default time limit", default_timeout),
    ("boundaries of messages", boundaries),
    ("a stream has none", stream),
    ("thousands both ways", thousands),
    ("megabytes both ways", bulk),
    ("the other end closes", closing),
];

const KINDS: [i32; 3] = [SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET];

fn main() -> Result<()> {
    run(CASES.iter().copied())
}

fn pair(kind: i32) -> Result<[Socket; 2]> {
    Ok(socketpair(AF_UNIX, kind, 0)?.into())
}

fn types() -> Result<()> {
    for kind in KINDS {
        let ends = pair(kind)?;
        for (end, other) in [(&ends[0], &ends[1]), (&ends[1], &ends[0])] {
            ensure!((end.family(), end.r#type(), end.proto()) == (AF_UNIX, kind, 0));
            ensure!(end.getblocking() && end.gettimeout().is_none());
            ensure!(end.getsockopt(SOL_SOCKET, SO_TYPE)? == kind);
            end.sendall(b"to the other end")?;
            ensure!(other.recv(99)? == b"to the other end");
        }
        let expected = if kind == SOCK_DGRAM { errno::EOPNOTSUPP } else { errno::EINVAL };
        fails("it does not listen", ends[0].accept(), expected)?;
    }
    Ok(())
}

fn unsupported() -> Result<()> {
    for (family, kind, protocol, expected) in [
        (AF_INET, SOCK_STREAM, 0, errno::EOPNOTSUPP),
        (AF_INET, SOCK_DGRAM, 0, errno::EOPNOTSUPP),
        (AF_INET6, SOCK_STREAM, 0, errno::EOPNOTSUPP),
        (AF_UNIX, 99, 0, errno::EINVAL),
        (AF_UNIX, 4, 0, errno::ESOCKTNOSUPPORT),
        (AF_UNIX, SOCK_STREAM, 99, errno::EPROTONOSUPPORT),
        (9999, SOCK_STREAM, 0, errno::EAFNOSUPPORT),
        (AF_UNSPEC, SOCK_STREAM, 0, errno::EAFNOSUPPORT),
        (AF_NETLINK, SOCK_RAW, 0, errno::EACCES),
    ] {
        fails(&format!("{family} {kind} {protocol}"), socketpair(family, kind, protocol), expected)?;
    }
    Ok(())
}

fn flags() -> Result<()> {
    for kind in KINDS {
        for (flag, limit) in [(SOCK_NONBLOCK, Some(Duration::ZERO)), (SOCK_CLOEXEC, None), (0, None)] {
            let ends = pair(kind | flag)?;
            for end in &ends {
                ensure!(end.gettimeout() == limit && end.r#type() == kind, "{kind} with {flag:#x}");
            }
            if flag == SOCK_NONBLOCK {
                fails("recv", ends[0].recv(1), errno::EAGAIN)?;
                ends[1].setblocking(true);
                fails("the other end's mode is its own", ends[0].recv(1), errno::EAGAIN)?;
            }
        }
    }
    Ok(())
}

fn default_timeout() -> Result<()> {
    setdefaulttimeout(Some(PATIENCE));
    let (limited, nonblocking) = (pair(SOCK_STREAM)?, pair(SOCK_STREAM | SOCK_NONBLOCK)?);
    setdefaulttimeout(None);
    ensure!(limited.iter().all(|end| end.gettimeout() == Some(PATIENCE)));
    ensure!(nonblocking.iter().all(|end| end.gettimeout() == Some(Duration::ZERO)));
    Ok(())
}

fn boundaries() -> Result<()> {
    for kind in [SOCK_DGRAM, SOCK_SEQPACKET] {
        let [left, right] = pair(kind)?;
        let sizes = [1, 0, 1000, 65_537, 7];
        for size in sizes {
            left.sendall(&pattern(size))?;
        }
        for size in sizes {
            ensure!(right.recv(1 << 20)? == pattern(size), "{size} bytes");
        }
        left.sendall(b"longer")?;
        left.sendall(b"next")?;
        ensure!(right.recv(4)? == b"long" && right.recv(9)? == b"next", "the rest is lost");
        fails("too large", left.send(&pattern(8 << 20)), errno::EMSGSIZE)?;
    }
    Ok(())
}

fn stream() -> Result<()> {
    let [left, right] = pair(SOCK_STREAM)?;
    for part in [&b"one "[..], b"", b"two "] {
        left.sendall(part)?;
    }
    ensure!(right.recv(99)? == b"one two ");
    left.sendall(b"longer")?;
    ensure!(right.recv(4)? == b"long" && right.recv(9)? == b"er", "nothing is lost");
    Ok(())
}

/// Many messages on the way at once, as many as the queue takes.
fn thousands() -> Result<()> {
    const MESSAGES: u32 = 5000;
    for kind in KINDS {
        let ends = pair(kind | SOCK_NONBLOCK)?;
        let (mut sent, mut received) = ([0; 2], [0; 2]);
        while received != [MESSAGES; 2] {
            let wants = sent.map(|sent| if sent < MESSAGES { POLLIN | POLLOUT } else { POLLIN });
            let ready = poll(&[(&ends[0], wants[0]), (&ends[1], wants[1])], Some(PATIENCE))?;
            ensure!(ready != [0, 0], "stuck at {sent:?} and {received:?}");
            for at in 0..2 {
                if ready[at] & POLLOUT != 0 {
                    ensure!(ends[at].send(&sent[at].to_ne_bytes())? == 4);
                    sent[at] += 1;
                }
                if ready[at] & POLLIN != 0 {
                    ensure!(ends[at].recv(4)? == received[at].to_ne_bytes(), "in order");
                    received[at] += 1;
                }
            }
        }
    }
    Ok(())
}

fn bulk() -> Result<()> {
    exchange(&pair(SOCK_STREAM | SOCK_NONBLOCK)?, &pattern(8 << 20))
}

fn closing() -> Result<()> {
    for kind in [SOCK_STREAM, SOCK_SEQPACKET] {
        let [left, right] = pair(kind)?;
        right.sendall(b"last words")?;
        right.close()?;
        ensure!(left.recv(99)? == b"last words");
        ensure!(left.recv(99)?.is_empty());
        fails("send", left.send(b"x"), errno::EPIPE)?;
        // What the other end never read is lost, and it is told so.
        let [left, right] = pair(kind)?;
        left.sendall(b"unread")?;
        right.close()?;
        fails("recv", left.recv(9), errno::ECONNRESET)?;
    }
    let [left, right] = pair(SOCK_DGRAM)?;
    right.close()?;
    fails("send", left.send(b"x"), errno::ECONNREFUSED)
}
