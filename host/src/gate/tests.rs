//! What the gates hold back, by calls of the core on real sockets.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use berkeley_constants as c;
use c::{POLLIN, POLLOUT};
use futures_util::FutureExt;

use crate::address::Address;
use crate::ancillary::{Control, Outgoing};
use crate::ctx::SocketCtx;
use crate::error::{Errno, Error, Result};
use crate::limits::{Limit, Limits};
use crate::option::Value;
use crate::poll::poll;
use crate::shared::Shared;
use crate::socket::Socket;
use crate::wait::Waiting;

const MIB: usize = 1 << 20;

/// A guest with these limits, and which of them it has met.
fn guest(limits: Limits) -> (SocketCtx, Arc<Mutex<Vec<Limit>>>) {
    let met = Arc::new(Mutex::new(Vec::new()));
    let note = met.clone();
    let builder = SocketCtx::builder().allow_all().expect("a context").waiting(Waiting::Inline).limits(limits);
    let builder = builder.on_limit(move |limit| note.lock().expect("whole").push(limit));
    (builder.build(), met)
}

fn with_buffers(buffers: usize) -> SocketCtx {
    guest(Limits { buffers, ..Limits::default() }).0
}

/// A call that does not wait.
fn now<T>(call: impl Future<Output = T>) -> T {
    call.now_or_never().expect("it does not wait")
}

fn would_block<T: std::fmt::Debug>(result: Result<T>) {
    assert!(matches!(result, Err(Error::Os(Errno::EAGAIN))), "{result:?}");
}

fn nonblocking(mut socket: Socket) -> Socket {
    socket.settimeout(Some(Duration::ZERO));
    socket
}

fn pair(shared: &Arc<Shared>, kind: i32) -> (Socket, Socket) {
    let (left, right) = Socket::pair(shared, c::AF_UNIX, kind, 0).expect("a pair");
    (nonblocking(left), nonblocking(right))
}

fn listener(shared: &Arc<Shared>) -> (Socket, Address) {
    let mut listener = nonblocking(Socket::create(shared, c::AF_INET, c::SOCK_STREAM, 0).expect("a socket"));
    listener.bind(&Address::Inet(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0))).expect("binds");
    listener.listen(100).expect("listens");
    let address = listener.getsockname().expect("an address").expect("an address");
    (listener, address)
}

fn client(shared: &Arc<Shared>, address: &Address) -> Result<Socket> {
    let mut client = Socket::create(shared, c::AF_INET, c::SOCK_STREAM, 0)?;
    client.connect(address).now_or_never().expect("loopback connects at once")?;
    Ok(nonblocking(client))
}

/// Sends messages of that size until there is no room. Tells how many bytes went.
fn fill(socket: &Socket, size: usize) -> usize {
    let data = vec![b'x'; size];
    std::iter::from_fn(|| now(socket.send(&data, 0)).ok()).sum()
}

/// Leaves room for not even one byte.
fn fill_whole(socket: &Socket) {
    fill(socket, 4096);
    fill(socket, 1);
}

/// What the kernel holds for the sockets.
fn held<'a>(sockets: impl IntoIterator<Item = &'a Socket>) -> usize {
    let memory = sockets.into_iter().map(|socket| socket.descriptor().expect("open").socket().memory());
    memory.map(|memory| memory.sent + memory.received + memory.options).sum()
}

#[test]
fn pairs_of_sockets_hold_no_more_than_the_limit() {
    for kind in [c::SOCK_STREAM, c::SOCK_DGRAM, c::SOCK_SEQPACKET] {
        for size in [1, 1000, 4096, 65_536] {
            let guest = with_buffers(8 * MIB);
            let ends: Vec<_> = (0..150).flat_map(|_| <[Socket; 2]>::from(pair(&guest.shared, kind))).collect();
            for end in &ends {
                fill(end, size);
            }
            let held = held(&ends);
            assert!((6 * MIB..=8 * MIB).contains(&held), "kind {kind}, messages of {size}: {held}");
        }
    }
}

