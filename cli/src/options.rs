//! What a guest is given: the options of `berkeley run` and `berkeley python`.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use berkeley_host::{Limits, OwnedSocket, SocketCtx, Waiting};
use clap::{Args, ValueEnum};

use crate::contained::Contained;
use crate::limit::{self, Setting};
use crate::policy::{Lesson, PolicyArgs, Text};
use crate::record::Recording;
use crate::socket::Spec;
use crate::timeout::Timeout;
use crate::variable::Variable;
use crate::{activation, refusal};

/// What a guest is given.
#[derive(Args, Default)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) policy: PolicyArgs,

    /// Allows everything, and writes the smallest policy for what the guest did
    ///
    /// Only setting the host's name and sharing sockets with other processes stay refused, and what --deny says: learn
    /// only from guests that you trust as yourself. The policy is written when the guest ends, or is ended by SIGINT,
    /// SIGTERM, SIGHUP or --timeout.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["allow", "file", "allow_all"])]
    pub(crate) learn: Option<PathBuf>,

    /// Gives the guest a directory, with all that is in it, under its own name or another
    #[arg(long = "dir", value_name = "HOST[::GUEST]")]
    pub(crate) directories: Vec<String>,

    /// Sets an environment variable; without a value, passes on the one that is set here; the last of a name counts
    #[arg(long = "env", value_name = "NAME[=VALUE]")]
    pub(crate) variables: Vec<Variable>,

    /// Opens a socket for the guest before it starts
    ///
    /// KIND:ADDRESS is one of tcp-listen:HOST:PORT, tcp-connect:HOST:PORT, udp:HOST:PORT, unix-listen:PATH,
    /// unix-connect:PATH, unix-datagram:PATH, unix-seqpacket-listen:PATH, unix-seqpacket-connect:PATH, and fd:NUMBER for
    /// one that this process was started with. For PATH, @NAME is an abstract address. The guest finds the socket by its
    /// name, and needs no grant to use it as it is. The file of a socket that is bound is removed at the end, and taken
    /// over where a socket that is gone has left one. Sockets of systemd (LISTEN_FDS, LISTEN_FDNAMES) are given without
    /// this option.
    #[arg(long = "socket", value_name = "NAME=KIND:ADDRESS")]
    pub(crate) sockets: Vec<Spec>,

    /// Sets what the guest may have at most; may be given many times; --help lists the limits
    #[arg(long = "limit", value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub(crate) limits: Vec<Setting>,

    /// How the guest waits for a socket: in poll(2) on its own thread, or in the event loop, as in a host that runs
    /// many guests on few threads [default: inline]
    #[arg(long, value_enum, value_name = "HOW")]
    pub(crate) waiting: Option<WaitingArg>,

    /// Ends the guest, whatever it does, when it has run for so long: 30s, 5m, 1h 30m, or a number of seconds
    ///
    /// The time counts from when its code is ready, which takes a while where it is compiled first. The exit code is 124
    /// then, as timeout(1) has it.
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    pub(crate) timeout: Option<Timeout>,

    #[command(flatten)]
    pub(crate) recording: Recording,

    /// Sets the most that a limit can be, whatever --limit says; may be given many times
    #[arg(long = "limit-within", value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub(crate) bounds: Vec<Setting>,

    #[command(flatten)]
    pub(crate) contained: Contained,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum WaitingArg {
    Inline,
    Yield,
}

impl From<WaitingArg> for Waiting {
    fn from(waiting: WaitingArg) -> Self {
        match waiting {
            WaitingArg::Inline => Self::Inline,
            WaitingArg::Yield => Self::Yield,
        }
    }
}

impl Options {
    /// The options of a guest under the rules of a configuration, and of a policy's file, if it has one.
    pub(crate) fn under(config: Text, file: Option<PathBuf>) -> Self {
        Self { policy: PolicyArgs::under(config, file), ..Self::default() }
    }

