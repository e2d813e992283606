//! The policy that a guest is under now, and how it is replaced while the guest runs.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::directory::{Directory, Located};
use crate::policy::{Policy, Rules};
use crate::wait::{Alarm, Watch};

/// A policy, and the directories that go with it.
pub(crate) struct Governing {
    pub(crate) policy: Box<dyn Policy>,
    /// Those that unix sockets may be in, the most specific first.
    pub(crate) directories: Vec<Arc<Directory>>,
    denied: Vec<DeniedDirectory>,
}

/// A directory that no unix socket may be in.
struct DeniedDirectory {
    /// As the rule writes it.
    host: PathBuf,
    /// The directory itself, wherever it is moved to; none if there was none.
    open: Option<Directory>,
    /// The rule.
    rule: String,
}

impl Governing {
    pub(crate) fn new(policy: Box<dyn Policy>, mut directories: Vec<Arc<Directory>>) -> Self {
        directories.sort_by_key(|directory| (!directory.is_working(), std::cmp::Reverse(directory.depth())));
        Self { policy, directories, denied: Vec::new() }
    }

    /// With the directories that the rules name, which must exist.
    pub(crate) fn of(rules: Rules) -> io::Result<Self> {
        let open = |(host, guest): &(PathBuf, String)| open(host, guest).map(Arc::new);
        let directories = rules.unix_directories().iter().map(open).collect::<Result<_, _>>()?;
        let deny = |(host, rule): (&PathBuf, _)| {
            let open = Directory::open(host, "").ok();
            DeniedDirectory {
                host: std::path::absolute(host).unwrap_or_else(|_| host.clone()),
                open,
                rule: format!("{rule}"),
            }
        };
        let denied = rules.denied_unix_directories().map(deny).collect();
        Ok(Self { denied, ..Self::new(Box::new(rules), directories) })
    }

    /// The same directories under another policy.
    pub(crate) fn with_policy(self, policy: Box<dyn Policy>) -> Self {
        Self { policy, ..self }
    }

    /// With directories beside its own.
    pub(crate) fn with_directories(self, more: impl IntoIterator<Item = Arc<Directory>>) -> Self {
        let Self { policy, mut directories, denied } = self;
        directories.extend(more);
        Self { denied, ..Self::new(policy, directories) }
    }

    /// With the other's working directory, if all of the host's are granted, that one too.
    fn with_working_directory_of(self, other: &Self) -> Self {
        let has_all = self.directories.iter().any(|directory| directory.is_whole());
        let working = other.directories.iter().filter(|directory| has_all && directory.is_working()).cloned();
        self.with_directories(working.collect::<Vec<_>>())
    }

    /// Whether unix paths are the host's own, and need not be resolved.
    pub(crate) fn has_all_paths(&self) -> bool {
        self.denied.is_empty() && self.directories.iter().any(|directory| directory.is_whole())
    }

    /// The rule that denies the place that a path has led to. Where that cannot be told, the first of them does.
    pub(crate) fn denies(&self, located: &Located) -> Option<&str> {
        let place = if self.denied.is_empty() { return None } else { located.place() };
        let has = |denied: &&DeniedDirectory| match (&place, &denied.open) {
            (None, _) => true,
            (Some(place), Some(open)) => open.place().is_none_or(|now| place.starts_with(now)),
            (Some(place), None) => place.starts_with(&denied.host),
        };
        self.denied.iter().find(has).map(|denied| denied.rule.as_str())
    }
}

/// Opens a directory for unix sockets.
pub(crate) fn open(host: &std::path::Path, guest: &str) -> io::Result<Directory> {
    Directory::open(host, guest).map_err(|error| {
        // What is mostly named in its place is the socket itself.
        let outer = host.parent().filter(|_| error.kind() == io::ErrorKind::NotADirectory);
        let hint =
            outer.map(|outer| format!("; a rule names the directory that sockets are in, such as {}", outer.display()));
        let told = format!("cannot open the directory {}: {error}{}", host.display(), hint.unwrap_or_default());
        io::Error::new(error.kind(), told)
    })
}

/// What one guest is governed by, from one policy to the next.
pub(crate) struct Governance {
    current: RwLock<Arc<Governing>>,
    /// How many policies there have been; the first is 1.
    generation: AtomicU64,
    alarm: Alarm,
}

impl Governance {
    pub(crate) fn new(first: Governing) -> Self {
        Self { current: RwLock::new(Arc::new(first)), generation: AtomicU64::new(1), alarm: Alarm::default() }
    }

    pub(crate) fn current(&self) -> Arc<Governing> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// By which policy a socket must have been judged. Whoever sees a new one finds that policy, or a later one.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Sees from now on whether the policy is replaced.
    pub(crate) fn watch(&self) -> Watch<'_> {
        self.alarm.watch()
    }

    fn replace(&self, next: impl FnOnce(&Governing) -> Governing) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(next(&current));
        self.generation.fetch_add(1, Ordering::Release);
        drop(current);
        self.alarm.ring();
    }
}

/// Replaces a guest's policy while it runs, from any thread: [`SocketCtx::policy_handle`](crate::SocketCtx::policy_handle).
///
/// What the guest has open obeys the new policy from the next call on, and a call that waits is woken to obey: a
/// connection, a listener or a bound socket that the new policy does not allow is of no use any more; each call on it but
/// closing fails with EACCES, and is told as a refusal. Datagrams may be answered only to whom the new policy lets in.
/// Multicast groups that it does not let the guest join are left, and options that need a grant get the value that they
/// had before; where the system does not take that, the socket is of no use either.
///
/// Other things that were done are not undone: ordinary options stay set, what came from a group before it was left may be
/// received, and bytes that the kernel has taken are sent. A socket that came from elsewhere keeps what others have set.
///
/// ```
/// use berkeley_host::SocketCtx;
/// use berkeley_host::policy::Rules;
///
/// let ctx = SocketCtx::builder().rules(Rules::parse(["connect=*:443"])?)?.build();
/// let handle = ctx.policy_handle()?;
/// std::thread::spawn(move || handle.replace(Rules::parse(["connect=db.internal:443"]).expect("rules")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct PolicyHandle(Arc<Governance>);

impl fmt::Debug for PolicyHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyHandle").field("generation", &self.0.generation()).finish_non_exhaustive()
    }
}

impl PolicyHandle {
    /// A handle whose changes wake those that wait in poll(2), too.
    pub(crate) fn new(governance: &Arc<Governance>) -> io::Result<Self> {
        governance.alarm.arm()?;
        Ok(Self(governance.clone()))
    }

    /// Puts the guest under these rules, and its unix sockets into their directories, which must exist; if one does not,
    /// everything stays as it was.
    pub fn replace(&self, rules: Rules) -> io::Result<()> {
        let next = Governing::of(rules)?;
        self.0.replace(|old| next.with_working_directory_of(old));
        Ok(())
    }

    /// Puts the guest under another policy. The directories for unix sockets stay.
    pub fn replace_policy(&self, policy: impl Policy) {
        self.0.replace(|old| Governing::new(Box::new(policy), old.directories.clone()));
    }
}
