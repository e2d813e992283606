//! Captures of guests that want them to be wrong, or to end.
#![cfg(target_os = "linux")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;

use berkeley_tests::capture::Capture;
use berkeley_tests::{Guest, WAITING, guest, run, text};

/// Echoes what comes by TCP, and takes datagrams at the same port. Its address.
fn peer() -> (SocketAddr, UdpSocket) {
    // The number that one of them is given may be taken for the other.
    let pairs = std::iter::repeat_with(|| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
        let datagrams = UdpSocket::bind(listener.local_addr().expect("an address")).ok()?;
        Some((listener, datagrams))
    });
    let (listener, datagrams) = pairs.take(100).flatten().next().expect("a port for both");
    let at = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            thread::spawn(move || {
                let mut bytes = [0; 1000];
                while let Ok(length @ 1..) = stream.read(&mut bytes) {
                    if stream.write_all(&bytes[..length]).is_err() {
                        break;
                    }
                }
            });
        }
    });
    (at, datagrams)
}

fn captured(what: &str, file: &Path, port: u16) -> Guest {
    let guest = guest("captured").option("--pcap", file.to_str().expect("UTF-8")).allow("connect=127.0.0.0/8");
    guest.allow("listen=127.0.0.1:0").allow("connect:udp=127.0.0.1").arg(what).arg(port)
}

#[test]
fn a_socket_that_was_connected_in_vain_is_captured_with_its_peer() {
    for waiting in WAITING {
        let (directory, (peer, _datagrams)) = (tempfile::tempdir().expect("a directory"), peer());
        let file = directory.path().join("pcap");
        run(&mut captured("moves", &file, peer.port()).command(waiting));
        let capture = Capture::read(&file);
        let to_peer = capture.streams.iter().filter(|((_, to), _)| *to == peer);
        assert_eq!(to_peer.map(|(_, said)| said.as_slice()).collect::<Vec<_>>(), [b"hello", b"hello"]);
        let elsewhere = capture.flags.iter().filter(|(from, to, _)| *from != peer && *to != peer);
        // The attempts alone.
        assert!(elsewhere.clone().all(|(_, to, flags)| to.port() == 9 && flags == "S") && elsewhere.count() == 2);
    }
}

#[test]
fn what_a_socket_says_to_itself_is_captured_once() {
    for waiting in WAITING {
        let (directory, (peer, _datagrams)) = (tempfile::tempdir().expect("a directory"), peer());
        let file = directory.path().join("pcap");
        run(&mut captured("itself", &file, peer.port()).command(waiting));
        let bytes = std::fs::read(&file).expect("the capture");
        assert_eq!(bytes.windows(5).filter(|bytes| bytes == b"hello").count(), 3);
    }
}

#[test]
fn what_the_kernel_cuts_apart_is_captured_as_it_is_sent() {
    for waiting in WAITING {
        let (directory, (peer, datagrams)) = (tempfile::tempdir().expect("a directory"), peer());
        let file = directory.path().join("pcap");
        run(&mut captured("cut", &file, peer.port()).command(waiting));
        let captured: Vec<_> = Capture::read(&file).datagrams.into_iter().map(|(_, _, data)| data).collect();
        let mut bytes = [0; 3000];
        let came = [(); 3].map(|()| datagrams.recv(&mut bytes).map(|length| bytes[..length].to_vec()).expect("comes"));
        assert!(captured == came, "{} datagrams", captured.len());
        assert_eq!(came.map(|data| data.len()), [1000, 1000, 500]);
    }
}

/// Runs the flood to its end by a shell, which has the command's words in `$@`.
fn flood(file: &Path, shell: &str, waiting: &str) -> Output {
    let (peer, _datagrams) = peer();
    let guest = captured("flood", file, peer.port()).command(waiting);
    let mut command = Command::new("sh");
    command.args(["-c", shell]).arg(guest.get_program()).args(guest.get_args()).env("FILE", file);
    let output = command.stdin(Stdio::null()).output().expect("it starts");
    assert!(output.status.success() && text(&output.stdout).starts_with("done\n"), "{}", text(&output.stderr));
    output
}

#[test]
fn thousands_of_connections_and_datagrams_are_captured() {
    for waiting in WAITING {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("pcap");
        assert_eq!(text(&flood(&file, "exec \"$0\" \"$@\"", waiting).stderr), "");
        let capture = Capture::read(&file);
        let lengths: Vec<_> = capture.datagrams.iter().map(|(_, _, data)| data.len()).collect();
        assert_eq!(lengths, (0..=60_000).step_by(100).collect::<Vec<_>>());
        assert_eq!(capture.streams.values().filter(|said| said.as_slice() == b"x").count(), 1000);
    }
}

#[test]
fn a_file_that_takes_no_more_ends_with_a_whole_packet_and_the_guest_goes_on() {
    for waiting in WAITING {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("pcap");
        // As a disk that is full, but for the number of the error.
        let full = "trap '' XFSZ; ulimit -f 100; exec \"$0\" \"$@\"";
        let told = text(&flood(&file, full, waiting).stderr);
        assert!(told.starts_with("berkeley: the capture ends here: ") && told.lines().count() == 1, "{told}");
        assert!(Capture::read(&file).datagrams.len() > 10);
    }
}

#[test]
fn a_pipe_whose_reader_goes_ends_the_capture_and_the_guest_goes_on() {
    for waiting in WAITING {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("pipe");
        let leaving = "mkfifo \"$FILE\"; head -c 100000 \"$FILE\" >/dev/null & \"$0\" \"$@\"";
        let told = text(&flood(&file, leaving, waiting).stderr);
        assert!(told.starts_with("berkeley: the capture ends here: ") && told.lines().count() == 1, "{told}");
    }
}
