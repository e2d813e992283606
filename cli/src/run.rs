//! `berkeley run`.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, anyhow};
use berkeley_host::policy::Refusal;
use berkeley_host::{Ended, Guest, Limits, OwnedSocket, SocketCtx, Waiting};
use clap::Args;
use wasmtime_wasi::{FsPerms, WasiCtxBuilder};

use crate::limit::{self, Setting};
use crate::policy::{Lesson, PolicyArgs};
use crate::program::Program;
use crate::record::Recording;
use crate::socket::Spec;
use crate::timeout::Timeout;

/// Runs a component with real sockets
///
/// The component is any that exports wasi:cli/run, of WASI 0.2 or 0.3. It gets stdin, stdout, stderr, its arguments,
/// and what the options grant: without any it opens no connection, listens nowhere, looks no name up.
#[derive(Args)]
#[command(after_long_help = grammar())]
pub(crate) struct Run {
    #[command(flatten)]
    options: Options,

    /// The component
    #[arg(value_name = "GUEST.WASM")]
    guest: PathBuf,

    /// Its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<OsString>,
}

/// What a guest is given.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    policy: PolicyArgs,

    /// Allows everything, and writes the smallest policy for what the guest did
    ///
    /// Only setting the host's name and sharing sockets with other processes stay refused, and what --deny says: learn
    /// only from guests that you trust as yourself. The policy is written when the guest ends, or is ended by SIGINT or
    /// SIGTERM.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["allow", "policy", "allow_all"])]
    learn: Option<PathBuf>,

    /// Gives the guest a directory, with all that is in it, under its own name or another
    #[arg(long = "dir", value_name = "HOST[::GUEST]")]
    directories: Vec<String>,

    /// Sets an environment variable; without a value, passes on the one that is set here
    #[arg(long = "env", value_name = "NAME[=VALUE]")]
    variables: Vec<String>,

    /// Opens a socket for the guest before it starts
    ///
    /// KIND:ADDRESS is one of tcp-listen:HOST:PORT, tcp-connect:HOST:PORT, udp:HOST:PORT, unix-listen:PATH,
    /// unix-connect:PATH, unix-datagram:PATH, and fd:NUMBER for one that this process was started with. The guest
    /// finds it by its name, and needs no grant to use it as it is.
    #[arg(long = "socket", value_name = "NAME=KIND:ADDRESS")]
    sockets: Vec<Spec>,

    /// Sets what the guest may have at most; may be given many times; --help lists the limits
    #[arg(long = "limit", value_name = "NAME=VALUE")]
    limits: Vec<Setting>,

    /// How the guest waits for a socket: in poll(2) on its own thread, or in the event loop, as in a host that runs
    /// many guests on few threads
    #[arg(long, value_enum, default_value_t = WaitingArg::Inline, value_name = "HOW")]
    waiting: WaitingArg,

    /// Ends the guest, whatever it does, when it has run for so long: 30s, 5m, 1h 30m, or a number of seconds
    ///
    /// The time counts from when its code is ready, which takes a while where it is compiled first. The exit code is 124
    /// then, as timeout(1) has it.
    #[arg(long, value_name = "DURATION")]
    timeout: Option<Timeout>,

    #[command(flatten)]
    recording: Recording,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum WaitingArg {
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

/// What the help says of the options' values.
pub(crate) fn grammar() -> String {
    format!("{GRAMMAR}\n\n{}", limit::HELP)
}

/// How rules are written, with examples.
pub(crate) const GRAMMAR: &str = r#"Rules: OPERATION[:PROTOCOL][=TARGET], which --allow grants and --deny takes away

  connect[:PROTOCOL][=HOST[:PORTS]]  connect and send to the host, and look its name up
  listen[:PROTOCOL][=HOST[:PORTS]]   bind to the local address, or join the multicast group; take
                                     connections and datagrams there, and answer them
  udp[=HOST[:PORTS]]                 both of these by UDP
  accept=HOST                        let in only such peers (several may be given)
  resolve[=HOST]                     look names up
  unix=DIRECTORY[::GUEST_DIRECTORY]  unix sockets in the directory, and in those below it
  unix=@NAME                         an abstract unix address; NAME* is any that begins so
  family=NAME                        privileged sockets: raw, icmp, netlink, packet, can, vsock,
                                     bluetooth, alg, tipc, qipcrtr, rds, or a family's number
  option[=NAME]                      set a socket option that is not ordinary, such as SO_MARK
  files                              be handed files that come over unix sockets
  interfaces, hostname, sethostname  list network interfaces; read, set the host's name

  HOST is a name, *.NAME for all below it, an address, a network, NAME@NETWORK, @GROUP, or *;
  IPv6 stands in brackets. PORTS are ports and ranges, such as 80,443,8000-8999; without them, all. Port 0 of
  listen is any that is free. PROTOCOL is tcp (unless given), udp, udplite, sctp, dccp, or * for
  all. A rule without =TARGET is for the operation everywhere.

  What is denied is refused, whatever is allowed, and the order never matters. A host name is
  denied with what the guest's own look-ups of it returned; to shut a host out, deny its addresses,
  by every protocol: --deny 'connect:*=169.254.0.0/16'. In a file, --policy FILE:

    allow = ["connect=@databases:5432"]   # a comment
    deny = ["connect=10.0.0.1"]
    [groups]
    databases = ["10.0.0.0/8", "db.internal"]

  A host name admits the addresses that the guest's own look-up of it returned, for 10 minutes.
  A public name leads into no private network and not to this machine, but by NAME@NETWORK; a name
  without a dot, or below internal, local, lan, home, corp, private, intranet, home.arpa, may. No
  name alone leads to loopback, link-local, multicast or metadata addresses; localhost is also
  both loopback networks.
  What is refused fails with EACCES in the guest, and is told on stderr once, with the rule that
  would allow it.";

const EXAMPLES: &str = "\
Examples:

  berkeley run --allow connect=example.com:443 fetch.wasm https://example.com/
  berkeley run --allow listen=127.0.0.1:8080 server.wasm
  berkeley run --allow udp=10.0.0.0/8:5000-5999 --allow 'resolve=*.internal' agent.wasm
  berkeley run --allow unix=/run/postgresql --allow 'connect=[::1]:5432' query.wasm
  berkeley run --allow connect=db.example.com@10.0.0.0/8:5432 query.wasm
  berkeley run --limit sockets=100 --limit bandwidth-out=1MiB/s --allow connect crawl.wasm
  berkeley run --socket http=tcp-listen:0.0.0.0:80 --dir ./site::/site server.wasm"#;

/// A component that is about to run, and what stands before anything else is opened.
pub(crate) struct Prepared {
    options: Options,
    component: PathBuf,
    /// The guest's arguments, its own name first.
    args: Vec<OsString>,
    /// Directories that the guest may read, beside those of the options: the host's name and the guest's.
    readable: Vec<(PathBuf, String)>,
    sockets: Vec<(String, OwnedSocket)>,
    /// Whether the guest is told of signals, and has stdin as a socket, on systems that have signals.
    interrupted: bool,
}

impl Run {
    /// The same, that writes the policy for what the guest did.
    pub(crate) fn learning(mut self, output: PathBuf) -> Self {
        self.options.learn.get_or_insert(output);
        self
    }

    /// Opens the sockets.
    pub(crate) fn prepare(self) -> Result<Prepared> {
        let name = self.guest.file_name().unwrap_or(self.guest.as_os_str()).to_owned();
        let args = std::iter::once(name).chain(self.args).collect();
        self.options.prepare(self.guest, args)
    }
}

impl Options {
    /// Opens the sockets.
    pub(crate) fn prepare(self, component: PathBuf, args: Vec<OsString>) -> Result<Prepared> {
        let open = |spec: &Spec| Ok((spec.name().to_owned(), spec.open()?));
        let sockets = self.sockets.iter().map(open).collect::<Result<_>>()?;
        Ok(Prepared { options: self, component, args, readable: Vec::new(), sockets, interrupted: false })
    }

    /// The guest's sockets, and what it is granted.
    fn sockets(&self, opened: Vec<(String, OwnedSocket)>, lesson: Option<&Arc<Lesson>>) -> Result<SocketCtx> {
        // The guest has the process to itself.
        let limits = Setting::apply(&self.limits, Limits { sockets: usize::MAX, ..Limits::default() })?;
        let mut builder = SocketCtx::builder().waiting(self.waiting.into()).limits(limits);
        if !self.recording.tells_refusals() {
            builder = builder.on_refusal(tell_once());
        }
        let builder = self.recording.observe(builder)?.on_limit(limit::tell_once());
        let mut builder = match lesson {
            Some(lesson) => builder.policy(lesson.policy()).unix_directory("/", "/")?,
            None => builder.rules(self.policy.rules()?)?,
        };
        for (name, socket) in opened {
            builder = builder.preopened(&name, socket).with_context(|| format!("--socket {name}: it is no socket"))?;
        }
        Ok(builder.build())
    }
}

impl Prepared {
    /// Lets the guest read a directory, under a name of its own.
    pub(crate) fn readable(mut self, host: PathBuf, guest: impl Into<String>) -> Self {
        self.readable.push((host, guest.into()));
        self
    }

    /// Gives relative directories, which have no name of their own, the one that they have seen from that directory.
    pub(crate) fn name_directories_from(mut self, current: &Path) -> Self {
        for directory in &mut self.options.directories {
            if !directory.contains("::") && Path::new(directory).is_relative() {
                let path: PathBuf = current.join(&directory).components().collect();
                *directory = format!("{directory}::{}", path.display());
            }
        }
        self
    }

    /// Tells the guest of signals that it handles, and lets it wait for stdin beside them.
    pub(crate) fn interrupted(mut self) -> Self {
        self.interrupted = true;
        self
    }

    /// Sets an environment variable.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.options.variables.push(format!("{name}={value}"));
        self
    }

    /// Runs the guest, and gives its exit code.
    pub(crate) fn execute(mut self) -> Result<ExitCode> {
        let program = Program::load(&self.component)?;
        if let Some(timeout) = self.options.timeout {
            timeout.start().context("cannot make a thread for --timeout")?;
        }
        // One thread beside the guest's own, for what WASI does meanwhile.
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        raise_descriptor_limit();
        let lesson = self.lesson()?;
        let guest = {
            let _entered = runtime.enter();
            self.guest(lesson.as_ref())?
        };
        let code = runtime.block_on(program.run_last(guest)).and_then(exit_code);
        lesson.map_or(Ok(()), |lesson| lesson.write())?;
        // A read of WASI's may go on for long; nobody waits for it.
        runtime.shutdown_background();
        code
    }

    /// What is to be learnt from the run.
    fn lesson(&self) -> Result<Option<Arc<Lesson>>> {
        let Some(output) = &self.options.learn else { return Ok(None) };
        let guest = self.component.file_name().unwrap_or_default().display().to_string();
        Lesson::new(output, &guest, self.options.policy.rules()?).map(Some)
    }

    /// The guest. Needs a tokio runtime.
    fn guest(&mut self, lesson: Option<&Arc<Lesson>>) -> Result<Guest> {
        #[cfg(unix)]
        if self.interrupted {
            let signals = crate::signal::tell().context("cannot make a socket for signals")?;
            let stdin = crate::stdin::give().context("cannot make a socket for stdin")?;
            self.sockets.extend([(crate::signal::NAME.to_owned(), signals), (crate::stdin::NAME.to_owned(), stdin)]);
        }
        let sockets = self.options.sockets(std::mem::take(&mut self.sockets), lesson)?;
        #[cfg(unix)]
        if let Some(lesson) = lesson {
            crate::policy::write_at_end(lesson.clone(), self.interrupted)?;
        } else if self.options.policy.file().is_some() {
            crate::policy::reload_on_hangup(self.options.policy.clone(), sockets.policy_handle()?)?;
        }
        Ok(Guest::new(&mut self.wasi()?, sockets))
    }

    fn wasi(&self) -> Result<WasiCtxBuilder> {
        let mut wasi = WasiCtxBuilder::new();
        wasi.inherit_stdio().allow_blocking_current_thread(true);
        for argument in &self.args {
            let argument = argument.to_str().ok_or_else(|| anyhow!("the argument {argument:?} is not UTF-8"))?;
            wasi.arg(argument);
        }
        for variable in &self.options.variables {
            match variable.split_once('=') {
                Some((name, value)) => wasi.env(name, value),
                None => wasi.env(variable, std::env::var(variable).with_context(|| format!("--env {variable}"))?),
            };
        }
        // Where two have one name, the guest takes the later.
        for (host, guest) in &self.readable {
            wasi.preopened_dir(host, guest, FsPerms::ReadOnly)
                .map_err(|error| anyhow!("cannot give the guest {}: {error}", host.display()))?;
        }
        for directory in &self.options.directories {
            let (host, guest) = directory.split_once("::").unwrap_or((directory, directory));
            give_writable(&mut wasi, host, guest).with_context(|| format!("--dir {directory}"))?;
        }
        Ok(wasi)
    }
}