    /// These options in addition to others, over which they win: those of the command line over a configuration's.
    pub(crate) fn over(mut self, others: Self) -> Self {
        let replaced: HashSet<_> = self.sockets.iter().map(|spec| spec.name().to_owned()).collect();
        let sockets = others.sockets.into_iter().filter(|spec| !replaced.contains(spec.name()));
        self.sockets.splice(..0, sockets);
        // Of these the later win where they are used.
        self.directories.splice(..0, others.directories);
        self.variables.splice(..0, others.variables);
        self.limits.splice(..0, others.limits);
        Self {
            policy: self.policy.over(others.policy),
            learn: self.learn.or(others.learn),
            waiting: self.waiting.or(others.waiting),
            timeout: self.timeout.or(others.timeout),
            recording: self.recording.over(others.recording),
            ..self
        }
    }

    /// Whether the guest waits for sockets in the event loop.
    pub(crate) fn yields(&self) -> bool {
        matches!(self.waiting, Some(WaitingArg::Yield))
    }

    /// Fails where sockets or directories are asked for that are out of bounds.
    pub(crate) fn admit(&self) -> Result<()> {
        self.policy.admit(self.sockets.iter().map(Spec::question))
    }

    /// Opens the sockets; those that this process was started with before any other.
    pub(crate) fn open_sockets(&self) -> Result<Vec<(String, OwnedSocket)>> {
        self.admit()?;
        let mut sockets = activation::sockets()?;
        let (inherited, others): (Vec<_>, Vec<_>) = self.sockets.iter().partition(|spec| spec.is_inherited());
        let mut names: HashSet<_> = sockets.iter().map(|(name, _)| name.clone()).collect();
        for spec in inherited.iter().chain(&others) {
            if !names.insert(spec.name().to_owned()) {
                bail!("--socket {}: there are two sockets of that name", spec.name());
            }
        }
        for spec in inherited.into_iter().chain(others) {
            sockets.push((spec.name().to_owned(), spec.open()?));
        }
        Ok(sockets)
    }

    /// The guest's sockets, and what it is granted.
    pub(crate) fn socket_ctx(
        &self,
        opened: Vec<(String, OwnedSocket)>,
        lesson: Option<&Arc<Lesson>>,
    ) -> Result<SocketCtx> {
        // The guest has the process to itself.
        let limits = Setting::apply(&self.limits, Limits { sockets: usize::MAX, ..Limits::default() })?;
        let limits = Setting::bound(&self.bounds, limits)?;
        let rules = self.policy.rules()?;
        let waiting = self.waiting.unwrap_or(WaitingArg::Inline);
        let mut builder = SocketCtx::builder().waiting(waiting.into()).limits(limits);
        let everything = lesson.is_some() || rules.allows_everything();
        if !self.recording.tells_refusals() {
            builder = builder.on_refusal(refusal::tell_once(everything, self.contained.clone()));
        }
        self.recording.stands_apart_from(self.learn.as_deref())?;
        let builder = self.recording.observe(builder)?.on_limit(limit::tell_once(self.contained.clone()));
        let mut builder = match lesson {
            Some(lesson) => builder.policy(lesson.policy()).unix_directory("/", "/")?,
            None => self.policy.govern(builder, rules)?,
        };
        #[cfg(target_os = "linux")]
        {
            builder = crate::readiness::tell_manager(builder, &opened, &self.variables);
        }
        if everything {
            // A relative path is found where files are that have one.
            for directory in self.directories.iter().filter_map(|directory| working_directory(directory)) {
                builder = builder.unix_working_directory(directory).with_context(|| format!("--dir {directory}"))?;
            }
        }
        for (name, socket) in opened {
            builder = builder.preopened(&name, socket).with_context(|| format!("--socket {name}: it is no socket"))?;
        }
        Ok(builder.build())
    }
}

/// The host's directory, if the guest finds relative paths in it: one that it calls `.` or `/`.
fn working_directory(directory: &str) -> Option<&str> {
    let (host, guest) = directory.split_once("::").unwrap_or((directory, directory));
    matches!(guest.trim_end_matches('/'), "" | ".").then_some(host)
}
