//! What needs a grant, what is learnt, and that no guest's look-ups harm others.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;

use super::*;
use crate::ctx::SocketCtx;
use crate::error::Errno;
use crate::limits::Limits;
use crate::policy::{Rules, Transport};
use crate::resolver::{Hosts, Lookup, Silent, blocking};
use crate::wait::Waiting;

fn query(host: &str, service: &str) -> Query {
    Query {
        host: Some(host.into()),
        service: Some(service.into()),
        family: 0,
        kind: c::SOCK_STREAM,
        protocol: 0,
        flags: 0,
    }
}

fn guest(rules: &[&str]) -> SocketCtx {
    let hosts = Hosts::new().with("db.example", ["10.0.0.1".parse().expect("an address")]);
    let rules = Rules::parse(rules.iter().copied()).expect("rules");
    SocketCtx::builder().rules(rules).expect("a context").resolver(hosts).build()
}

#[tokio::test]
async fn numeric_hosts_need_no_grant() {
    let guest = guest(&[]);
    let infos = getaddrinfo(&guest.shared, query("127.0.0.1", "80")).await.expect("numeric");
    assert_eq!(infos[0].address.to_string(), "127.0.0.1:80");
    assert!(guest.shared.names.of("127.0.0.1".parse().expect("an address")).is_empty());
}

#[tokio::test]
async fn names_need_a_grant_and_are_learnt() {
    let denied = getaddrinfo(&guest(&[]).shared, query("db.example", "80")).await;
    assert!(matches!(denied, Err(Error::Denied(_))), "{denied:?}");
    let guest = guest(&["resolve=db.example"]);
    let infos = getaddrinfo(&guest.shared, query("DB.example.", "80")).await.expect("known");
    assert_eq!(infos[0].address.to_string(), "10.0.0.1:80");
    let learnt = guest.shared.names.of("10.0.0.1".parse().expect("an address"));
    assert_eq!(learnt.iter().map(|name| &**name).collect::<Vec<_>>(), ["db.example"]);
}

#[tokio::test]
async fn bad_names_are_not_names() {
    let guest = guest(&["resolve"]);
    for name in ["a\0b", "", "no.such.example"] {
        let result = getaddrinfo(&guest.shared, query(name, "80")).await;
        assert_eq!(result, Err(Error::Gai(NONAME)), "{name:?}");
    }
    let bad_service = getaddrinfo(&guest.shared, query("127.0.0.1", "no-such-service")).await;
    assert_eq!(bad_service, Err(Error::Gai(GaiCode(c::EAI_SERVICE))));
}

/// Runs the future without a runtime.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

#[test]
fn a_look_up_has_its_time_limit_without_a_runtime_as_well() {
    for waiting in [Waiting::Inline, Waiting::Yield] {
        let limits = Limits { lookup_time: Duration::from_millis(1), ..Limits::default() };
        let builder = SocketCtx::builder().allow_all().expect("a context").resolver(Silent);
        let guest = builder.limits(limits).waiting(waiting).build();
        let result = block_on(getaddrinfo(&guest.shared, query("db.example", "80")));
        assert_eq!(result, Err(AGAIN));
        let known = guest_with(Hosts::new().with("db.example", [ip("11.0.0.1")]), Limits::default());
        assert!(block_on(getaddrinfo(&known.shared, query("db.example", "http"))).is_ok());
        assert_eq!(block_on(getservbyname(&known.shared, b"http", Some(b"tcp"))), Some(80));
    }
}

