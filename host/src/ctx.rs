//! The sockets of one guest, and how an embedder sets them up.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::budget::Budget;
use crate::descriptors;
use crate::error::{Refusal, Result};
use crate::flight::Flights;
use crate::gate::Gates;
use crate::governance::{self, Governance, Governing, PolicyHandle};
use crate::limits::{Limit, Limits};
use crate::network::Network;
use crate::observer::{Answer, Call, Observer, Observers};
use crate::policy::{AllowAll, DenyAll, Names, Policy, Rules};
use crate::resolver::{Lookups, Resolver};
use crate::shared::Shared;
use crate::socket::{Adopted, Socket};
use crate::sys::OwnedSocket;
#[cfg(feature = "tls")]
use crate::tls::{Calendar, Tls, TlsRoots};
use crate::wait::Waiting;

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
            governing: Governing::new(Box::new(DenyAll), Vec::new()),
            network: None,
            resolver: None,
            waiting: Waiting::default(),
            limits: Limits::default(),
            observers: Vec::new(),
            preopened: Vec::new(),
            #[cfg(feature = "tls")]
            tls_roots: None,
            #[cfg(feature = "tls")]
            tls_calendar: None,
        }
    }

    /// New handles to the sockets that were opened beforehand, with their names.
    pub fn preopened(&self) -> Result<Vec<(String, Socket)>> {
        self.preopened.iter().map(|(name, socket)| Ok((name.clone(), self.handle(name, socket)?))).collect()
    }

    fn handle(&self, name: &str, socket: &Socket) -> Result<Socket> {
        let mut seen = self.shared.seen(Call::Preopened { name });
        let result = seen.run(|| socket.dup());
        self.shared.tell(&mut seen, &result, |copy| Answer::Socket(copy.info()));
        result
    }

    /// What replaces the guest's policy while it runs. It costs the process two descriptors, once for each guest, for
    /// those that wait in poll(2).
    pub fn policy_handle(&self) -> io::Result<PolicyHandle> {
        PolicyHandle::new(&self.shared.governance)
    }

    /// How many sockets the guest has open, those opened beforehand among them.
    pub fn open_sockets(&self) -> usize {
        self.shared.open.taken()
    }
}

/// Builds a [`SocketCtx`].
pub struct SocketCtxBuilder {
    governing: Governing,
    network: Option<Arc<dyn Network>>,
    resolver: Option<Box<dyn Resolver>>,
    waiting: Waiting,
    limits: Limits,
    observers: Vec<Box<dyn Observer>>,
    preopened: Vec<(String, Adopted)>,
    #[cfg(feature = "tls")]
    tls_roots: Option<TlsRoots>,
    #[cfg(feature = "tls")]
    tls_calendar: Option<Calendar>,
}

