//! Servers that nobody here wrote, as peers: each serves one test, and ends with what is given for it.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::{Running, run};

/// Starts a program, and waits until it tells that it is ready, on stdout or stderr.
#[track_caller]
pub fn start_until(command: &Command, ready: &str) -> Running {
    let mut shell = Command::new("sh");
    shell.args(["-c", "exec \"$@\" 2>&1", "sh"]).arg(command.get_program()).args(command.get_args());
    let mut server = Running::start(shell);
    while !server.line().contains(ready) {}
    server
}

/// A port that is free: for servers that cannot choose one and tell it.
pub fn free_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
    listener.local_addr().expect("an address").port().to_string()
}

/// A directory of the test's own.
pub fn directory() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

/// The path as text.
pub fn path(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// A server that listens at a port of 127.0.0.1, and at a unix path.
#[derive(Debug)]
pub struct Server {
    /// Ends with this.
    _running: Running,
    directory: TempDir,
    /// The port.
    pub port: String,
    /// The unix path.
    pub socket: PathBuf,
}

impl Server {
    /// The rule that grants its unix path.
    pub fn rule(&self) -> String {
        format!("unix={}", self.directory.path().display())
    }
}

/// A server of redis, without a password.
pub fn redis() -> Server {
    let directory = directory();
    let (port, socket) = (free_port(), directory.path().join("socket"));
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--port", &port, "--unixsocket", path(&socket), "--save", ""]);
    Server { _running: start_until(&command, "Ready to accept connections"), directory, port, socket }
}

/// A name server at a port of 127.0.0.1, which knows `host.test` and `text.test`.
pub fn dnsmasq() -> (Running, String) {
    let port = free_port();
    let mut command = Command::new("dnsmasq");
    command.args(["--keep-in-foreground", "--log-facility=-", "--conf-file=/dev/null", "--user=", "--pid-file="]);
    command.args(["--listen-address=127.0.0.1", "--bind-interfaces", "--no-resolv", "--no-hosts", "--local=/test/"]);
    command.args(["--host-record=host.test,192.0.2.7,2001:db8::7", "--txt-record=text.test,a,b", "-p", &port]);
    (start_until(&command, "started"), port)
}

/// A server of LDAP, for `dc=test` with nothing in it, and its port. `cn=admin,dc=test` has the password `secret`.
pub fn slapd() -> (Running, TempDir, String) {
    let (directory, port) = (directory(), free_port());
    let configuration = directory.path().join("configuration");
    let text = format!(
        "include /etc/ldap/schema/core.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\ndatabase mdb\n\
        suffix dc=test\nrootdn cn=admin,dc=test\nrootpw secret\ndirectory {}\n",
        directory.path().display()
    );
    fs::write(&configuration, text).expect("writes");
    let mut command = Command::new("slapd");
    // In the foreground, telling what it does.
    command.args(["-d", "stats", "-h", &format!("ldap://127.0.0.1:{port}/"), "-f", path(&configuration)]);
    (start_until(&command, "slapd starting"), directory, port)
}

/// A server of PostgreSQL, with the database `postgres` of the user `tester`, whose password is `secret`.
pub fn postgresql() -> Server {
    /// It refuses to run as root.
    const NOBODY: u32 = 65534;
    let is_root = run(Command::new("id").arg("-u")) == "0\n";
    let unprivileged = |program: &str| {
        let program = postgresql_programs().join(program);
        if !is_root {
            return Command::new(program);
        }
        let mut command = Command::new("setpriv");
        let nobody = [format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")];
        command.args(nobody).arg("--clear-groups").arg(program).current_dir("/");
        command
    };
    let directory = directory();
    let (data, password) = (directory.path().join("data"), directory.path().join("password"));
    fs::write(&password, "secret").expect("writes");
    if is_root {
        for path in [directory.path(), &password] {
            chown(path, Some(NOBODY), Some(NOBODY)).expect("gives away");
        }
    }
    let mut create = unprivileged("initdb");
    create.args(["-D", path(&data), "-U", "tester", "--auth=scram-sha-256", "--no-sync", "--locale=C"]);
    run(create.args(["--pwfile", path(&password)]));
    let port = free_port();
    let mut command = unprivileged("postgres");
    let place = ["-p", &port, "-k", path(directory.path()), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"];
    command.args(["-D", path(&data)]).args(place);
    let socket = directory.path().join(format!(".s.PGSQL.{port}"));
    Server { _running: start_until(&command, "ready to accept connections"), directory, port, socket }
}

/// The directory with PostgreSQL's programs: Debian has one for each version.
fn postgresql_programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let programs = versions.map(|version| version.path().join("bin")).find(|bin| bin.join("postgres").exists());
    programs.expect("no PostgreSQL in /usr/lib/postgresql; `cargo xtask setup` installs what the tests need")
}
