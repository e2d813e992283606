//! Sockets as descriptors: dup(2), fstat(2), stdio. Its argument is a directory in which it may make a file.
#![allow(unsafe_code, clippy::undocumented_unsafe_blocks, reason = "the functions are C's")]

use std::ffi::c_int;
use std::fs::File;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;

use berkeley_test_libc::*;
use libc::{SOCK_STREAM, close, fcntl};

fn main() {
    copies();
    numbers();
    kinds();
    stdio();
    files(&std::env::args().nth(1).expect("a directory"));
    println!("done");
}

/// Copies share the mode, and the last one closes the socket.
fn copies() {
    unsafe {
        let [left, right] = pair(SOCK_STREAM);
        let copy = ok(dup(left));
        ok(fcntl(copy, libc::F_SETFL, libc::O_NONBLOCK));
        assert_eq!(fcntl(left, libc::F_GETFL), libc::O_RDWR | libc::O_NONBLOCK);
        let mut byte = 0_u8;
        fails(libc::read(left, (&raw mut byte).cast(), 1), libc::EAGAIN);
        ok(close(left));
        put(copy, b"still open");
        assert_eq!(get(right, 20), b"still open");
        ok(close(copy));
        assert_eq!(get(right, 1), b"");
    }
}

fn numbers() {
    unsafe {
        let [left, right] = pair(SOCK_STREAM);
        assert_eq!(ok(dup2(left, 40)), 40);
        assert_eq!(ok(dup2(left, left)), left);
        // What had the number is closed.
        let [other, peer] = pair(SOCK_STREAM);
        assert_eq!(ok(dup2(left, other)), other);
        assert_eq!(get(peer, 1), b"");
        put(other, b"moved");
        assert_eq!(get(right, 10), b"moved");
        assert_eq!(ok(dup3(left, 41, 0x8_0000)), 41);
        assert_eq!((fcntl(41, libc::F_GETFD), fcntl(40, libc::F_GETFD)), (FD_CLOEXEC, 0));
        fails(dup3(left, left, 0), libc::EINVAL);
        fails(dup3(left, 42, 1), libc::EINVAL);
        let high = ok(fcntl(left, F_DUPFD, 40));
        assert_eq!(high, 42);
        assert_eq!(ok(fcntl(left, F_DUPFD_CLOEXEC, 50)), 50);
        assert_eq!(fcntl(50, libc::F_GETFD), FD_CLOEXEC);
        fails(fcntl(left, F_DUPFD, -1), libc::EINVAL);
        for bad in [-1, 99] {
            fails(dup(bad), libc::EBADF);
            fails(dup2(bad, 5), libc::EBADF);
            fails(dup2(bad, bad), libc::EBADF);
            fails(fcntl(bad, libc::F_GETFL), libc::EBADF);
            fails(fcntl(bad, 9999), libc::EBADF);
            fails(libc::ioctl(bad, libc::FIONBIO, &raw const bad), libc::EBADF);
        }
        fails(dup2(left, -1), libc::EBADF);
        fails(dup2(left, 1 << 20), libc::EBADF);
        fails(fcntl(left, 9999), libc::EINVAL);
        // None of the numbers between was left open.
        assert_eq!(fcntl(39, libc::F_GETFL), -1);
    }
}

fn kind(fd: c_int) -> u32 {
    let mut stat = MaybeUninit::<libc::stat>::uninit();
    unsafe {
        ok(libc::fstat(fd, stat.as_mut_ptr()));
        stat.assume_init().st_mode & libc::S_IFMT
    }
}

fn kinds() {
    unsafe {
        let [socket, _] = pair(SOCK_STREAM);
        let mut ends = [0; 2];
        ok(pipe(ends.as_mut_ptr()));
        assert_eq!((kind(socket), kind(ends[0]), kind(ends[1])), (libc::S_IFSOCK, libc::S_IFIFO, libc::S_IFIFO));
        for fd in [socket, ends[0]] {
            fails(libc::lseek(fd, 0, libc::SEEK_SET) as i32, libc::ESPIPE);
            assert_eq!(libc::isatty(fd), 0);
            assert_eq!(std::io::Error::last_os_error().raw_os_error(), Some(libc::ENOTTY));
        }
    }
}

/// Streams of C over a socket.
fn stdio() {
    unsafe {
        let [left, right] = pair(SOCK_STREAM);
        let stream = fdopen(left, c"r+".as_ptr());
        assert!(!stream.is_null());
        assert!(libc::fputs(c"a line\n".as_ptr(), stream) >= 0);
        assert_eq!(libc::fflush(stream), 0);
        assert_eq!(get(right, 20), b"a line\n");
        put(right, b"first\nsecond\n");
        let mut line = [0; 32];
        assert!(!libc::fgets(line.as_mut_ptr(), 32, stream).is_null());
        assert_eq!(std::ffi::CStr::from_ptr(line.as_ptr()), c"first\n");
        assert_eq!(libc::fclose(stream), 0);
        assert_eq!(get(right, 1), b"");
    }
}

/// Files and the standard streams are copied too.
fn files(directory: &str) {
    let path = format!("{directory}/copied");
    let file = File::options().read(true).write(true).create(true).truncate(true).open(&path).unwrap();
    unsafe {
        let copy = ok(dup(file.as_raw_fd()));
        put(file.as_raw_fd(), b"one ");
        // They share a position.
        put(copy, b"two");
        drop(file);
        put(copy, b" three");
        assert_eq!(ok(libc::lseek(copy, 0, libc::SEEK_CUR)), 13);
        ok(libc::lseek(copy, 4, libc::SEEK_SET));
        assert_eq!((get(copy, 3), kind(copy)), (b"two".to_vec(), libc::S_IFREG));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one two three");
        let vectors = [&b" and"[..], b" more"]
            .map(|part| libc::iovec { iov_base: part.as_ptr().cast_mut().cast(), iov_len: part.len() });
        ok(libc::lseek(copy, 0, libc::SEEK_END));
        assert_eq!(libc::writev(copy, vectors.as_ptr(), 2), 9);
        // stdout goes into the file, and back.
        let stdout = ok(dup(1));
        assert_eq!(ok(dup2(copy, 1)), 1);
        println!(" by stdout");
        assert_eq!(ok(dup2(stdout, 1)), 1);
        ok(close(stdout));
        ok(close(copy));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one two three and more by stdout\n");
        fails(fcntl(copy, libc::F_GETFL), libc::EBADF);
    }
}
