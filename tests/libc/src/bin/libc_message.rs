//! Messages and control messages: sendmsg(2) and recvmsg(2). Its argument is a directory in which it may make a file.
#![allow(unsafe_code, clippy::undocumented_unsafe_blocks, reason = "the functions are C's")]

use std::ffi::{c_int, c_void};
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::os::fd::{AsRawFd, FromRawFd};
use std::ptr::null_mut;

use berkeley_test_libc::*;
use libc::{AF_INET, SOCK_DGRAM, SOCK_STREAM, bind, close, getsockname, iovec, setsockopt, socket};

fn main() {
    parts();
    rights();
    many_rights();
    files(&std::env::args().nth(1).expect("a directory"));
    credentials();
    internet();
    errors();
    many();
    mixed();
    limited();
    println!("done");
}

fn vector(bytes: &mut [u8]) -> iovec {
    iovec { iov_base: bytes.as_mut_ptr().cast::<c_void>(), iov_len: bytes.len() }
}

fn header(vectors: &mut [iovec], control: &mut [u8]) -> Msghdr {
    Msghdr {
        name: null_mut(),
        namelen: 0,
        iov: vectors.as_mut_ptr(),
        iovlen: vectors.len() as c_int,
        control: if control.is_empty() { null_mut() } else { control.as_mut_ptr().cast() },
        controllen: control.len() as u32,
        flags: 0,
    }
}

