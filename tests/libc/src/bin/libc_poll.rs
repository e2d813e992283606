//! Readiness: poll(2), select(2), epoll(7), and what is waited for: stdin, files, pipes and counters. stdin has one line,
//! and then is left open.
#![allow(unsafe_code, clippy::undocumented_unsafe_blocks, reason = "the functions are C's")]

use std::ffi::{c_int, c_short};
use std::ptr::{null, null_mut};
use std::time::{Duration, Instant};

use berkeley_test_libc::*;
use libc::{POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, SOCK_STREAM, close, pollfd};

fn main() {
    polls();
    selects();
    pipes();
    counters();
    timers();
    epolls();
    nested();
    with_stdin();
    println!("done");
}

#[track_caller]
fn poll<const N: usize>(list: [(c_int, c_short); N], limit: c_int) -> [c_short; N] {
    let mut list = list.map(|(fd, events)| pollfd { fd, events, revents: 99 });
    let ready = ok(unsafe { libc::poll(list.as_mut_ptr(), N as u32, limit) });
    assert_eq!(list.iter().filter(|one| one.revents != 0).count(), ready as usize);
    list.map(|one| one.revents)
}

fn polls() {
    let [left, right] = pair(SOCK_STREAM);
    assert_eq!(poll([(left, POLLIN), (left, POLLIN | POLLOUT), (-1, POLLIN)], -1), [0, POLLOUT, 0]);
    assert_eq!(poll([(77, POLLIN), (left, POLLIN)], -1), [POLLNVAL, 0]);
    let began = Instant::now();
    assert_eq!(poll([(left, POLLIN)], 30), [0]);
    assert_eq!(poll([], 30), []);
    assert!(began.elapsed() >= Duration::from_millis(60));
    put(right, b"x");
    assert_eq!(poll([(left, POLLIN), (right, POLLIN)], -1), [POLLIN, 0]);
    let limit = libc::timespec { tv_sec: 0, tv_nsec: 1_000 };
    let mut one = pollfd { fd: right, events: POLLIN, revents: 0 };
    assert_eq!(unsafe { ppoll(&raw mut one, 1, &raw const limit, null()) }, 0);
    let bad = libc::timespec { tv_sec: 0, tv_nsec: 1_000_000_000 };
    fails(unsafe { ppoll(&raw mut one, 1, &raw const bad, null()) }, libc::EINVAL);
    ok(unsafe { close(right) });
    let told = poll([(left, POLLIN | POLLRDHUP | POLLPRI)], -1)[0];
    assert_eq!(told, POLLIN | POLLRDHUP | POLLHUP);
}

fn set(fds: &[c_int]) -> libc::fd_set {
    let mut set = unsafe { std::mem::zeroed::<libc::fd_set>() };
    for fd in fds {
        unsafe { libc::FD_SET(*fd, &raw mut set) };
    }
    set
}

fn selects() {
    let [left, right] = pair(SOCK_STREAM);
    put(right, b"x");
    let (mut read, mut write) = (set(&[left, right]), set(&[left]));
    let most = left.max(right) + 1;
    assert_eq!(unsafe { libc::select(most, &raw mut read, &raw mut write, null_mut(), null_mut()) }, 2);
    assert!(unsafe { libc::FD_ISSET(left, &raw const read) && libc::FD_ISSET(left, &raw const write) });
    assert!(!unsafe { libc::FD_ISSET(right, &raw const read) });
    let mut limit = libc::timeval { tv_sec: 0, tv_usec: 1000 };
    let mut read = set(&[right]);
    assert_eq!(unsafe { libc::select(most, &raw mut read, null_mut(), null_mut(), &raw mut limit) }, 0);
    assert!(!unsafe { libc::FD_ISSET(right, &raw const read) });
    let mut read = set(&[left, 90]);
    fails(unsafe { libc::select(91, &raw mut read, null_mut(), null_mut(), null_mut()) }, libc::EBADF);
    fails(unsafe { libc::select(-1, null_mut(), null_mut(), null_mut(), null_mut()) }, libc::EINVAL);
    let limit = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    let mut read = set(&[left]);
    assert_eq!(unsafe { pselect(most, &raw mut read, null_mut(), null_mut(), &raw const limit, null()) }, 1);
    // A set that says that it has more members than any can have.
    let mut wrong = set(&[left]);
    unsafe { (&raw mut wrong).cast::<usize>().write(usize::MAX) };
    fails(unsafe { libc::select(most, &raw mut wrong, null_mut(), null_mut(), null_mut()) }, libc::EINVAL);
}