#[test]
fn no_option_makes_room_for_more() {
    let guest = with_buffers(8 * MIB);
    let mut ends: Vec<_> = (0..150).flat_map(|_| <[Socket; 2]>::from(pair(&guest.shared, c::SOCK_STREAM))).collect();
    for end in &mut ends {
        for name in [c::SO_SNDBUF, c::SO_RCVBUF, c::SO_SNDBUFFORCE, c::SO_RCVBUFFORCE] {
            for value in [i32::MAX, -1] {
                let forced = [c::SO_SNDBUFFORCE, c::SO_RCVBUFFORCE].contains(&name);
                match end.setsockopt(c::SOL_SOCKET, name, &Value::Int(value)) {
                    Err(Error::Os(Errno::EPERM)) if forced => {}
                    result => result.expect("is set"),
                }
                end.setsockopt(c::SOL_SOCKET, c::SO_SNDBUF, &Value::Bytes(value.to_ne_bytes().into())).expect("is set");
            }
            let size = end.getsockopt(c::SOL_SOCKET, name & 0xf).unwrap_or(0);
            assert!(size <= MIB as i32, "{name}: {size}");
        }
    }
    ends.iter().for_each(fill_whole);
    assert!(held(&ends) <= 8 * MIB, "{}", held(&ends));
}

#[test]
fn connections_over_loopback_hold_no_more_than_the_limit() {
    for (limit, size) in [(MIB, 1), (8 * MIB, 65_536)] {
        let guest = with_buffers(limit);
        let (listener, address) = listener(&guest.shared);
        let mut ends = Vec::new();
        for _ in 0..50 {
            ends.push(client(&guest.shared, &address).expect("connects"));
            ends.push(nonblocking(now(listener.accept()).expect("is accepted").0));
        }
        for end in &ends {
            fill(end, size);
        }
        // What is between the two, the kernel counts twice for a moment; the limit is that of what both ask for.
        let held = held(&ends);
        assert!(held <= limit + limit / 8, "messages of {size}: {held}");
    }
}

#[test]
fn what_is_received_makes_room() {
    let guest = with_buffers(MIB);
    let ends: Vec<_> = (0..20).map(|_| pair(&guest.shared, c::SOCK_STREAM)).collect();
    ends.iter().for_each(|(left, _)| fill_whole(left));
    let (left, right) = pair(&guest.shared, c::SOCK_STREAM);
    would_block(now(left.send(b"x", 0)));
    assert_eq!(now(poll(&guest.shared, &[(&left, POLLOUT)], Some(Duration::ZERO))), Ok(vec![0]));
    for (_, right) in &ends {
        while now(right.recv(65_536, 0)).is_ok() {}
    }
    assert_eq!(now(poll(&guest.shared, &[(&left, POLLOUT)], None)), Ok(vec![POLLOUT]));
    assert_eq!(now(left.send(b"x", 0)), Ok(1));
    assert_eq!(now(right.recv(1, 0)), Ok(b"x".to_vec()));
}

/// What the guest could send that nobody has received, though it keeps one end of each pair alone.
fn sent_and_closed(kind: i32, size: usize) -> usize {
    let guest = with_buffers(4 * MIB);
    let mut receivers = Vec::new();
    let mut total = 0;
    for _ in 0..200 {
        let (left, right) = pair(&guest.shared, kind);
        total += fill(&left, size);
        receivers.push(right);
    }
    total
}

#[test]
fn closing_makes_no_room_for_what_was_not_received() {
    for kind in [c::SOCK_STREAM, c::SOCK_DGRAM, c::SOCK_SEQPACKET] {
        for size in [1, 1000, 65_536] {
            let total = sent_and_closed(kind, size);
            assert!(total <= 4 * MIB, "kind {kind}, messages of {size}: {total}");
        }
    }
}

#[test]
fn connections_that_are_closed_hold_no_more_than_the_limit() {
    let guest = with_buffers(4 * MIB);
    let (listener, address) = listener(&guest.shared);
    let mut total = 0;
    let mut servers = Vec::new();
    for _ in 0..60 {
        let client = client(&guest.shared, &address).expect("connects");
        servers.push(nonblocking(now(listener.accept()).expect("is accepted").0));
        total += fill(&client, 65_536);
    }
    assert!(total <= 4 * MIB, "{total}");
    // Those that have sent what was not received are still counted, until it is.
    let open = || guest.shared.open.taken();
    assert!(open() > 61, "{}", open());
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut received = 0;
    while received < total || open() > 61 {
        for server in &servers {
            while let Ok(data) = now(server.recv(65_536, 0))
                && !data.is_empty()
            {
                received += data.len();
            }
        }
        assert!(Instant::now() < deadline, "{received} of {total} received, {} open", open());
        std::thread::yield_now();
    }
}

