//! Makes the same calls of C's again and again, so that what they come to can be counted. Arguments: what, how often, and how
//! many sockets are watched.
#![allow(unsafe_code, clippy::undocumented_unsafe_blocks, reason = "the functions are C's")]

use std::ffi::c_int;

use berkeley_test_libc::*;
use libc::{POLLIN, SOCK_STREAM, pollfd};

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [what, times, watched @ ..] = &*arguments else { panic!("what, and how often?") };
    let watched = watched.first().map_or(0, |count| count.parse().expect("how many sockets"));
    let mut run = case(what, watched);
    for _ in 0..times.parse::<usize>().expect("how often") {
        run();
    }
}

/// What is done once.
fn case(what: &str, count: usize) -> Box<dyn FnMut()> {
    let [left, right] = pair(SOCK_STREAM);
    let mut buffer = [7; 64];
    // Of those that are watched, only the first has something to receive.
    let watched: Vec<c_int> = (0..count).map(|_| pair(SOCK_STREAM)[0]).collect();
    let first = move || {
        let [one, other] = pair(SOCK_STREAM);
        put(other, b"x");
        [&[one], &watched[1..]].concat()
    };
    match what {
        "nothing" => Box::new(move || {
            fails(unsafe { recv(left, buffer.as_mut_ptr().cast(), 64, MSG_DONTWAIT) }, libc::EAGAIN);
        }),
        "ready" => Box::new(move || {
            assert_eq!(unsafe { send(left, buffer.as_ptr().cast(), 64, 0) }, 64);
            assert_eq!(unsafe { recv(right, buffer.as_mut_ptr().cast(), 64, 0) }, 64);
        }),
        "poll" => {
            let of = |fd| pollfd { fd, events: POLLIN, revents: 0 };
            let mut list: Vec<_> = first().into_iter().map(of).collect();
            Box::new(move || assert_eq!(unsafe { libc::poll(list.as_mut_ptr(), list.len() as _, -1) }, 1))
        }
        "epoll" => {
            let set = ok(unsafe { epoll_create1(0) });
            for (fd, data) in first().into_iter().zip(0..) {
                ok(control(set, EPOLL_CTL_ADD, fd, EPOLLIN, data));
            }
            let mut events = [EpollEvent::default(); 16];
            Box::new(move || assert_eq!(unsafe { epoll_wait(set, events.as_mut_ptr(), 16, -1) }, 1))
        }
        _ => panic!("there is no {what}"),
    }
}