fn pipes() {
    let mut ends = [0; 2];
    ok(unsafe { pipe2(ends.as_mut_ptr(), libc::O_NONBLOCK) });
    let [reader, writer] = ends;
    assert_eq!(poll([(reader, POLLIN), (writer, POLLOUT)], -1), [0, POLLOUT]);
    let mut byte = 0_u8;
    fails(unsafe { libc::read(reader, (&raw mut byte).cast(), 1) }, libc::EAGAIN);
    fails(unsafe { libc::read(writer, (&raw mut byte).cast(), 1) }, libc::EBADF);
    fails(unsafe { libc::write(reader, (&raw const byte).cast(), 1) }, libc::EBADF);
    put(writer, b"through");
    assert_eq!(poll([(reader, POLLIN)], -1), [POLLIN]);
    assert_eq!(get(reader, 4), b"thro");
    assert_eq!(get(reader, 4), b"ugh");
    // As much as fits, and what is to stay whole not at all.
    let much = vec![7; 70_000];
    assert_eq!(unsafe { libc::write(writer, much.as_ptr().cast(), much.len()) }, 65_536);
    assert_eq!(poll([(writer, POLLOUT)], 0), [0]);
    assert_eq!(get(reader, 100).len(), 100);
    fails(unsafe { libc::write(writer, much.as_ptr().cast(), 4096) }, libc::EAGAIN);
    assert_eq!(get(reader, 100_000).len(), 65_436);
    put(writer, b"last");
    ok(unsafe { close(writer) });
    assert_eq!(poll([(reader, POLLIN)], -1), [POLLIN | POLLHUP]);
    assert_eq!(get(reader, 10), b"last");
    assert_eq!(poll([(reader, POLLIN)], -1), [POLLHUP]);
    assert_eq!(get(reader, 10), b"");
    ok(unsafe { pipe(ends.as_mut_ptr()) });
    fails(unsafe { libc::read(ends[0], (&raw mut byte).cast(), 1) }, libc::EDEADLK);
    ok(unsafe { close(ends[0]) });
    assert_eq!(poll([(ends[1], POLLOUT)], -1), [POLLOUT | POLLERR]);
    fails(unsafe { libc::write(ends[1], (&raw const byte).cast(), 1) }, libc::EPIPE);
    fails(unsafe { pipe2(ends.as_mut_ptr(), 1) }, libc::EINVAL);
}

fn counters() {
    let number = |fd| u64::from_ne_bytes(get(fd, 8).try_into().unwrap());
    let counter = ok(unsafe { eventfd(3, libc::O_NONBLOCK) });
    assert_eq!((number(counter), poll([(counter, POLLIN | POLLOUT)], -1)), (3, [POLLOUT]));
    let mut read = 0;
    fails(unsafe { eventfd_read(counter, &raw mut read) }, libc::EAGAIN);
    ok(unsafe { eventfd_write(counter, 5) });
    put(counter, &6_u64.to_ne_bytes());
    assert_eq!(poll([(counter, POLLIN)], -1), [POLLIN]);
    ok(unsafe { eventfd_read(counter, &raw mut read) });
    assert_eq!(read, 11);
    fails(unsafe { libc::write(counter, [0; 4].as_ptr().cast(), 4) }, libc::EINVAL);
    fails(unsafe { eventfd_write(counter, u64::MAX) }, libc::EINVAL);
    ok(unsafe { eventfd_write(counter, u64::MAX - 1) });
    fails(unsafe { eventfd_write(counter, 1) }, libc::EAGAIN);
    assert_eq!(poll([(counter, POLLIN | POLLOUT)], -1), [POLLIN]);
    let one_by_one = ok(unsafe { eventfd(2, EFD_SEMAPHORE | libc::O_NONBLOCK) });
    assert_eq!((number(one_by_one), number(one_by_one)), (1, 1));
    fails(unsafe { eventfd_read(one_by_one, &raw mut read) }, libc::EAGAIN);
    fails(unsafe { eventfd(0, 0x100) }, libc::EINVAL);
    fails(unsafe { eventfd_read(0, &raw mut read) }, libc::EINVAL);
}

