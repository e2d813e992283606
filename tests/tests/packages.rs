//! Python programs with well-known packages, and the standard library's servers and clients, against real peers.
//!
//! The programs are in `tests/packages`; each runs as it is in a guest and by a native CPython.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use berkeley_tests::certificates::certificates;
use berkeley_tests::servers::{self, directory, free_port, path, start_until};
use berkeley_tests::{Running, berkeley, interruptible, root, run};

/// Where `cargo xtask python` installs what the programs import.
fn site() -> String {
    root().join("target/python/site").to_str().expect("UTF-8").to_owned()
}

fn program(name: &str) -> PathBuf {
    root().join("tests/packages").join(name).with_extension("py")
}

/// The program in a guest, with these rules and other options.
fn guest(options: &[&str], name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(berkeley());
    command.args(["python", "--site", &site()]).args(options).arg(program(name)).args(arguments);
    command
}

/// The program by a native CPython.
fn native(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("python3");
    command.args(["-B", "-u"]).env("PYTHONPATH", site()).arg(program(name)).args(arguments);
    command
}

/// Runs a program's server and its client, one of them native and then the other. What the servers told on the lines
/// after the first, which is where they listen, is given.
#[track_caller]
fn both_ways(name: &str, options: &[&str], server: &[&str], client: &str, lines: usize, expected: &str) -> [String; 2] {
    let pair = |servers: Command, clients: fn(&[&str], &str, &[&str]) -> Command| {
        let mut server = Running::start(servers);
        let place = server.line();
        assert_eq!(run(&mut clients(options, name, &[client, &place])), expected);
        (0..lines).map(|_| server.line() + "\n").collect()
    };
    [
        pair(native(name, server), guest),
        pair(guest(options, name, server), |_, name, arguments| native(name, arguments)),
    ]
}

/// Tests of the guest that runs Python programs, with packages that pip installs.
mod python_packages {
    use super::*;

    const LOOPBACK: [&str; 4] = ["--allow", "connect=localhost", "--allow", "listen=127.0.0.1"];

    #[test]
    fn clients_of_the_web() {
        let mut server = Running::start(native("web_server", &[]));
        let url = format!("http://localhost:{}", server.port());
        let expected = "200 /page {'name': 'value'}
300000 {'a': 1}
1
b'/pag'
NewConnectionError
[b'/0', b'/1', b'/2'] 1
/page abc
True
200 /page
";
        assert_eq!(run(&mut guest(&LOOPBACK, "web", &[&url])), expected);
    }

    #[test]
    fn redis() {
        let server = servers::redis();
        let rule = server.rule();
        let options = [&LOOPBACK[..], &["--allow", &rule]].concat();
        let each = "True 300000 None
1000 ['998', '999'] 1
subscribe
message None
value is not an integer or out of range
";
        let expected = format!("{each}{each}465\n(b'queue', b'item')\nTrue\n");
        assert_eq!(run(&mut guest(&options, "key_value", &[&server.port, path(&server.socket)])), expected);
    }

    #[test]
    fn postgresql_with_a_password() {
        let server = servers::postgresql();
        let rule = server.rule();
        let options = [&LOOPBACK[..], &["--allow", &rule]].concat();
        let each = "[50, 'name 9', 1225]\nrelation \"things\" does not exist\n";
        let expected = format!("{each}{each}[[1000000, True]]\n['payload']\n28P01\n");
        assert_eq!(run(&mut guest(&options, "database", &[&server.port, path(&server.socket)])), expected);
    }

    #[test]
    fn tables_of_mysql() {
        let mut server = Running::start(native("tables", &["server"]));
        let port = server.port().to_string();
        let expected = "300 299 300000 ['number', 'text']\n1045\n";
        assert_eq!(run(&mut guest(&LOOPBACK, "tables", &["client", &port])), expected);
        assert_eq!(server.line(), r"select number, text from things where name = 'it\'s'");
    }