/// A control message, as CMSG_LEN and CMSG_SPACE of the headers lay it out.
fn cmsg(level: c_int, kind: c_int, data: &[u8]) -> Vec<u8> {
    let mut bytes: Vec<u8> = [12 + data.len() as c_int, level, kind].iter().flat_map(|n| n.to_ne_bytes()).collect();
    bytes.extend(data);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn numbers(fds: &[c_int]) -> Vec<u8> {
    fds.iter().flat_map(|fd| fd.to_ne_bytes()).collect()
}

#[track_caller]
fn send_with(fd: c_int, control: &mut [u8]) -> isize {
    let mut byte = *b"x";
    let mut vectors = [vector(&mut byte)];
    unsafe { sendmsg(fd, &raw const *Box::leak(Box::new(header(&mut vectors, control))), 0) }
}

/// The data, the control messages, and the flags.
#[track_caller]
fn receive_with(fd: c_int, room: usize, flags: c_int) -> (Vec<u8>, Vec<u8>, c_int) {
    let (mut data, mut control) = (vec![0; 64], vec![0; room]);
    let mut vectors = [vector(&mut data)];
    let mut header = header(&mut vectors, &mut control);
    let length = ok(unsafe { recvmsg(fd, &raw mut header, flags) });
    data.truncate(length as usize);
    control.truncate(header.controllen as usize);
    (data, control, header.flags)
}

fn parts() {
    let [left, right] = pair(SOCK_DGRAM);
    let (mut one, mut none, mut two) = (*b"one", [], *b"two");
    let mut vectors = [vector(&mut one), vector(&mut none), vector(&mut two)];
    let mut message = header(&mut vectors, &mut []);
    assert_eq!(unsafe { sendmsg(left, &raw const message, 0) }, 6);
    assert_eq!(unsafe { sendmsg(left, &raw const message, 0) }, 6);
    let (mut a, mut b) = ([0; 4], [0; 1]);
    let mut vectors = [vector(&mut a), vector(&mut b)];
    message = header(&mut vectors, &mut []);
    assert_eq!(unsafe { recvmsg(right, &raw mut message, 0) }, 5);
    assert_eq!((&a, &b, message.flags & MSG_TRUNC), (b"onet", b"w", MSG_TRUNC));
    assert_eq!(unsafe { recvmsg(right, &raw mut message, MSG_TRUNC) }, 6);
    let mut vectors = vec![vector(&mut []); 1025];
    message = header(&mut vectors, &mut []);
    fails(unsafe { sendmsg(left, &raw const message, 0) }, libc::EMSGSIZE);
    fails(unsafe { recvmsg(left, &raw mut message, 0) }, libc::EMSGSIZE);
    message.iovlen = -1;
    fails(unsafe { sendmsg(left, &raw const message, 0) }, libc::EINVAL);
}

fn rights() {
    let [left, right] = pair(SOCK_STREAM);
    let [gift, kept] = pair(SOCK_STREAM);
    assert_eq!(ok(send_with(left, &mut cmsg(SOL_SOCKET, SCM_RIGHTS, &numbers(&[gift])))), 1);
    ok(unsafe { close(gift) });
    let (data, control, flags) = receive_with(right, 64, 0x4000_0000);
    assert_eq!((data, control.len(), flags & MSG_CTRUNC), (b"x".to_vec(), 16, 0));
    let came = c_int::from_ne_bytes(control[12..].try_into().unwrap());
    assert_eq!(control, cmsg(SOL_SOCKET, SCM_RIGHTS, &numbers(&[came])));
    assert_eq!(unsafe { libc::fcntl(came, libc::F_GETFD) }, FD_CLOEXEC);
    put(came, b"thanks");
    assert_eq!(get(kept, 10), b"thanks");
    ok(unsafe { close(came) });
    assert_eq!(get(kept, 10), b"");
}

/// What there is no room for is closed, and told of.
fn many_rights() {
    let [left, right] = pair(SOCK_STREAM);
    for (room, installed) in [(20, 2), (19, 1), (16, 1), (15, 0), (12, 0), (4, 0), (0, 0)] {
        let [gift, kept] = pair(SOCK_STREAM);
        let three = unsafe { [gift, ok(dup(gift)), ok(dup(gift))] };
        ok(send_with(left, &mut cmsg(SOL_SOCKET, SCM_RIGHTS, &numbers(&three))));
        for fd in three {
            ok(unsafe { close(fd) });
        }
        let (_, control, flags) = receive_with(right, room, 0);
        assert_eq!(flags & MSG_CTRUNC, MSG_CTRUNC, "{room}");
        assert_eq!(control.len(), if installed > 0 { 12 + 4 * installed } else { 0 }, "{room}");
        for fd in control.get(12..).unwrap_or_default().chunks(4) {
            ok(unsafe { close(c_int::from_ne_bytes(fd.try_into().unwrap())) });
        }
        assert_eq!(get(kept, 1), b"", "{room}");
    }
}

fn files(directory: &str) {
    let path = format!("{directory}/passed");
    let mut file = File::options().read(true).write(true).create(true).truncate(true).open(&path).unwrap();
    file.write_all(b"in a file").unwrap();
    let [left, right] = pair(SOCK_STREAM);
    let [gift, kept] = pair(SOCK_STREAM);
    // Sockets and files go together, in their order.
    ok(send_with(left, &mut cmsg(SOL_SOCKET, SCM_RIGHTS, &numbers(&[gift, file.as_raw_fd()]))));
    let (_, control, flags) = receive_with(right, 20, 0);
    assert_eq!((control.len(), flags & MSG_CTRUNC), (20, 0));
    let came = |at: usize| c_int::from_ne_bytes(control[at..at + 4].try_into().unwrap());
    put(came(12), b"a socket");
    assert_eq!(get(kept, 10), b"a socket");
    let mut passed = unsafe { File::from_raw_fd(came(16)) };
    let mut text = String::new();
    passed.read_to_string(&mut text).unwrap();
    assert_eq!(text, "in a file");
    passed.write_all(b" twice").unwrap();
    file.rewind().unwrap();
    text.clear();
    file.read_to_string(&mut text).unwrap();
    assert_eq!(text, "in a file twice");
    // sendfile: from an offset, then from where the file is.
    let mut offset = 3;
    assert_eq!(ok(unsafe { sendfile(gift, file.as_raw_fd(), &raw mut offset, 100) }), 12);
    assert_eq!((offset, get(kept, 100)), (15, b"a file twice".to_vec()));
    file.seek(std::io::SeekFrom::Start(10)).unwrap();
    assert_eq!(ok(unsafe { sendfile(gift, file.as_raw_fd(), null_mut(), 2) }), 2);
    assert_eq!((file.stream_position().unwrap(), get(kept, 100)), (12, b"tw".to_vec()));
    fails(unsafe { sendfile(gift, kept, null_mut(), 1) }, libc::EINVAL);
    fails(unsafe { sendfile(gift, 99, null_mut(), 1) }, libc::EBADF);
    // To another file, by reading and writing.
    let copy = File::options().read(true).write(true).create(true).truncate(true).open(format!("{path}.copy")).unwrap();
    assert_eq!(ok(unsafe { sendfile(copy.as_raw_fd(), file.as_raw_fd(), null_mut(), 100) }), 3);
    assert_eq!(std::fs::read_to_string(format!("{path}.copy")).unwrap(), "ice");
}

fn credentials() {
    let [left, right] = pair(SOCK_DGRAM);
    let one: c_int = 1;
    ok(unsafe { setsockopt(right, SOL_SOCKET, SO_PASSCRED, (&raw const one).cast(), 4) });
    put(left, b"who");
    let (data, control, _) = receive_with(right, 64, 0);
    assert_eq!((data, control.len()), (b"who".to_vec(), 24));
    assert_eq!(
        control[..12],
        cmsg(SOL_SOCKET, SCM_CREDENTIALS, &[])[..12]
            .iter()
            .enumerate()
            .map(|(at, byte)| if at == 0 { 24 } else { *byte })
            .collect::<Vec<_>>()
    );
    // Cut off where there is no room.
    put(left, b"who");
    let (_, control, flags) = receive_with(right, 16, 0);
    assert_eq!((control.len(), control[0], flags & MSG_CTRUNC), (16, 16, MSG_CTRUNC));
}

fn internet() {
    unsafe {
        let fd = ok(socket(AF_INET, SOCK_DGRAM, 0));
        ok(bind(fd, loopback(0).as_ptr().cast(), 16));
        let (mut address, mut length) = (loopback(0), 16);
        ok(getsockname(fd, address.as_mut_ptr().cast(), &raw mut length));
        let one: c_int = 1;
        for (level, name) in [(SOL_SOCKET, SO_TIMESTAMP), (0, 8), (0, 12), (0, 13), (0, 20)] {
            ok(setsockopt(fd, level, name, (&raw const one).cast(), 4));
        }
        // IP_TOS goes with the message.
        let mut data = *b"marked";
        let mut vectors = [vector(&mut data)];
        let mut control = cmsg(0, 1, &16_i32.to_ne_bytes());
        let mut message = header(&mut vectors, &mut control);
        message.name = address.as_mut_ptr().cast();
        message.namelen = 16;
        assert_eq!(ok(sendmsg(fd, &raw const message, 0)), 6);
        let (mut from, mut data, mut control) = ([0_u8; 28], [0; 16], [0; 256]);
        let mut vectors = [vector(&mut data)];
        let mut message = header(&mut vectors, &mut control);
        message.name = from.as_mut_ptr().cast();
        message.namelen = 28;
        assert_eq!(ok(recvmsg(fd, &raw mut message, 0)), 6);
        assert_eq!((message.namelen, &from[..16]), (16, &address[..]));
        let mut found = Vec::new();
        let mut rest = &control[..message.controllen as usize];
        while !rest.is_empty() {
            let field = |at: usize| c_int::from_ne_bytes(rest[at..at + 4].try_into().unwrap());
            found.push((field(4), field(8), rest[12..field(0) as usize].to_vec()));
            rest = &rest[(field(0) as usize).next_multiple_of(4)..];
        }
        let data = |level, kind| &found.iter().find(|(l, k, _)| (*l, *k) == (level, kind)).expect("it came").2;
        assert_eq!(data(SOL_SOCKET, SO_TIMESTAMP).len(), 16);
        assert_eq!(data(0, 8)[4..], [127, 0, 0, 1, 127, 0, 0, 1]);
        assert_eq!(data(0, 2).len(), 4);
        assert_eq!(data(0, 1), &[16]);
        // An address in the data is one of here.
        assert_eq!(data(0, 20)[..8], address[..8]);
    }
}

fn errors() {
    let [left, right] = pair(SOCK_STREAM);
    for length in [0, 11, 200] {
        let mut control = cmsg(SOL_SOCKET, SCM_RIGHTS, &[0; 4]);
        control[0] = length;
        fails(send_with(left, &mut control), libc::EINVAL);
    }
    fails(send_with(left, &mut cmsg(SOL_SOCKET, SCM_RIGHTS, &numbers(&[99]))), libc::EBADF);
    fails(send_with(left, &mut cmsg(SOL_SOCKET, SCM_RIGHTS, &numbers(&[1]))), libc::EACCES);
    let mut bad = header(&mut [], &mut []);
    bad.control = nowhere();
    bad.controllen = 100;
    fails(unsafe { sendmsg(left, &raw const bad, 0) }, libc::EFAULT);
    fails(unsafe { recvmsg(left, &raw mut bad, MSG_DONTWAIT) }, libc::EAGAIN);
    put(right, b"kept");
    fails(unsafe { recvmsg(left, &raw mut bad, 0) }, libc::EFAULT);
    assert_eq!(get(left, 100), b"kept");
}

fn many() {
    let [left, right] = pair(SOCK_DGRAM);
    let mut texts = [*b"one", *b"two", *b"six"];
    let mut vectors: Vec<_> = texts.iter_mut().map(|text| [vector(text)]).collect();
    let mut messages: Vec<_> =
        vectors.iter_mut().map(|vectors| Mmsghdr { header: header(vectors, &mut []), length: 0 }).collect();
    assert_eq!(ok(unsafe { sendmmsg(left, messages.as_mut_ptr(), 3, 0) }), 3);
    assert!(messages.iter().all(|message| message.length == 3));
    texts = [[0; 3]; 3];
    messages[2].header.iovlen = 1;
    let mut got = texts;
    let mut vectors: Vec<_> = got.iter_mut().map(|text| [vector(text)]).collect();
    let mut messages: Vec<_> = (0..4)
        .map(|at| Mmsghdr { header: header(&mut vectors[if at < 3 { at } else { 2 }], &mut []), length: 0 })
        .collect();
    assert_eq!(ok(unsafe { recvmmsg(right, messages.as_mut_ptr(), 2, 0, std::ptr::null_mut()) }), 2);
    assert_eq!(ok(unsafe { recvmmsg(right, messages[2..].as_mut_ptr(), 2, MSG_WAITFORONE, std::ptr::null_mut()) }), 1);
    assert_eq!(got, [*b"one", *b"two", *b"six"]);
    fails(unsafe { recvmmsg(right, messages.as_mut_ptr(), 1, MSG_DONTWAIT, std::ptr::null_mut()) }, libc::EAGAIN);
}

/// Parts of messages, addresses, control messages among others without, and too little room.
fn mixed() {
    let [left, right] = pair(SOCK_DGRAM);
    let [gift, kept] = pair(SOCK_STREAM);
    let (mut one, mut two, mut six) = (*b"one", *b"two", *b"sixsix");
    let mut control = cmsg(SOL_SOCKET, SCM_RIGHTS, &numbers(&[gift]));
    let mut first = [vector(&mut one), vector(&mut two)];
    let mut second = [vector(&mut two)];
    let mut third = [vector(&mut six)];
    let message = |header| Mmsghdr { header, length: 99 };
    let mut sent = [
        message(header(&mut first, &mut [])),
        message(header(&mut second, &mut control)),
        message(header(&mut third, &mut [])),
        message(header(&mut [], &mut [])),
    ];
    assert_eq!(ok(unsafe { sendmmsg(left, sent.as_mut_ptr(), 4, 0) }), 4);
    assert_eq!(sent.map(|message| message.length), [6, 3, 6, 0]);
    let mut texts = [[0; 6]; 4];
    let mut room = [0; 100];
    let [a, b, c, d] = &mut texts;
    // Each has room of its own: the third less than there is.
    let (mut a, mut b, mut c, mut d) = ([vector(a)], [vector(b)], [vector(&mut c[..4])], [vector(d)]);
    let mut came = [
        message(header(&mut a, &mut [])),
        message(header(&mut b, &mut room)),
        message(header(&mut c, &mut [])),
        message(header(&mut d, &mut [])),
    ];
    assert_eq!(ok(unsafe { recvmmsg(right, came.as_mut_ptr(), 4, 0, std::ptr::null_mut()) }), 4);
    assert_eq!(came.map(|message| message.length), [6, 3, 4, 0]);
    assert_eq!(came.map(|message| message.header.flags & MSG_TRUNC), [0, 0, MSG_TRUNC, 0]);
    assert_eq!(came.map(|message| message.header.controllen > 0), [false, true, false, false]);
    assert_eq!(texts, [*b"onetwo", *b"two\0\0\0", *b"sixs\0\0", [0; 6]]);
    unsafe { close(gift) };
    unsafe { close(kept) };
}

/// recvmmsg(2) looks at its limit when something has come, and tells what is left.
fn limited() {
    let [left, right] = pair(SOCK_DGRAM);
    let mut text = *b"text";
    for _ in 0..3 {
        let mut vectors = [vector(&mut text)];
        let mut message = Mmsghdr { header: header(&mut vectors, &mut []), length: 0 };
        assert_eq!(ok(unsafe { sendmmsg(left, &raw mut message, 1, 0) }), 1);
    }
    let mut vectors = [vector(&mut text)];
    let mut messages = [Mmsghdr { header: header(&mut vectors, &mut []), length: 0 }; 2];
    let mut limit = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    assert_eq!(ok(unsafe { recvmmsg(right, messages.as_mut_ptr(), 2, 0, &raw mut limit) }), 1);
    limit.tv_sec = 1000;
    assert_eq!(ok(unsafe { recvmmsg(right, messages.as_mut_ptr(), 2, 0, &raw mut limit) }), 2);
    assert!((0..1000).contains(&limit.tv_sec), "{}", limit.tv_sec);
    limit.tv_nsec = 1_000_000_000;
    fails(unsafe { recvmmsg(right, messages.as_mut_ptr(), 2, 0, &raw mut limit) }, libc::EINVAL);
    let mut nowhere = Mmsghdr { header: header(&mut [], &mut []), length: 0 };
    nowhere.header.iov = std::ptr::without_provenance_mut(usize::MAX - 100);
    nowhere.header.iovlen = 1;
    fails(unsafe { sendmmsg(left, &raw mut nowhere, 1, 0) }, libc::EFAULT);
    fails(unsafe { recvmmsg(right, &raw mut nowhere, 1, MSG_DONTWAIT, std::ptr::null_mut()) }, libc::EFAULT);
}
