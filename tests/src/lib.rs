//! What the tests share: guests under the `berkeley` command, and real peers for them.
//!
//! Every guest runs twice, once for each way of waiting. Servers choose their ports, and say so on stdout; a test
//! waits for that line, never for time to pass.

pub mod c;
pub mod capture;
pub mod certificates;
pub mod component;
pub mod exceptions;
pub mod generator;
pub mod script;
pub mod servers;

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};

/// The two ways in which the command lets a guest wait.
pub const WAITING: [&str; 2] = ["inline", "yield"];

/// A guest program of `tests/guests`, about to run.
#[derive(Debug)]
pub struct Guest {
    program: PathBuf,
    options: Vec<String>,
    arguments: Vec<String>,
    stdin: Vec<u8>,
    descriptors: Option<u32>,
}

/// The guest program of that name.
pub fn guest(name: &str) -> Guest {
    Guest::at(root().join("target/guests/wasm32-wasip2/guest").join(name).with_extension("wasm"))
}

/// The guest program of that name, built for WASI 0.3: one of `tests/guests-async`.
pub fn guest_p3(name: &str) -> Guest {
    Guest::at(root().join("target/guests/wasm32-wasip2/guest-p3").join(name).with_extension("wasm"))
}

/// The guest program of that name that has no `main`: `tests/guests/examples`.
pub fn component(name: &str) -> Guest {
    guest(&format!("examples/{name}"))
}

/// The example of the guest crate of that name.
pub fn example(name: &str) -> Guest {
    component(name)
}

/// The `berkeley` command.
pub fn berkeley() -> PathBuf {
    // The tests' own programs are in `deps` beside it.
    let own = std::env::current_exe().expect("a test knows where it is");
    let command = own.parent().and_then(Path::parent).expect("a directory").join("berkeley");
    assert!(command.exists(), "{} is not built; run `cargo xtask test`", command.display());
    command
}

/// The workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

/// Says what a test leaves out, and why: to whoever reads the run, although the test passes.
pub fn skipped(why: std::fmt::Arguments<'_>) {
    // Only what `print` and its like write is kept back where a test passes.
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

impl Guest {
    /// The component at that path.
    #[track_caller]
    pub fn at(program: PathBuf) -> Self {
        assert!(program.exists(), "{} is not built; run `cargo xtask guests`", program.display());
        Self { program, options: Vec::new(), arguments: Vec::new(), stdin: Vec::new(), descriptors: None }
    }

    /// The program's path.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Adds an option of `berkeley run`.
    #[must_use]
    pub fn option(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.options.extend([name.to_owned(), value.as_ref().to_owned()]);
        self
    }

    /// Adds an option that is one word.
    #[must_use]
    pub fn flag(mut self, flag: &str) -> Self {
        self.options.push(flag.to_owned());
        self
    }

    /// Adds a rule.
    #[must_use]
    pub fn allow(self, rule: impl AsRef<str>) -> Self {
        self.option("--allow", rule)
    }

    /// Grants everything.
    #[must_use]
    pub fn allow_all(mut self) -> Self {
        self.options.push("--allow-all".into());
        self
    }

    /// Adds an argument of the guest's.
    #[must_use]
    pub fn arg(mut self, argument: impl ToString) -> Self {
        self.arguments.push(argument.to_string());
        self
    }

    /// What the guest reads from stdin.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// Lets the command have so many descriptors at most.
    #[must_use]
    pub fn descriptors(mut self, most: u32) -> Self {
        self.descriptors = Some(most);
        self
    }

    /// The command that runs the guest.
    pub fn command(&self, waiting: &str) -> Command {
        let mut command = Command::new(berkeley());
        if let Some(most) = self.descriptors {
            command = Command::new("prlimit");
            command.arg(format!("--nofile={most}")).arg(berkeley());
        }
        command.args(["run", "--waiting", waiting]).args(&self.options).arg(&self.program).args(&self.arguments);
        command
    }

    /// Runs the guest to its end, and gives what it wrote.
    pub fn output(&self, waiting: &str) -> Output {
        let mut command = self.command(waiting);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        // A guest may end without having read it.
        let _ = child.stdin.take().expect("a pipe").write_all(&self.stdin);
        child.wait_with_output().expect("the command ends")
    }

    /// Runs the guest in both ways of waiting. It must succeed.
    #[track_caller]
    pub fn succeeds(&self) -> String {
        let outputs = WAITING.map(|waiting| {
            let output = self.output(waiting);
            let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
            assert!(output.status.success(), "waiting {waiting}: {}\n{stdout}\n{stderr}", output.status);
            stdout
        });
        outputs[0].clone()
    }

    /// Starts the guest, and goes on while it runs.
    pub fn start(&self, waiting: &str) -> Running {
        Running::start(self.command(waiting))
    }
}

/// A program that runs beside the test, and ends with it.
#[derive(Debug)]
pub struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    seen: VecDeque<String>,
}

impl Running {
    /// Starts the program.
    #[track_caller]
    pub fn start(mut command: Command) -> Self {
        let program = command.get_program().to_owned();
        let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut child = started.unwrap_or_else(|error| panic!("{}", missing(&program, &error)));
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, stdout, seen: VecDeque::new() }
    }

    /// The next line of its stdout.
    #[track_caller]
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        let length = self.stdout.read_line(&mut line).expect("its output is text");
        assert!(length > 0, "it ended after {:?}", self.seen);
        self.seen.push_back(line.clone());
        line.trim_end().to_owned()
    }

    /// The next line of its stdout, which is a port.
    #[track_caller]
    pub fn port(&mut self) -> u16 {
        let line = self.line();
        line.parse().unwrap_or_else(|_| panic!("`{line}` is no port"))
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end, however it comes.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().expect("it ends")
    }

    /// Waits for its end, and gives what it wrote after the lines that were read. It must succeed.
    #[track_caller]
    pub fn finish(mut self) -> String {
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).expect("its output is text");
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}\n{:?}\n{rest}", self.seen);
        rest
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A Python program as a peer.
pub fn python(program: &str) -> Command {
    let mut command = Command::new("python3");
    command.args(["-u", "-c", program]);
    command
}

/// The same program, which signals interrupt even where whoever runs the test ignores them, as the jobs that a shell runs
/// in the background do. Its process is the one that is started.
pub fn interruptible(command: &Command) -> Command {
    let mut outer = Command::new(command.get_program());
    if cfg!(target_os = "linux") {
        outer = Command::new("env");
        outer.arg("--default-signal=HUP,INT,QUIT,TERM").arg(command.get_program());
    }
    outer.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => outer.env(name, value),
            None => outer.env_remove(name),
        };
    }
    if let Some(directory) = command.get_current_dir() {
        outer.current_dir(directory);
    }
    outer
}

/// Runs a program to its end, and gives its stdout. It must succeed.
#[track_caller]
pub fn run(command: &mut Command) -> String {
    let program = command.get_program().to_owned();
    let output = command.output().unwrap_or_else(|error| panic!("{}", missing(&program, &error)));
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{}: {}\n{stdout}\n{stderr}", program.display(), output.status);
    stdout
}

fn missing(program: &OsStr, error: &std::io::Error) -> String {
    format!("cannot start {}: {error}; `cargo xtask setup` installs what the tests need", program.display())
}

/// The bytes as text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