    #[test]
    fn entries_of_an_ldap_server() {
        let (_server, _directory, port) = servers::slapd();
        let expected = "['dc=test'] True
True
111
True
[('cn=person 7,dc=test', 1000)]
True
True False noSuchObject
True success {'sn': ['name 1']}
automatic bind not successful - invalidCredentials
";
        assert_eq!(run(&mut guest(&LOOPBACK, "entries", &[&port])), expected);
    }

    #[test]
    fn services_that_are_announced_both_ways() {
        let options =
            ["--allow", "udp=224.0.0.251:5353", "--allow", "udp=127.0.0.1:5353", "--allow", "listen:udp=0.0.0.0:5353"];
        let expected = "True Added True\n7 ['127.0.0.1'] {b'key': b'value'}\n";
        both_ways("announced", &options, &["announce"], "look", 0, expected);
    }

    #[test]
    fn connections_by_proxies() {
        let proxy = |listens: &str, guard: &str| {
            let port = free_port();
            let place = format!("{listens}://127.0.0.1:{port}{guard}");
            let mut command = Command::new("env");
            command.arg(format!("PYTHONPATH={}", site()));
            command.args(["python3", "-B", "-u", "-m", "pproxy", "--auth", "0", "-l", &place]);
            (start_until(&command, "Serving on"), port)
        };
        let (_free, free) = proxy("socks4+socks5+http", "");
        let (_guarded, guarded) = proxy("socks5+http", "#me:secret");
        let mut echo = Running::start(native("proxied", &["echo"]));
        let port = echo.port().to_string();
        let reached = |kind| format!("{kind} b'\\negassem' 1\n");
        let expected =
            ["socks4", "socks5", "http", "socks5", "http"].map(reached).concat() + "ProxyError\nProxyError\n";
        let arguments = ["reach", &port, &free, &guarded];
        assert_eq!(run(&mut native("proxied", &arguments)), expected);
        assert_eq!(run(&mut guest(&["--allow", "connect=127.0.0.1"], "proxied", &arguments)), expected);
    }

    #[test]
    fn mail_both_ways() {
        let expected = "False {}\nSMTPRecipientsRefused\n";
        let told = both_ways("mail", &LOOPBACK, &["server"], "client", 1, expected);
        let mail = "me@localhost ['you@localhost', 'others@localhost'] subject 120000\n";
        assert_eq!(told, [mail; 2]);
    }

    #[test]
    fn a_broker_of_mqtt() {
        let directory = directory();
        let (port, socket) = (free_port(), directory.path().join("socket"));
        let configuration = directory.path().join("configuration");
        let listeners = format!("listener {port} 127.0.0.1\nlistener 0 {}", socket.display());
        let text = format!("user root\nallow_anonymous true\n{listeners}\n");
        fs::write(&configuration, text).expect("writes");
        let mut command = Command::new("mosquitto");
        command.args(["-c", path(&configuration)]);
        let _server = start_until(&command, "running");
        let rule = format!("unix={}", directory.path().display());
        let options = [&LOOPBACK[..], &["--allow", &rule]].concat();
        for place in [port.as_str(), path(&socket)] {
            let expected = "Success\n('topic/0', 20000) ('topic/9', 20000) 10\n";
            assert_eq!(run(&mut guest(&options, "broker", &[place])), expected);
        }
    }

    #[test]
    fn names_by_udp_and_tcp() {
        let (_server, port) = servers::dnsmasq();
        let expected = "['192.0.2.7']
['192.0.2.7']
(b'a', b'b') host.test.
The DNS query name does not exist: none.test.
2001:db8::7
2001:db8::7
{'192.0.2.7'}
";
        let (tcp, udp) = (format!("connect=127.0.0.1:{port}"), format!("udp=127.0.0.1:{port}"));
        // It looks for the domain that this machine is in.
        let options = ["--allow", &tcp, "--allow", &udp, "--allow", "hostname"];
        assert_eq!(run(&mut guest(&options, "resolver", &[&port])), expected);
    }

    #[test]
    fn web_sockets_both_ways() {
        let expected = "91 egassem\n1024000\nTrue\n";
        both_ways("chat", &LOOPBACK, &["server"], "client", 0, expected);
    }

