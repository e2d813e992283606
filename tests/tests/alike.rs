//! C programs that print as guests what they print natively.
//!
//! Where this system has no compiler for one of the two, the test is left out, and that is said.

use std::io::Read as _;
use std::os::unix::net::UnixListener;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use berkeley_tests::c::{compile, compile_natively, is_possible};
use berkeley_tests::{Guest, Running, WAITING, python, skipped, text};
use tempfile::tempdir;

#[track_caller]
fn succeeds(output: &Output) -> String {
    assert!(output.status.success(), "{}: {}", output.status, text(&output.stderr));
    text(&output.stdout)
}

/// Compares what the program of `tests/c` prints, however the guest waits. Its first argument is a directory of its own.
#[track_caller]
fn prints_the_same(name: &str, libraries: &[&str], arguments: &[&str]) {
    let directory = tempdir().expect("a directory");
    if !is_possible() {
        return;
    }
    let Some(native) = compile_natively(name, directory.path(), libraries) else { return };
    let own = directory.path().to_str().expect("UTF-8");
    let natively = succeeds(&Command::new(native).arg(own).args(arguments).output().expect("it starts"));
    let guest = compile(name, directory.path()).allow_all().option("--dir", own).arg(own);
    let guest = arguments.iter().fold(guest, Guest::arg);
    for waiting in WAITING {
        let told = succeeds(&guest.output(waiting));
        let differ: Vec<_> = natively.lines().zip(told.lines()).filter(|(natively, told)| natively != told).collect();
        assert!(differ.is_empty() && natively == told, "{waiting}: natively, and in the guest: {differ:#?}");
    }
}

#[test]
fn limits_and_bad_buffers() {
    prints_the_same("limits", &[], &[]);
}

/// A server of names, by UDP and TCP at the port that it tells, which knows the names of `tests/c/resolver.c`.
const NAMES: &str = r#"
import selectors, socket, struct
listener = socket.create_server(('127.0.0.1', 0))
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.bind(listener.getsockname())
print(listener.getsockname()[1])
def record(kind, data):
    return struct.pack('!HHHIH', 0xc00c, kind, 1, 60, len(data)) + data
def text(data):
    return record(16, bytes([len(data)]) + data)
KNOWN = {
    b'a': (0, [record(1, bytes([10, 0, 0, 1])), record(1, bytes([10, 0, 0, 2]))]),
    b'mx': (0, [record(15, b'\0\5\4mail\xc0\x0f'), record(15, b'\0\7\4post\5other\0')]),
    b'txt': (0, [text(b'some text')]),
    b'large': (0, [text(b'%03d' % number * 60) for number in range(40)]),
    b'wrong': (0, [record(1, bytes([10, 0, 0, 3]))]),
    b'empty': (0, []), b'fails': (2, []), b'refused': (5, []),
}
def answers(query, size):
    label = query[13:13 + query[12]].lower()
    end = query.index(b'\0', 12) + 5
    of_test = query[13 + query[12]:end - 4].lower() == b'\4test\0'
    code, records = KNOWN.get(label, (3, [])) if of_test else (3, [])
    question, rest = query[12:end], b''.join(records)
    cut = len(query) + len(rest) > size
    flags = 0x8180 | code | (0x200 if cut else 0)
    counts = struct.pack('!HHHHH', flags, 1, 0 if cut else len(records), 0, 0)
    answer = counts + question + (b'' if cut else rest)
    if label == b'wrong':
        # Those of somebody who guesses.
        yield bytes([query[0] ^ 1, query[1]]) + answer
        yield query[:2] + counts + b'\5wrong\5other\0' + question[-4:]
    yield query[:2] + answer
ready = selectors.DefaultSelector()
ready.register(listener, selectors.EVENT_READ)
ready.register(datagrams, selectors.EVENT_READ)
while True:
    for key, _ in ready.select():
        if key.fileobj is datagrams:
            query, peer = datagrams.recvfrom(4096)
            for answer in answers(query, 512):
                datagrams.sendto(answer, peer)
            continue
        client, _ = listener.accept()
        with client, client.makefile('rb') as stream:
            query = stream.read(struct.unpack('!H', stream.read(2))[0])
            for answer in answers(query, 65535):
                client.sendall(struct.pack('!H', len(answer)) + answer)
