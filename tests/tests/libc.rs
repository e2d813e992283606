//! The C library: programs that know only `std` or the functions of C.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use berkeley_tests::component::imports;
use berkeley_tests::{Running, WAITING, berkeley, guest, python, root, run, text};
use object::read::archive::ArchiveFile;

/// The tests of what Debian's wasi-libc has no use for.
mod released_target {
    use super::*;

    #[test]
    fn std_runs_without_a_change() {
        assert_eq!(guest("libc_std").allow_all().succeeds(), "done\n");
    }

    #[test]
    fn exit_codes_are_the_programs() {
        for code in [0, 1, 7, 255] {
            assert_eq!(guest("libc_std").arg(code).output("inline").status.code(), Some(code));
        }
    }

    #[test]
    fn sockets_do_as_in_linux() {
        assert_eq!(guest("libc_sockets").allow_all().succeeds(), "done\n");
    }

    #[test]
    fn control_messages_carry_sockets_and_files() {
        let directory = tempfile::tempdir().expect("a directory");
        let mapped = format!("{}::/d", directory.path().display());
        assert_eq!(guest("libc_message").allow_all().option("--dir", mapped).arg("/d").succeeds(), "done\n");
    }

    #[test]
    fn sockets_are_descriptors() {
        let directory = tempfile::tempdir().expect("a directory");
        let mapped = format!("{}::/d", directory.path().display());
        assert_eq!(guest("libc_descriptors").allow_all().option("--dir", mapped).arg("/d").succeeds(), "done\n");
    }

    #[test]
    fn sockets_cross_between_std_and_the_guest_crate() {
        let directory = tempfile::tempdir().expect("a directory");
        let mapped = format!("{}::/d", directory.path().display());
        for waiting in WAITING {
            let given = guest("libc_bridge").allow_all().option("--dir", &mapped).arg("/d");
            let mut running = given.option("--socket", "http=tcp-listen:127.0.0.1:0").start(waiting);
            let mut stream = TcpStream::connect(("127.0.0.1", running.port())).expect("connects");
            stream.write_all(b"hello").expect("sends");
            stream.shutdown(Shutdown::Write).expect("it is connected");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("receives");
            assert_eq!((answer.as_str(), running.finish().as_str()), ("HELLO", "done\n"), "waiting {waiting}");
        }
    }

    #[test]
    fn names_are_those_of_the_host() {
        let host = run(Command::new("uname").arg("-n"));
        let names = |told: &str| guest("libc_names").arg(host.trim()).arg(told);
        assert_eq!(names("yes").allow_all().succeeds(), "done\n");
        // Without a grant for the kernel's list of addresses, the interfaces are told without.
        let granted = names("no").allow("resolve").allow("interfaces").allow("hostname");
        assert_eq!(granted.succeeds(), "done\n");
    }

    /// Its stdin has a line, and stays open.
    #[test]
    fn everything_is_waited_for_together() {
        let directory = tempfile::tempdir().expect("a directory");
        let mapped = format!("{}::/", directory.path().display());
        for waiting in WAITING {
            let mut command = guest("libc_poll").allow_all().option("--dir", &mapped).command(waiting);
            let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
            let mut stdin = child.stdin.take().expect("a pipe");
            stdin.write_all(b"a line\n").expect("it reads");
            let output = child.wait_with_output().expect("it ends");
            drop(stdin);
            assert_eq!((output.status.success(), text(&output.stdout)), (true, "done\n".into()), "waiting {waiting}");
        }
    }

    /// Answers on the second connection what the first asks, as soon as nobody but who waits can hear it.
    const ANSWERER: &str = "
import socket
listener = socket.create_server(('127.0.0.1', 0))
print(listener.getsockname()[1])
asks, _ = listener.accept()
hears, _ = listener.accept()
while asks.recv(1) == b'?': hears.sendall(b'!')
hears.shutdown(socket.SHUT_WR)
asks.recv(1)
";

    #[test]
    fn edges_are_told_once_and_each() {
        for waiting in WAITING {
            let mut peer = Running::start(python(ANSWERER));
            let guest = guest("libc_edges").allow_all().arg(peer.port());
            let output = guest.output(waiting);
            assert!(output.status.success(), "{waiting}: {}", text(&output.stderr));
        }
    }