#[test]
fn what_waits_in_a_listener_is_counted() {
    let guest = with_buffers(8 * MIB);
    let (listener, address) = listener(&guest.shared);
    let mut total = 0;
    for _ in 0..100 {
        let Ok(client) = client(&guest.shared, &address) else { break };
        total += fill(&client, 65_536);
        drop(client);
    }
    assert!(total <= 8 * MIB, "{total}");
    drop(listener);
}

#[test]
fn what_travels_in_messages_is_counted() {
    let guest = with_buffers(4 * MIB);
    let (way, end) = pair(&guest.shared, c::SOCK_STREAM);
    let mut total = 0;
    for _ in 0..200 {
        let (left, right) = pair(&guest.shared, c::SOCK_STREAM);
        total += fill(&left, 65_536);
        if now(way.sendmsg(&[b"x".to_vec()], &[Outgoing::Rights(vec![&left, &right])], 0, None)).is_err() {
            break;
        }
    }
    assert!(total <= 4 * MIB, "{total}");
    drop(end);
}

#[test]
fn buffers_for_reception_are_made_smaller_where_there_are_many() {
    let guest = with_buffers(8 * MIB);
    let make = |_| Socket::create(&guest.shared, c::AF_INET, c::SOCK_DGRAM, 0).expect("a socket");
    let sockets: Vec<_> = (0..500).map(make).collect();
    let size = |socket: &Socket| socket.descriptor().expect("open").socket().memory().receive_buffer;
    let total: usize = sockets.iter().map(size).sum();
    // The last few were not looked at yet.
    assert!(total <= 16 * MIB, "{total}");
}

#[test]
fn ordinary_traffic_asks_the_kernel_nothing() {
    let guest = with_buffers(Limits::default().buffers);
    let (left, right) = pair(&guest.shared, c::SOCK_STREAM);
    for _ in 0..10_000 {
        assert_eq!(now(left.send(&[0; 64], 0)), Ok(64));
        assert_eq!(now(right.recv(64, 0)).map(|data| data.len()), Ok(64));
    }
    assert!(!guest.shared.gates.buffers.has_asked());
}

#[test]
fn a_thousand_idle_connections_keep_the_kernels_sizes() {
    let guest = with_buffers(Limits::default().buffers);
    let (listener, address) = listener(&guest.shared);
    let mut ends = Vec::new();
    for _ in 0..500 {
        ends.push(client(&guest.shared, &address).expect("connects"));
        ends.push(now(listener.accept()).expect("is accepted").0);
    }
    let size = |socket: &Socket| socket.getsockopt(c::SOL_SOCKET, c::SO_RCVBUF).expect("a size");
    let (first, last) = (size(&ends[0]), size(&ends[999]));
    assert!(first >= 1 << 16 && first == last, "{first}, {last}");
}

fn per_second(rate: u64) -> Option<NonZeroU64> {
    NonZeroU64::new(rate)
}

#[test]
fn bandwidth_is_held_back_and_poll_says_so() {
    let (guest, met) = guest(Limits { bandwidth_out: per_second(1000), ..Limits::default() });
    let (left, right) = pair(&guest.shared, c::SOCK_STREAM);
    assert_eq!(now(left.send(&[0; 5000], 0)), Ok(1000), "as much as in a second");
    let mut ready = 0;
    for _ in 0..20 {
        // Each time that poll says so, there is something to be sent.
        assert_eq!(now(poll(&guest.shared, &[(&left, POLLOUT)], None)), Ok(vec![POLLOUT]));
        assert!(now(left.send(&[0; 5000], 0)).is_ok());
        ready += 1;
    }
    assert_eq!(ready, 20);
    assert_eq!(now(poll(&guest.shared, &[(&right, POLLIN)], None)), Ok(vec![POLLIN]));
    assert!(met.lock().expect("whole").contains(&Limit::BandwidthOut));
}

