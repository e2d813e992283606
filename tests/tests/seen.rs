//! What is seen of guests: traces, captures, metrics.

use std::collections::HashMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};

use berkeley_tests::capture::Capture;
use berkeley_tests::{Guest, Running, WAITING, berkeley, guest, python, root, run, skipped, text};
use serde_json::Value;
use tempfile::TempDir;

/// What the peer says first.
const GREETING: &[u8] = b"welcome";
/// What the guest is told, and what it answers.
const SAID: &[u8] = b"hello";
const HEARD: &[u8] = b"you are heard";

/// The peers of the guest `seen`, and what is written down of it.
struct Stage {
    directory: TempDir,
    closed: SocketAddr,
    _held: (TcpStream, TcpStream),
    tcp: SocketAddr,
    udp: SocketAddr,
    /// Gives the guest's end of the connection, and what came by it.
    stream: JoinHandle<(SocketAddr, Vec<u8>)>,
    datagrams: JoinHandle<Vec<(SocketAddr, Vec<u8>)>>,
}

impl Stage {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        fs::create_dir(directory.path().join("data")).expect("a directory");
        let content: Vec<u8> = (0..5000u32).map(|at| (at % 251) as u8).collect();
        fs::write(directory.path().join("data/file"), content).expect("a file");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        let at = |bound: std::io::Result<SocketAddr>| bound.expect("an address");
        // A port that nobody else gets, and where nobody listens: that of a connection.
        let held = TcpStream::connect(listener.local_addr().expect("an address")).expect("connects");
        let held = (held, listener.accept().expect("the connection").0);
        Self {
            directory,
            closed: at(held.0.local_addr()),
            _held: held,
            tcp: at(listener.local_addr()),
            udp: at(socket.local_addr()),
            stream: thread::spawn(move || {
                let (mut stream, peer) = listener.accept().expect("the guest");
                stream.write_all(GREETING).expect("sends");
                let mut all = Vec::new();
                stream.read_to_end(&mut all).expect("receives");
                stream.write_all(&all).expect("sends");
                (peer, all)
            }),
            datagrams: thread::spawn(move || {
                let echo = || {
                    let mut data = vec![0; 1 << 16];
                    let (length, peer) = socket.recv_from(&mut data).expect("receives");
                    data.truncate(length);
                    socket.send_to(&data, peer).expect("sends");
                    (peer, data)
                };
                vec![echo(), echo()]
            }),
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The guest, with what it is granted.
    fn guest(&self) -> Guest {
        let data = format!("{}::/data", self.file("data").display());
        let guest = guest("seen").allow("connect=127.0.0.1").allow("connect:udp=127.0.0.1").option("--dir", data);
        let ports = [self.closed, self.tcp, self.udp].map(|at| at.port());
        ports.into_iter().fold(guest.allow("listen=127.0.0.1:0").arg("all"), Guest::arg)
    }

    /// Runs the guest to its end, and speaks to it. Gives its end of that connection, and ours.
    fn run(&self, guest: &Guest, waiting: &str) -> (SocketAddr, SocketAddr) {
        let mut command = guest.command(waiting);
        command.stderr(Stdio::null());
        let mut running = Running::start(command);
        let there = SocketAddr::from(([127, 0, 0, 1], running.port()));
        let mut stream = TcpStream::connect(there).expect("the guest listens");
        stream.write_all(SAID).expect("sends");
        stream.shutdown(Shutdown::Write).expect("shuts");
        let mut heard = vec![0; HEARD.len()];
        stream.read_exact(&mut heard).expect("is answered");
        assert_eq!(heard, HEARD);
        running.finish();
        (there, stream.local_addr().expect("an address"))
    }
}

/// An option that takes a file.
fn writes(guest: Guest, option: &str, file: &Path) -> Guest {
    guest.option(option, file.to_str().expect("UTF-8"))
}

fn traced(guest: Guest, file: &Path) -> Guest {
    // As one word: the option takes a file only so.
    guest.flag(&format!("--trace={}", file.display()))
}

/// The trace without times, and with names in the place of ports.
fn plain(trace: &str, names: &HashMap<u16, &str>) -> String {
    let mut plain = String::new();
    for line in trace.lines() {
        let (time, rest) = line.split_at(12);
        assert!(time.trim().parse::<f64>().is_ok(), "{line}");
        let (call, took) = rest.rsplit_once(" <").expect("how long it took");
        assert!(took.strip_suffix('>').is_some_and(|took| took.parse::<f64>().is_ok()), "{line}");
        let mut parts = call.split("127.0.0.1:");
        plain.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let end = part.find(|ch: char| !ch.is_ascii_digit()).unwrap_or(part.len());
            let port: u16 = part[..end].parse().expect("a port");
            let name = names.get(&port).copied().unwrap_or(if port == 0 { "0" } else { "PORT" });
            plain.extend(["127.0.0.1:", name, &part[end..]]);
        }
        plain.push('\n');
    }
    names.iter().fold(plain, |text, (port, name)| text.replace(&format!("\"{port}\""), &format!("\"{name}\"")))
}

