//! HTTP with programs that nobody here wrote: curl, wrk, nginx, Python's server.

use std::fs;
use std::process::Command;

use berkeley_tests::{Guest, Running, WAITING, guest, python, run};

fn server(options: impl FnOnce(Guest) -> Guest, waiting: &str) -> (Running, u16) {
    let mut server = options(guest("http_server")).start(waiting);
    let port = server.port();
    (server, port)
}

#[test]
fn curl_gets_a_page_from_a_guest() {
    for waiting in WAITING {
        let (_server, port) = server(|guest| guest.allow("listen=127.0.0.1:0"), waiting);
        let url = format!("http://127.0.0.1:{port}/");
        let page = run(Command::new("curl").args(["-sS", "--fail", &url, &url]));
        assert_eq!(page, "Hello from a guest\n".repeat(2));
    }
}

#[test]
fn ten_thousand_requests_are_all_answered() {
    let program = "
import sys, http.client, concurrent.futures
port, each = int(sys.argv[1]), 625
def work(_):
    connection = http.client.HTTPConnection('127.0.0.1', port)
    for _ in range(each):
        connection.request('GET', '/')
        assert connection.getresponse().read() == b'Hello from a guest\\n'
    connection.close()
    return each
with concurrent.futures.ThreadPoolExecutor(16) as pool:
    print(sum(pool.map(work, range(16))))
";
    for waiting in WAITING {
        let (server, port) = server(|guest| guest.allow("listen=127.0.0.1:0").arg("127.0.0.1").arg(0).arg(16), waiting);
        assert_eq!(run(python(program).arg(port.to_string())).trim(), "10000");
        server.finish();
    }
}

#[test]
fn a_load_generator_sees_no_error() {
    for waiting in WAITING {
        let (_server, port) = server(|guest| guest.allow("listen=127.0.0.1:0"), waiting);
        let url = format!("http://127.0.0.1:{port}/");
        let report = run(Command::new("wrk").args(["-t2", "-c200", "-d2s", &url]));
        assert!(report.contains("requests in"), "{report}");
        assert!(!report.contains("Socket errors") && !report.contains("Non-2xx"), "{report}");
    }
}

#[test]
fn a_guest_serves_on_a_socket_that_was_opened_beforehand() {
    for waiting in WAITING {
        // No rule allows anything: the socket itself is the grant.
        let (_server, port) = server(|guest| guest.option("--socket", "http=tcp-listen:127.0.0.1:0"), waiting);
        let url = format!("http://127.0.0.1:{port}/");
        assert_eq!(run(Command::new("curl").args(["-sS", "--fail", &url])), "Hello from a guest\n");
    }
}

#[test]
fn a_guest_gets_a_page_from_pythons_server() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("page"), vec![b'x'; 300_000]).expect("writes");
    let program = "
import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
print(server.server_address[1])
server.serve_forever()
";
    let mut command = python(program);
    command.arg(directory.path()).stderr(std::process::Stdio::null());
    let mut server = Running::start(command);
    let port = server.port();
    let guest = guest("http_client").allow(format!("connect=localhost:{port}"));
    let answer = guest.arg("localhost").arg(port).arg("/page").succeeds();
    assert_eq!(answer, "HTTP/1.0 200 OK\n300000\n");
}

#[test]
fn a_guest_gets_a_page_from_nginx() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().to_str().expect("UTF-8");
    fs::write(directory.path().join("page"), vec![b'x'; 3_000_000]).expect("writes");
    // nginx cannot choose a port; a socket that is bound but does not listen keeps one for it. The child dies with its
    // parent.
    let program = "
import ctypes, os, socket, subprocess, sys
keeper = socket.socket()
keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
keeper.bind(('127.0.0.1', 0))
path, port = sys.argv[1], keeper.getsockname()[1]
temps = ''.join(f'{kind}_temp_path {path};' for kind in ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'])
open(path + '/conf', 'w').write(f'''daemon off; master_process off; error_log stderr crit; pid {path}/pid;
events {{}} http {{ access_log off; {temps} server {{ listen 127.0.0.1:{port} reuseport; root {path}; }} }}''')
nginx = subprocess.Popen(['nginx', '-p', path, '-c', path + '/conf'],
    preexec_fn=lambda: ctypes.CDLL(None).prctl(1, 9))
while socket.socket().connect_ex(('127.0.0.1', port)) and nginx.poll() is None:
    pass
print(port)
nginx.wait()
";
    let mut command = python(program);
    command.arg(path).env("PATH", format!("{}:/usr/sbin", std::env::var("PATH").expect("a path")));
    let mut nginx = Running::start(command);
    let port = nginx.port();
    let guest = guest("http_client").allow(format!("connect=127.0.0.1:{port}"));
    let answer = guest.arg("127.0.0.1").arg(port).arg("/page").succeeds();
    assert_eq!(answer, "HTTP/1.1 200 OK\n3000000\n");
}
