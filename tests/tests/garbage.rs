//! What a broken or hostile guest passes to the host.

use berkeley_tests::{Running, guest, python};

#[test]
fn without_grants_everything_has_its_answer() {
    guest("garbage").arg("nothing").succeeds();
}

#[test]
fn options_that_carry_pointers_are_refused_whatever_is_granted() {
    guest("garbage").allow_all().arg("everything").succeeds();
}

#[test]
fn the_kernels_limit_on_descriptors_is_told_and_passes() {
    guest("garbage").descriptors(64).arg("descriptors").succeeds();
}

#[test]
fn a_huge_size_takes_no_huge_memory() {
    guest("garbage").option("--dir", "/proc/self::/proc").arg("memory").succeeds();
}

#[test]
fn a_quarter_of_a_gigabyte_goes_in_one_call() {
    guest("garbage").arg("bulk").succeeds();
}

#[test]
fn a_limit_beyond_all_time_is_none() {
    let program = "
import socket
listener = socket.create_server(('127.0.0.1', 0))
print(listener.getsockname()[1])
while True:
    peer, _ = listener.accept()
    while peer.recv(1):
        peer.sendall(b'!')
";
    let mut peer = Running::start(python(program));
    let port = peer.port();
    guest("garbage").allow(format!("connect=127.0.0.1:{port}")).arg("patience").arg(port).succeeds();
}