#[test]
fn a_trace_has_a_line_for_each_call() {
    let expected = fs::read_to_string(root().join("tests/data/seen.trace")).expect("the expected trace");
    for waiting in WAITING {
        let stage = Stage::new();
        let file = stage.file("trace");
        stage.run(&traced(stage.guest(), &file), waiting);
        let names = [(stage.closed, "CLOSED"), (stage.tcp, "TCP"), (stage.udp, "UDP")];
        let names = names.into_iter().map(|(at, name)| (at.port(), name)).collect();
        let trace = plain(&fs::read_to_string(&file).expect("the trace"), &names);
        assert_eq!(trace, expected, "waiting {waiting}:\n{trace}");
    }
}

/// The objects of a trace in JSON.
fn objects(file: &Path) -> Vec<Value> {
    let trace = fs::read_to_string(file).expect("the trace");
    trace.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn a_trace_for_programs_says_the_same_by_fields() {
    let stage = Stage::new();
    let (file, other) = (stage.file("trace.jsonl"), root().join("tests/data/seen.trace"));
    let guest = traced(stage.guest(), &file).option("--trace-format", "json");
    let (local, peer) = stage.run(&guest, "inline");
    let objects = objects(&file);
    let lines = fs::read_to_string(other).expect("the expected trace").lines().count();
    assert_eq!(objects.len(), lines);
    let calls = |name: &str| objects.iter().filter(|object| object["call"] == name).collect::<Vec<_>>();
    for object in &objects {
        assert!(
            object["time"].as_f64() > Some(1e9) && object["took"].as_f64() >= object["waited"].as_f64(),
            "{object}"
        );
    }
    let [refused, unheard, ..] = calls("connect")[..] else { panic!("{objects:?}") };
    assert_eq!((&refused["result"], &refused["error.type"]), (&"denied".into(), &"denied".into()));
    assert_eq!(refused["rule"], "connect=192.0.2.1:80");
    assert_eq!(
        (&unheard["error.type"], &unheard["address"]),
        (&"ECONNREFUSED".into(), &stage.closed.to_string().into())
    );
    let [accept] = calls("accept")[..] else { panic!("{objects:?}") };
    assert_eq!(
        (&accept["network.local.port"], &accept["network.peer.port"]),
        (&local.port().into(), &peer.port().into())
    );
    assert_eq!((&accept["network.transport"], &accept["opened"]), (&"tcp".into(), &serde_json::json!([7])));
    let sum = |field: &str, transport: &str| -> u64 {
        let of = objects.iter().filter(|object| object["network.transport"] == transport);
        of.filter_map(|object| object[field].as_u64()).sum()
    };
    let stream = (5 + 7 + 200_000 + 1000) as u64;
    assert_eq!(sum("sent", "tcp"), stream + HEARD.len() as u64);
    // What was only looked at is not counted.
    assert_eq!(sum("received", "tcp"), GREETING.len() as u64 + stream + SAID.len() as u64);
    assert_eq!((sum("sent", "udp"), sum("received", "udp")), (60_004, 60_004));
}

#[test]
fn peers_that_are_not_let_in_are_told() {
    const PEERS: &str = "
import socket, sys
port = int(sys.argv[1])
refused = socket.create_connection(('127.0.0.1', port))
with socket.create_connection(('127.0.0.1', port), source_address=('127.0.0.2', 0)) as peer:
    peer.sendall(b'hello')
    peer.shutdown(socket.SHUT_WR)
    print(peer.recv(100).decode())
";
    let directory = tempfile::tempdir().expect("a directory");
    for format in ["text", "json"] {
        let file = directory.path().join(format);
        let guest = traced(guest("seen"), &file).option("--trace-format", format);
        let guest = guest.allow("listen=127.0.0.1:0").allow("accept=127.0.0.2").arg("accept");
        let mut running = guest.start("inline");
        let port = running.port().to_string();
        assert_eq!(run(python(PEERS).arg(port)).trim_end().as_bytes(), HEARD);
        running.finish();
        let trace = fs::read_to_string(&file).expect("the trace");
        match format {
            "text" => {
                let said = "--- refused to accept tcp from 127.0.0.1:";
                assert_eq!(trace.matches(said).count(), 1, "{trace}");
                assert!(
                    trace.contains("accept(3) <unfinished ...>\n") && trace.contains("<... accept(3) resumed> = 4")
                );
                assert!(trace.contains("the rule accept=127.0.0.1 would allow it ---"), "{trace}");
            }
            _ => {
                let objects = objects(&file);
                let refusals: Vec<_> = objects.iter().filter(|object| object["event"] == "refusal").collect();
                assert!(refusals.len() == 1 && refusals[0]["rule"] == "accept=127.0.0.1", "{trace}");
            }
        }
    }
}

#[test]
fn a_trace_without_a_file_goes_to_stderr() {
    let output = guest("seen").flag("--trace").arg("all").arg(1).arg(1).arg(1).output("inline");
    let stderr = text(&output.stderr);
    assert!(stderr.contains(" socket(AF_INET, SOCK_STREAM, 0) = 3 <"), "{stderr}");
    // In the line of the call, and there alone.
    assert_eq!(stderr.matches("192.0.2.1:80 would allow it").count(), 1, "{stderr}");
    let nowhere = guest("seen").flag("--trace=/nowhere/trace").output("inline");
    assert!(text(&nowhere.stderr).contains("--trace: cannot write /nowhere/trace"), "{}", text(&nowhere.stderr));
    let alone = guest("seen").flag("--trace-format=json").output("inline");
    assert!(!alone.status.success() && text(&alone.stderr).contains("--trace"), "{}", text(&alone.stderr));
}

/// What the file ends with once it ends so.
fn awaited(file: &Path, end: &str) -> String {
    loop {
        match fs::read_to_string(file) {
            Ok(trace) if trace.ends_with(end) => return trace,
            _ => thread::yield_now(),
        }
    }
}

#[test]
fn what_is_written_is_complete_however_the_guest_ends() {
    for signal in ["INT", "TERM", "KILL"] {
        let directory = tempfile::tempdir().expect("a directory");
        let (trace, pcap) = (directory.path().join("trace"), directory.path().join("pcap"));
        let guest = writes(traced(guest("seen"), &trace), "--pcap", &pcap).allow("listen=127.0.0.1:0").arg("wait");
        let mut command = guest.command("inline");
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        // The last call is seen, though it has not ended.
        let before = awaited(&trace, " accept(3)");
        run(Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]));
        let status = child.wait().expect("it ends");
        assert!(status.signal().is_some(), "{status}");
        assert_eq!(fs::read_to_string(&trace).expect("the trace"), before);
        assert!(before.contains("listen(3, 8) = 0 <"), "{before}");
        assert!(Capture::read(&pcap).flags.is_empty());
    }
}