fn timers() {
    let timer = ok(unsafe { timerfd_create(1, libc::O_NONBLOCK) });
    let time = |milliseconds: i64| libc::timespec {
        tv_sec: milliseconds / 1000,
        tv_nsec: (milliseconds % 1000 * 1_000_000) as _,
    };
    let set = |flags, interval, value| {
        let setting = [time(interval), time(value)];
        let mut before = setting;
        ok(unsafe { timerfd_settime(timer, flags, &raw const setting, &raw mut before) });
        before
    };
    let times = || u64::from_ne_bytes(get(timer, 8).try_into().unwrap());
    let mut number = 0_u64;
    let read = || unsafe { libc::read(timer, (&raw const number).cast_mut().cast(), 8) };
    fails(read(), libc::EAGAIN);
    set(0, 0, 20);
    assert_eq!(poll([(timer, POLLIN)], 0), [0]);
    let [left, _] = pair(SOCK_STREAM);
    assert_eq!(poll([(timer, POLLIN), (left, POLLIN)], -1), [POLLIN, 0]);
    assert_eq!(times(), 1);
    fails(read(), libc::EAGAIN);
    // It goes on until it is stopped.
    set(0, 3_600_000, 10);
    assert_eq!(poll([(timer, POLLIN)], -1), [POLLIN]);
    assert_eq!(times(), 1);
    assert_eq!(poll([(timer, POLLIN)], 0), [0]);
    set(0, 1, 1);
    for _ in 0..3 {
        assert_eq!(poll([(timer, POLLIN)], -1), [POLLIN]);
        assert!(times() >= 1);
    }
    set(0, 10, 3_600_000);
    let before = set(0, 0, 0);
    assert_eq!((before[0].tv_sec, before[0].tv_nsec), (0, 10_000_000));
    assert!(before[1].tv_sec > 0 || before[1].tv_nsec > 0);
    let mut now = before;
    ok(unsafe { timerfd_gettime(timer, &raw mut now) });
    assert_eq!((now[1].tv_sec, now[1].tv_nsec), (0, 0));
    // A point in time that is past; then one that is waited for by the read.
    set(1, 0, 1);
    assert_eq!(times(), 1);
    ok(unsafe { libc::fcntl(timer, libc::F_SETFL, 0) });
    set(0, 0, 10);
    assert_eq!(times(), 1);
    fails(unsafe { libc::read(timer, (&raw mut number).cast(), 4) }, libc::EINVAL);
    fails(unsafe { libc::write(timer, (&raw const number).cast(), 8) }, libc::EINVAL);
    fails(unsafe { timerfd_create(55, 0) }, libc::EINVAL);
    fails(unsafe { timerfd_settime(timer, 0, null(), null_mut()) }, libc::EFAULT);
    fails(unsafe { timerfd_gettime(left, &raw mut now) }, libc::EINVAL);
}

