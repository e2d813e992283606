//! The simulated network, as the host's calls find it.

mod held;
mod past;

use std::future::poll_fn;
use std::io::IoSlice;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use berkeley_constants as c;
use berkeley_host::address::RawAddress;
use berkeley_host::network::{Arrived, Endpoint, Passed, Sending};
use berkeley_host::resolver::Query;
use berkeley_host::{Address, Errno};
use berkeley_simulation::network::{Event, Host, Kind, Link, World};
use c::{POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP};
use tokio::time::Instant;

type End = Arc<dyn Endpoint>;

const MILLI: Duration = Duration::from_millis(1);

/// Two hosts, and a link of so many milliseconds.
fn two(seed: u64, link: Link) -> (World, Host, Host) {
    let world = World::new(seed);
    world.set_links(link);
    let one = world.add_host("one", [ip("10.0.0.1"), ip("fd00::1")]);
    let other = world.add_host("other", [ip("10.0.0.2"), ip("fd00::2")]);
    tokio::spawn(world.clone().drive());
    (world, one, other)
}

fn slow(milliseconds: u32) -> Link {
    Link { latency: MILLI * milliseconds, ..Link::default() }
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn raw(text: &str) -> RawAddress {
    Address::from(text.parse::<SocketAddr>().expect("an address")).encode().expect("an internet address")
}

fn named(name: &[u8]) -> RawAddress {
    Address::Unix(name.to_vec()).encode().expect("a unix address")
}

fn text(raw: &RawAddress) -> String {
    Address::decode(raw, 0).and_then(|address| address.internet()).map_or_else(String::new, |at| at.to_string())
}

fn open(host: &Host, family: i32, kind: i32) -> End {
    host.network().socket(family, kind, 0).expect("a socket")
}

async fn ready(end: &End, events: i16) -> i16 {
    poll_fn(|context| {
        end.wake(context.waker());
        match end.events(events) {
            0 => Poll::Pending,
            found => Poll::Ready(found),
        }
    })
    .await
}

async fn connect(end: &End, to: &RawAddress) -> Result<(), Errno> {
    match end.connect(to) {
        Err(Errno::EINPROGRESS) => {}
        result => return result,
    }
    ready(end, POLLOUT).await;
    end.connect(to)
}

async fn accept(end: &End) -> End {
    ready(end, POLLIN).await;
    end.accept().expect("a connection").0
}

fn send(end: &End, data: &[u8], to: Option<&RawAddress>) -> Result<usize, Errno> {
    let buffers = &[IoSlice::new(data)];
    end.send(Sending { buffers, address: to, control: &[], passed: &[], flags: c::MSG_NOSIGNAL })
}

async fn send_all(end: &End, mut data: &[u8]) -> Result<(), Errno> {
    while !data.is_empty() {
        match send(end, data, None) {
            Ok(sent) => data = &data[sent..],
            Err(Errno::EAGAIN) => drop(ready(end, POLLOUT).await),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn receive(end: &End, size: usize) -> Result<Arrived, Errno> {
    loop {
        match end.receive(size, 1024, 0) {
            Err(Errno::EAGAIN) => drop(ready(end, POLLIN).await),
            result => return result,
        }
    }
}

/// All up to the end.
async fn receive_all(end: &End) -> Result<Vec<u8>, Errno> {
    let mut all = Vec::new();
    loop {
        let data = receive(end, 10_000).await?.data;
        if data.is_empty() {
            return Ok(all);
        }
        all.extend(data);
    }
}

fn listener(host: &Host, at: &str) -> End {
    let family = if at.starts_with('[') { c::AF_INET6 } else { c::AF_INET };
    let end = open(host, family, c::SOCK_STREAM);
    end.bind(&raw(at)).expect("is bound");
    end.listen(5).expect("listens");
    end
}

/// A connection from the one host to the other.
async fn joined(one: &Host, other: &Host) -> (End, End) {
    let listener = listener(other, "10.0.0.2:80");
    let client = open(one, c::AF_INET, c::SOCK_STREAM);
    let to = raw("10.0.0.2:80");
    let (connected, accepted) = tokio::join!(connect(&client, &to), accept(&listener));
    connected.expect("connects");
    (client, accepted)
}

fn number(end: &End, level: i32, name: i32) -> i32 {
    let value = end.option(level, name, 4).expect("an option");
    i32::from_ne_bytes(value.try_into().expect("a number"))
}

fn set(end: &End, level: i32, name: i32, value: i32) -> Result<(), Errno> {
    end.set_option(level, name, &value.to_ne_bytes())
}

#[tokio::test(start_paused = true)]
async fn a_handshake_and_data_take_the_time_of_the_link() {
    let (_world, one, other) = two(1, slow(50));
    let began = Instant::now();
    let listener = listener(&other, "10.0.0.2:80");
    let client = open(&one, c::AF_INET, c::SOCK_STREAM);
    assert_eq!(connect(&client, &raw("10.0.0.2:80")).await, Ok(()));
    assert_eq!(began.elapsed(), 100 * MILLI);
    let server = accept(&listener).await;
    assert_eq!(began.elapsed(), 150 * MILLI, "the server has heard from it three times");
    send_all(&client, b"ping").await.expect("sends");
    assert_eq!(receive(&server, 10).await.expect("data").data, b"ping");
    send_all(&server, b"pong").await.expect("sends");
    assert_eq!(receive(&client, 10).await.expect("data").data, b"pong");
    assert_eq!(text(&client.peer_address().expect("a peer")), "10.0.0.2:80");
    assert_eq!(client.local_address().expect("one").as_bytes(), server.peer_address().expect("one").as_bytes());
}

#[tokio::test(start_paused = true)]
async fn nobody_listens_nobody_answers_and_nobody_is_there() {
    let (world, one, _other) = two(1, slow(5));
    let client = open(&one, c::AF_INET, c::SOCK_STREAM);
    let began = Instant::now();
    assert_eq!(connect(&client, &raw("10.0.0.2:80")).await, Err(Errno::ECONNREFUSED));
    assert_eq!(began.elapsed(), 10 * MILLI);
    let began = Instant::now();
    assert_eq!(connect(&client, &raw("10.0.0.9:80")).await, Err(Errno::EHOSTUNREACH));
    assert_eq!(began.elapsed(), Duration::from_secs(3));
    world.partition(&["one"]);
    let began = Instant::now();
    assert_eq!(connect(&client, &raw("10.0.0.2:80")).await, Err(Errno::ETIMEDOUT));
    assert_eq!(began.elapsed().as_secs(), 127, "six times again, each after twice the time");
    world.heal();
    assert_eq!(connect(&client, &raw("10.0.0.2:80")).await, Err(Errno::ECONNREFUSED));
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_whole_through_loss_reordering_and_little_bandwidth() {
    for seed in 0..20 {
        let link = Link {
            latency: 20 * MILLI,
            jitter: 15 * MILLI,
            loss: 0.05,
            reorder: 0.1,
            bandwidth: Some(2_000_000),
            queue: 60_000,
            ..Link::default()
        };
        let (_world, one, other) = two(seed, link);
        let (client, server) = joined(&one, &other).await;
        let data: Vec<u8> = (0..300_000u32).map(|at| (at * 7 % 251) as u8).collect();
        let sending = async {
            send_all(&client, &data).await.expect("sends");
            client.shutdown(c::SHUT_WR).expect("ends");
        };
        let ((), received) = tokio::join!(sending, receive_all(&server));
        assert!(received.expect("data") == data, "seed {seed}");
        // The other direction is still open.
        send_all(&server, b"done").await.expect("sends");
        drop(server);
        assert_eq!(receive_all(&client).await.expect("data"), b"done", "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_sender_waits_for_a_reader() {
    let (_world, one, other) = two(1, slow(1));
    let (client, server) = joined(&one, &other).await;
    let mut sent = 0;
    while let Ok(Ok(more)) = tokio::time::timeout(Duration::from_secs(5), async {
        loop {
            match send(&client, &[7; 10_000], None) {
                Err(Errno::EAGAIN) => drop(ready(&client, POLLOUT).await),
                result => return result,
            }
        }
    })
    .await
    {
        sent += more;
    }
    assert!(sent > 100_000, "{sent}");
    assert_eq!(client.events(POLLOUT), 0);
    let mut received = 0;
    while received < sent {
        received += receive(&server, 65_536).await.expect("data").data.len();
    }
    assert_eq!(ready(&client, POLLOUT).await, POLLOUT, "there is room again");
    assert_eq!(received, sent);
}

#[tokio::test(start_paused = true)]
async fn connections_end_in_each_of_their_ways() {
    let (_world, one, other) = two(1, slow(5));
    // What was not read resets it.
    let (client, server) = joined(&one, &other).await;
    send_all(&client, b"unread").await.expect("sends");
    ready(&server, POLLIN).await;
    drop(server);
    assert_eq!(receive(&client, 1).await.err(), Some(Errno::ECONNRESET));
    assert_eq!(receive(&client, 1).await.expect("the end").data, b"");
    assert_eq!(send(&client, b"x", None), Err(Errno::EPIPE));
    // No time to linger does as well.
    let (client, server) = joined(&one, &other).await;
    server.set_option(c::SOL_SOCKET, c::SO_LINGER, &[1, 0, 0, 0, 0, 0, 0, 0]).expect("is set");
    drop(server);
    assert_eq!(ready(&client, POLLIN).await & (POLLERR | POLLHUP), POLLERR | POLLHUP);
    assert_eq!(number(&client, c::SOL_SOCKET, c::SO_ERROR), Errno::ECONNRESET.number());
    // Who sends to one that is closed is reset.
    let (client, server) = joined(&one, &other).await;
    drop(server);
    assert_eq!(ready(&client, POLLRDHUP).await, POLLRDHUP);
    assert_eq!(send(&client, b"x", None), Ok(1));
    ready(&client, 0).await;
    assert_eq!(send(&client, b"x", None), Err(Errno::EPIPE), "it has had the end before");
    // Of a listener that is closed, those that wait are reset.
    let waiting = listener(&other, "10.0.0.2:81");
    let client = open(&one, c::AF_INET, c::SOCK_STREAM);
    connect(&client, &raw("10.0.0.2:81")).await.expect("connects");
    ready(&waiting, POLLIN).await;
    drop(waiting);
    ready(&client, 0).await;
    assert_eq!(number(&client, c::SOL_SOCKET, c::SO_ERROR), Errno::ECONNRESET.number());
    assert_eq!(send(&open(&one, c::AF_INET, c::SOCK_STREAM), b"x", None), Err(Errno::EPIPE));
}

#[tokio::test(start_paused = true)]
async fn a_backlog_that_is_full_answers_nobody() {
    let (_world, one, other) = two(1, slow(1));
    let listening = open(&other, c::AF_INET, c::SOCK_STREAM);
    listening.bind(&raw("10.0.0.2:80")).expect("is bound");
    listening.listen(1).expect("listens");
    let clients: Vec<_> = (0..3).map(|_| open(&one, c::AF_INET, c::SOCK_STREAM)).collect();
    for client in &clients[..2] {
        assert_eq!(connect(client, &raw("10.0.0.2:80")).await, Ok(()));
    }
    let began = Instant::now();
    let to = raw("10.0.0.2:80");
    let late = connect(&clients[2], &to);
    let takes = async {
        tokio::time::sleep(10 * MILLI).await;
        accept(&listening).await
    };
    let (late, _accepted) = tokio::join!(late, takes);
    assert_eq!(late, Ok(()));
    assert_eq!(began.elapsed().as_secs(), 1, "it was asked for again");
}

#[tokio::test(start_paused = true)]
async fn partitions_hold_data_back_and_long_ones_end_connections() {
    let (world, one, other) = two(1, slow(5));
    let (client, server) = joined(&one, &other).await;
    world.cut("one", "other", true);
    send_all(&client, b"late").await.expect("sends");
    let mends = async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        world.cut("one", "other", false);
    };
    let (received, ()) = tokio::join!(receive(&server, 10), mends);
    assert_eq!(received.expect("data").data, b"late");
    world.partition(&["other"]);
    let began = Instant::now();
    send_all(&client, b"never").await.expect("sends");
    ready(&client, 0).await;
    assert_eq!(send(&client, b"x", None), Err(Errno::ETIMEDOUT));
    assert!((600..1800).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_crash_is_silent_and_what_starts_again_resets() {
    let (_world, one, other) = two(1, slow(5));
    let (client, server) = joined(&one, &other).await;
    other.crash();
    assert_eq!(server.local_address().err(), Some(Errno::ENETDOWN));
    send_all(&client, b"x").await.expect("sends");
    let silent = tokio::time::timeout(Duration::from_secs(20), receive(&client, 1)).await;
    assert!(silent.is_err(), "nobody tells");
    other.restart();
    assert_eq!(receive(&client, 1).await.err(), Some(Errno::ECONNRESET));
    let (client, server) = joined(&one, &other).await;
    send_all(&server, b"again").await.expect("sends");
    assert_eq!(receive(&client, 9).await.expect("data").data, b"again");
}

#[tokio::test(start_paused = true)]
async fn a_host_that_stands_still_gets_all_later() {
    let (_world, one, other) = two(1, slow(5));
    let (client, server) = joined(&one, &other).await;
    other.pause();
    send_all(&client, b"held").await.expect("sends");
    assert!(tokio::time::timeout(Duration::from_secs(5), receive(&server, 9)).await.is_err());
    other.resume();
    assert_eq!(receive(&server, 9).await.expect("data").data, b"held");
}

#[tokio::test(start_paused = true)]
async fn keepalive_finds_out_that_the_peer_is_gone() {
    let (_world, one, other) = two(1, slow(5));
    let (client, _server) = joined(&one, &other).await;
    for (level, name, value) in [
        (c::IPPROTO_TCP, c::TCP_KEEPIDLE, 10),
        (c::IPPROTO_TCP, c::TCP_KEEPINTVL, 5),
        (c::IPPROTO_TCP, c::TCP_KEEPCNT, 3),
        (c::SOL_SOCKET, c::SO_KEEPALIVE, 1),
    ] {
        set(&client, level, name, value).expect("is set");
    }
    let began = Instant::now();
    assert!(tokio::time::timeout(Duration::from_secs(1000), receive(&client, 1)).await.is_err(), "the peer answers");
    other.crash();
    assert_eq!(receive(&client, 1).await.err(), Some(Errno::ETIMEDOUT));
    assert!((1000 + 15..1000 + 40).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn datagrams_come_whole_and_errors_come_back() {
    let (_world, one, other) = two(1, slow(5));
    let (sender, receiver) = (open(&one, c::AF_INET, c::SOCK_DGRAM), open(&other, c::AF_INET, c::SOCK_DGRAM));
    receiver.bind(&raw("0.0.0.0:53")).expect("is bound");
    let to = raw("10.0.0.2:53");
    assert_eq!(send(&sender, &[1; 3000], Some(&to)), Ok(3000));
    assert_eq!(send(&sender, b"", Some(&to)), Ok(0));
    assert_eq!(send(&sender, &vec![1; 65_508], Some(&to)), Err(Errno::EMSGSIZE));
    assert_eq!(send(&sender, b"x", None), Err(Errno::EDESTADDRREQ));
    let first = receive(&receiver, 1000).await.expect("data");
    assert_eq!((first.data.len(), first.flags), (1000, c::MSG_TRUNC));
    assert!(text(&first.address.expect("a sender")).starts_with("10.0.0.1:"));
    assert_eq!(receive(&receiver, 9).await.expect("data").data, b"");
    // Who is connected hears that nobody is there.
    sender.connect(&raw("10.0.0.2:9")).expect("connects");
    assert_eq!(send(&sender, b"x", None), Ok(1));
    assert_eq!(receive(&sender, 1).await.err(), Some(Errno::ECONNREFUSED));
}

#[tokio::test(start_paused = true)]
async fn broadcast_needs_the_option_and_groups_are_joined() {
    let (world, one, other) = two(1, slow(5));
    let third = world.add_host("third", [ip("10.0.0.3")]);
    let hears = |host: &Host| {
        let end = open(host, c::AF_INET, c::SOCK_DGRAM);
        end.bind(&raw("0.0.0.0:5000")).expect("is bound");
        end
    };
    let (other, third) = (hears(&other), hears(&third));
    let sender = open(&one, c::AF_INET, c::SOCK_DGRAM);
    let all = raw("10.0.0.255:5000");
    assert_eq!(send(&sender, b"all", Some(&all)), Err(Errno::EACCES));
    set(&sender, c::SOL_SOCKET, c::SO_BROADCAST, 1).expect("is set");
    assert_eq!(send(&sender, b"all", Some(&all)), Ok(3));
    for end in [&other, &third] {
        assert_eq!(receive(end, 9).await.expect("data").data, b"all");
    }
    let group = [224, 0, 0, 9, 0, 0, 0, 0];
    other.set_option(c::IPPROTO_IP, c::IP_ADD_MEMBERSHIP, &group).expect("joins");
    assert_eq!(other.set_option(c::IPPROTO_IP, c::IP_ADD_MEMBERSHIP, &group), Err(Errno::EADDRINUSE));
    assert_eq!(send(&sender, b"group", Some(&raw("224.0.0.9:5000"))), Ok(5));
    assert_eq!(receive(&other, 9).await.expect("data").data, b"group");
    assert_eq!(third.receive(9, 0, 0).err(), Some(Errno::EAGAIN));
    other.set_option(c::IPPROTO_IP, c::IP_DROP_MEMBERSHIP, &group).expect("leaves");
    assert_eq!(send(&sender, b"group", Some(&raw("224.0.0.9:5000"))), Ok(5));
    tokio::time::sleep(100 * MILLI).await;
    assert_eq!(other.receive(9, 0, 0).err(), Some(Errno::EAGAIN));
}

#[tokio::test(start_paused = true)]
async fn datagrams_are_lost_and_doubled_as_the_link_says() {
    let (world, one, other) = two(3, Link { loss: 0.3, duplicate: 0.3, ..slow(5) });
    let receiver = open(&other, c::AF_INET, c::SOCK_DGRAM);
    receiver.bind(&raw("10.0.0.2:53")).expect("is bound");
    let sender = open(&one, c::AF_INET, c::SOCK_DGRAM);
    for at in 0..100u8 {
        send(&sender, &[at], Some(&raw("10.0.0.2:53"))).expect("sends");
        tokio::time::sleep(MILLI).await;
    }
    tokio::time::sleep(100 * MILLI).await;
    let mut times = [0; 100];
    while let Ok(came) = receiver.receive(9, 0, 0) {
        times[usize::from(came.data[0])] += 1;
    }
    let count = |wanted: i32| times.iter().filter(|times| **times == wanted).count();
    assert!((15..50).contains(&count(0)), "{times:?}");
    assert!((5..40).contains(&count(2)), "{times:?}");
    assert!(world.is_quiet());
}

#[tokio::test(start_paused = true)]
async fn an_ipv6_listener_takes_ipv4_unless_told_not_to() {
    let (_world, one, other) = two(1, slow(1));
    let both = listener(&other, "[::]:80");
    let client = open(&one, c::AF_INET, c::SOCK_STREAM);
    connect(&client, &raw("10.0.0.2:80")).await.expect("connects");
    let accepted = accept(&both).await;
    let peer = Address::decode(&accepted.peer_address().expect("a peer"), 0);
    let Some(Address::Inet6(peer)) = peer else { panic!("{peer:?}") };
    assert_eq!(peer.ip().to_string(), "::ffff:10.0.0.1");
    let six = open(&one, c::AF_INET6, c::SOCK_STREAM);
    connect(&six, &raw("[fd00::2]:80")).await.expect("connects");
    let only = open(&other, c::AF_INET6, c::SOCK_STREAM);
    set(&only, c::IPPROTO_IPV6, c::IPV6_V6ONLY, 1).expect("is set");
    only.bind(&raw("[::]:81")).expect("is bound");
    only.listen(1).expect("listens");
    let client = open(&one, c::AF_INET, c::SOCK_STREAM);
    assert_eq!(connect(&client, &raw("10.0.0.2:81")).await, Err(Errno::ECONNREFUSED));
    // So another may have the same port of IPv4.
    drop(listener(&other, "0.0.0.0:81"));
    let taken = open(&other, c::AF_INET, c::SOCK_STREAM);
    assert_eq!(taken.bind(&raw("0.0.0.0:80")), Err(Errno::EADDRINUSE));
    assert_eq!(taken.bind(&raw("10.0.0.77:80")), Err(Errno::EADDRNOTAVAIL));
}

#[tokio::test(start_paused = true)]
async fn unix_sockets_of_all_types_are_within_their_host() {
    let (_world, one, other) = two(1, slow(1));
    for kind in [c::SOCK_STREAM, c::SOCK_SEQPACKET] {
        for name in [&b"/run/name"[..], b"\0abstract"] {
            let listening = open(&one, c::AF_UNIX, kind);
            listening.bind(&named(name)).expect("is bound");
            listening.listen(2).expect("listens");
            let away = open(&other, c::AF_UNIX, kind).connect(&named(name));
            let missing = if name[0] == 0 { Errno::ECONNREFUSED } else { Errno::ENOENT };
            assert_eq!(away, Err(missing), "of another host");
            let client = open(&one, c::AF_UNIX, kind);
            assert_eq!(client.connect(&named(name)), Ok(()));
            let server = accept(&listening).await;
            send(&client, b"first", None).expect("sends");
            send(&client, b"second", None).expect("sends");
            let expected: &[u8] = if kind == c::SOCK_STREAM { b"firstsecond" } else { b"first" };
            assert_eq!(receive(&server, 99).await.expect("data").data, expected);
            drop(client);
            let rest: &[u8] = if kind == c::SOCK_STREAM { b"" } else { b"second" };
            assert_eq!(receive(&server, 99).await.expect("data").data, rest);
            assert_eq!(receive(&server, 99).await.expect("the end").data, b"");
            assert_eq!(send(&server, b"x", None), Err(Errno::EPIPE));
        }
    }
    let receiver = open(&one, c::AF_UNIX, c::SOCK_DGRAM);
    receiver.bind(&named(b"/run/datagrams")).expect("is bound");
    let sender = open(&one, c::AF_UNIX, c::SOCK_DGRAM);
    sender.bind(&named(b"/run/sender")).expect("is bound");
    let mut sent = 0;
    while send(&sender, b"x", Some(&named(b"/run/datagrams"))).is_ok() {
        sent += 1;
    }
    assert_eq!(sent, 11, "net.unix.max_dgram_qlen");
    let came = receive(&receiver, 9).await.expect("data");
    assert_eq!(came.address.expect("a sender").as_bytes(), named(b"/run/sender").as_bytes());
}

#[tokio::test(start_paused = true)]
async fn sockets_and_files_are_passed_on() {
    let (_world, one, _other) = two(1, slow(1));
    let (left, right) = one.network().pair(c::AF_UNIX, c::SOCK_STREAM, 0).expect("a pair");
    let (near, far) = one.network().pair(c::AF_UNIX, c::SOCK_STREAM, 0).expect("a pair");
    let passed = [Passed::Endpoint(far.clone())];
    let buffers = &[IoSlice::new(b"take")];
    left.send(Sending { buffers, address: None, control: &[], passed: &passed, flags: 0 }).expect("sends");
    drop((passed, far));
    send(&near, b"through", None).expect("it is open though on its way");
    let came = receive(&right, 99).await.expect("data");
    let [Passed::Endpoint(far)] = &came.passed[..] else { panic!("{:?}", came.passed) };
    assert_eq!(receive(far, 99).await.expect("data").data, b"through");
    // Where there is no room for it, it is closed.
    let passed = [Passed::Endpoint(far.clone())];
    left.send(Sending { buffers, address: None, control: &[], passed: &passed, flags: 0 }).expect("sends");
    drop((passed, came));
    let cut = right.receive(99, 0, 0).expect("data");
    assert_eq!((cut.passed.len(), cut.flags & c::MSG_CTRUNC), (0, c::MSG_CTRUNC));
    assert_eq!(receive(&near, 1).await.expect("the end").data, b"");
}

#[tokio::test(start_paused = true)]
async fn options_are_told_back_as_linux_does() {
    let (_world, one, _other) = two(1, slow(1));
    let end = open(&one, c::AF_INET, c::SOCK_STREAM);
    for (level, name, value, told) in [
        (c::SOL_SOCKET, c::SO_REUSEADDR, 5, 1),
        (c::SOL_SOCKET, c::SO_SNDBUF, 1, 4608),
        (c::SOL_SOCKET, c::SO_RCVBUF, 1, 2304),
        (c::SOL_SOCKET, c::SO_RCVBUF, -1, 425_984),
        (c::SOL_SOCKET, c::SO_RCVLOWAT, 0, 1),
        (c::IPPROTO_IP, c::IP_TTL, 7, 7),
        (c::IPPROTO_IP, c::IP_TTL, -1, 64),
        (c::IPPROTO_TCP, c::TCP_KEEPIDLE, 9, 9),
    ] {
        assert_eq!(set(&end, level, name, value), Ok(()), "{level} {name}");
        assert_eq!(number(&end, level, name), told, "{level} {name}");
    }
    assert_eq!(set(&end, c::IPPROTO_IP, c::IP_TTL, 256), Err(Errno::EINVAL));
    assert_eq!(set(&end, c::IPPROTO_TCP, c::TCP_KEEPIDLE, 32_768), Err(Errno::EINVAL));
    assert_eq!(set(&end, c::SOL_SOCKET, 999, 1), Err(Errno::ENOPROTOOPT));
    assert_eq!(end.option(c::IPPROTO_UDP, 1, 4), Err(Errno::EOPNOTSUPP));
    assert_eq!(end.events(POLLOUT), POLLOUT | POLLHUP, "a new socket");
    let network = one.network();
    for (family, kind, protocol, error) in [
        (c::AF_NETLINK, c::SOCK_RAW, 0, Errno::EAFNOSUPPORT),
        (c::AF_INET, c::SOCK_STREAM, c::IPPROTO_UDP, Errno::EPROTONOSUPPORT),
        (c::AF_UNIX, c::SOCK_STREAM, 6, Errno::EPROTONOSUPPORT),
    ] {
        assert_eq!(network.socket(family, kind, protocol).err(), Some(error), "{family} {kind} {protocol}");
    }
}

#[tokio::test(start_paused = true)]
async fn names_lead_to_hosts() {
    let (_world, one, _other) = two(1, slow(1));
    let ask = |host: &str, service: &str, family| Query {
        host: Some(host.into()),
        service: Some(service.into()),
        family,
        kind: c::SOCK_STREAM,
        protocol: 0,
        flags: 0,
    };
    let found = |query| {
        let one = one.clone();
        async move {
            let infos = one.network().resolver().getaddrinfo(query).await?;
            Ok::<_, berkeley_host::Error>(infos.iter().filter_map(|info| info.address.internet()).collect::<Vec<_>>())
        }
    };
    let at = |text: &str| text.parse::<SocketAddr>().expect("an address");
    assert_eq!(found(ask("other", "http", 0)).await, Ok(vec![at("10.0.0.2:80"), at("[fd00::2]:80")]));
    assert_eq!(found(ask("OTHER.", "80", c::AF_INET)).await, Ok(vec![at("10.0.0.2:80")]));
    assert_eq!(found(ask("::1", "1", 0)).await, Ok(vec![at("[::1]:1")]));
    assert!(found(ask("nobody", "80", 0)).await.is_err());
    let name = one.network().resolver().gethostbyaddr(ip("10.0.0.2")).await.expect("a name").name;
    assert_eq!(name, b"other");
}

/// What happens in a world of that seed.
async fn story(seed: u64) -> Vec<Event> {
    let link = Link { latency: 10 * MILLI, jitter: 10 * MILLI, loss: 0.1, ..Link::default() };
    let (world, one, other) = two(seed, link);
    let events = Arc::new(Mutex::new(Vec::new()));
    let told = events.clone();
    world.observe(move |event| told.lock().expect("not poisoned").push(event.clone()));
    let (client, server) = joined(&one, &other).await;
    let sending = async {
        send_all(&client, &[1; 50_000]).await.expect("sends");
        drop(client);
    };
    let ((), received) = tokio::join!(sending, receive_all(&server));
    assert_eq!(received.expect("data").len(), 50_000);
    drop(server);
    std::mem::take(&mut *events.lock().expect("not poisoned"))
}

#[test]
fn the_same_seed_is_the_same_story() {
    let run = |seed| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(story(seed))
    };
    let (first, again, others) = (run(5), run(5), run(6));
    assert_eq!(first, again);
    assert_ne!(first, others);
    assert_eq!(first.iter().filter(|event| event.kind == Kind::SynAck && event.arrives.is_some()).count(), 1);
    assert!(first.iter().any(|event| event.arrives.is_none()), "something was lost");
}