#[tokio::test]
async fn a_look_up_that_takes_too_long_is_given_up() {
    let limits = Limits { lookup_time: Duration::from_millis(1), lookups: 1, ..Limits::default() };
    let builder = SocketCtx::builder().allow_all().expect("a context").resolver(Silent);
    let guest = builder.limits(limits).build();
    for _ in 0..2 {
        let result = getaddrinfo(&guest.shared, query("db.example", "80")).await;
        assert_eq!(result, Err(Error::Gai(GaiCode(c::EAI_AGAIN))));
    }
    let result = gethostbyname_ex(&guest.shared, b"db.example".to_vec()).await;
    assert_eq!(result, Err(TRY_AGAIN));
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn guest_with(resolver: impl Resolver, limits: Limits) -> SocketCtx {
    let rules = Rules::parse(["connect=db.example:80"]).expect("rules");
    SocketCtx::builder().rules(rules).expect("a context").resolver(resolver).limits(limits).build()
}

/// Polls the future once; whether it is pending.
async fn waits<F: Future + ?Sized>(mut future: Pin<&mut F>) -> bool {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await
}

/// Answers one look-up after the other, each with another address, once it is told to: it blocks until then.
#[derive(Clone)]
struct Blocking {
    begun: mpsc::Sender<()>,
    go_on: Arc<Mutex<mpsc::Receiver<()>>>,
    answers: Arc<AtomicU8>,
}

impl Blocking {
    /// With what tells that a look-up has begun, and what lets one go on; all do once that is dropped.
    fn new() -> (Self, mpsc::Receiver<()>, mpsc::Sender<()>) {
        let ((begun, begins), (key, locked)) = (mpsc::channel(), mpsc::channel());
        (Self { begun, go_on: Arc::new(Mutex::new(locked)), answers: Arc::default() }, begins, key)
    }
}

impl Resolver for Blocking {
    fn getaddrinfo(&self, query: Query) -> Lookup<'_, Vec<AddressInfo>> {
        let this = self.clone();
        blocking(move || {
            // The test may listen no more.
            let _ = this.begun.send(());
            let _ = this.go_on.lock().expect("no panic").recv();
            let number = this.answers.fetch_add(1, Ordering::Relaxed);
            let address = Address::from(SocketAddr::from(([11, 0, 0, number], 80)));
            let (family, kind, protocol) = (address.family(), query.kind, c::IPPROTO_TCP);
            Ok(vec![AddressInfo { family, kind, protocol, canonical_name: Vec::new(), address }])
        })
    }
    fn getnameinfo(&self, _: Address, _: i32) -> Lookup<'_, (Vec<u8>, Vec<u8>)> {
        Box::pin(std::future::pending())
    }
    fn gethostbyname(&self, _: Vec<u8>) -> Lookup<'_, HostEntry> {
        Box::pin(std::future::pending())
    }
    fn gethostbyaddr(&self, _: IpAddr) -> Lookup<'_, HostEntry> {
        Box::pin(std::future::pending())
    }
}

/// With time enough for the slowest machine.
fn patient() -> Limits {
    Limits { lookup_time: Duration::from_secs(3600), ..Limits::default() }
}

#[test]
fn look_ups_take_no_thread_of_the_runtimes_pool() {
    let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let (resolver, begins, key) = Blocking::new();
        let guest = guest_with(resolver, patient());
        let mut look_up = pin!(getaddrinfo(&guest.shared, query("db.example", "80")));
        assert!(waits(look_up.as_mut()).await);
        begins.recv().expect("it begins");
        // The one thread that files are read in is free meanwhile.
        let file = tokio::task::spawn_blocking(|| std::fs::read("Cargo.toml")).await.expect("it ends");
        assert!(!file.expect("a file").is_empty());
        drop(key);
        assert_eq!(look_up.await.expect("an answer")[0].address.to_string(), "11.0.0.0:80");
    });
}

#[tokio::test]
async fn look_ups_of_one_guest_delay_no_other_and_end_with_the_guest() {
    let (stuck, begins, key) = Blocking::new();
    let hostile = guest_with(stuck, patient());
    let mut look_ups: Vec<_> =
        (0..1000).map(|_| Box::pin(getaddrinfo(&hostile.shared, query("db.example", "80")))).collect();
    for look_up in &mut look_ups {
        assert!(waits(look_up.as_mut()).await);
    }
    begins.recv().expect("one begins");
    let (resolver, _begins, other_key) = Blocking::new();
    drop(other_key);
    let neighbour = guest_with(resolver, patient());
    assert!(getaddrinfo(&neighbour.shared, query("db.example", "80")).await.is_ok());
    // Nothing of the guest's goes on but what the C library, so to speak, has begun.
    drop(look_ups);
    drop(hostile);
    let begun = 1 + begins.try_iter().count();
    drop(key);
    assert!(begun + begins.iter().count() <= Limits::default().lookups);
}