fn epolls() {
    let set = ok(unsafe { epoll_create1(0) });
    let [left, right] = pair(SOCK_STREAM);
    ok(control(set, EPOLL_CTL_ADD, left, EPOLLIN, 1));
    ok(control(set, EPOLL_CTL_ADD, right, EPOLLIN | EPOLLOUT, u64::MAX));
    assert_eq!(wait(set, -1), [(EPOLLOUT, u64::MAX)]);
    put(right, b"x");
    assert_eq!(wait(set, -1), [(EPOLLIN, 1), (EPOLLOUT, u64::MAX)]);
    // One at a time, each has its turn.
    let mut one = EpollEvent::default();
    let mut seen: Vec<_> = (0..2)
        .map(|_| {
            assert_eq!(unsafe { epoll_pwait(set, &raw mut one, 1, -1, null()) }, 1);
            one.data
        })
        .collect();
    seen.sort_unstable();
    assert_eq!(seen, [1, u64::MAX]);
    fails(control(set, EPOLL_CTL_ADD, left, EPOLLIN, 1), libc::EEXIST);
    ok(control(set, EPOLL_CTL_MOD, right, EPOLLIN, 2));
    ok(control(set, EPOLL_CTL_MOD, left, EPOLLIN | EPOLLONESHOT, 3));
    assert_eq!(wait(set, -1), [(EPOLLIN, 3)]);
    assert_eq!(wait(set, 0), []);
    ok(control(set, EPOLL_CTL_MOD, left, EPOLLIN | EPOLLONESHOT, 4));
    assert_eq!(wait(set, -1), [(EPOLLIN, 4)]);
    ok(control(set, EPOLL_CTL_DEL, left, 0, 0));
    fails(control(set, EPOLL_CTL_DEL, left, 0, 0), libc::ENOENT);
    fails(control(set, EPOLL_CTL_MOD, left, EPOLLIN, 0), libc::ENOENT);
    fails(control(set, 9, right, EPOLLIN, 0), libc::EINVAL);
    fails(control(set, EPOLL_CTL_ADD, 99, EPOLLIN, 0), libc::EBADF);
    fails(control(99, EPOLL_CTL_ADD, left, EPOLLIN, 0), libc::EBADF);
    fails(control(left, EPOLL_CTL_ADD, right, EPOLLIN, 0), libc::EINVAL);
    fails(control(set, EPOLL_CTL_ADD, set, EPOLLIN, 0), libc::EINVAL);
    fails(unsafe { epoll_ctl(set, EPOLL_CTL_ADD, left, null()) }, libc::EFAULT);
    // Where there is nothing to tell, Linux does not look where.
    assert_eq!(unsafe { epoll_wait(set, null_mut(), 1, 0) }, 0);
    fails(unsafe { epoll_wait(set, &raw mut one, 0, 0) }, libc::EINVAL);
    fails(unsafe { epoll_create(0) }, libc::EINVAL);
    fails(unsafe { epoll_create1(1) }, libc::EINVAL);
    ok(control(set, EPOLL_CTL_ADD, left, EPOLLIN | EPOLLEXCLUSIVE, 5));
    fails(control(set, EPOLL_CTL_MOD, left, EPOLLIN, 5), libc::EINVAL);
    fails(control(set, EPOLL_CTL_ADD, ok(unsafe { epoll_create(1) }), EPOLLEXCLUSIVE | EPOLLONESHOT, 5), libc::EINVAL);
    // What is closed leaves the set, once its last number is.
    let copy = ok(unsafe { dup(left) });
    ok(unsafe { close(left) });
    assert_eq!(wait(set, -1), [(EPOLLIN, 5)]);
    ok(unsafe { close(copy) });
    // It had not read all that came.
    assert_eq!(wait(set, -1), [(EPOLLIN | EPOLLERR | EPOLLHUP, 2)]);
    let limit = libc::timespec { tv_sec: 0, tv_nsec: 1000 };
    ok(control(set, EPOLL_CTL_DEL, right, 0, 0));
    assert_eq!(unsafe { epoll_pwait2(set, &raw mut one, 1, &raw const limit, null()) }, 0);
}

fn nested() {
    let [inner, outer] = [0, 1].map(|_| ok(unsafe { epoll_create1(0) }));
    let [left, right] = pair(SOCK_STREAM);
    ok(control(inner, EPOLL_CTL_ADD, left, EPOLLIN, 1));
    ok(control(outer, EPOLL_CTL_ADD, inner, EPOLLIN, 2));
    fails(control(inner, EPOLL_CTL_ADD, outer, EPOLLIN, 3), libc::ELOOP);
    assert_eq!((wait(outer, 0), poll([(inner, POLLIN)], 0)), (vec![], [0]));
    put(right, b"x");
    assert_eq!((wait(outer, -1), poll([(inner, POLLIN)], -1)), (vec![(EPOLLIN, 2)], [POLLIN]));
    assert_eq!(wait(inner, -1), [(EPOLLIN, 1)]);
}

/// stdin and files beside sockets.
fn with_stdin() {
    let [left, right] = pair(SOCK_STREAM);
    assert_eq!(poll([(0, POLLIN), (left, POLLIN)], -1), [POLLIN, 0]);
    let set = ok(unsafe { epoll_create1(0) });
    ok(control(set, EPOLL_CTL_ADD, 0, EPOLLIN, 7));
    ok(control(set, EPOLL_CTL_ADD, left, EPOLLIN, 8));
    assert_eq!(wait(set, -1), [(EPOLLIN, 7)]);
    assert_eq!(get(0, 100), b"a line\n");
    // Now there is nothing to read; another socket is ready all the same.
    assert_eq!(poll([(0, POLLIN), (left, POLLIN)], 20), [0, 0]);
    put(right, b"x");
    assert_eq!(poll([(0, POLLIN), (left, POLLIN)], -1), [0, POLLIN]);
    assert_eq!(wait(set, -1), [(EPOLLIN, 8)]);
    let file = std::fs::File::open("/").unwrap();
    let fd = std::os::fd::AsRawFd::as_raw_fd(&file);
    assert_eq!(poll([(fd, POLLIN | POLLOUT), (right, POLLIN)], -1), [POLLIN | POLLOUT, 0]);
    fails(control(set, EPOLL_CTL_ADD, fd, EPOLLIN, 9), libc::EPERM);
    let mut read = self::set(&[0, left]);
    assert_eq!(unsafe { libc::select(left + 1, &raw mut read, null_mut(), null_mut(), null_mut()) }, 1);
}