#[test]
fn a_guest_that_traps_leaves_all_behind() {
    let stage = Stage::new();
    let (trace, pcap) = (stage.file("trace"), stage.file("pcap"));
    let guest = writes(traced(guest("seen"), &trace), "--pcap", &pcap);
    let output = guest.allow("connect=127.0.0.1").arg("trap").arg(stage.tcp.port()).output("inline");
    assert_eq!(output.status.code(), Some(134), "{}", text(&output.stderr));
    let (peer, said) = stage.stream.join().expect("the peer");
    assert_eq!(said, b"last words");
    let trace = fs::read_to_string(trace).expect("the trace");
    assert!(trace.contains("sendall(3, 10 bytes, 0) = 10 <") && trace.trim_end().ends_with('>'), "{trace}");
    let capture = Capture::read(&pcap);
    assert_eq!(capture.streams[&(peer, stage.tcp)], b"last words");
    // What is open at the end is the kernel's to close.
    assert_eq!(capture.conversation(peer, stage.tcp), ">S <SA >A <A >A >A <A");
}

#[test]
fn a_capture_has_what_went_and_came() {
    for waiting in WAITING {
        let stage = Stage::new();
        let pcap = stage.file("pcap");
        let (local, outside) = stage.run(&writes(stage.guest(), "--pcap", &pcap), waiting);
        check_by_wireshark(&pcap, stage.tcp.port());
        let capture = Capture::read(&pcap);
        let (own, sent) = stage.stream.join().expect("the peer");

        // To where nobody listens.
        let refused = capture.flags.iter().find(|(_, to, _)| *to == stage.closed).expect("an attempt");
        assert_eq!(capture.conversation(refused.0, stage.closed), ">S <AR");

        // A stream, with sendmsg and sendfile, a look that is not counted, and the ends of both directions.
        assert_eq!(capture.streams[&(own, stage.tcp)], sent);
        assert_eq!(capture.streams[&(stage.tcp, own)], [GREETING, &sent].concat());
        let conversation = capture.conversation(own, stage.tcp);
        assert!(conversation.starts_with(">S <SA >A "), "{conversation}");
        assert_eq!(conversation.matches('F').count(), 2, "{conversation}");

        // Datagrams, by an unconnected socket and by a connected one.
        let echoed = stage.datagrams.join().expect("the peer");
        let expected: Vec<_> = echoed
            .iter()
            .flat_map(|(from, data)| [(*from, stage.udp, data.clone()), (stage.udp, *from, data.clone())])
            .collect();
        assert!(capture.datagrams == expected, "{} datagrams", capture.datagrams.len());

        // A connection that was accepted, and that the guest resets.
        assert_eq!(capture.streams[&(outside, local)], SAID);
        assert_eq!(capture.streams[&(local, outside)], HEARD);
        assert_eq!(capture.conversation(outside, local), ">S <SA >A >A <A <A >A >AF <A <AR");
        assert_eq!(capture.flags.iter().filter(|(.., flags)| flags == "S").count(), 3);
    }
}

