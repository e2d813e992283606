//! `berkeley run`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use berkeley_host::{Ended, Guest, OwnedSocket};
use clap::{Args, ValueHint};
use tokio::runtime::Runtime;
use wasmtime_wasi::{FsPerms, WasiCtxBuilder};

use crate::clock::Monotonic;
use crate::config::Config;
use crate::contained::Contained;
use crate::options::Options;
use crate::policy::Lesson;
use crate::program::Program;
use crate::tell::tell;
use crate::variable::Variable;
use crate::{ending, failure, help};

/// Runs a component with real sockets
///
/// The component is any that exports wasi:cli/run, of WASI 0.2 or 0.3. It gets stdin, stdout, stderr, its arguments,
/// and what the options grant: without any it opens no connection, listens nowhere, looks no name up. Options stand before
/// it; what follows it are its own arguments.
///
/// Without a component, the one is run that the file berkeley.toml in the current directory names, with what that file
/// gives it.
#[derive(Args)]
#[command(after_long_help = help::grammar(), override_usage = "berkeley run [OPTIONS] GUEST.WASM [ARGS]...\n       \
    berkeley run [OPTIONS]")]
pub(crate) struct Run {
    /// Takes the guest, its arguments, rules, directories, sockets, limits and others from a file like berkeley.toml
    ///
    /// Options of the command line are added to what it says, or win over it. A component on the command line takes the
    /// place of the guest that it names, and of the arguments.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(flatten)]
    options: Options,

    /// Looks at the options, and runs nothing
    #[arg(long)]
    check: bool,

    /// The component, and its arguments
    #[arg(trailing_var_arg = true, value_name = "GUEST.WASM", value_hint = ValueHint::FilePath)]
    words: Vec<OsString>,
}

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
    /// What has the policy read again.
    #[cfg(unix)]
    hangups: Option<crate::policy::Hangups>,
}

impl Run {
    /// The same, that writes the policy for what the guest did.
    pub(crate) fn learning(mut self, output: PathBuf) -> Self {
        self.options.learn.get_or_insert(output);
        self
    }

    /// Whether the options are all that is looked at.
    pub(crate) fn is_checked(&self) -> bool {
        self.check
    }

    /// Fails unless the options can be understood, and ask for nothing that is out of bounds.
    pub(crate) fn check(self) -> Result<()> {
        self.options.policy.rules()?;
        self.options.admit()
    }

    /// Opens the sockets.
    pub(crate) fn prepare(self) -> Result<Prepared> {
        let mut words = self.words.into_iter();
        let named = words.next().map(|guest| (PathBuf::from(guest), words.collect()));
        let config = Config::find(self.config.as_deref(), named.is_some(), "berkeley run GUEST.WASM")?;
        let (guest, args): (PathBuf, Vec<_>) = match (named, &config) {
            (Some(named), _) => named,
            (None, Some(config)) => (config.guest("GUEST.WASM")?, config.arguments().collect()),
            (None, None) => unreachable!("without a guest there is a configuration"),
        };
        let options = match config {
            Some(config) => self.options.over(config.options()),
            None => self.options,
        };
        let name = guest.file_name().unwrap_or(guest.as_os_str()).to_owned();
        Prepared::new(options, guest, std::iter::once(name).chain(args).collect())
    }
}

impl Prepared {
    /// Opens the sockets.
    pub(crate) fn new(options: Options, component: PathBuf, args: Vec<OsString>) -> Result<Self> {
        let sockets = options.open_sockets()?;
        Ok(Self {
            options,
            component,
            args,
            readable: Vec::new(),
            sockets,
            interrupted: false,
            #[cfg(unix)]
            hangups: None,
        })
    }

    /// Lets the guest read a directory, under a name of its own.
    pub(crate) fn readable(mut self, host: PathBuf, guest: impl Into<String>) -> Self {
        self.readable.push((host, guest.into()));
        self
    }