    #[test]
    fn native_peers_are_served() {
        for waiting in WAITING {
            let mut server = guest("libc_peer").allow("listen").arg("serve").start(waiting);
            let port = server.port();
            for length in [7, 5 << 20] {
                let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
                let data: Vec<u8> = (0..length).map(|at| (at % 253) as u8).collect();
                stream.write_all(&data).expect("it reads");
                stream.shutdown(Shutdown::Write).expect("it ends");
                let mut back = Vec::new();
                stream.read_to_end(&mut back).expect("it writes");
                assert!(back == data, "{} of {length}", back.len());
            }
            assert_eq!(server.finish(), "done\n");
        }
    }

    #[test]
    fn native_peers_are_reached_as_far_as_is_granted() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
        let address = listener.local_addr().expect("an address").to_string();
        let echo = thread::spawn(move || {
            for stream in listener.incoming().take(WAITING.len()) {
                let mut stream = stream.expect("a connection");
                let mut all = Vec::new();
                stream.read_to_end(&mut all).expect("it writes");
                stream.write_all(&all).expect("it reads");
            }
        });
        let peer = |what: &str| guest("libc_peer").arg(what).arg(&address);
        assert_eq!(peer("connect").allow(format!("connect={address}")).succeeds(), "done\n");
        echo.join().expect("it served");
        assert_eq!(peer("refused").allow("connect=127.0.0.1:9").succeeds(), "done\n");
    }

    #[test]
    fn native_peers_get_datagrams() {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        let address = socket.local_addr().expect("an address").to_string();
        let answer = thread::spawn(move || {
            for _ in WAITING {
                let mut buffer = [0; 16];
                let (length, from) = socket.recv_from(&mut buffer).expect("a datagram");
                assert_eq!(&buffer[..length], b"there");
                socket.send_to(b"and back", from).expect("it is sent");
            }
        });
        assert_eq!(guest("libc_peer").allow("udp").arg("datagram").arg(&address).succeeds(), "done\n");
        answer.join().expect("it answered");
    }

    #[test]
    fn unix_sockets_are_reached_by_their_paths() {
        let directory = tempfile::tempdir().expect("a directory");
        let listener = UnixListener::bind(directory.path().join("socket")).expect("a listener");
        let answer = thread::spawn(move || {
            for stream in listener.incoming().take(WAITING.len()) {
                let mut stream = stream.expect("a connection");
                let mut all = String::new();
                stream.read_to_string(&mut all).expect("it writes");
                stream.write_all(all.to_uppercase().as_bytes()).expect("it reads");
            }
        });
        let granted = format!("unix={}::/run", directory.path().display());
        assert_eq!(guest("libc_peer").allow(granted).arg("unix").arg("/run/socket").succeeds(), "done\n");
        answer.join().expect("it answered");
    }

    #[test]
    fn nothing_of_wasi_sockets_is_left() {
        for name in ["libc_std", "libc_sockets", "libc_message", "libc_descriptors", "libc_poll", "libc_names"] {
            let imports = imports(guest(name).program());
            assert!(imports.iter().any(|import| import.starts_with("berkeley:sockets/socket@")), "{imports:?}");
            assert!(!imports.iter().any(|import| import.starts_with("wasi:sockets")), "{imports:?}");
        }
        // It does see them.
        assert!(imports(guest("std_net").program()).iter().any(|import| import.starts_with("wasi:sockets")));
    }

    /// A program of `std` that names no dependency, linked with the static library by the two flags that the README has.
    #[test]
    fn two_flags_are_enough() {
        let directory = tempfile::tempdir().expect("a directory");
        let (source, program) = (directory.path().join("hello.rs"), directory.path().join("hello.wasm"));
        let text = r#"
            use std::io::{Read, Write};
            fn main() {
                let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
                let mut client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
                client.write_all(b"hello").unwrap();
                drop(client);
                let mut text = String::new();
                listener.accept().unwrap().0.read_to_string(&mut text).unwrap();
                println!("{text}");
            }
        "#;
        fs::write(&source, text).expect("it is written");
        let mut rustc = Command::new("rustc");
        rustc.current_dir(root()).args(["--edition", "2024", "--target", "wasm32-wasip2", "-o"]).arg(&program);
        let library = format!("native={}", root().join(LIBRARIES).display());
        run(rustc.args(["-L", &library, "-lstatic:-bundle=berkeley_libc"]).arg(&source));
        assert!(!imports(&program).iter().any(|import| import.starts_with("wasi:sockets")));
        for waiting in WAITING {
            let mut command = Command::new(berkeley());
            command.args(["run", "--waiting", waiting, "--allow-all"]).arg(&program);
            assert_eq!(run(&mut command), "hello\n");
        }
    }

    /// A program may have crates that the library has once more: here `wasip2`, as each that draws numbers by getrandom.
    #[test]
    fn two_flags_are_enough_beside_crates_for_wasi() {
        let directory = tempfile::tempdir().expect("a directory");
        let manifest = "[package]\nname = \"drawn\"\nedition = \"2024\"\n[workspace]\n[dependencies]\nwasip2 = \"1\"\n";
        fs::write(directory.path().join("Cargo.toml"), manifest).expect("it is written");
        // The crates of this workspace, which are there without asking for them.
        fs::copy(root().join("Cargo.lock"), directory.path().join("Cargo.lock")).expect("it is copied");
        let text = r#"
            fn main() {
                let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
                let drawn = wasip2::random::random::get_random_bytes(8);
                println!("{} {}", listener.local_addr().unwrap().port() > 0, drawn.len());
            }
        "#;
        fs::create_dir(directory.path().join("src")).expect("it is made");
        fs::write(directory.path().join("src/main.rs"), text).expect("it is written");
        let mut library = Command::new(berkeley());
        library.args(["cc", "--library"]).env("BERKELEY_LIBC", root().join(LIBRARIES));
        let library = run(&mut library);
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--offline", "--target", "wasm32-wasip2", "--target-dir", "target"]);
        let flags = format!("-Lnative={}\x1f-lstatic:-bundle=berkeley_libc", library.trim_end());
        cargo.current_dir(directory.path()).env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", flags);
        run(&mut cargo);
        let program = directory.path().join("target/wasm32-wasip2/debug/drawn.wasm");
        assert!(!imports(&program).iter().any(|import| import.starts_with("wasi:sockets")));
        assert_eq!(run(Command::new(berkeley()).args(["run", "--allow-all"]).arg(program)), "true 8\n");
    }

    /// Where the static library is after the build.
    const LIBRARIES: &str = "target/guests/wasm32-wasip2/guest";

    /// What each member of an archive defines.
    fn members(path: &Path, of: impl Fn(&str) -> bool) -> BTreeMap<String, BTreeSet<String>> {
        let data = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let archive = ArchiveFile::parse(&*data).expect("an archive");
        let mut members = BTreeMap::<_, BTreeSet<_>>::new();
        for symbol in archive.symbols().expect("an index").expect("an index") {
            let symbol = symbol.expect("a symbol");
            let member = archive.member(symbol.offset()).expect("a member");
            let name = String::from_utf8_lossy(member.name()).into_owned();
            if of(&name) {
                members.entry(name).or_default().insert(String::from_utf8_lossy(symbol.name()).into_owned());
            }
        }
        assert!(!members.is_empty(), "{} has none of them", path.display());
        members
    }

    /// It is weak in wasi-libc, and gives way by itself.
    const WEAK: &str = "cabi_realloc";

    /// Whoever takes the place of a symbol of wasi-libc must take that of all that the same member has, or a program that
    /// uses another one of them has both.
    #[test]
    fn members_of_wasi_libc_are_replaced_as_a_whole() {
        let ours = root().join(LIBRARIES).join("libberkeley_libc.a");
        let is_ours = |member: &str| member.starts_with("berkeley_libc-") || member.starts_with("berkeley_guest-");
        let ours: BTreeSet<_> = members(&ours, is_ours).into_values().flatten().collect();
        for known in ["socket", "poll", "read", "getaddrinfo", "epoll_wait", WEAK] {
            assert!(ours.contains(known), "{known} is missing");
        }
        let sysroot = run(Command::new("rustc").args(["--print", "sysroot"]).current_dir(root()));
        let libc = Path::new(sysroot.trim()).join("lib/rustlib/wasm32-wasip2/lib/self-contained/libc.a");
        let mut replaced = 0;
        for (member, symbols) in members(&libc, |_| true) {
            let replaced_alone = symbols.iter().filter(|symbol| *symbol != WEAK);
            let (taken, left): (Vec<_>, Vec<_>) = replaced_alone.partition(|symbol| ours.contains(*symbol));
            assert!(taken.is_empty() || left.is_empty(), "of {member}, {taken:?} are replaced, and {left:?} are not");
            replaced += usize::from(!taken.is_empty());
        }
        assert!(replaced > 15, "only {replaced} members are replaced");
    }
}
