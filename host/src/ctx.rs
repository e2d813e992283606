//! What a guest's sockets have in common: its policy, its resolver, its limits.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::address::{Address, RawAddress};
use crate::directory::{Directory, Located};
use crate::error::{Errno, Error, Result};
use crate::flight::Flights;
use crate::policy::{AllowAll, DenyAll, Names, Operation, Policy, Refusal, Rules};
use crate::resolver::{Resolver, SystemResolver};
use crate::socket::{Adopted, Socket};
use crate::sys::{self, OwnedSocket};
#[cfg(feature = "tls")]
use crate::tls::Tls;
use crate::wait::Waiting;

/// What one guest may have at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Open sockets. One more fails with EMFILE. Never so many that the process would have no descriptor left.
    ///
    /// As many TLS connections may there be, too; one more fails with a text that says so.
    ///
    /// As many more may be on their way to others as ancillary data. One more of these fails with ETOOMANYREFS.
    pub sockets: usize,
    /// Bytes that one call receives from a stream. More asked for is received in parts.
    pub receive: usize,
    /// Bytes of one datagram. What is longer is cut off, as if the guest had asked for no more.
    pub datagram: usize,
    /// Sockets in one call of `poll`. More fail with EINVAL.
    pub poll: usize,
    /// Look-ups at once, also those that were given up but still go on. One more waits.
    pub lookups: usize,
    /// How long a look-up takes. One that takes longer fails with EAI_AGAIN.
    pub lookup_time: Duration,
}

impl Default for Limits {
    /// 4,096 sockets, 1 MiB, 16 MiB, 65,536 sockets, 16 look-ups, 30 seconds.
    fn default() -> Self {
        Self {
            sockets: 4096,
            receive: 1 << 20,
            datagram: 16 << 20,
            poll: 65_536,
            lookups: 16,
            lookup_time: Duration::from_secs(30),
        }
    }
}

/// The sockets of one guest: what it may do, how it waits, what it was given.
///
/// ```
/// use berkeley_host::policy::Rules;
/// use berkeley_host::{SocketCtx, Waiting};
///
/// let ctx = SocketCtx::builder()
///     .rules(Rules::parse(["connect=db.internal:5432"])?)?
///     .waiting(Waiting::Inline)
///     .preopened("http", std::net::TcpListener::bind("127.0.0.1:0")?)?
///     .build();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SocketCtx {
    pub(crate) shared: Arc<Shared>,
    preopened: Vec<(String, Socket)>,
}

impl fmt::Debug for SocketCtx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketCtx").field("shared", &self.shared).finish_non_exhaustive()
    }
}

impl SocketCtx {
    /// A guest that may do nothing, to be granted more.
    pub fn builder() -> SocketCtxBuilder {
        SocketCtxBuilder {
            policy: Box::new(DenyAll),
            resolver: Box::new(SystemResolver),
            waiting: Waiting::default(),
            limits: Limits::default(),
            directories: Vec::new(),
            observer: None,
            preopened: Vec::new(),
            #[cfg(feature = "tls")]
            tls_roots: None,
        }
    }

    /// New handles to the sockets that were opened beforehand, with their names.
    pub fn preopened(&self) -> Result<Vec<(String, Socket)>> {
        self.preopened.iter().map(|(name, socket)| Ok((name.clone(), socket.dup()?))).collect()
    }

    /// How many sockets the guest has open, those opened beforehand among them.
    pub fn open_sockets(&self) -> usize {
        self.shared.open.load(Ordering::Relaxed)
    }
}

/// Builds a [`SocketCtx`].
pub struct SocketCtxBuilder {
    policy: Box<dyn Policy>,
    resolver: Box<dyn Resolver>,
    waiting: Waiting,
    limits: Limits,
    directories: Vec<Directory>,
    observer: Option<Observer>,
    preopened: Vec<(String, Adopted)>,
    #[cfg(feature = "tls")]
    tls_roots: Option<Vec<Vec<u8>>>,
}

type Observer = Box<dyn Fn(&Refusal) + Send + Sync>;

