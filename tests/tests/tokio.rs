//! Programs that know `std::net`, tokio and what is built on them, against real peers: `tests/tokio`.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream, UdpSocket};
use std::process::Command;
use std::thread;

use berkeley_tests::component::imports;
use berkeley_tests::servers::{self, directory, free_port, path, start_until};
use berkeley_tests::{Guest, Running, WAITING, berkeley, guest, python, root, run, skipped, text};

const LOOPBACK: &str = "127.0.0.1:0";

/// Tests of programs that link with a standard library as Rust releases it.
mod released_target {
    use super::*;

    #[test]
    fn no_program_imports_wasis_sockets() {
        for entry in fs::read_dir(root().join("tests/tokio/src/bin")).expect("reads") {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().and_then(|name| name.to_str()).expect("UTF-8");
            let names = imports(guest(name).program());
            assert!(names.iter().any(|name| name.starts_with("berkeley:sockets/socket@")), "{name}: {names:?}");
            assert!(!names.iter().any(|name| name.starts_with("wasi:sockets")), "{name}: {names:?}");
        }
    }

    fn axum(waiting: &str) -> (Running, String) {
        let mut server = guest("tokio_axum").allow(format!("listen={LOOPBACK}")).start(waiting);
        let url = format!("http://127.0.0.1:{}", server.port());
        (server, url)
    }

    /// Ends the server, and tells how many requests it has answered.
    #[track_caller]
    fn end(server: Running, url: &str) -> usize {
        run(Command::new("curl").args(["-sS", "--fail", &format!("{url}/end")]));
        server.finish().trim().parse().expect("a number")
    }

    /// Each of 16 connections is kept for its 625 requests.
    #[test]
    fn axum_answers_ten_thousand_requests() {
        let program = "
import sys, http.client, concurrent.futures
port, each = int(sys.argv[1].rsplit(':')[-1]), 625
def work(worker):
    connection = http.client.HTTPConnection('127.0.0.1', port)
    for number in range(worker * each, (worker + 1) * each):
        connection.request('GET', f'/{number}')
        assert connection.getresponse().read() == b'number %d\\n' % number
    connection.close()
    return each
with concurrent.futures.ThreadPoolExecutor(16) as pool:
    print(sum(pool.map(work, range(16))))
";
        for waiting in WAITING {
            let (server, url) = axum(waiting);
            assert_eq!(run(python(program).arg(&url)).trim(), "10000");
            assert_eq!(end(server, &url), 10_000, "waiting {waiting}");
        }
    }

    #[test]
    fn a_load_generator_sees_no_error_of_axum() {
        for waiting in WAITING {
            let (server, url) = axum(waiting);
            let report = run(Command::new("wrk").args(["-t2", "-c200", "-d2s", &format!("{url}/7")]));
            assert!(!report.contains("Socket errors") && !report.contains("Non-2xx"), "{report}");
            let told = report.lines().find_map(|line| line.split_once(" requests in")).expect(&report).0.trim();
            // Those that the end interrupts are answered, and not told.
            assert!(end(server, &url) >= told.parse().expect("a number"), "waiting {waiting}: {report}");
        }
    }

    /// tokio has no unix sockets in WebAssembly, and no way to what the host has opened.
    #[test]
    fn axum_serves_a_socket_that_was_opened_beforehand() {
        for waiting in WAITING {
            let directory = directory();
            let socket = directory.path().join("s");
            let given = guest("tokio_opened").option("--socket", format!("http=unix-listen:{}", socket.display()));
            let mut server = given.start(waiting);
            assert_eq!(server.line(), "ready");
            for count in 1..=3 {
                let curl = ["-sS", "--fail", "--unix-socket", path(&socket), "http://localhost/"];
                assert_eq!(run(Command::new("curl").args(curl)), format!("{count}\n"), "waiting {waiting}");
            }
            assert_eq!(server.finish(), "");
        }
    }

    #[test]
    fn axum_takes_and_gives_large_bodies() {
        let directory = directory();
        let (there, back) = (directory.path().join("there"), directory.path().join("back"));
        let body: Vec<u8> = (0..1_500_000u32).flat_map(u32::to_le_bytes).take(1_900_000).collect();
        fs::write(&there, &body).expect("writes");
        let (server, url) = axum("inline");
        let data = format!("@{}", there.display());
        let target = format!("{url}/back");
        run(Command::new("curl").args(["-sS", "--fail", "--data-binary", &data, "-o", path(&back), &target]));
        assert!(fs::read(&back).expect("reads") == body, "the body is another");
        assert_eq!(end(server, &url), 1);
    }

    /// All are there at once, before the first has said anything.
    #[test]
    fn a_thousand_clients_at_once() {
        const CLIENTS: u16 = 1000;
        for waiting in WAITING {
            let mut server = guest("tokio_echo").allow(format!("listen={LOOPBACK}")).arg(CLIENTS).start(waiting);
            let port = server.port();
            let connect = |_| TcpStream::connect(("127.0.0.1", port)).expect("connects");
            let mut clients: Vec<_> = (0..CLIENTS).map(connect).collect();
            assert_eq!(server.line(), "all");
            let message = |number: usize| format!("{number:>8}").repeat(32);
            for (number, client) in clients.iter_mut().enumerate() {
                client.write_all(message(number).as_bytes()).expect("sends");
            }
            for (number, client) in clients.iter_mut().enumerate().rev() {
                let mut answer = vec![0; 256];
                client.read_exact(&mut answer).expect("receives");
                assert_eq!(answer, message(number).as_bytes());
            }
            drop(clients);
            assert_eq!(server.finish(), format!("{}\n", u32::from(CLIENTS) * 256), "waiting {waiting}");
        }
    }