#[test]
fn a_stream_is_received_no_faster_than_the_limit() {
    let (guest, met) = guest(Limits { bandwidth_in: per_second(1000), ..Limits::default() });
    let (left, right) = pair(&guest.shared, c::SOCK_STREAM);
    let sent = fill(&left, 4096);
    assert!(sent > 1 << 15, "{sent}");
    let mut received = 0;
    let refused = loop {
        match now(right.recv(100_000, 0)) {
            Ok(data) => received += data.len(),
            refused => break refused,
        }
    };
    would_block(refused);
    assert!((1000 - 15..sent).contains(&received), "{received} of {sent}");
    assert_eq!(now(poll(&guest.shared, &[(&right, POLLIN)], Some(Duration::ZERO))), Ok(vec![0]));
    assert_eq!(*met.lock().expect("whole").first().expect("one"), Limit::BandwidthIn);
}

#[test]
fn a_datagram_larger_than_the_rate_goes_and_is_owed() {
    let (guest, _) = guest(Limits { bandwidth_out: per_second(100), ..Limits::default() });
    let (left, _right) = pair(&guest.shared, c::SOCK_DGRAM);
    assert_eq!(now(left.send(&[0; 5000], 0)), Ok(5000));
    would_block(now(left.send(b"x", 0)));
}

#[test]
fn a_datagram_to_a_unix_address_is_held_back_as_others() {
    let (guest, met) = guest(Limits { bandwidth_out: per_second(100), ..Limits::default() });
    let mut receiver = Socket::create(&guest.shared, c::AF_UNIX, c::SOCK_DGRAM, 0).expect("a socket");
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("receiver");
    let address = Address::Unix(path.to_str().expect("UTF-8").into());
    receiver.bind(&address).expect("binds");
    let sender = nonblocking(Socket::create(&guest.shared, c::AF_UNIX, c::SOCK_DGRAM, 0).expect("a socket"));
    assert_eq!(now(sender.sendto(&[0; 5000], 0, &address)), Ok(5000));
    would_block(now(sender.sendto(b"x", 0, &address)));
    assert_eq!(*met.lock().expect("whole").first().expect("one"), Limit::BandwidthOut);
}

#[test]
fn connections_in_a_second_are_limited() {
    let (guest, met) = guest(Limits { connections_per_second: per_second(4), ..Limits::default() });
    let (listener, address) = listener(&guest.shared);
    let create = || nonblocking(Socket::create(&guest.shared, c::AF_INET, c::SOCK_STREAM, 0).expect("a socket"));
    let mut clients = Vec::new();
    let mut more = loop {
        let mut client = create();
        match now(client.connect(&address)) {
            Err(Error::Os(Errno::EINPROGRESS)) | Ok(()) => clients.push(client),
            refused => {
                would_block(refused);
                break client;
            }
        }
        assert!(clients.len() < 50, "four at once, and four more in each second that this takes");
    };
    would_block(now(listener.accept()));
    assert_eq!(now(poll(&guest.shared, &[(&listener, POLLIN)], Some(Duration::ZERO))), Ok(vec![0]));
    assert_eq!(met.lock().expect("whole").first(), Some(&Limit::ConnectionsPerSecond));
    more.settimeout(None);
    now(more.connect(&address)).expect("connects once a second has room for it");
    assert_eq!(now(poll(&guest.shared, &[(&listener, POLLIN)], None)), Ok(vec![POLLIN]));
    assert!(now(listener.accept()).is_ok());
    drop(clients);
}

#[test]
fn a_backlog_is_clamped_and_shared() {
    let (guest, met) = guest(Limits { backlog: 8, ..Limits::default() });
    let listeners: Vec<_> = (0..100).map(|_| listener(&guest.shared).0).collect();
    let room = |socket: &Socket| {
        let info = socket.getsockopt_bytes(c::IPPROTO_TCP, c::TCP_INFO, 32).expect("told");
        u32::from_ne_bytes(*info[28..].first_chunk().expect("a number"))
    };
    let total: u32 = listeners.iter().map(room).sum();
    assert_eq!(room(&listeners[0]), 8);
    assert!(total <= 16 * 8 + 100, "{total}");
    assert!(met.lock().expect("whole").contains(&Limit::Backlog));
    let copy = listeners[0].dup().expect("a duplicate");
    drop(listeners);
    assert_eq!(guest.shared.backlog.taken(), 8, "as long as one of the duplicates is open");
    drop(copy);
    assert_eq!(guest.shared.backlog.taken(), 0);
}

mod small;