impl fmt::Debug for SocketCtxBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketCtxBuilder").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl SocketCtxBuilder {
    /// What the guest may do; [`DenyAll`] unless set.
    #[must_use]
    pub fn policy(self, policy: impl Policy) -> Self {
        Self { policy: Box::new(policy), ..self }
    }

    /// Grants what the rules say, the directories for unix sockets among it, which must exist.
    pub fn rules(mut self, rules: Rules) -> io::Result<Self> {
        for (host, guest) in rules.unix_directories() {
            self = self.unix_directory(host, guest)?;
        }
        Ok(self.policy(rules))
    }

    /// Grants everything, unix sockets by any path of the host among it.
    pub fn allow_all(self) -> io::Result<Self> {
        self.policy(AllowAll).unix_directory("/", "/")
    }

    /// Lets unix sockets be in the host's directory, which the guest calls by a name of its own, beginning with `/`.
    ///
    /// The policy is asked as well.
    pub fn unix_directory(mut self, host: impl AsRef<Path>, guest: &str) -> io::Result<Self> {
        let host = host.as_ref();
        let directory = Directory::open(host, guest).map_err(|error| {
            io::Error::new(error.kind(), format!("cannot open the directory {}: {error}", host.display()))
        })?;
        self.directories.push(directory);
        Ok(self)
    }

    /// How host names are looked up; [`SystemResolver`] unless set.
    #[must_use]
    pub fn resolver(self, resolver: impl Resolver) -> Self {
        Self { resolver: Box::new(resolver), ..self }
    }

    /// How the guest waits; [`Waiting::Yield`] unless set.
    #[must_use]
    pub fn waiting(self, waiting: Waiting) -> Self {
        Self { waiting, ..self }
    }

    /// The certificates that guests trust as the host's own, in DER: of authorities that TLS peers are verified by.
    /// Unless set, those of the system, found as by the crate `rustls-native-certs`, which heeds SSL_CERT_FILE.
    ///
    /// A guest uses them only where it asks for it; it may bring its own.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls_roots(self, certificates: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self { tls_roots: Some(certificates.into_iter().collect()), ..self }
    }

    /// What the guest may have at most.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Called at each refusal. Keep it short: the guest waits.
    #[must_use]
    pub fn on_refusal(self, observer: impl Fn(&Refusal) + Send + Sync + 'static) -> Self {
        Self { observer: Some(Box::new(observer)), ..self }
    }

    /// Gives the guest a socket that is open already: a `std::net::TcpListener`, or any other descriptor of a socket.
    ///
    /// ENOTSOCK: it is none.
    pub fn preopened(mut self, name: impl Into<String>, socket: impl Into<OwnedSocket>) -> io::Result<Self> {
        self.preopened.push((name.into(), Adopted::new(socket.into())?));
        Ok(self)
    }

    /// The finished context.
    pub fn build(mut self) -> SocketCtx {
        self.limits.sockets = self.limits.sockets.min(spare_descriptors());
        self.directories.sort_by_key(|directory| std::cmp::Reverse(directory.depth()));
        let shared = Arc::new(Shared {
            policy: self.policy,
            resolver: self.resolver.into(),
            waiting: self.waiting,
            lookups: Arc::new(Semaphore::new(self.limits.lookups)),
            limits: self.limits,
            directories: self.directories,
            observer: self.observer,
            names: Names::default(),
            open: Arc::default(),
            low_water: AtomicBool::new(false),
            flights: Arc::default(),
            #[cfg(feature = "tls")]
            tls: Tls::new(self.tls_roots),
        });
        let adopt = |(name, adopted)| (name, Socket::adopt(&shared, adopted));
        SocketCtx { preopened: self.preopened.into_iter().map(adopt).collect(), shared }
    }
}

/// How many descriptors of this process a guest may have, so that some are left for the host itself.
fn spare_descriptors() -> usize {
    let limit = sys::most_descriptors();
    usize::try_from(limit - (limit / 4).min(64)).unwrap_or(usize::MAX)
}

/// What each socket of a guest refers to.
pub(crate) struct Shared {
    policy: Box<dyn Policy>,
    pub(crate) resolver: Arc<dyn Resolver>,
    pub(crate) waiting: Waiting,
    pub(crate) limits: Limits,
    pub(crate) lookups: Arc<Semaphore>,
    pub(crate) names: Names,
    directories: Vec<Directory>,
    observer: Option<Observer>,
    open: Arc<AtomicUsize>,
    /// Whether a socket of the guest's may wait for more than one byte: SO_RCVLOWAT.
    pub(crate) low_water: AtomicBool,
    pub(crate) flights: Arc<Flights>,
    #[cfg(feature = "tls")]
    pub(crate) tls: Tls,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("waiting", &self.waiting).field("open", &self.open).finish_non_exhaustive()
    }
}