    /// Gives directories whose name in the guest is relative the one that they have seen from that directory.
    pub(crate) fn name_directories_from(mut self, current: &Path) -> Self {
        for directory in &mut self.options.directories {
            let (host, guest) = directory.split_once("::").unwrap_or((directory, directory));
            // An empty name is told where the directory is given.
            if !guest.is_empty() && Path::new(guest).is_relative() {
                let guest: PathBuf = current.join(guest).components().collect();
                *directory = format!("{host}::{}", guest.display());
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
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Result<Self> {
        let variable = Variable::new(name, Some(value.to_owned())).map_err(|error| anyhow!("{error}"))?;
        self.options.variables.push(variable);
        Ok(self)
    }

    /// Runs the guest, and gives its exit code.
    pub(crate) fn execute(mut self) -> Result<ExitCode> {
        // One thread beside the guest's own, for signals, and for what WASI does while the guest waits inline.
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        {
            let _entered = runtime.enter();
            self.heed_signals()?;
            self.heed_hangups()?;
        }
        let program = Program::load_as(&self.component, &self.options.contained)?;
        if let Some(timeout) = self.options.timeout {
            timeout.start().context("cannot make a thread for --timeout")?;
        }
        raise_descriptor_limit();
        let lesson = self.lesson()?;
        let guest = {
            let _entered = runtime.enter();
            self.guest(lesson.as_ref())?
        };
        if let Some(lesson) = lesson.clone() {
            // However the run ends.
            ending::at_end(move || lesson.write().unwrap_or_else(|error| tell!("{error:#}")));
        }
        // A guest that waits in an event loop has it on its own thread, so that no other must wake it.
        let own = self.options.yields() || program.is_concurrent();
        let own = own.then(|| tokio::runtime::Builder::new_current_thread().enable_all().build()).transpose()?;
        let code = own.as_ref().unwrap_or(&runtime).block_on(program.run_last(guest)).map(exit_code);
        lesson.map_or(Ok(()), |lesson| lesson.write())?;
        // A read of WASI's may go on for long; nobody waits for it.
        own.into_iter().chain([runtime]).for_each(Runtime::shutdown_background);
        code
    }

    /// What is to be learnt from the run.
    fn lesson(&self) -> Result<Option<Arc<Lesson>>> {
        let Some(output) = &self.options.learn else { return Ok(None) };
        let guest = self.component.file_name().unwrap_or_default().display().to_string();
        Lesson::new(output, &guest, self.options.policy.rules()?).map(Some)
    }

    /// Heeds the signals that end this process, where something is left to be done then, and lets the guest handle some.
    /// Needs a tokio runtime.
    #[cfg(unix)]
    fn heed_signals(&mut self) -> Result<()> {
        let learns = self.options.learn.is_some();
        let signals = ending::signals(learns, !learns && self.options.policy.is_from_file());
        if !self.interrupted {
            return ending::await_signals(&signals).context("cannot await signals");
        }
        let told = crate::signal::tell(signals).context("cannot make a socket for signals")?;
        let stdin = crate::stdin::give().context("cannot make a socket for stdin")?;
        for (name, socket) in [(crate::signal::NAME, told), (crate::stdin::NAME, stdin)] {
            let is_taken = self.sockets.iter().any(|(taken, _)| taken == name);
            anyhow::ensure!(!is_taken, "--socket {name}: that name is this command's own here");
            self.sockets.push((name.to_owned(), socket));
        }
        Ok(())
    }

    #[cfg(not(unix))]
    fn heed_signals(&mut self) -> Result<()> {
        Ok(())
    }

    /// Has a SIGHUP, from now on, mean that the policy is read again, if it is from a file. Needs a tokio runtime.
    #[cfg(unix)]
    fn heed_hangups(&mut self) -> Result<()> {
        if self.options.learn.is_none() && self.options.policy.is_from_file() {
            self.hangups = Some(crate::policy::Hangups::begin().context("cannot await SIGHUP")?);
        }
        Ok(())
    }

    #[cfg(not(unix))]
    fn heed_hangups(&mut self) -> Result<()> {
        Ok(())
    }

    /// The guest. Needs a tokio runtime.
    fn guest(&mut self, lesson: Option<&Arc<Lesson>>) -> Result<Guest> {
        let sockets = self.options.socket_ctx(std::mem::take(&mut self.sockets), lesson)?;
        #[cfg(unix)]
        if let Some(hangups) = self.hangups.take() {
            hangups.reload(self.options.policy.clone(), sockets.policy_handle()?);
        }
        Ok(Guest::new(&mut self.wasi()?, sockets))
    }

    fn wasi(&self) -> Result<WasiCtxBuilder> {
        let mut wasi = WasiCtxBuilder::new();
        #[cfg(unix)]
        crate::stdio::inherit(&mut wasi);
        #[cfg(not(unix))]
        wasi.inherit_stdio();
        wasi.allow_blocking_current_thread(true).monotonic_clock(Monotonic::begin());
        for argument in &self.args {
            let argument = argument.to_str().ok_or_else(|| anyhow!("the argument {argument:?} is not UTF-8"))?;
            wasi.arg(argument);
        }
        for (name, value) in Variable::values(&self.options.variables)? {
            wasi.env(name, value);
        }
        // Where two have one name, the guest takes the later.
        for (host, guest) in &self.readable {
            wasi.preopened_dir(host, guest, FsPerms::ReadOnly)
                .map_err(|error| anyhow!("cannot give the guest {}: {error}", host.display()))?;
        }
        for directory in &self.options.directories {
            let (host, guest) = directory.split_once("::").unwrap_or((directory, directory));
            anyhow::ensure!(!guest.is_empty(), "--dir {directory}: the guest's name for it is missing, after `::`");
            give_writable(&mut wasi, host, guest, &self.options.contained)
                .with_context(|| format!("--dir {directory}"))?;
        }
        Ok(wasi)
    }
}

/// Gives the guest a directory to write to. Fails where it would reach compiled code that others run.
#[cfg(unix)]
fn give_writable(wasi: &mut WasiCtxBuilder, host: &str, guest: &str, contained: &Contained) -> Result<()> {
    if !contained.keeps_code() {
        wasi.preopened_dir(host, guest, FsPerms::ReadWrite)?;
        return Ok(());
    }
    // It stays open until it is opened again, so that this is the one that was looked at.
    let (_looked_at, host) = crate::cache::open_writable(host.as_ref())?;
    wasi.preopened_dir(host, guest, FsPerms::ReadWrite)?;
    Ok(())
}

/// Gives the guest a directory to write to. No code is kept that it could reach.
#[cfg(not(unix))]
fn give_writable(wasi: &mut WasiCtxBuilder, host: &str, guest: &str, _: &Contained) -> Result<()> {
    wasi.preopened_dir(host, guest, FsPerms::ReadWrite)?;
    Ok(())
}

/// The guest's exit code, as a shell sees it.
fn exit_code(ended: Ended) -> ExitCode {
    match ended {
        // The low eight bits.
        Ended::Exit(code) => ExitCode::from(code as u8),
        Ended::Trap(trap) => {
            tell!("the guest trapped: {}", failure::of_guest(&trap));
            // As a native program that aborts: 128 and SIGABRT's number.
            ExitCode::from(134)
        }
    }
}

/// A guest may have as many sockets as the system lets this process have. Windows has no such limit.
#[cfg(windows)]
pub(crate) fn raise_descriptor_limit() {}

/// A guest may have as many sockets as the system lets this process have.
#[cfg(unix)]
pub(crate) fn raise_descriptor_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::info!("the limit on open files stays as it is: {error}");
    }
}