    /// More than the kernel keeps for a peer that does not read, so that it would block in both directions.
    #[test]
    fn mio_over_sockets_of_socket2() {
        const EACH: usize = 8 << 20;
        for waiting in WAITING {
            let guest = guest("mio_echo").allow("listen=127.0.0.1").allow("udp=127.0.0.1");
            let mut server = guest.allow("listen:udp=127.0.0.1").arg(3).start(waiting);
            let port = server.port();
            let datagrams = UdpSocket::bind("127.0.0.1:0").expect("binds");
            for length in [0, 1, 1500] {
                datagrams.send_to(&vec![7; length], ("127.0.0.1", port)).expect("sends");
                let mut answer = [0; 2000];
                let (came, _) = datagrams.recv_from(&mut answer).expect("receives");
                assert_eq!(answer[..came], vec![7; length]);
            }
            let client = move |_| {
                thread::spawn(move || {
                    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("connects");
                    let mut writer = stream.try_clone().expect("a second one");
                    let sent: Vec<u8> = (0..EACH).map(|at| (at / 7) as u8).collect();
                    let written = sent.clone();
                    let sender = thread::spawn(move || {
                        writer.write_all(&written).expect("sends");
                        writer.shutdown(Shutdown::Write).expect("ends");
                    });
                    let mut came = Vec::new();
                    stream.read_to_end(&mut came).expect("receives");
                    sender.join().expect("it has sent");
                    assert!(came == sent, "what came back is another");
                })
            };
            for client in [1, 2, 3].map(client) {
                client.join().expect("it succeeds");
            }
            assert_eq!(server.finish(), format!("{} 3\n", 3 * EACH), "waiting {waiting}");
        }
    }

    fn client(name: &str) -> Guest {
        guest(name).allow("connect=localhost").allow("connect=127.0.0.1")
    }

    #[test]
    fn postgresql() {
        let server = servers::postgresql();
        let expected = "50 name 9 1225\none other\n1000000\n42P01\n28P01\n";
        assert_eq!(client("tokio_postgres").arg(&server.port).arg("secret").succeeds(), expected);
    }

    #[test]
    fn redis() {
        for waiting in WAITING {
            let server = servers::redis();
            let guest = client("tokio_redis").arg(&server.port);
            let output = guest.output(waiting);
            let expected =
                "true\n1000 [998, 999]\nvalue is not an integer or out of range\n4950\n(\"queue\", \"item\")\n";
            assert_eq!(text(&output.stdout), expected, "{}", text(&output.stderr));
            assert!(output.status.success(), "{}", output.status);
        }
    }

    #[test]
    fn clients_of_http_with_a_server_that_is_a_guest() {
        let (server, url) = axum("inline");
        let expected = "number 0\nnumber 1\nnumber 2\ntrue\nhttp status: 404\n200 OK true\n404 Not Found\n";
        assert_eq!(client("http_clients").arg(&url).succeeds(), expected);
        assert_eq!(end(server, &url), 2 * (3 + 1 + 20 + 1));
    }

    #[test]
    fn names_by_udp_and_tcp() {
        let (_server, port) = servers::dnsmasq();
        let guest =
            guest("tokio_names").allow(format!("connect=127.0.0.1:{port}")).allow(format!("udp=127.0.0.1:{port}"));
        let each = "192.0.2.7\n2001:db8::7\nab\n100\ntrue\n";
        assert_eq!(guest.arg(&port).succeeds(), format!("{each}{each}"));
    }

    /// A program as crates.io has it, linked by flags: `cargo xtask crate-tests mini-redis` builds it.
    #[test]
    fn mini_redis_as_it_is() {
        let program = root().join("target/crates/programs/mini-redis-cli.wasm");
        if !program.exists() {
            return skipped(format_args!(
                "mini-redis-cli is not built; `cargo xtask crate-tests mini-redis` builds it"
            ));
        }
        assert!(!imports(&program).iter().any(|name| name.starts_with("wasi:sockets")));
        let server = servers::redis();
        let ask = |words: &[&str]| {
            let mut command = Command::new(berkeley());
            command.args(["run", "--allow", "connect=127.0.0.1"]).arg(&program);
            run(command.args(["--host", "127.0.0.1", "--port", &server.port]).args(words))
        };
        assert_eq!(ask(&["set", "key", "a value"]), "OK\n");
        assert_eq!(ask(&["get", "key"]), "\"a value\"\n");
        assert_eq!(ask(&["get", "none"]), "(nil)\n");
    }

    #[test]
    fn a_broker_of_mqtt() {
        let directory = directory();
        let port = free_port();
        let configuration = directory.path().join("configuration");
        fs::write(&configuration, format!("user root\nallow_anonymous true\nlistener {port} 127.0.0.1\n"))
            .expect("writes");
        let mut command = Command::new("mosquitto");
        command.args(["-c", path(&configuration)]);
        let _server = start_until(&command, "running");
        assert_eq!(client("tokio_mqtt").arg(&port).succeeds(), "10 200000\n");
    }
}