/// Gives the guest a directory to write to. Fails where it would reach compiled code that others run.
#[cfg(unix)]
fn give_writable(wasi: &mut WasiCtxBuilder, host: &str, guest: &str) -> Result<()> {
    // It stays open until it is opened again, so that this is the one that was looked at.
    let (_looked_at, host) = crate::cache::open_writable(host.as_ref())?;
    wasi.preopened_dir(host, guest, FsPerms::ReadWrite)?;
    Ok(())
}

/// Gives the guest a directory to write to. No code is kept that it could reach.
#[cfg(not(unix))]
fn give_writable(wasi: &mut WasiCtxBuilder, host: &str, guest: &str) -> Result<()> {
    wasi.preopened_dir(host, guest, FsPerms::ReadWrite)?;
    Ok(())
}

/// The guest's exit code, as a shell sees it.
fn exit_code(ended: Ended) -> Result<ExitCode> {
    match ended {
        // The low eight bits.
        Ended::Exit(code) => Ok(ExitCode::from(code as u8)),
        Ended::Trap(trap) => {
            eprintln!("berkeley: the guest trapped: {trap:?}");
            // As a native program that aborts: 128 and SIGABRT's number.
            Ok(ExitCode::from(134))
        }
    }
}

/// Tells each refusal on stderr, the first time.
fn tell_once() -> impl Fn(&Refusal) + Send + Sync {
    /// A guest that tries everything shall not fill the screen, nor the memory.
    const MOST: usize = 100;
    let told = Mutex::new(HashSet::new());
    move |refusal| {
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= MOST || !told.insert(refusal.clone()) {
            return;
        }
        eprint!("berkeley: refused to {}", refusal.operation());
        match (refusal.denial(), refusal.grant()) {
            (Some(denial), _) => eprintln!("; denied by {denial}"),
            (None, Some(grant)) => eprintln!("; --allow {} would allow it", shell_word(grant)),
            (None, None) => eprintln!("; no rule but --allow-all would allow it, if that does"),
        }
        if told.len() == MOST {
            eprintln!("berkeley: further refusals are not told");
        }
    }
}

/// The rule as it is typed in a shell.
fn shell_word(rule: &str) -> String {
    let plain = |ch: char| ch.is_ascii_alphanumeric() || "=:.,/-_@".contains(ch);
    if rule.chars().all(plain) { rule.to_owned() } else { format!("'{}'", rule.replace('\'', r"'\''")) }
}

/// A guest may have as many sockets as the system lets this process have. Windows has no such limit.
#[cfg(windows)]
fn raise_descriptor_limit() {}

/// A guest may have as many sockets as the system lets this process have.
#[cfg(unix)]
fn raise_descriptor_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::info!("the limit on open files stays as it is: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_quoted_for_the_shell() {
        assert_eq!(shell_word("connect=a.b:80"), "connect=a.b:80");
        assert_eq!(shell_word("connect=[::1]:80"), "'connect=[::1]:80'");
    }
}
