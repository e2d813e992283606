//! Many datagrams by one call, among guests' sockets and with native peers.

use std::fs;
use std::net::UdpSocket;
use std::process::Command;
use std::thread;

use berkeley_tests::{WAITING, berkeley, guest, run};

#[test]
fn datagrams_go_and_come_by_the_many() {
    guest("batch").allow_all().succeeds();
}

/// A native peer sees each datagram as if it had been sent alone.
#[test]
fn a_native_peer_gets_each_datagram_by_itself() {
    for waiting in WAITING {
        let peer = UdpSocket::bind("127.0.0.1:0").expect("a peer");
        let port = peer.local_addr().expect("an address").port();
        let sender = guest("batch").allow_all().arg("to").arg(port).start(waiting);
        let mut buffer = [0; 2000];
        for at in 0..200u16 {
            let (length, from) = peer.recv_from(&mut buffer).expect("a datagram");
            assert_eq!((length, &buffer[..2]), (if at % 7 == 0 { 50 } else { 100 }, &at.to_le_bytes()[..]));
            assert!((2..length).all(|byte| buffer[byte] == byte as u8));
            if at % 40 == 39 {
                peer.send_to(b"go on", from).expect("it sends");
            }
        }
        sender.finish();
    }
}

#[test]
fn each_datagram_of_a_batch_is_judged() {
    for waiting in WAITING {
        let peer = UdpSocket::bind("127.0.0.1:0").expect("a peer");
        let stranger = UdpSocket::bind("127.0.0.2:0").expect("a stranger");
        let port = peer.local_addr().expect("an address").port();
        let guest = guest("batch").allow(format!("connect:udp=127.0.0.1:{port}"));
        let told = thread::spawn(move || {
            let mut buffer = [0; 10];
            let mut from = None;
            for _ in 0..3 {
                from = Some(peer.recv_from(&mut buffer).expect("a datagram").1);
            }
            let from = from.expect("somebody");
            for (sender, text) in [(&stranger, b"bad"), (&peer, b"one"), (&stranger, b"bad"), (&peer, b"two")] {
                sender.send_to(text, from).expect("it sends");
            }
        });
        guest.arg("denied").arg(port).start(waiting).finish();
        told.join().expect("the peer");
    }
}

#[test]
fn a_limit_holds_for_each_datagram_of_a_batch() {
    guest("batch").allow_all().option("--limit", "bandwidth-out=5000").arg("limited").succeeds();
}

/// Another network takes and gives them one after the other.
#[test]
fn a_simulated_network_has_batches_as_well() {
    let directory = tempfile::tempdir().expect("a directory");
    let scenario = directory.path().join("scenario.toml");
    let program = guest("calls").program().display().to_string();
    fs::write(&scenario, format!("[hosts.a]\nprogram = {program:?}\nargs = [\"batch\", \"3\"]\n")).expect("a file");
    let told = run(Command::new(berkeley()).arg("simulate").arg(scenario));
    assert!(told.contains("with 300 messages"), "{told}");
}