/// Has tshark read the capture, and find nothing wrong with it.
fn check_by_wireshark(pcap: &Path, port: u16) {
    let tshark = |arguments: &[&str]| {
        let checks = ["ip.check_checksum:TRUE", "tcp.check_checksum:TRUE", "udp.check_checksum:TRUE"];
        let mut command = Command::new("tshark");
        command.args(checks.iter().flat_map(|check| ["-o", check])).arg("-r").arg(pcap).args(arguments);
        command.stderr(Stdio::null()).output()
    };
    let bad = "tcp.checksum.status==0 || udp.checksum.status==0 || ip.checksum.status==0 || _ws.malformed \
        || (tcp.analysis.flags && !tcp.flags.reset)";
    let Ok(output) = tshark(&["-Y", bad]) else {
        return skipped(format_args!("tshark, of the Debian package of that name, is missing, and reads no capture"));
    };
    assert!(output.status.success(), "{}", output.status);
    assert_eq!(text(&output.stdout), "");
    let stream = format!("tcp.port=={port} && tcp.stream==1 && tcp.len>0");
    let output = tshark(&["-Y", &stream, "-T", "fields", "-e", "tcp.len"]).expect("it starts");
    let bytes: usize = text(&output.stdout).lines().map(|line| line.parse::<usize>().expect("a length")).sum();
    assert_eq!(bytes, GREETING.len() + 2 * (5 + 7 + 200_000 + 1000));
}

#[test]
fn what_a_guest_says_to_itself_is_captured_once() {
    for waiting in WAITING {
        let directory = tempfile::tempdir().expect("a directory");
        let pcap = directory.path().join("pcap");
        let guest = writes(guest("seen").allow_all(), "--pcap", &pcap).arg("inner");
        let mut running = guest.start(waiting);
        let server = SocketAddr::from(([127, 0, 0, 1], running.port()));
        running.finish();
        let capture = Capture::read(&pcap);
        let (client, ..) = capture.flags[0];
        assert_eq!(capture.streams[&(client, server)], b"therethe end");
        assert_eq!(capture.streams[&(server, client)], b"and back");
        let expected = ">S <SA >A >A <A <A >A >A <A >AF <A <AF >A";
        assert_eq!(capture.conversation(client, server), expected);
        let [(from, _, data)] = capture.datagrams.as_slice() else { panic!("{:?}", capture.datagrams) };
        // Sent by a socket that has no address of its own before, and so has the host's.
        assert!(from.ip().is_loopback() && data == b"datagram", "{from}");
    }
}

