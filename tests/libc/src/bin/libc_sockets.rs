//! The life of sockets, data and options by the functions of C, and what they fail with.
#![allow(unsafe_code, clippy::undocumented_unsafe_blocks, reason = "the functions are C's")]

use std::ffi::{c_int, c_void};
use std::os::fd::AsRawFd;
use std::ptr::{null, null_mut};

use berkeley_test_libc::*;
use libc::{AF_INET, SOCK_DGRAM, SOCK_STREAM, accept4, bind, close, connect, getpeername, getsockname, listen, socket};

fn main() {
    tcp();
    udp();
    options();
    flags();
    unknown();
    bad_memory();
    not_sockets();
    println!("done");
}

fn name(fd: c_int) -> [u8; 16] {
    let (mut address, mut length) = ([0; 16], 16);
    ok(unsafe { getsockname(fd, address.as_mut_ptr().cast(), &raw mut length) });
    assert_eq!((address[0], length), (1, 16));
    address
}

fn tcp() {
    unsafe {
        let listener = ok(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        let any = loopback(0);
        fails(bind(listener, any.as_ptr().cast(), 7), libc::EINVAL);
        ok(bind(listener, any.as_ptr().cast(), 16));
        fails(bind(listener, any.as_ptr().cast(), 16), libc::EINVAL);
        ok(listen(listener, 5));
        let address = name(listener);
        let client = ok(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
        fails(getpeername(client, null_mut(), null_mut()), libc::ENOTCONN);
        fails(send(client, c"x".as_ptr().cast(), 1, 0), libc::EPIPE);
        let connected = connect(client, address.as_ptr().cast(), 16);
        if connected != 0 {
            fails(connected, libc::EINPROGRESS);
            let mut poll = libc::pollfd { fd: client, events: libc::POLLOUT, revents: 0 };
            assert_eq!(libc::poll(&raw mut poll, 1, -1), 1);
            // As in Linux, this one tells of the connection that the first one began.
            ok(connect(client, address.as_ptr().cast(), 16));
        }
        fails(connect(client, address.as_ptr().cast(), 16), libc::EISCONN);
        let (mut peer, mut length) = ([0_u8; 4], 4);
        fails(accept4(listener, peer.as_mut_ptr().cast(), &raw mut length, 1), libc::EINVAL);
        let server = ok(accept4(listener, peer.as_mut_ptr().cast(), &raw mut length, SOCK_NONBLOCK));
        // What does not fit is cut off, and the whole length told.
        assert_eq!((peer, length), (<[u8; 4]>::try_from(&name(client)[..4]).unwrap(), 16));
        let mut byte = 0_u8;
        fails(recv(server, (&raw mut byte).cast(), 1, 0), libc::EAGAIN);
        ok(libc::fcntl(server, libc::F_SETFL, 0));
        fails(recv(server, (&raw mut byte).cast(), 1, MSG_DONTWAIT), libc::EAGAIN);
        put(client, b"abcdef");
        let mut six = [0_u8; 6];
        assert_eq!(recv(server, six.as_mut_ptr().cast(), 6, libc::MSG_PEEK | MSG_WAITALL), 6);
        assert_eq!(recv(server, six.as_mut_ptr().cast(), 6, MSG_WAITALL), 6);
        assert_eq!(&six, b"abcdef");
        fails(shutdown(server, 0), libc::EINVAL);
        fails(shutdown(server, 4), libc::EINVAL);
        ok(shutdown(server, libc::SHUT_WR));
        fails(send(server, c"x".as_ptr().cast(), 1, libc::MSG_NOSIGNAL), libc::EPIPE);
        assert_eq!(get(client, 1), b"");
        ok(close(server));
        fails(close(server), libc::EBADF);
        fails(recv(server, six.as_mut_ptr().cast(), 6, 0), libc::EBADF);
        ok(close(client));
        ok(close(listener));
        let refused = ok(socket(AF_INET, SOCK_STREAM, 0));
        fails(connect(refused, address.as_ptr().cast(), 16), libc::ECONNREFUSED);
        fails(listen(ok(socket(AF_INET, SOCK_DGRAM, 0)), 1), libc::EOPNOTSUPP);
        // The numbers stay the lowest ones.
        ok(close(refused));
        assert_eq!(ok(socket(AF_INET, SOCK_STREAM, 0)), refused);
    }
}

fn udp() {
    unsafe {
        let (one, other) = (ok(socket(AF_INET, SOCK_DGRAM, 17)), ok(socket(AF_INET, SOCK_DGRAM, 0)));
        for fd in [one, other] {
            ok(bind(fd, loopback(0).as_ptr().cast(), 16));
        }
        let to = name(other);
        fails(send(one, null(), 0, 0), libc::EDESTADDRREQ);
        for data in [&b"a long datagram"[..], b"", b"next", b"last"] {
            let sent = libc::sendto(one, data.as_ptr().cast(), data.len(), 0, to.as_ptr().cast(), 16);
            assert_eq!(sent, data.len() as isize);
        }
        let mut buffer = [0_u8; 6];
        // The true length is told, and with MSG_PEEK nothing is taken.
        assert_eq!(recv(other, buffer.as_mut_ptr().cast(), 6, MSG_TRUNC | libc::MSG_PEEK), 15);
        let mut readable = 0;
        ok(libc::ioctl(other, libc::FIONREAD, &raw mut readable));
        assert_eq!(readable, 15);
        let (mut from, mut length) = ([0_u8; 16], 16);
        let got = libc::recvfrom(other, buffer.as_mut_ptr().cast(), 6, 0, from.as_mut_ptr().cast(), &raw mut length);
        assert_eq!((got, &buffer, from, length), (6, b"a long", name(one), 16));
        assert_eq!(recv(other, buffer.as_mut_ptr().cast(), 6, 0), 0);
        // Without room the datagram is taken all the same; `read` of nothing takes none.
        assert_eq!(libc::read(other, buffer.as_mut_ptr().cast(), 0), 0);
        assert_eq!(recv(other, null_mut(), 0, 0), 0);
        assert_eq!(get(other, 6), b"last");
        let huge = vec![0_u8; 70_000];
        let sent = libc::sendto(one, huge.as_ptr().cast(), huge.len(), 0, to.as_ptr().cast(), 16);
        fails(sent, libc::EMSGSIZE);
        ok(connect(one, to.as_ptr().cast(), 16));
        let vectors = [&b"ga"[..], b"", b"ther"]
            .map(|part| libc::iovec { iov_base: part.as_ptr().cast_mut().cast::<c_void>(), iov_len: part.len() });
        assert_eq!(libc::writev(one, vectors.as_ptr(), 3), 6);
        assert_eq!(get(other, 100), b"gather");
        fails(libc::writev(one, vectors.as_ptr(), -1), libc::EINVAL);
        fails(libc::writev(one, vectors.as_ptr(), 1025), libc::EINVAL);
    }
}

fn option<const N: usize>(fd: c_int, level: c_int, name: c_int) -> ([u8; N], u32) {
    let (mut value, mut length) = ([0; N], N as u32);
    ok(unsafe { libc::getsockopt(fd, level, name, value.as_mut_ptr().cast(), &raw mut length) });
    (value, length)
}

fn options() {
    unsafe {
        let fd = ok(socket(AF_INET, SOCK_STREAM, 0));
        // In the numbers of here.
        for (name, expected) in [(SO_TYPE, SOCK_STREAM), (libc::SO_DOMAIN, AF_INET), (libc::SO_PROTOCOL, 6)] {
            assert_eq!(option(fd, SOL_SOCKET, name), (expected.to_ne_bytes(), 4));
        }
        let [seqpacket, _] = pair(SOCK_SEQPACKET);
        assert_eq!(option(seqpacket, SOL_SOCKET, SO_TYPE), (SOCK_SEQPACKET.to_ne_bytes(), 4));
        assert_eq!(option(seqpacket, SOL_SOCKET, libc::SO_DOMAIN), (AF_UNIX.to_ne_bytes(), 4));
        assert_eq!(option::<1>(fd, SOL_SOCKET, SO_TYPE), ([6], 1));
        let limit = libc::timeval { tv_sec: 0, tv_usec: 20_000 };
        let set = |level, name, value: *const c_void, length| libc::setsockopt(fd, level, name, value, length);
        ok(set(SOL_SOCKET, libc::SO_RCVTIMEO, (&raw const limit).cast(), 16));
        let (told, length) = option::<16>(fd, SOL_SOCKET, libc::SO_RCVTIMEO);
        assert_eq!((told[0], told[8..10].to_vec(), length), (0, 20_000_u16.to_le_bytes().to_vec(), 16));
        let linger = [1, 3];
        ok(set(SOL_SOCKET, libc::SO_LINGER, linger.as_ptr().cast(), 8));
        assert_eq!(option::<16>(fd, SOL_SOCKET, libc::SO_LINGER).1, 8);
        let one: c_int = 1;
        ok(set(6, libc::TCP_NODELAY, (&raw const one).cast(), 4));
        assert_eq!(option(fd, 6, libc::TCP_NODELAY), (one.to_ne_bytes(), 4));
        fails(set(6, libc::TCP_NODELAY, (&raw const one).cast(), 2), libc::EINVAL);
        fails(set(6, libc::TCP_NODELAY, (&raw const one).cast(), u32::MAX), libc::EINVAL);
        fails(set(SOL_SOCKET, 9999, (&raw const one).cast(), 4), libc::ENOPROTOOPT);
        let credentials = option::<12>(seqpacket, SOL_SOCKET, SO_PEERCRED).1;
        assert_eq!(credentials, 12);
        // A time limit of the kernel's ends as EAGAIN.
        let [left, _right] = pair(SOCK_STREAM);
        ok(libc::setsockopt(left, SOL_SOCKET, libc::SO_RCVTIMEO, (&raw const limit).cast(), 16));
        let mut byte = 0_u8;
        fails(recv(left, (&raw mut byte).cast(), 1, 0), libc::EAGAIN);
        // SO_ERROR tells a number of here.
        let refused = ok(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
        let free = ok(socket(AF_INET, SOCK_STREAM, 0));
        ok(bind(free, loopback(0).as_ptr().cast(), 16));
        let answer = connect(refused, name(free).as_ptr().cast(), 16);
        if std::io::Error::last_os_error().raw_os_error() == Some(libc::EINPROGRESS) {
            let mut poll = libc::pollfd { fd: refused, events: libc::POLLOUT, revents: 0 };
            assert_eq!(libc::poll(&raw mut poll, 1, -1), 1);
            assert_ne!(poll.revents & libc::POLLERR, 0);
            assert_eq!(option(refused, SOL_SOCKET, libc::SO_ERROR), (libc::ECONNREFUSED.to_ne_bytes(), 4));
        } else {
            fails(answer, libc::ECONNREFUSED);
        }
    }
}

fn flags() {
    unsafe {
        let [left, right] = pair(SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC);
        for fd in [left, right] {
            assert_eq!(libc::fcntl(fd, libc::F_GETFL), libc::O_RDWR | libc::O_NONBLOCK);
            assert_eq!(libc::fcntl(fd, libc::F_GETFD), FD_CLOEXEC);
        }
        let off = 0;
        ok(libc::ioctl(left, libc::FIONBIO, &raw const off));
        assert_eq!(libc::fcntl(left, libc::F_GETFL), libc::O_RDWR);
        ok(libc::fcntl(left, libc::F_SETFD, 0));
        assert_eq!(libc::fcntl(left, libc::F_GETFD), 0);
        put(right, b"some bytes");
        let mut readable = 0;
        ok(libc::ioctl(left, libc::FIONREAD, &raw mut readable));
        assert_eq!(readable, 10);
        fails(libc::ioctl(left, 0x5413, &raw mut readable), libc::ENOTTY);
        requests();
    }
}

/// Linux's requests of sockets.
fn requests() {
    const FIOASYNC: c_int = 0x5452;
    const SIOCOUTQ: c_int = 0x5411;
    const SIOCATMARK: c_int = 0x8905;
    unsafe {
        let mut number = -1;
        let [left, right] = pair(SOCK_STREAM);
        ok(libc::ioctl(left, SIOCOUTQ, &raw mut number));
        assert_eq!(number, 0);
        put(left, b"not taken");
        ok(libc::ioctl(left, SIOCOUTQ, &raw mut number));
        assert!(number > 0, "{number}");
        assert_eq!(get(right, 9), b"not taken");
        ok(libc::ioctl(left, SIOCOUTQ, &raw mut number));
        assert_eq!(number, 0);
        ok(libc::ioctl(left, FIOASYNC, &raw const number));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (server, _) = listener.accept().unwrap();
        let (client, server) = (client.as_raw_fd(), server.as_raw_fd());
        ok(libc::ioctl(server, SIOCATMARK, &raw mut number));
        assert_eq!(number, 0);
        assert_eq!(send(client, b"!".as_ptr().cast(), 1, MSG_OOB), 1);
        let mut urgent = libc::pollfd { fd: server, events: POLLPRI, revents: 0 };
        assert_eq!(libc::poll(&raw mut urgent, 1, -1), 1);
        ok(libc::ioctl(server, SIOCATMARK, &raw mut number));
        assert_eq!(number, 1);
        fails(libc::ioctl(listener.as_raw_fd(), libc::FIONREAD, &raw mut number), libc::EINVAL);
        let counter = ok(eventfd(0, 0));
        fails(libc::ioctl(counter, SIOCOUTQ, &raw mut number), libc::ENOTTY);
        fails(libc::ioctl(counter, FIOASYNC, &raw mut number), libc::ENOTTY);
    }
}

fn unknown() {
    unsafe {
        fails(socket(99, SOCK_STREAM, 0), libc::EAFNOSUPPORT);
        fails(socket(AF_INET, 99, 0), libc::EINVAL);
        fails(socket(AF_INET, SOCK_SEQPACKET, 0), ESOCKTNOSUPPORT);
        fails(socket(AF_INET, SOCK_STREAM, 17), libc::EPROTONOSUPPORT);
        let mut two = [0; 2];
        fails(socketpair(AF_INET, SOCK_STREAM, 0, two.as_mut_ptr()), libc::EOPNOTSUPP);
        let text = |number| std::ffi::CStr::from_ptr(strerror(number)).to_str().unwrap().to_owned();
        assert_eq!(text(ESHUTDOWN), "Cannot send after transport endpoint shutdown");
        assert_eq!(text(libc::EAGAIN), "Resource temporarily unavailable");
        assert_eq!(text(0), "Success");
        assert_eq!(text(-5), "No error information");
        assert_eq!(std::io::Error::from_raw_os_error(ESHUTDOWN).to_string(), format!("{} (os error 1108)", text(1108)));
    }
}

/// Null and what is beyond the memory is EFAULT, and nothing is written or lost.
fn bad_memory() {
    unsafe {
        let [left, right] = pair(SOCK_STREAM);
        put(right, b"kept");
        for bad in [null_mut(), nowhere::<u8>()] {
            fails(recv(left, bad.cast(), 64, 0), libc::EFAULT);
            fails(libc::read(left, bad.cast(), 64), libc::EFAULT);
            fails(send(left, bad.cast(), 64, 0), libc::EFAULT);
            fails(libc::write(left, bad.cast(), 64), libc::EFAULT);
            fails(libc::writev(left, bad.cast(), 1), libc::EFAULT);
            fails(libc::readv(left, bad.cast(), 1), libc::EFAULT);
            fails(bind(left, bad.cast(), 16), libc::EFAULT);
            fails(connect(left, bad.cast(), 16), libc::EFAULT);
            fails(getsockname(left, null_mut(), bad.cast()), libc::EFAULT);
            fails(getpeername(left, null_mut(), bad.cast()), libc::EFAULT);
            fails(sendmsg(left, bad.cast(), 0), libc::EFAULT);
            fails(recvmsg(left, bad.cast(), 0), libc::EFAULT);
            fails(socketpair(AF_UNIX, SOCK_STREAM, 0, bad.cast()), libc::EFAULT);
            fails(
                libc::getsockopt(left, SOL_SOCKET, SO_TYPE, bad.cast(), &raw mut *Box::leak(Box::new(4))),
                libc::EFAULT,
            );
            fails(
                libc::getsockopt(left, SOL_SOCKET, SO_TYPE, (&raw mut *Box::leak(Box::new(4))).cast(), bad.cast()),
                libc::EFAULT,
            );
            fails(libc::setsockopt(left, SOL_SOCKET, libc::SO_KEEPALIVE, bad.cast(), 4), libc::EFAULT);
            fails(libc::poll(bad.cast(), 1, 0), libc::EFAULT);
            fails(pipe(bad.cast()), libc::EFAULT);
            fails(libc::ioctl(left, libc::FIONREAD, bad), libc::EFAULT);
        }
        fails(libc::poll(nowhere(), u32::MAX, 0), libc::EINVAL);
        fails(getsockname(left, null_mut(), &raw mut *Box::leak(Box::new(u32::MAX))), libc::EINVAL);
        let vector = libc::iovec { iov_base: nowhere(), iov_len: 10 };
        fails(libc::readv(left, &raw const vector, 1), libc::EFAULT);
        let endless = libc::iovec { iov_base: (&raw const vector).cast_mut().cast(), iov_len: usize::MAX };
        fails(libc::writev(left, &raw const endless, 1), libc::EINVAL);
        fails(bind(left, loopback(0).as_ptr().cast(), 129), libc::EINVAL);
        assert_eq!(get(left, 100), b"kept");
        // Nothing at all is asked for of nowhere.
        assert_eq!(send(left, null(), 0, 0), 0);
    }
}

fn not_sockets() {
    unsafe {
        let mut byte = 0_u8;
        for (fd, errno) in [(0, libc::ENOTSOCK), (1, libc::ENOTSOCK), (77, libc::EBADF), (-1, libc::EBADF)] {
            fails(listen(fd, 1), errno);
            fails(bind(fd, loopback(0).as_ptr().cast(), 16), errno);
            fails(connect(fd, loopback(1).as_ptr().cast(), 16), errno);
            fails(accept4(fd, null_mut(), null_mut(), 0), errno);
            fails(recv(fd, (&raw mut byte).cast(), 1, 0), errno);
            fails(send(fd, (&raw const byte).cast(), 1, 0), errno);
            fails(shutdown(fd, 1), errno);
            fails(getsockname(fd, null_mut(), null_mut()), errno);
            fails(getpeername(fd, null_mut(), null_mut()), errno);
            fails(libc::getsockopt(fd, SOL_SOCKET, SO_TYPE, null_mut(), null_mut()), errno);
            fails(libc::setsockopt(fd, SOL_SOCKET, SO_TYPE, null(), 0), errno);
        }
    }
}
