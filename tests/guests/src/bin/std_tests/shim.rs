//! What `std`'s tests use of `std` that is not there, without threads: both ends of a test take turns.

/// Ports that are free, where `std`'s tests count from a fixed one: below those that Linux chooses by itself, from a place
/// that each run has of its own, so that only who asks for the same one is in the way.
pub mod ports {
    use std::cell::Cell;
    use std::collections::hash_map::RandomState;
    use std::hash::BuildHasher;

    use berkeley_guest::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs, UdpSocket};

    const FIRST: u16 = 10_000;
    const COUNT: u16 = 20_000;

    thread_local! {
        static NEXT: Cell<u16> = Cell::new((RandomState::new().hash_one(0) % u64::from(COUNT)) as u16);
    }

    /// For a new round of the test.
    fn free(ip: impl Into<IpAddr>) -> SocketAddr {
        crate::thread::begin();
        let ip = ip.into();
        for _ in 0..COUNT {
            let at = SocketAddr::from((ip, FIRST + NEXT.get()));
            NEXT.set((NEXT.get() + 1) % COUNT);
            if TcpListener::bind(at).is_ok() && UdpSocket::bind(at).is_ok() {
                return at;
            }
        }
        panic!("no port is free");
    }

    pub fn next_test_ip4() -> SocketAddr {
        free(Ipv4Addr::LOCALHOST)
    }

    pub fn next_test_ip6() -> SocketAddr {
        free(Ipv6Addr::LOCALHOST)
    }

    pub fn sa4(ip: Ipv4Addr, port: u16) -> SocketAddr {
        SocketAddr::from((ip, port))
    }

    pub fn sa6(ip: Ipv6Addr, port: u16) -> SocketAddr {
        SocketAddr::from((ip, port))
    }

    pub fn tsa<A: ToSocketAddrs>(addresses: A) -> Result<Vec<SocketAddr>, String> {
        addresses.to_socket_addrs().map(Iterator::collect).map_err(|error| error.to_string())
    }

    pub fn compare_ignore_zoneid(one: &SocketAddr, other: &SocketAddr) -> bool {
        (one.ip(), one.port()) == (other.ip(), other.port())
    }
}

/// Threads that run to their end when their moment has come.
pub mod thread {
    use std::cell::{Cell, RefCell};
    use std::collections::VecDeque;
    use std::rc::Rc;

    pub use std::thread::{sleep, yield_now};

    thread_local! {
        static PENDING: RefCell<VecDeque<Box<dyn FnOnce()>>> = const { RefCell::new(VecDeque::new()) };
        static MOMENT: Cell<Moment> = const { Cell::new(Moment::Spawn) };
        /// How many steps the test itself has taken.
        static STEPS: Cell<u32> = const { Cell::new(0) };
        /// How many threads are on the stack.
        static RUNNING: Cell<u32> = const { Cell::new(0) };
    }

    /// When a thread runs: at once; when something is sent by a channel; when somebody waits for it; before the test's
    /// own step of that number, and those behind it. Whatever it is, whoever waits lets it run.
    #[derive(Clone, Copy, PartialEq)]
    enum Moment {
        Spawn,
        Send,
        Join,
        Step(u32),
    }

    pub fn run_at(moment: &str) {
        MOMENT.set(match moment {
            "spawn" => Moment::Spawn,
            "send" => Moment::Send,
            "join" => Moment::Join,
            number => Moment::Step(number.parse().expect("a moment")),
        });
        begin();
    }

    /// A test begins, or goes on with other addresses.
    pub fn begin() {
        STEPS.set(0);
    }

    /// Runs the oldest thread that has not run, if there is one.
    pub fn run_next() -> bool {
        let next = PENDING.with_borrow_mut(VecDeque::pop_front);
        RUNNING.set(RUNNING.get() + 1);
        let ran = next.map(|thread| thread()).is_some();
        RUNNING.set(RUNNING.get() - 1);
        ran
    }