"#;

#[test]
fn questions_to_servers_of_names() {
    let mut server = Running::start(python(NAMES));
    let port = server.port().to_string();
    prints_the_same("resolver", &["-lresolv"], &[&port]);
}

#[test]
fn readiness_of_many_that_change() {
    prints_the_same("polled", &[], &[]);
}

#[test]
fn names_of_unix_sockets_and_what_is_no_directory() {
    prints_the_same("paths", &[], &[]);
}

#[test]
fn the_one_thread_and_its_surroundings() {
    prints_the_same("surroundings", &["-lpthread"], &[]);
}

#[test]
fn calls_that_wait_for_all() {
    prints_the_same("whole", &[], &[]);
}

#[test]
fn signals_that_come_by_themselves() {
    prints_the_same("signals", &[], &[]);
}

#[test]
fn groups_of_multicast() {
    prints_the_same("groups", &[], &[]);
}

#[test]
fn lists_of_what_is_mounted() {
    prints_the_same("mounted", &[], &[]);
}

#[test]
fn numbers_that_programs_take_for_granted() {
    prints_the_same("numbers", &[], &[]);
}

#[test]
fn an_alarm_in_calls_that_send() {
    prints_the_same("sending", &[], &[]);
}

/// What a program prints whose stderr nobody reads while it runs.
fn unread(mut command: Command) -> String {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut told = String::new();
    child.stdout.take().expect("a pipe").read_to_string(&mut told).expect("text");
    assert!(child.wait().expect("it ends").success(), "{told}");
    told
}

#[test]
fn an_alarm_in_writes_to_what_nobody_reads() {
    let directory = tempdir().expect("a directory");
    if !is_possible() {
        return;
    }
    let Some(native) = compile_natively("streams", directory.path(), &[]) else { return };
    let natively = unread(Command::new(native));
    let guest = compile("streams", directory.path());
    for waiting in WAITING {
        assert_eq!(unread(guest.command(waiting)), natively, "{waiting}");
    }
}

/// Takes what a program sends, a part at a time. How long a part took at most, and what the program printed.
fn take_slowly(listener: &UnixListener, mut command: Command) -> (Duration, String) {
    let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let (mut peer, _) = listener.accept().expect("a connection");
    let (mut longest, mut part) = (Duration::ZERO, vec![0; 600_000]);
    loop {
        let began = Instant::now();
        thread::sleep(Duration::from_millis(200));
        // The last part is shorter.
        let ended = peer.read_exact(&mut part).is_err();
        longest = longest.max(began.elapsed());
        if ended {
            break;
        }
    }
    let mut told = String::new();
    child.stdout.take().expect("a pipe").read_to_string(&mut told).expect("text");
    child.wait().expect("it ends");
    (longest, told)
}

#[test]
fn a_unix_stream_has_its_limit_for_each_part_while_an_alarm_is_set() {
    let directory = tempdir().expect("a directory");
    if !is_possible() {
        return;
    }
    let Some(native) = compile_natively("paced", directory.path(), &[]) else { return };
    let own = directory.path().to_str().expect("UTF-8");
    let path = directory.path().join("socket");
    let guest = compile("paced", directory.path()).allow(format!("unix={own}")).arg(path.display());
    let listener = UnixListener::bind(&path).expect("a listener");
    let mut natively = Command::new(native);
    natively.arg(&path);
    for command in [natively].into_iter().chain(WAITING.map(|waiting| guest.command(waiting))) {
        let (longest, told) = take_slowly(&listener, command);
        // On a busy machine a part may take longer than the limit.
        if longest < Duration::from_millis(300) {
            assert_eq!(told, "4194304\n");
        } else {
            skipped(format_args!("a part took {longest:?}"));
        }
    }
}