#[test]
fn metrics_are_served_as_prometheus_reads_them() {
    let mut command = Command::new(berkeley().with_file_name("examples").join("metrics"));
    command.args(["connect", "listen=127.0.0.1:0", "udp"]).arg(guest("seen").program()).arg("inner");
    let mut running = Running::start(command);
    let line = running.line();
    let at = line.strip_prefix("metrics at http://").and_then(|rest| rest.strip_suffix("/metrics")).expect("a URL");
    // Each of the two guests says where it listens; how each ended is said afterwards.
    let lines: Vec<_> = (0..4).map(|_| running.line()).collect();
    assert_eq!(lines.iter().filter(|line| *line == "Exit(0)").count(), 2, "{lines:?}");
    let get = |path: &str| {
        let mut stream = TcpStream::connect(at).expect("it serves");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {at}\r\n\r\n").expect("asks");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        (head.to_owned(), body.to_owned())
    };
    assert!(get("/").0.starts_with("HTTP/1.1 404 "));
    let (head, body) = get("/metrics");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\nContent-Type: application/openmetrics-text; version=1.0.0"), "{head}");
    let samples: HashMap<_, f64> = body
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.rsplit_once(' ').expect("a name and a value"))
        .map(|(name, value)| (name, value.parse().expect("a number")))
        .collect();
    assert!(body.ends_with("# EOF\n") && body.contains("# TYPE berkeley_calls counter\n"), "{body}");
    let value = |name: &str| samples.get(name).copied().unwrap_or_else(|| panic!("no {name} in\n{body}"));
    // Both guests together.
    assert_eq!(value("berkeley_calls_total{call=\"socket\",result=\"ok\"}"), 8.0);
    assert_eq!(value("berkeley_bytes_total{direction=\"sent\",transport=\"tcp\"}"), 40.0);
    assert_eq!(value("berkeley_bytes_total{direction=\"received\",transport=\"tcp\"}"), 40.0);
    assert_eq!(value("berkeley_bytes_total{direction=\"sent\",transport=\"udp\"}"), 16.0);
    assert_eq!(value("berkeley_refusals_total"), 0.0);
    assert_eq!(value("berkeley_open_sockets{transport=\"tcp\"}"), 0.0);
    assert_eq!(value("berkeley_lookup_seconds_count"), 0.0);
    assert_eq!(value("berkeley_wait_seconds_bucket{le=\"+Inf\"}"), value("berkeley_wait_seconds_count"));
}

/// Programs of `std::net` are built for the target as Rust releases it.
mod released_target {
    use super::*;

    #[test]
    fn wasis_own_sockets_are_seen_as_well() {
        for waiting in WAITING {
            let stage = Stage::new();
            let (trace, pcap) = (stage.file("trace"), stage.file("pcap"));
            let guest = writes(traced(guest("std_net"), &trace), "--pcap", &pcap).allow("connect=127.0.0.1");
            let output = guest.arg("127.0.0.1").arg(stage.tcp.port()).arg("abc").output(waiting);
            assert_eq!(text(&output.stdout), "welcomeabc\n", "{}", text(&output.stderr));
            let trace = fs::read_to_string(trace).expect("the trace");
            let connect = format!("connect(3, {}) = ", stage.tcp);
            assert!(trace.contains(&connect) && trace.contains("send(3, 3 bytes, ") && trace.contains("close(3) = 0"));
            let (own, said) = stage.stream.join().expect("the peer");
            let capture = Capture::read(&pcap);
            assert_eq!(said, b"abc");
            assert_eq!(capture.streams[&(own, stage.tcp)], b"abc");
            assert_eq!(capture.streams[&(stage.tcp, own)], b"welcomeabc");
            assert!(capture.conversation(own, stage.tcp).starts_with(">S <SA >A "));
        }
    }
}