impl fmt::Debug for SocketCtxBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketCtxBuilder").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl SocketCtxBuilder {
    /// What the guest may do; [`DenyAll`] unless set.
    #[must_use]
    pub fn policy(self, policy: impl Policy) -> Self {
        Self { governing: self.governing.with_policy(Box::new(policy)), ..self }
    }

    /// Grants what the rules say, the directories for unix sockets among it, which must exist.
    pub fn rules(self, rules: Rules) -> io::Result<Self> {
        Ok(Self { governing: Governing::of(rules)?.with_directories(self.governing.directories), ..self })
    }

    /// Grants everything, unix sockets by any path of the host among it.
    pub fn allow_all(self) -> io::Result<Self> {
        self.policy(AllowAll).unix_directory("/", "/")
    }

    /// Lets unix sockets be in the host's directory, which the guest calls by a name of its own, beginning with `/`.
    ///
    /// The policy is asked as well.
    pub fn unix_directory(mut self, host: impl AsRef<Path>, guest: &str) -> io::Result<Self> {
        let directory = Arc::new(governance::open(host.as_ref(), guest)?);
        self.governing = self.governing.with_directories([directory]);
        Ok(self)
    }

    /// Lets unix sockets that the guest calls by relative paths be in the host's directory, such as the one in which it
    /// finds files that it calls so. Unless set, a relative path is one from the guest's root.
    ///
    /// The policy is asked as well.
    pub fn unix_working_directory(mut self, host: impl AsRef<Path>) -> io::Result<Self> {
        let directory = Arc::new(governance::open(host.as_ref(), "")?.working());
        self.governing = self.governing.with_directories([directory]);
        Ok(self)
    }

    /// The network that the guest's sockets are on; the kernel's unless set.
    ///
    /// On another one the guest yields, [`Waiting::Yield`], whatever [`waiting`](Self::waiting) says; it needs a tokio
    /// runtime with time enabled. Sockets that were opened beforehand stay the kernel's.
    #[must_use]
    pub fn network(self, network: Arc<dyn Network>) -> Self {
        Self { network: Some(network), ..self }
    }

    /// How host names are looked up; as the guest's network does it unless set, which is
    /// [`SystemResolver`](crate::resolver::SystemResolver) with the kernel's.
    #[must_use]
    pub fn resolver(self, resolver: impl Resolver) -> Self {
        Self { resolver: Some(Box::new(resolver)), ..self }
    }

    /// How the guest waits; [`Waiting::Yield`] unless set.
    #[must_use]
    pub fn waiting(self, waiting: Waiting) -> Self {
        Self { waiting, ..self }
    }

    /// The certificates that guests trust as the host's own, in DER: of authorities that TLS peers are verified by.
    /// Unless set, those of the system, found as by the crate `rustls-native-certs`, which heeds SSL_CERT_FILE. These are
    /// read once in the process, when a guest first asks for them.
    ///
    /// A guest uses them only where it asks for it; it may bring its own. Clones of one [`TlsRoots`] are read once, and are
    /// once in memory, for all guests that they are given to.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls_roots(self, certificates: impl Into<TlsRoots>) -> Self {
        Self { tls_roots: Some(certificates.into()), ..self }
    }

    /// The date by which certificates of TLS peers are judged, asked for in each handshake; the system's unless set.
    ///
    /// For a guest whose own calendar is another one: its `wasi:clocks` tell it what the embedder says.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls_calendar(self, now: impl Fn() -> std::time::SystemTime + Send + Sync + 'static) -> Self {
        Self { tls_calendar: Some(Calendar::new(now)), ..self }
    }

    /// What the guest may have at most.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Tells one more observer what the guest does.
    #[must_use]
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observers.push(Box::new(observer));
        self
    }

    /// Called at each refusal. Keep it short: the guest waits.
    #[must_use]
    pub fn on_refusal(self, tell: impl Fn(&Refusal) + Send + Sync + 'static) -> Self {
        self.observer(OnRefusal(tell))
    }

    /// Called each time that the guest meets one of its [limits](Limits). Keep it short: the guest waits.
    #[must_use]
    pub fn on_limit(self, tell: impl Fn(Limit) + Send + Sync + 'static) -> Self {
        self.observer(OnLimit(tell))
    }

    /// Gives the guest a socket that is open already: a `std::net::TcpListener`, or any other descriptor of a socket.
    ///
    /// ENOTSOCK: it is none.
    pub fn preopened(mut self, name: impl Into<String>, socket: impl Into<OwnedSocket>) -> io::Result<Self> {
        self.preopened.push((name.into(), Adopted::new(socket.into())?));
        Ok(self)
    }

    /// The finished context.
    pub fn build(self) -> SocketCtx {
        let flights = Arc::<Flights>::default();
        let shared = Arc::new(Shared {
            governance: Arc::new(Governance::new(self.governing)),
            waiting: if self.network.is_some() { Waiting::Yield } else { self.waiting },
            lookups: Lookups::new(self.limits.lookups, self.limits.lookup_time, self.network.is_some()),
            network: self.network,
            resolver: self.resolver,
            gates: Gates::new(&self.limits, &flights),
            limits: self.limits,
            observers: Arc::new(Observers::new(self.observers)),
            names: Names::new(&self.limits),
            open: Budget::default(),
            backlog: Budget::default(),
            peers: Budget::default(),
            _guest: descriptors::Guest::new(),
            low_water: AtomicBool::new(false),
            flights,
            #[cfg(feature = "tls")]
            tls: Tls::new(self.tls_roots, self.limits).by(self.tls_calendar),
        });
        let adopt = |(name, adopted)| (name, Socket::adopt(&shared, adopted));
        SocketCtx { preopened: self.preopened.into_iter().map(adopt).collect(), shared }
    }
}

/// An observer of refusals alone, which costs nothing else.
struct OnRefusal<F>(F);

impl<F: Fn(&Refusal) + Send + Sync + 'static> Observer for OnRefusal<F> {
    fn wants_calls(&self) -> bool {
        false
    }

    fn refused(&self, refusal: &Refusal) {
        (self.0)(refusal);
    }
}

/// An observer of limits alone, which costs nothing else.
struct OnLimit<F>(F);

impl<F: Fn(Limit) + Send + Sync + 'static> Observer for OnLimit<F> {
    fn wants_calls(&self) -> bool {
        false
    }

    fn limited(&self, limit: Limit) {
        (self.0)(limit);
    }
}