    #[test]
    fn twisted_both_ways() {
        let options = [&LOOPBACK[..], &["--inline-threads"]].concat();
        let expected = "[b'page /0', b'page /1', b'page /2', b'page /3', b'page /4']\n90000\n435\nTrue\n";
        both_ways("twisted_web", &options, &["serve"], "ask", 0, expected);
    }

    #[test]
    fn tornado_both_ways() {
        let expected = "[b'page 0', b'page 1', b'page 2', b'page 3', b'page 4']\n300000\negassem\n400\n";
        both_ways("tornado_web", &LOOPBACK, &["serve"], "ask", 0, expected);
    }

    #[test]
    fn streams_of_http_2_both_ways() {
        let directory = certificates();
        let at = path(directory.path());
        let options = [&LOOPBACK[..], &["--dir", at]].concat();
        let expected = "{'HTTP/2'} /9\nHTTP/2 300000\n";
        let mut server = Running::start(native("http2", &["server", at]));
        assert_eq!(run(&mut guest(&options, "http2", &["client", at, &server.line()])), expected);
        let mut server = Running::start(guest(&options, "http2", &["server", at]));
        assert_eq!(run(&mut native("http2", &["client", at, &server.line()])), expected);
    }

    #[test]
    fn remote_procedures_both_ways() {
        let expected = "6 300000\n[3, 7]\n<class 'Exception'>:method \"none\" is not supported\n";
        let options = [&LOOPBACK[..], &["--allow", "resolve", "--allow", "hostname"]].concat();
        both_ways("rpc", &options, &["xml_server"], "xml_client", 0, expected);
    }

    #[test]
    fn objects_of_multiprocessing_both_ways() {
        let expected = "False 300000 {1, 2}\n";
        both_ways("rpc", &LOOPBACK, &["object_server", ""], "object_client", 0, expected);
        // The server removes its path at the end.
        let directory = directory();
        let rule = format!("unix={}", directory.path().display());
        let options = ["--dir", path(directory.path()), "--allow", &rule];
        let socket = directory.path().join("socket");
        both_ways("rpc", &options, &["object_server", path(&socket)], "object_client", 0, expected);
    }

    #[test]
    fn files_of_an_ftp_server() {
        let directory = directory();
        let mut command = native("transfer", &["server", path(directory.path())]);
        command.stderr(Stdio::null());
        let mut server = Running::start(command);
        let port = server.port().to_string();
        let each = "226 Transfer complete.\n350000 ['file']\n";
        // Of the ports on which the server connects to it, ftplib listens for everybody.
        let options = [&LOOPBACK[..], &["--allow", "listen"]].concat();
        let answer = run(&mut guest(&options, "transfer", &["client", &port]));
        assert_eq!(answer, format!("{each}{each}550\n"));
    }

    #[test]
    fn servers_of_socketserver() {
        let directory = directory();
        let rule = format!("unix={}", directory.path().display());
        let options = [&LOOPBACK[..], &["--allow", "udp=127.0.0.1", "--allow", &rule, "--inline-threads"]].concat();
        for kind in ["TCP", "UDP", "UnixStream", "UnixDatagram"] {
            for threads in ["", "Threading"] {
                let kind = format!("{threads}{kind}Server");
                let (socket, own) = (directory.path().join(&kind), directory.path().join(format!("own-{kind}-")));
                let is_unix = kind.contains("Unix");
                let place: &[&str] = if is_unix { &[path(&socket)] } else { &[] };
                let mut server = Running::start(guest(&options, "servers", &[&["serve", &kind], place].concat()));
                let place = server.line();
                let own: &[&str] = if kind.contains("UnixDatagram") { &[path(&own)] } else { &[] };
                let answers = run(&mut native("servers", &[&["ask", &kind, &place], own].concat()));
                assert_eq!(answers, "b'\\ntseuqer'\n".repeat(5), "{kind}");
            }
        }
    }

