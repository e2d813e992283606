//! How long calls take under SO_RCVTIMEO and SO_SNDTIMEO, and what they do in that time: a time for the whole call, or for
//! each wait. Arguments: `serve`, or the address of who serves; the clock is that of a simulated world.
#![allow(unsafe_code, clippy::undocumented_unsafe_blocks, reason = "the functions are C's")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::ptr::null_mut;
use std::thread::sleep;
use std::time::{Duration, Instant};

use berkeley_test_libc::*;
use libc::{SOCK_STREAM, c_int, c_void, iovec, timeval};

const PORT: u16 = 7;
const SECOND: Duration = Duration::from_secs(1);
/// A call that receives.
type Receive = fn(c_int) -> isize;
/// More than any buffer has room for.
const LARGE: usize = 8 << 20;
/// More than one call of the host's gives for sure.
const MUCH: usize = 100_000;

fn main() {
    match std::env::args().nth(1).expect("what to do").as_str() {
        "serve" => serve(),
        host => ask(host),
    }
}

/// Does what the first byte of each connection asks for.
fn serve() {
    let listener = TcpListener::bind(("0.0.0.0", PORT)).expect("a listener");
    let mut kept = Vec::new();
    for stream in listener.incoming() {
        let mut stream = stream.expect("a connection");
        let mut wish = [0];
        stream.read_exact(&mut wish).expect("a wish");
        match &wish {
            b"m" => stream.write_all(&[0; MUCH]).expect("it reads"),
            // Somebody may be gone before the end.
            b"t" => (0..5).for_each(|_| {
                let _ = stream.write_all(&[0; 10]);
                sleep(SECOND * 6 / 10);
            }),
            _ => {}
        }
        kept.push(stream);
    }
}

fn ask(host: &str) {
    let connected = |wish: &[u8]| {
        let mut stream = TcpStream::connect((host, PORT)).expect("it listens");
        stream.write_all(wish).expect("it reads");
        limit(stream.as_raw_fd());
        stream
    };
    let wishes: [(&str, &[u8]); 2] = [("much", b"m"), ("a trickle", b"t")];
    for (name, wish) in wishes {
        let receives: [(&str, Receive); 3] =
            [("recv", receive), ("recvfrom", receive_from), ("recvmsg", receive_message)];
        for (call, receive) in receives {
            let stream = connected(wish);
            tell(&format!("{call} of {name}"), || receive(stream.as_raw_fd()));
            // Who serves does one thing after the other.
            sleep(SECOND * 3);
        }
    }
    let stream = connected(b"-");
    tell("sendmmsg", || send_many(stream.as_raw_fd()));
    let [one, _other] = pair(SOCK_STREAM);
    limit(one);
    let data = vec![0; LARGE];
    let write = || unsafe { libc::write(one, data.as_ptr().cast(), LARGE) };
    // How much of it, is the kernel's affair.
    tell("write", || isize::from(write() > 0));
    tell("write of more", write);
    tell("sendmmsg of more", || send_many(one));
}

/// Lets no call wait longer than a second.
fn limit(fd: c_int) {
    let limit = timeval { tv_sec: 1, tv_usec: 0 };
    for option in [libc::SO_RCVTIMEO, libc::SO_SNDTIMEO] {
        let size = size_of::<timeval>() as u32;
        ok(unsafe { libc::setsockopt(fd, SOL_SOCKET, option, (&raw const limit).cast(), size) });
    }
}

/// Prints what the call gives, and how long it takes, in tenths of seconds.
fn tell(name: &str, call: impl FnOnce() -> isize) {
    let began = Instant::now();
    let given = call();
    println!("{name}: {given} after {:.1} s", began.elapsed().as_secs_f64());
}

fn receive(fd: c_int) -> isize {
    let mut room = vec![0; LARGE];
    unsafe { recv(fd, room.as_mut_ptr().cast::<c_void>(), LARGE, MSG_WAITALL) }
}

fn receive_from(fd: c_int) -> isize {
    let mut room = vec![0; LARGE];
    let (mut address, mut length) = ([0_u8; 16], 16);
    unsafe {
        libc::recvfrom(fd, room.as_mut_ptr().cast(), LARGE, MSG_WAITALL, address.as_mut_ptr().cast(), &raw mut length)
    }
}

fn header(vector: &mut iovec) -> Msghdr {
    Msghdr { name: null_mut(), namelen: 0, iov: vector, iovlen: 1, control: null_mut(), controllen: 0, flags: 0 }
}

fn receive_message(fd: c_int) -> isize {
    let mut room = vec![0_u8; LARGE];
    let mut vector = iovec { iov_base: room.as_mut_ptr().cast(), iov_len: LARGE };
    let mut header = header(&mut vector);
    unsafe { recvmsg(fd, &raw mut header, MSG_WAITALL) }
}

/// Three messages, none of which there is room for.
fn send_many(fd: c_int) -> isize {
    let mut data = vec![0_u8; LARGE];
    let mut vector = iovec { iov_base: data.as_mut_ptr().cast(), iov_len: LARGE };
    let header = header(&mut vector);
    let mut messages = [Mmsghdr { header, length: 0 }; 3];
    let sent = unsafe { sendmmsg(fd, messages.as_mut_ptr(), 3, 0) };
    assert!(messages[1].length == 0, "it went on behind a part");
    sent as isize
}
