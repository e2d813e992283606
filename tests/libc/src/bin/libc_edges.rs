//! What is edge-triggered: EPOLLET. Argument: the port of a peer that
//! answers on the second connection what the first one asks.
#![allow(unsafe_code, clippy::undocumented_unsafe_blocks, reason = "the functions are C's")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;

use berkeley_test_libc::*;
use libc::{SHUT_WR, SOCK_STREAM, c_int, close};

fn main() {
    once();
    counters();
    behind_unread_data();
    hang_up();
    reset();
    datagrams();
    connections();
    sets();
    meanwhile(std::env::args().nth(1).and_then(|port| port.parse().ok()).expect("a port"));
    println!("done");
}

/// A set that has the descriptor, under the number 1.
fn watching(fd: c_int, events: u32) -> c_int {
    let set = ok(unsafe { epoll_create1(0) });
    ok(control(set, EPOLL_CTL_ADD, fd, events | EPOLLET, 1));
    set
}

/// The set tells these events, and then nothing.
#[track_caller]
fn tells(set: c_int, events: u32) {
    assert_eq!(wait(set, -1), [(events, 1)]);
    assert_eq!(wait(set, 0), []);
}

fn once() {
    let [left, right] = pair(SOCK_STREAM | SOCK_NONBLOCK);
    let set = watching(left, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
    tells(set, EPOLLOUT);
    put(right, b"first");
    tells(set, EPOLLIN | EPOLLOUT);
    // Who reads all that there is, though without EAGAIN, is told of what comes then.
    assert_eq!(get(left, 5), b"first");
    put(right, b"second");
    tells(set, EPOLLIN | EPOLLOUT);
    assert_eq!(get(left, 6), b"second");
    assert_eq!(wait(set, 0), []);
    ok(unsafe { close(right) });
    tells(set, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLHUP);
}

/// Each write to a counter is an edge.
fn counters() {
    let counter = ok(unsafe { eventfd(0, libc::O_NONBLOCK) });
    let set = watching(counter, EPOLLIN);
    for _ in 0..2 {
        ok(unsafe { eventfd_write(counter, 1) });
        tells(set, EPOLLIN);
    }
}

fn behind_unread_data() {
    let [left, right] = pair(SOCK_STREAM);
    let set = watching(left, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
    tells(set, EPOLLOUT);
    for _ in 0..3 {
        put(right, b"x");
        tells(set, EPOLLIN | EPOLLOUT);
    }
    ok(unsafe { shutdown(right, SHUT_WR) });
    tells(set, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
    ok(unsafe { close(right) });
    tells(set, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLHUP);
}

fn hang_up() {
    let [left, right] = pair(SOCK_STREAM);
    let set = watching(left, EPOLLOUT);
    tells(set, EPOLLOUT);
    ok(unsafe { close(right) });
    tells(set, EPOLLOUT | EPOLLHUP);
}

fn connected() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("it binds");
    let client = TcpStream::connect(listener.local_addr().expect("an address")).expect("it connects");
    (client, listener.accept().expect("a connection").0)
}

fn reset() {
    let (mut client, server) = connected();
    let set = watching(server.as_raw_fd(), EPOLLIN);
    for _ in 0..2 {
        client.write_all(b"1").expect("it sends");
        tells(set, EPOLLIN);
    }
    let linger = [1, 0];
    let size = size_of_val(&linger) as u32;
    ok(unsafe { libc::setsockopt(client.as_raw_fd(), SOL_SOCKET, libc::SO_LINGER, linger.as_ptr().cast(), size) });
    drop(client);
    tells(set, EPOLLIN | EPOLLERR | EPOLLHUP);
}

fn datagrams() {
    let [one, other] = [0, 1].map(|_| UdpSocket::bind("127.0.0.1:0").expect("it binds"));
    let set = watching(other.as_raw_fd(), EPOLLIN);
    for _ in 0..2 {
        one.send_to(b"datagram", other.local_addr().expect("an address")).expect("it sends");
        tells(set, EPOLLIN);
    }
}

fn connections() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("it binds");
    let set = watching(listener.as_raw_fd(), EPOLLIN);
    let address = listener.local_addr().expect("an address");
    let _clients = [0, 1].map(|_| {
        let client = TcpStream::connect(address).expect("it connects");
        tells(set, EPOLLIN);
        client
    });
}

/// A set in a set.
fn sets() {
    let [left, right] = pair(SOCK_STREAM);
    let inner = ok(unsafe { epoll_create1(0) });
    ok(control(inner, EPOLL_CTL_ADD, left, EPOLLIN, 2));
    let outer = watching(inner, EPOLLIN);
    for _ in 0..2 {
        put(right, b"x");
        tells(outer, EPOLLIN);
        assert_eq!(wait(inner, -1), [(EPOLLIN, 2)]);
        get(left, 1);
    }
}

/// What comes while the set is waited for, behind data that nobody reads.
fn meanwhile(port: u16) {
    let connect = || TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    let (mut asks, mut hears) = (connect(), connect());
    let set = watching(hears.as_raw_fd(), EPOLLIN | EPOLLRDHUP);
    for _ in 0..3 {
        asks.write_all(b"?").expect("it sends");
        tells(set, EPOLLIN);
    }
    asks.write_all(b".").expect("it sends");
    tells(set, EPOLLIN | EPOLLRDHUP);
    let mut all = String::new();
    hears.read_to_string(&mut all).expect("it reads");
    assert_eq!(all, "!!!");
}