    #[test]
    fn logs_over_the_network() {
        let directory = directory();
        let socket = directory.path().join("log");
        let mut server = Running::start(native("servers", &["gather", path(&socket)]));
        let (stream, datagram) = (server.line(), server.line());
        let rule = format!("unix={}", directory.path().display());
        let options = [&LOOPBACK[..], &["--allow", "udp=127.0.0.1", "--allow", &rule]].concat();
        run(&mut guest(&options, "servers", &["log", &stream, &datagram, path(&socket)]));
        let told = "number 7\nnumber 7\nb'<14>number 7\\x00' b'<14>number 7\\x00'\n";
        assert_eq!(server.finish(), told);
    }

    #[test]
    fn multicast_both_ways() {
        let options = ["--allow", "udp=239.7.7.7", "--allow", "udp=127.0.0.1", "--allow", "listen:udp=0.0.0.0"];
        assert_eq!(both_ways("multicast", &options, &["member"], "sender", 1, "6\n"), ["b'to all'\n"; 2]);
    }

    #[test]
    fn applications_of_flask_and_bottle() {
        for (application, server) in [("flask", "wsgiref"), ("flask", "threads"), ("bottle", "wsgiref")] {
            let options = [&LOOPBACK[..], &["--allow", "resolve", "--allow", "hostname", "--inline-threads"]].concat();
            let mut command = guest(&options, "pages", &[application, server]);
            command.stderr(Stdio::null());
            let mut server = Running::start(command);
            let url = format!("http://127.0.0.1:{}/page", server.port());
            for _ in 0..3 {
                let ask = ["-sS", "--fail", "-H", "Content-Type: application/json", "-d", "{\"a\": [1]}", &url];
                let answer: String = run(Command::new("curl").args(ask)).split_whitespace().collect();
                for part in ["\"name\":\"page\"", "\"json\":{\"a\":[1]}", "\"address\":\"127.0.0.1\""] {
                    assert!(answer.contains(part), "{application}: {answer}");
                }
            }
        }
    }

    #[test]
    fn a_server_of_aiohttp_with_handlers_of_signals() {
        let directory = directory();
        let socket = directory.path().join("socket");
        let rule = format!("unix={}", directory.path().display());
        let options = ["--dir", path(directory.path()), "--allow", &rule];
        let mut server = Running::start(guest(&options, "application", &[path(&socket)]));
        while !server.line().contains("Running on") {}
        let ask = |name: &str| {
            let url = format!("http://localhost/{name}");
            run(Command::new("curl").args(["-sS", "--fail", "--unix-socket", path(&socket), &url]))
        };
        assert_eq!(["first", "second"].map(ask), ["page first", "page second"]);
        assert_eq!(ask("end"), "ends");
        assert!(server.finish().ends_with("cleaned up\n"));
    }

    #[test]
    fn a_nursery_of_trio_ends_by_an_interrupt() {
        let directory = directory();
        let rule = format!("unix={}", directory.path().display());
        let rules = ["--allow", "udp=127.0.0.1", "--allow", &rule, "--linux", "--inline-threads"];
        let options = [&LOOPBACK[..], &rules].concat();
        let conversation = |command: Command| {
            let mut program = Running::start(interruptible(&command));
            let mut told = Vec::new();
            while told.last().is_none_or(|line| line != "interrupt me") {
                told.push(program.line());
            }
            run(Command::new("kill").arg("-INT").arg(program.id().to_string()));
            told.push(program.finish());
            told
        };
        let place = |name: &str| directory.path().join(name).to_str().expect("UTF-8").to_owned();
        let expected = conversation(native("nursery", &[&place("native")]));
        assert_eq!(expected.last().map(String::as_str), Some("interrupted\n"));
        assert_eq!(conversation(guest(&options, "nursery", &[&place("guest")])), expected);
    }

    #[test]
    fn every_program_is_run_by_a_test() {
        let tests = include_str!("packages.rs");
        for entry in fs::read_dir(root().join("tests/packages")).expect("reads") {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().and_then(|name| name.to_str()).expect("UTF-8");
            let is_program = path.extension() == Some("py".as_ref());
            assert!(!is_program || tests.contains(&format!("\"{name}\"")), "no test runs {}", Path::display(&path));
        }
    }
}