/// Counts as one open socket while it lasts.
#[derive(Debug)]
pub(crate) struct Lease(Arc<AtomicUsize>);

impl Drop for Lease {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Where a unix path leads.
pub(crate) enum Place<'a> {
    /// Where the host says it is, as the guest is trusted with all of the host's paths.
    Anywhere,
    /// Below a directory that was granted.
    In(&'a Directory, &'a [u8]),
}

impl Shared {
    /// Asks the policy.
    pub(crate) fn judge(&self, operation: &Operation<'_>) -> Result<()> {
        self.policy.check(operation, &self.names).map_err(|refusal| self.refuse(refusal))
    }

    /// Whether the policy would allow it; nobody is told.
    pub(crate) fn would_allow(&self, operation: &Operation<'_>) -> bool {
        self.policy.check(operation, &self.names).is_ok()
    }

    /// Refuses, and tells the observer.
    pub(crate) fn refuse(&self, refusal: Refusal) -> Error {
        tracing::debug!(%refusal, "refused");
        if let Some(observer) = &self.observer {
            observer(&refusal);
        }
        Error::Denied(Box::new(refusal))
    }

    /// Counts one more socket. EMFILE.
    pub(crate) fn lease(&self) -> Result<Lease> {
        let below = |open| (open < self.limits.sockets).then_some(open + 1);
        self.open.fetch_update(Ordering::Relaxed, Ordering::Relaxed, below).map_err(|_| Errno::EMFILE)?;
        Ok(Lease(self.open.clone()))
    }

    /// Counts one more socket, though there are too many: one that the host gives.
    pub(crate) fn given_lease(&self) -> Lease {
        self.open.fetch_add(1, Ordering::Relaxed);
        Lease(self.open.clone())
    }

    /// Finds the directory that a unix path is in.
    pub(crate) fn place<'a>(&'a self, path: &'a [u8], operation: &Operation<'_>) -> Result<Place<'a>> {
        for directory in &self.directories {
            if directory.is_whole() && path.starts_with(b"/") {
                return Ok(Place::Anywhere);
            }
            if let Some(below) = directory.below(path) {
                return Ok(Place::In(directory, below));
            }
        }
        let parent = path.iter().rposition(|&byte| byte == b'/').map_or(&b"/"[..], |at| &path[..at.max(1)]);
        let refusal = Refusal::new(operation);
        Err(self.refuse(match std::str::from_utf8(parent) {
            // A guest's working directory is its root; the host's is the nearest thing to it.
            _ if !path.starts_with(b"/") => refusal.with_grant("unix=.::/"),
            Ok(parent) if !parent.contains("::") => refusal.with_grant(format!("unix={parent}")),
            _ => refusal,
        }))
    }

    /// Where to connect or send to; what is returned beside must stay until then.
    pub(crate) fn destination(
        &self,
        address: &Address,
        operation: &Operation<'_>,
    ) -> Result<(RawAddress, Option<Located>)> {
        self.judge(operation)?;
        let Some(path) = address.unix_path() else { return Ok((address.encode()?, None)) };
        // A path that no socket can have is told so before it is looked for.
        let plain = address.encode()?;
        match self.place(path, operation)? {
            Place::Anywhere => Ok((plain, None)),
            Place::In(directory, below) => {
                let located = directory.existing(below)?;
                Ok((located.address, Some(located)))
            }
        }
    }

    /// What the guest may know of an address: a unix path outside its directories is unnamed to it.
    pub(crate) fn guest_address(&self, raw: &RawAddress, protocol: i32) -> Option<Address> {
        let address = Address::decode(raw, protocol)?;
        let Some(path) = address.unix_path() else { return Some(address) };
        if self.directories.iter().any(Directory::is_whole) {
            return Some(address);
        }
        let named = self.directories.iter().find_map(|directory| directory.guest_path(path));
        Some(Address::Unix(named.unwrap_or_default()))
    }
}
