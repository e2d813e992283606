//! Unix sockets, between guests and with native programs.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use berkeley_tests::{Guest, Running, WAITING, guest, python, run, text};
use tempfile::TempDir;

/// A guest for which the directory is `/run/x`.
fn guest_in(directory: &Path) -> Guest {
    let directory = directory.to_str().expect("UTF-8");
    guest("unix").allow(format!("unix={directory}::/run/x")).option("--dir", format!("{directory}::/run/x"))
}

fn directory() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

/// The Python program, with the directory as its first argument.
fn python_in(directory: &TempDir, program: &str) -> Command {
    let mut command = python(program);
    command.arg(directory.path());
    command
}

#[test]
fn both_ends_in_one_guest() {
    let (directory, outside) = (directory(), directory());
    let inside = directory.path();
    fs::create_dir(inside.join("sub")).expect("makes");
    for (to, name) in [(outside.path(), "out"), (&outside.path().join("s"), "away"), (Path::new("/"), "root")] {
        symlink(to, inside.join(name)).expect("links");
    }
    symlink("sub", inside.join("inside")).expect("links");
    let names = format!("berkeley-test-{}-", std::process::id());
    let cases = guest_in(inside).allow(format!("unix=@{names}*")).allow("unix=@*").arg("cases").arg(names).succeeds();
    assert!(!cases.contains(inside.to_str().expect("UTF-8")), "{cases}");
    assert!(fs::read_dir(&outside).expect("reads").next().is_none(), "nothing came into being outside");
}

#[test]
fn the_system_chooses_among_all_abstract_names() {
    let directory = directory();
    guest_in(directory.path()).allow("unix=@*").arg("autobind").succeeds();
}

#[test]
fn without_a_grant_the_guest_is_told_and_so_is_the_user() {
    for waiting in WAITING {
        let output = guest("unix").arg("denied").output(waiting);
        let stderr = text(&output.stderr);
        assert!(output.status.success(), "{stderr}");
        for hint in [
            "refused to connect or send to /run/x/s; --allow unix=/run/x would allow it",
            "refused to bind unix to @abstract; --allow unix=@abstract would allow it",
        ] {
            assert!(stderr.contains(hint), "{stderr}");
        }
    }
}

#[test]
fn a_guest_is_client_of_native_servers() {
    let program = "
import os, socket, sys
os.chdir(sys.argv[1])
listener = socket.socket(socket.AF_UNIX, int(sys.argv[2]))
listener.bind(os.path.abspath('server'))
listener.listen()
print('ready')
while True:
    peer, address = listener.accept()
    with peer:
        assert address == '' or os.path.realpath(address) == os.path.realpath('client'), address
        peer.sendall(b'answer to ' + peer.recv(100))
";
    for kind in [1, 5] {
        let directory = directory();
        let mut command = python_in(&directory, program);
        command.arg(kind.to_string());
        let mut server = Running::start(command);
        server.line();
        guest_in(directory.path()).arg("client").arg(kind).arg("/run/x/server").succeeds();
    }
}

#[test]
fn a_guest_serves_native_clients() {
    let program = "
import os, socket, sys
os.chdir(sys.argv[1])
for name in '', os.path.abspath('client'):
    client = socket.socket(socket.AF_UNIX, int(sys.argv[2]))
    if name: client.bind(name)
    client.connect('server')
    assert os.path.samefile(client.getpeername(), 'server'), client.getpeername()
    client.sendall(b'question')
    print(client.recv(100).decode())
    client.close()
";
    for (kind, waiting) in [1, 5].into_iter().flat_map(|kind| WAITING.map(|waiting| (kind, waiting))) {
        let directory = directory();
        let mut server = guest_in(directory.path()).arg("server").arg(kind).arg("/run/x/server").start(waiting);
        assert_eq!(server.line(), "ready");
        let seen = run(python_in(&directory, program).arg(kind.to_string()));
        assert_eq!(seen, "(unnamed)\n/run/x/client\n");
        server.finish();
    }
}

#[test]
fn native_programs_answer_a_guests_datagrams() {
    let program = "
import os, socket, sys
os.chdir(sys.argv[1])
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(os.path.abspath('server'))
print('ready')
while True:
    data, address = server.recvfrom(100)
    assert os.path.samefile(address, 'guest'), address
    server.sendto(data, address)
";
    let directory = directory();
    let mut server = Running::start(python_in(&directory, program));
    server.line();
    guest_in(directory.path()).arg("datagrams").arg("/run/x/server").succeeds();
}

#[test]
fn a_guest_answers_native_programs_datagrams() {
    let program = "
import os, socket, sys
os.chdir(sys.argv[1])
client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
client.bind(os.path.abspath('client'))
for _ in range(100):
    client.sendto(b'question', 'guest')
    answer, address = client.recvfrom(100)
    assert os.path.samefile(address, 'guest'), address
print(answer.decode())
client.sendto(b'', 'guest')
";
    for waiting in WAITING {
        let directory = directory();
        let mut answerer = guest_in(directory.path()).arg("answerer").arg("/run/x/guest").start(waiting);
        assert_eq!(answerer.line(), "ready");
        assert_eq!(run(&mut python_in(&directory, program)), "to /run/x/client\n");
        answerer.finish();
    }
}

#[test]
fn a_guest_waits_for_room() {
    let program = "
import os, socket, sys
os.chdir(sys.argv[1])
def bound(kind, name):
    made = socket.socket(socket.AF_UNIX, kind)
    made.bind(os.path.abspath(name))
    return made
listener = bound(socket.SOCK_STREAM, 'listener')
listener.listen(0)
control, queue = bound(socket.SOCK_DGRAM, 'control'), bound(socket.SOCK_DGRAM, 'queue')
waiting = socket.socket(socket.AF_UNIX)
waiting.connect('listener')
print('ready')
while True:
    data, guest = control.recvfrom(100)
    if data == b'accept':
        listener.accept()[0].close()
        peer, _ = listener.accept()
        # The next guest finds it full again.
        waiting = socket.socket(socket.AF_UNIX)
        waiting.connect('listener')
        peer.sendall(b'welcome')
    else:
        count = 0
        while queue.recv(100) == b'fill': count += 1
        control.sendto(b'%d and waited' % count, guest)
";
    let directory = directory();
    let mut peer = Running::start(python_in(&directory, program));
    peer.line();
    guest_in(directory.path()).arg("full").succeeds();
}

#[test]
fn a_path_beyond_the_kernels_room_serves_too() {
    let directory = directory();
    let deep = directory.path().join("d".repeat(100));
    fs::create_dir(&deep).expect("makes");
    let program = "
import os, socket, sys
os.chdir(os.path.join(sys.argv[1], 'd' * 100))
for _ in range(2):
    client = socket.socket(socket.AF_UNIX)
    client.connect('server')
    client.sendall(b'question')
    print(client.recv(100).decode())
    client.close()
";
    for waiting in WAITING {
        let mut server = guest_in(&deep).arg("server").arg(1).arg("/run/x/server").start(waiting);
        assert_eq!(server.line(), "ready");
        assert_eq!(run(&mut python_in(&directory, program)), "(unnamed)\n(unnamed)\n");
        server.finish();
        fs::remove_file(deep.join("server")).expect("removes");
    }
}
