//! Traffic of every family: from guest to guest, and between a guest and native CPython, which both see and say what two
//! native programs see and say.
//!
//! Where the kernel does not have a family, its test says so and passes; but in the lab, whose kernel has them all.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{LazyLock, Mutex};

use berkeley_tests::{Guest, Running, WAITING, guest, skipped};
use tempfile::TempDir;

/// The native program, started once. What it reads ends with this program.
static NATIVE: LazyLock<Mutex<(Child, ChildStdin)>> = LazyLock::new(|| {
    let mut command = native(include_str!("../data/traffic.py"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("python3 starts");
    let stdin = child.stdin.take().expect("a pipe");
    Mutex::new((child, stdin))
});

/// The last line of what a native end says, if it has not failed.
const ALL: &str = "all is told\n";

/// Two controllers of Bluetooth that reach each other.
const CONTROLLERS: &str = include_str!("../data/bluetooth.py");

/// Held by who has controllers: the kernel numbers them all in one row.
static BLUETOOTH: Mutex<()> = Mutex::new(());

/// A Python program. It needs nothing that is installed, and does not look for it: in the lab that takes long.
fn native(program: &str) -> Command {
    let mut command = Command::new("python3");
    command.args(["-S", "-c", program]);
    command
}

/// Who is at an end.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    Native,
    /// A guest that waits so.
    Guest(&'static str),
}

const INLINE: Who = Who::Guest(WAITING[0]);
const YIELD: Who = Who::Guest(WAITING[1]);

/// Servers and their clients.
const PAIRS: [(Who, Who); 3] = [(INLINE, YIELD), (YIELD, Who::Native), (Who::Native, INLINE)];

/// An end that runs.
enum End {
    Guest(Running),
    Native(BufReader<UnixStream>),
}

impl End {
    /// A native end: a process that the native program makes for it.
    fn native(words: &str) -> Self {
        let place = TempDir::new().expect("a directory");
        let path = place.path().join("output");
        let listener = UnixListener::bind(&path).expect("binds");
        let line = format!("{} {words}\n", path.display());
        NATIVE.lock().expect("no test holds it").1.write_all(line.as_bytes()).expect("it reads");
        Self::Native(BufReader::new(listener.accept().expect("it connects").0))
    }

    /// The next line that it says.
    #[track_caller]
    fn line(&mut self) -> String {
        let Self::Native(output) = self else {
            let Self::Guest(running) = self else { unreachable!("there are two") };
            return running.line();
        };
        let mut line = String::new();
        output.read_line(&mut line).expect("its output is text");
        if line.starts_with("Traceback") {
            output.read_to_string(&mut line).expect("its output is text");
            panic!("the native end failed:\n{line}");
        }
        line.trim_end().to_owned()
    }

    /// Waits for its end, and gives what it said after the lines that were read. It must succeed.
    #[track_caller]
    fn finish(self) -> String {
        let mut output = match self {
            Self::Guest(running) => return running.finish(),
            Self::Native(output) => output,
        };
        let mut rest = String::new();
        output.read_to_string(&mut rest).expect("its output is text");
        rest.strip_suffix(ALL).unwrap_or_else(|| panic!("the native end failed:\n{rest}")).to_owned()
    }
}

/// A family by the name that it has in the programs, and what a guest needs for it.
struct Family {
    name: &'static str,
    rules: &'static [&'static str],
}

impl Family {
    /// Starts one end of its traffic.
    #[track_caller]
    fn end(&self, who: Who, end: &str, arguments: &str) -> End {
        match who {
            Who::Native => End::native(&format!("{} {end} {arguments}", self.name)),
            Who::Guest(waiting) => {
                let guest = self.rules.iter().fold(guest("traffic"), Guest::allow).arg(self.name).arg(end);
                End::Guest(arguments.split_whitespace().fold(guest, Guest::arg).start(waiting))
            }
        }
    }

    /// What a server and its client say; none where the kernel has no such family.
    #[track_caller]
    fn traffic(&self, server: Who, client: Who) -> Option<[String; 2]> {
        let mut server = self.end(server, "server", "");
        let ready = server.line();
        if !self.is_there(&ready) {
            return None;
        }
        let client = self.end(client, "client", &ready).finish();
        Some([server.finish(), client])
    }

    /// Whether the kernel has it, as the first line tells.
    fn is_there(&self, line: &str) -> bool {
        let Some(why) = line.strip_prefix("absent: ") else { return true };
        assert!(std::env::var_os("BERKELEY_LAB").is_none(), "the lab has no {}: {why}", self.name);
        skipped(format_args!("{} is not here: {why}", self.name));
        false
    }

    #[track_caller]
    fn is_as_natively(&self) {
        self.is_as_natively_between(&PAIRS);
    }

    /// The same with the two controllers that the family needs.
    #[track_caller]
    fn is_as_natively_over_bluetooth(&self) {
        let _alone = BLUETOOTH.lock();
        let mut controllers = Running::start(native(CONTROLLERS));
        if self.is_there(&controllers.line()) {
            self.is_as_natively();
        }
    }

    /// The same where the server is a controller, which no guest can be.
    #[track_caller]
    fn is_as_natively_to_a_controller(&self) {
        let _alone = BLUETOOTH.lock();
        self.is_as_natively_between(&[(Who::Native, INLINE), (Who::Native, YIELD)]);
    }

    #[track_caller]
    fn is_as_natively_between(&self, pairs: &[(Who, Who)]) {
        let Some(native) = self.traffic(Who::Native, Who::Native) else { return };
        for &(server, client) in pairs {
            let said = self.traffic(server, client);
            assert_eq!(said.as_ref(), Some(&native), "{}: from {client:?} to {server:?}", self.name);
        }
    }

    /// The same for a family that talks to the kernel alone.
    #[track_caller]
    fn is_as_natively_alone(&self) {
        let native = self.end(Who::Native, "alone", "").finish();
        if self.is_there(&native) {
            for who in [INLINE, YIELD] {
                assert_eq!(self.end(who, "alone", "").finish(), native, "{}: {who:?}", self.name);
            }
        }
    }
}

/// A test for each family.
macro_rules! families {
    ($method:ident: $($name:ident $rules:expr;)*) => {
        $(
            #[test]
            fn $name() {
                Family { name: stringify!($name), rules: &$rules }.$method();
            }
        )*
    };
}

families! { is_as_natively:
    tcp ["connect=127.0.0.1", "listen=127.0.0.1"];
    tcp6 ["connect=[::1]", "listen=[::1]"];
    mptcp ["connect=127.0.0.1", "listen=127.0.0.1"];
    sctp ["connect:sctp=127.0.0.1", "listen:sctp=127.0.0.1"];
    sctp6 ["connect:sctp=[::1]", "listen:sctp=[::1]"];
    sctp_many ["connect:sctp=127.0.0.1", "listen:sctp=127.0.0.1"];
    sctp_events ["connect:sctp=127.0.0.1", "listen:sctp=127.0.0.1"];
    udp ["udp=127.0.0.1"];
    udplite ["connect:udplite=127.0.0.1", "listen:udplite=127.0.0.1"];
    udplite6 ["connect:udplite=[::1]", "listen:udplite=[::1]"];
    multicast ["interfaces", "udp=127.0.0.1", "udp=239.255.66.101", "listen:udp=0.0.0.0:0", "option=IP_MULTICAST_ALL"];
    multicast6 ["interfaces", "udp=[::1]", "udp=[ff01::42:65]", "listen:udp=[::]:0", "option=IPV6_MULTICAST_ALL"];
    broadcast ["udp=127.0.0.0/8"];
    vsock ["family=vsock", "interfaces"];
    vsock_seqpacket ["family=vsock", "interfaces"];
    can_raw ["family=can"];
    can_filters ["family=can"];
    can_bcm ["family=can"];
    can_isotp ["family=can"];
    can_j1939 ["family=can"];
    can_j1939_names ["family=can"];
    tipc_rdm ["family=tipc"];
    tipc_dgram ["family=tipc"];
    tipc_stream ["family=tipc"];
    tipc_seqpacket ["family=tipc"];
    tipc_topology ["family=tipc"];
    qipcrtr ["family=qipcrtr"];
    rds ["family=rds"];
    packet_veth ["family=packet"];
    icmp ["family=raw", "udp=127.0.0.1", "connect=127.0.0.1"];
    icmp6 ["family=raw", "udp=[::1]", "connect=[::1]"];
    netlink ["family=netlink"];
}

families! { is_as_natively_to_a_controller:
    hci ["family=bluetooth"];
}

families! { is_as_natively_over_bluetooth:
    l2cap ["family=bluetooth"];
    rfcomm ["family=bluetooth"];
    sco ["family=bluetooth"];
}

families! { is_as_natively_alone:
    alg ["family=alg"];
    packet ["family=packet", "interfaces", "udp=127.0.0.1"];
    netlink_links ["family=netlink"];
}
