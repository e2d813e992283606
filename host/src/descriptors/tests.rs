//! Guests of one process that want all of its descriptors. Each case runs in a process of its own, with few of them.

use std::fs::File;
use std::process::Command;
use std::sync::Arc;

use berkeley_constants as c;
use futures_util::FutureExt;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::ancillary::{Incoming, Outgoing};
use crate::ctx::SocketCtx;
use crate::error::{Errno, Error, Result};
use crate::limits::Limits;
use crate::shared::Shared;
use crate::socket::Socket;
use crate::wait::Waiting;

/// How many of 512 and of 240 are left to the host.
const RESERVE: usize = 64;
const QUARTER: usize = 60;

/// Runs the case of this name in a process of its own.
fn alone(name: &str, case: fn()) {
    if std::env::var_os("BERKELEY_TEST_ALONE").is_some() {
        case();
        return;
    }
    let mut command = Command::new(std::env::current_exe().expect("a program"));
    command.args(["--exact", &format!("descriptors::tests::{name}"), "--test-threads=1"]);
    let output = command.env("BERKELEY_TEST_ALONE", "1").output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
}

fn allow(descriptors: u64) {
    let maximum = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: Some(descriptors), maximum }).expect("it may be set");
}

fn guest() -> SocketCtx {
    let limits = Limits { sockets: usize::MAX, ..Limits::default() };
    let builder = SocketCtx::builder().allow_all().expect("a context");
    builder.waiting(Waiting::Inline).limits(limits).build()
}

fn create(shared: &Arc<Shared>) -> Result<Socket> {
    Socket::create(shared, c::AF_INET, c::SOCK_DGRAM, 0)
}

/// Takes all that the guest can have.
fn take_all(guest: &SocketCtx) -> Vec<Socket> {
    let mut taken = Vec::new();
    loop {
        match create(&guest.shared) {
            Ok(socket) => taken.push(socket),
            Err(error) => {
                assert_eq!(error, Error::Os(Errno::EMFILE));
                return taken;
            }
        }
    }
}

/// How many files the host can open now.
fn openable() -> usize {
    let files: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    files.len()
}

fn two_guests() {
    allow(512);
    let (one, other) = (guest(), guest());
    let greedy = take_all(&one);
    let modest = take_all(&other);
    assert_eq!(openable(), RESERVE);
    let spare = 512 - RESERVE;
    assert!((spare / 2..=spare * 3 / 4).contains(&greedy.len()), "{}", greedy.len());
    assert!((spare / 5..=spare / 4).contains(&modest.len()), "{}", modest.len());
    // One that holds more than its share is refused first, also after it has given some back.
    drop(modest);
    assert!(create(&one.shared).is_err() && create(&other.shared).is_ok());
    drop(greedy);
    assert!(create(&one.shared).is_ok());
}

#[test]
fn two_guests_leave_the_host_its_reserve() {
    alone("two_guests_leave_the_host_its_reserve", two_guests);
}

fn changing() {
    allow(240);
    let guest = guest();
    let taken = take_all(&guest);
    assert_eq!(openable(), QUARTER);
    allow(250);
    assert_eq!(take_all(&guest).len(), 8);
    allow(200);
    assert!(take_all(&guest).is_empty());
    drop(taken);
    let files: Vec<_> = (0..100).map(|_| File::open("/dev/null").expect("opens")).collect();
    let few = take_all(&guest);
    assert_eq!(openable(), 50, "a quarter, where that is less");
    drop((few, files));
}

#[test]
fn the_limit_counts_as_it_is_and_the_hosts_own_descriptors_too() {
    alone("the_limit_counts_as_it_is_and_the_hosts_own_descriptors_too", changing);
}

/// A call that does not wait.
fn now<T>(call: impl Future<Output = T>) -> T {
    call.now_or_never().expect("it does not wait")
}

fn every_way() {
    allow(240);
    let guest = guest();
    let (left, right) = Socket::pair(&guest.shared, c::AF_UNIX, c::SOCK_STREAM, 0).expect("a pair");
    let gifts: Vec<_> = (0..40).map(|_| create(&guest.shared).expect("a socket")).collect();
    now(left.sendmsg(&[b"x".to_vec()], &[Outgoing::Rights(gifts.iter().collect())], 0, None)).expect("is sent");
    let mut taken = take_all(&guest);
    let mfile = |result: Result<()>| assert_eq!(result, Err(Error::Os(Errno::EMFILE)));
    mfile(left.dup().map(drop));
    mfile(Socket::pair(&guest.shared, c::AF_UNIX, c::SOCK_STREAM, 0).map(drop));
    drop(taken.split_off(taken.len() - 10));
    let message = now(right.recvmsg(1, 1000, 0)).expect("a message");
    let received: usize =
        message.ancillary.iter().map(|one| if let Incoming::Rights(all) = one { all.len() } else { 0 }).sum();
    assert_eq!((received, message.flags & c::MSG_CTRUNC), (10, c::MSG_CTRUNC));
    assert_eq!(openable(), QUARTER);
}

#[test]
fn no_way_to_a_descriptor_goes_beyond() {
    alone("no_way_to_a_descriptor_goes_beyond", every_way);
}

fn waiting() {
    allow(240);
    let guest = guest();
    let mut listener = Socket::create(&guest.shared, c::AF_INET, c::SOCK_STREAM, 0).expect("a socket");
    let local = std::net::SocketAddrV4::new(std::net::Ipv4Addr::LOCALHOST, 0);
    listener.bind(&crate::address::Address::Inet(local)).expect("binds");
    listener.listen(1).expect("listens");
    let address = listener.getsockname().expect("an address").expect("an address");
    let mut client = Socket::create(&guest.shared, c::AF_INET, c::SOCK_STREAM, 0).expect("a socket");
    now(client.connect(&address)).expect("connects");
    let mut taken = take_all(&guest);
    assert_eq!(now(listener.accept()).map(drop), Err(Error::Os(Errno::EMFILE)));
    taken.pop();
    let (accepted, _) = now(listener.accept()).expect("the connection has waited");
    assert_eq!(now(client.send(b"x", 0)), Ok(1));
    assert_eq!(now(accepted.recv(1, 0)), Ok(b"x".to_vec()));
}

#[test]
fn a_connection_waits_until_there_is_a_descriptor_for_it() {
    alone("a_connection_waits_until_there_is_a_descriptor_for_it", waiting);
}