#[tokio::test]
async fn an_address_is_admitted_while_the_name_still_leads_there() {
    let allows = |guest: &SocketCtx, to: &str| {
        let peer = Address::from(SocketAddr::new(ip(to), 80));
        guest.shared.would_allow(&Operation::Connect { transport: Transport::Tcp, peer: &peer })
    };
    let (resolver, _begins, key) = Blocking::new();
    drop(key);
    let guest = guest_with(resolver.clone(), Limits::default());
    for number in 0..28 {
        getaddrinfo(&guest.shared, query("db.example", "80")).await.expect("an answer");
        assert!(allows(&guest, &format!("11.0.0.{number}")));
    }
    // A client may use one that it was given a moment ago, and not one of long ago.
    assert!(allows(&guest, "11.0.0.20") && !allows(&guest, "11.0.0.0"));
    let forgetful = guest_with(resolver, Limits { name_time: Duration::ZERO, ..Limits::default() });
    let infos = getaddrinfo(&forgetful.shared, query("db.example", "80")).await.expect("an answer");
    assert!(!allows(&forgetful, &infos[0].address.internet().expect("an address").ip().to_string()));
}

#[tokio::test]
async fn an_answer_that_is_this_machines_own_address_is_known_as_such() {
    let hosts = Hosts::new().with("db.example", ["127.0.0.1", "11.0.0.1"].map(ip));
    let guest = guest_with(hosts, Limits::default());
    getaddrinfo(&guest.shared, query("db.example", "80")).await.expect("known");
    assert!(guest.shared.names.is_own(ip("127.0.0.1")) && !guest.shared.names.is_own(ip("11.0.0.1")));
}

/// A guest that may do everything but connect to one port of a name.
fn guest_denied(limits: Limits, addresses: &[&str]) -> SocketCtx {
    let hosts = Hosts::new().with("db.example", addresses.iter().map(|address| ip(address)));
    let deny = "connect=db.example:25".parse().expect("a rule");
    let rules = Rules::builder().allow_all().deny(deny).build().expect("rules");
    SocketCtx::builder().rules(rules).expect("a context").resolver(hosts).limits(limits).build()
}

#[tokio::test]
async fn what_is_denied_by_a_name_stays_denied() {
    let limits = Limits { name_time: Duration::ZERO, ..Limits::default() };
    let guest = guest_denied(limits, &["11.0.0.1", "64:ff9b::b00:2"]);
    let allows = |to: &str, port| {
        let peer = Address::from(SocketAddr::new(ip(to), port));
        guest.shared.would_allow(&Operation::Connect { transport: Transport::Tcp, peer: &peer })
    };
    assert!(allows("11.0.0.1", 25));
    getaddrinfo(&guest.shared, query("DB.example.", "25")).await.expect("known");
    // In every form, and whatever a translator makes of it.
    for address in ["11.0.0.1", "::ffff:11.0.0.1", "64:ff9b::b00:1", "2002:b00:1::1", "64:ff9b::b00:2", "11.0.0.2"] {
        assert!(!allows(address, 25) && allows(address, 26), "{address}");
    }
    assert!(allows("11.0.0.3", 25));
}

#[tokio::test]
async fn a_guest_learns_no_more_of_denied_names_than_is_remembered() {
    let many: Vec<_> = (0..200).map(|number| format!("11.0.0.{number}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let tight = guest_denied(Limits { names: 1 << 12, ..Limits::default() }, &many);
    assert_eq!(getaddrinfo(&tight.shared, query("db.example", "25")).await, Err(Error::Os(Errno::ENOMEM)));
    let roomy = guest_denied(Limits::default(), &many);
    for _ in 0..100 {
        assert!(getaddrinfo(&roomy.shared, query("db.example", "25")).await.is_ok());
    }
}