    pub fn run_pending() {
        while run_next() {}
    }

    /// The test is about to make a call.
    pub fn step() {
        if RUNNING.get() > 0 {
            return;
        }
        STEPS.set(STEPS.get() + 1);
        if matches!(MOMENT.get(), Moment::Step(first) if first <= STEPS.get()) {
            run_pending();
        }
    }

    pub fn sent() {
        if MOMENT.get() == Moment::Send {
            run_pending();
        }
    }

    pub struct JoinHandle<T>(Rc<RefCell<Option<T>>>);

    pub fn spawn<T: 'static>(body: impl FnOnce() -> T + 'static) -> JoinHandle<T> {
        let result = Rc::new(RefCell::new(None));
        let place = result.clone();
        PENDING.with_borrow_mut(|pending| {
            pending.push_back(Box::new(move || {
                let value = body();
                *place.borrow_mut() = Some(value);
            }));
        });
        if MOMENT.get() == Moment::Spawn {
            run_pending();
        }
        JoinHandle(result)
    }

    impl<T> JoinHandle<T> {
        pub fn join(self) -> Result<T, ()> {
            run_pending();
            self.0.borrow_mut().take().ok_or(())
        }
    }

    impl<T> Drop for JoinHandle<T> {
        fn drop(&mut self) {
            run_pending();
        }
    }
}

pub mod sync {
    pub use std::sync::*;

    pub mod mpsc {
        use std::cell::RefCell;
        use std::collections::VecDeque;
        use std::rc::Rc;

        type Queue<T> = Rc<RefCell<VecDeque<T>>>;

        pub struct Sender<T>(Queue<T>);
        pub struct Receiver<T>(Queue<T>);

        #[derive(Debug)]
        pub struct Stuck;

        pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
            let queue = Queue::default();
            (Sender(queue.clone()), Receiver(queue))
        }

        impl<T> Clone for Sender<T> {
            fn clone(&self) -> Self {
                Self(self.0.clone())
            }
        }

        impl<T> Sender<T> {
            pub fn send(&self, value: T) -> Result<(), Stuck> {
                self.0.borrow_mut().push_back(value);
                crate::thread::sent();
                Ok(())
            }
        }

        impl<T> Receiver<T> {
            pub fn recv(&self) -> Result<T, Stuck> {
                loop {
                    let next = self.0.borrow_mut().pop_front();
                    if let Some(value) = next {
                        return Ok(value);
                    }
                    if !crate::thread::run_next() {
                        return Err(Stuck);
                    }
                }
            }
        }

        impl std::fmt::Display for Stuck {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("nobody is left to send")
            }
        }
    }
}

pub mod test_helpers {
    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicUsize, Ordering};

    static NEXT: AtomicUsize = AtomicUsize::new(0);

    pub struct TempDir(PathBuf);

    impl TempDir {
        pub fn path(&self) -> &Path {
            &self.0
        }
    }

    /// A directory in the one that the program was given.
    pub fn tmpdir() -> TempDir {
        let path = PathBuf::from(format!("/run/x/{}", NEXT.fetch_add(1, Ordering::Relaxed)));
        std::fs::create_dir(&path).expect("a directory");
        TempDir(path)
    }
}

/// The numbers of the process are the host's, as a socket tells them.
pub mod libc {
    use berkeley_guest::os::unix::net::{UCred, UnixStream};

    pub type pid_t = i32;
    pub type uid_t = u32;
    pub type gid_t = u32;

    fn own() -> UCred {
        let (one, _other) = UnixStream::pair().expect("a pair");
        one.peer_cred().expect("credentials")
    }

    pub unsafe fn getpid() -> pid_t {
        own().pid.expect("a number")
    }

    pub unsafe fn getuid() -> uid_t {
        own().uid
    }

    pub unsafe fn getgid() -> gid_t {
        own().gid
    }

    pub unsafe fn close(fd: i32) -> i32 {
        berkeley_guest::socket::close(fd).expect("a socket");
        0
    }
}
