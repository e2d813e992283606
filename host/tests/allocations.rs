//! What calls that need not wait cost in memory.
#![cfg(target_os = "linux")]

use std::io::Write;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use berkeley_constants::ioctl::{FIONREAD, SOL_IOCTL};
use berkeley_host::{Errno, Error, Socket, SocketCtx};
use futures_util::FutureExt;

const CALLS: u64 = 1000;

/// The guest's handle to a socket of the host's, which does not wait.
fn given(socket: impl Into<std::os::fd::OwnedFd>) -> (SocketCtx, Socket) {
    let builder = SocketCtx::builder().allow_all().expect("a policy");
    let ctx = builder.preopened("given", socket.into()).expect("a socket").build();
    let mut socket = ctx.preopened().expect("its handle").remove(0).1;
    socket.settimeout(Some(Duration::ZERO));
    (ctx, socket)
}

/// How often memory is allocated by so many calls, after one that may make what stays.
fn allocations(call: impl Fn()) -> u64 {
    call();
    allocation_counter::measure(|| (0..CALLS).for_each(|_| call())).count_total
}

#[test]
fn what_would_block_allocates_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let stream = TcpStream::connect(listener.local_addr().expect("an address")).expect("a connection");
    let (_stream, stream) = given(stream);
    let (_datagrams, datagrams) = given(UdpSocket::bind("127.0.0.1:0").expect("a socket"));
    let blocked = Some(Error::Os(Errno::EAGAIN));
    for socket in [&stream, &datagrams] {
        for size in [64, 1 << 16] {
            let recv = || assert_eq!(socket.recv(size, 0).now_or_never().expect("it does not wait").err(), blocked);
            assert_eq!(allocations(recv), 0, "{size} bytes");
            let from = || assert_eq!(socket.recvfrom(size, 0).now_or_never().expect("it does not wait").err(), blocked);
            assert_eq!(allocations(from), 0, "{size} bytes, and from whom");
            let message = || {
                let message = socket.recvmsg(size, 100, 0).now_or_never().expect("it does not wait");
                assert_eq!(message.err(), blocked);
            };
            assert_eq!(allocations(message), 0, "a message of {size} bytes");
        }
    }
}

#[test]
fn what_there_is_no_connection_or_no_room_for_allocates_nothing() {
    let blocked = Some(Error::Os(Errno::EAGAIN));
    let (_listener, listener) = given(TcpListener::bind("127.0.0.1:0").expect("a listener"));
    let accept = || assert_eq!(listener.accept().now_or_never().expect("it does not wait").err(), blocked);
    assert_eq!(allocations(accept), 0, "accept");
    let (full, _peer) = UnixStream::pair().expect("a pair");
    full.set_nonblocking(true).expect("a flag");
    while (&full).write(&[0; 1 << 16]).is_ok() {}
    while (&full).write(&[0]).is_ok() {}
    let (_full, full) = given(full);
    let data = [vec![7; 10], vec![8; 10]];
    let send = || assert_eq!(full.send(&data[0], 0).now_or_never().expect("it does not wait").err(), blocked);
    assert_eq!(allocations(send), 0, "send");
    let message = || {
        let sent = full.sendmsg(&data, &[], 0, None).now_or_never().expect("it does not wait");
        assert_eq!(sent.err(), blocked);
    };
    assert_eq!(allocations(message), 0, "sendmsg");
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(b"some").expect("writes");
    let sendfile = || {
        let sent = full.sendfile(&file, 0, None).now_or_never().expect("it does not wait");
        assert_eq!(sent.err(), blocked);
    };
    assert_eq!(allocations(sendfile), 0, "sendfile");
}

#[test]
fn what_is_received_is_all_that_is_allocated() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let stream = TcpStream::connect(listener.local_addr().expect("an address")).expect("a connection");
    let (mut peer, _) = listener.accept().expect("its other end");
    let (_ctx, socket) = given(stream);
    peer.write_all(&[7; CALLS as usize + 1]).expect("writes");
    // Loopback has it all, once the last of it is there.
    let all = i32::try_from(CALLS).expect("few") + 1;
    while socket.getsockopt(SOL_IOCTL, FIONREAD).expect("tells") < all {
        std::thread::yield_now();
    }
    let recv = || {
        let data = socket.recv(1, 0).now_or_never().expect("it does not wait");
        assert_eq!(data.as_deref(), Ok(&[7][..]));
    };
    assert_eq!(allocations(recv), CALLS);
}

/// A guest may have very many sockets that do nothing. What the allocator adds is not in it, nor are the tables of wasmtime's
/// and of the guest's.
#[test]
fn an_idle_connection_takes_little() {
    const CONNECTIONS: usize = 256;
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let address = listener.local_addr().expect("an address");
    let (_ctx, listener) = given(listener);
    let mut kept = Vec::with_capacity(CONNECTIONS);
    let mut accept = || {
        let _peer = TcpStream::connect(address).expect("a connection");
        // Loopback has it, though perhaps not at once; that there is none allocates nothing.
        let accepted = std::iter::repeat_with(|| listener.accept().now_or_never().expect("it does not wait"));
        kept.push(accepted.flatten().next().expect("a connection"));
    };
    let info = allocation_counter::measure(|| (0..CONNECTIONS).for_each(|_| accept()));
    let allocated = usize::try_from(info.bytes_current).expect("more than before") / CONNECTIONS;
    let taken = allocated + size_of::<Socket>();
    assert!(taken <= 320, "{taken} bytes");
    assert_eq!(info.count_current as usize / CONNECTIONS, 3);
}
