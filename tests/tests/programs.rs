//! C programs as others have written them, built by `cargo xtask programs`, against real peers.
//!
//! A program that is not built is left out, and that is said.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use berkeley_tests::c::{free_port, program, with_arguments};
use berkeley_tests::certificates::certificates;
use berkeley_tests::{Guest, Running, python, text};
use tempfile::tempdir;

/// A web server that answers GET with the path, and POST and PUT with the length and the sum of what came: by TCP, with
/// TLS if it is given a certificate and a key, or at a path.
const WEB: &str = "
import http.server, socketserver, socket, ssl, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def answer(self, text):
        self.send_response(200)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text)
    def do_GET(self):
        self.answer(b'x' * 1000000 if self.path == '/big' else self.path.encode())
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        self.answer(b'%d %d' % (len(body), sum(body)))
    do_PUT = do_POST
    def address_string(self):
        return ''
    def log_message(self, *_):
        pass
class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    def server_bind(self):
        socketserver.TCPServer.server_bind(self)
if sys.argv[1:2] == ['path']:
    Server.address_family = socket.AF_UNIX
    server = Server(sys.argv[2], Handler)
    print('ready')
else:
    server = Server(('127.0.0.1', 0), Handler)
    if sys.argv[1:]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*sys.argv[1:])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_address[1])
server.serve_forever()
";

/// A server of FTP with one file, which takes uploads too and tells how long they are.
const FTP: &str = "
import socket
FILE = b'content of the file\\n' * 1000
control = socket.create_server(('127.0.0.1', 0))
print(control.getsockname()[1])
while True:
    client, _ = control.accept()
    with client, client.makefile('rw', newline='\\r\\n') as stream:
        def say(line):
            stream.write(line + '\\n')
            stream.flush()
        say('220 ready')
        data = None
        for line in stream:
            command, _, argument = line.strip().partition(' ')
            if command == 'EPSV':
                data = socket.create_server(('127.0.0.1', 0))
                say('229 Entering Extended Passive Mode (|||%d|)' % data.getsockname()[1])
            elif command == 'PASV':
                data = socket.create_server(('127.0.0.1', 0))
                say('227 Entering Passive Mode (127,0,0,1,%d,%d)' % divmod(data.getsockname()[1], 256))
            elif command in ('RETR', 'STOR'):
                say('150 here it comes')
                channel, _ = data.accept()
                with channel:
                    if command == 'RETR':
                        channel.sendall(FILE)
                    else:
                        length = 0
                        while part := channel.recv(65536):
                            length += len(part)
                        print(argument, length)
                data.close()
                say('226 done')
            elif command == 'QUIT':
                say('221 bye')
                break
            else:
                answers = {'USER': '331 password', 'PASS': '230 in', 'PWD': '257 \"/\"', 'TYPE': '200 ok', 'SIZE': '213 20000', 'SYST': '215 UNIX Type: L8'}
                say(answers.get(command, '502 no'))
";

/// Starts a program, and waits until it tells that it is ready, on stdout or stderr.
fn start_until(command: &Command, ready: &str) -> Running {
    let mut shell = Command::new("sh");
    shell.args(["-c", "exec \"$@\" 2>&1", "sh"]).arg(command.get_program()).args(command.get_args());
    let mut server = Running::start(shell);
    while !server.line().contains(ready) {}
    server
}

/// curl, with these arguments.
fn curl(arguments: &[&str]) -> Option<Guest> {
    Some(with_arguments(program("curl")?, arguments).allow("connect=localhost").allow("connect=127.0.0.1"))
}

#[test]
fn curl_speaks_http() {
    let mut server = Running::start(python(WEB));
    let url = format!("http://127.0.0.1:{}", server.port());
    let Some(get) = curl(&["-sS", &format!("{url}/page?a=1"), &format!("{url}/again")]) else { return };
    assert_eq!(get.succeeds(), "/page?a=1/again");
    let post = curl(&["-sS", "-d", "name=value", &format!("{url}/form")]).expect("it is built");
    assert_eq!(post.succeeds(), format!("10 {}", "name=value".bytes().map(u32::from).sum::<u32>()));
    let data = "abc".repeat(500_000);
    let directory = tempdir().expect("a directory");
    fs::write(directory.path().join("upload"), &data).expect("writes");
    let put = curl(&["-sS", "-T", "/data/upload", "-H", "Expect:", &format!("{url}/upload")]).expect("it is built");
    let put = put.option("--dir", format!("{}::/data", directory.path().display()));
    assert_eq!(put.succeeds(), format!("{} {}", data.len(), data.bytes().map(u32::from).sum::<u32>()));
    let big = curl(&["-sS", "-o", "/data/big", &format!("{url}/big")]).expect("it is built");
    big.option("--dir", format!("{}::/data", directory.path().display())).succeeds();
    assert_eq!(fs::read(directory.path().join("big")).expect("reads"), [b'x'; 1_000_000]);
}

#[test]
fn curl_speaks_over_a_unix_socket() {
    let directory = tempdir().expect("a directory");
    let path = directory.path().join("socket");
    let mut command = python(WEB);
    command.arg("path").arg(&path);
    let mut server = Running::start(command);
    assert_eq!(server.line(), "ready");
    let Some(guest) = program("curl") else { return };
    let guest = with_arguments(guest, &["-sS", "--unix-socket", path.to_str().expect("UTF-8"), "http://any/page"]);
    assert_eq!(guest.allow(format!("unix={}", directory.path().display())).succeeds(), "/page");
}

#[test]
fn curl_speaks_tls_and_ftp() {
    let directory = certificates();
    let mut command = python(WEB);
    command.args(["localhost.pem", "localhost.key"].map(|name| directory.path().join(name)));
    let mut server = Running::start(command);
    let url = format!("https://localhost:{}/secret", server.port());
    let Some(guest) = curl(&["-sS", "--cacert", "/certificates/ca.pem", &url]) else { return };
    let certificates = format!("{}::/certificates", directory.path().display());
    assert_eq!(guest.option("--dir", &certificates).succeeds(), "/secret");
    let other = curl(&["-sS", "--cacert", "/certificates/stranger.pem", &url]).expect("it is built");
    let refused = other.option("--dir", &certificates).output("inline");
    assert!(!refused.status.success() && text(&refused.stderr).contains("curl: (60)"), "{}", text(&refused.stderr));

    let mut server = Running::start(python(FTP));
    let url = format!("ftp://127.0.0.1:{}/file", server.port());
    let file = curl(&["-sS", &url]).expect("it is built");
    assert_eq!(file.succeeds(), "content of the file\n".repeat(1000));
    fs::write(directory.path().join("upload"), vec![7; 300_000]).expect("writes");
    let upload = curl(&["-sS", "-T", "/certificates/upload", &url]).expect("it is built");
    upload.option("--dir", &certificates).output("inline");
    assert_eq!(server.line(), "file 300000");
}

#[test]
fn wget_speaks_http_and_ftp() {
    let Some(guest) = program("wget") else { return };
    let mut server = Running::start(python(WEB));
    let url = format!("http://localhost:{}/page", server.port());
    let guest = with_arguments(guest, &["-q", "-O", "-", &url]).allow("connect=localhost");
    assert_eq!(guest.succeeds(), "/page");
    let mut server = Running::start(python(FTP));
    let directory = tempdir().expect("a directory");
    let url = format!("ftp://127.0.0.1:{}/file", server.port());
    let guest = with_arguments(program("wget").expect("it is built"), &["-q", "-O", "/data/file", &url]);
    let guest = guest.allow("connect=127.0.0.1").option("--dir", format!("{}::/data", directory.path().display()));
    guest.succeeds();
    let file = fs::read_to_string(directory.path().join("file")).expect("reads");
    assert_eq!(file, "content of the file\n".repeat(1000));
}

#[test]
fn drill_asks_a_name_server() {
    let Some(_) = program("drill") else { return };
    let port = free_port().to_string();
    let mut command = Command::new("dnsmasq");
    command.args(["--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--bind-interfaces"]);
    command.args(["--listen-address=127.0.0.1", "--user=root", "--pid-file=", "--port", &port]);
    command.args(["--address=/name.test/192.0.2.7", "--txt-record=name.test,a text"]);
    let _server = start_until(&command, "started");
    for (transport, kind, answer) in [("-u", "A", "192.0.2.7"), ("-t", "A", "192.0.2.7"), ("-t", "TXT", "\"a text\"")] {
        let guest = with_arguments(program("drill").expect("it is built"), &["-p", &port, transport, "-4"]);
        let guest = with_arguments(guest, &["@127.0.0.1", "name.test", kind]);
        let told = guest.allow("connect=127.0.0.1").allow("udp=127.0.0.1").succeeds();
        assert!(told.contains(answer) && told.contains("rcode: NOERROR"), "{transport} {kind}: {told}");
    }
}

#[test]
fn lighttpd_serves_native_clients() {
    /// Several at once, each with many requests on one connection; tells what came.
    const CLIENTS: &str = "
import http.client, sys, threading
def ask(number):
    connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]))
    for round in range(50):
        connection.request('GET', '/big' if round == 25 else '/index.html' if round % 2 else '/')
        answer = connection.getresponse()
        assert answer.status == 200
        answers[number] += len(answer.read())
    connection.request('GET', '/missing')
    assert connection.getresponse().status == 404
answers = [0] * 20
threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(answers == [49 * 5 + 3000000] * 20)
";
    let Some(guest) = program("lighttpd") else { return };
    let (directory, port) = (tempdir().expect("a directory"), free_port());
    let at = |name: &str| directory.path().join(name);
    // Lighttpd wants one.
    fs::create_dir(at("dev")).expect("makes");
    fs::write(at("dev/null"), "").expect("writes");
    fs::create_dir(at("www")).expect("makes");
    fs::write(at("www/index.html"), "page\n").expect("writes");
    fs::write(at("www/big"), vec![b'x'; 3_000_000]).expect("writes");
    let settings = ["document-root = \"/www\"", &format!("port = {port}"), "bind = \"127.0.0.1\""];
    let settings: String = settings.iter().map(|setting| format!("server.{setting}\n")).collect();
    fs::write(at("www/conf"), settings + "index-file.names = (\"index.html\")\n").expect("writes");
    let directories = ["www", "dev"].map(|name| format!("{}::/{name}", at(name).display()));
    let guest = directories.iter().fold(guest, |guest, directory| guest.option("--dir", directory));
    let guest = with_arguments(guest, &["-D", "-f", "/www/conf"]).allow(format!("listen=127.0.0.1:{port}"));
    let _server = guest.start("inline");
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        std::thread::yield_now();
    }
    let mut clients = python(CLIENTS);
    assert_eq!(berkeley_tests::run(clients.arg(port.to_string())), "True\n");
}

/// A redis server, at a port and at a path.
fn redis(directory: &Path) -> (Running, u16, PathBuf) {
    let (port, path) = (free_port(), directory.join("redis"));
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--enable-debug-command", "yes"]);
    let server = start_until(command.arg("--unixsocket").arg(&path), "Ready to accept connections");
    (server, port, path)
}

#[test]
fn hiredis_passes_its_own_tests() {
    let Some(guest) = program("hiredis-test") else { return };
    let directory = tempdir().expect("a directory");
    let (_server, port, path) = redis(directory.path());
    let (port, path) = (port.to_string(), path.display().to_string());
    let arguments = ["-p", &port, "-h", "127.0.0.1", "-s", &path, "--skip-inherit-fd", "--skip-throughput"];
    let guest = with_arguments(guest, &arguments).allow("connect=127.0.0.1").allow("connect=localhost");
    let guest = guest.allow("resolve").allow(format!("unix={}", directory.path().display()));
    let output = guest.output("inline");
    let told = text(&output.stdout);
    let failed: Vec<_> = told.lines().filter(|line| line.contains("FAILED\u{1b}")).collect();
    assert!(told.lines().filter(|line| line.contains("PASSED")).count() > 60, "{told}{}", text(&output.stderr));
    // This one wants another C library's words for a name that does not exist.
    assert!(failed.iter().all(|line| line.contains("Returns error when host cannot be resolved")), "{failed:?}");
}

#[test]
fn redis_cli_speaks_with_a_server() {
    let directory = tempdir().expect("a directory");
    let Some(_) = program("redis-cli") else { return };
    let (_server, port, path) = redis(directory.path());
    let port = port.to_string();
    let run = |arguments: &[&str], stdin: &str| {
        let guest = with_arguments(program("redis-cli").expect("it is built"), arguments).stdin(stdin);
        guest.allow("connect=127.0.0.1").allow(format!("unix={}", directory.path().display())).succeeds()
    };
    assert_eq!(run(&["-p", &port, "set", "key", "value"], ""), "OK\n");
    assert_eq!(run(&["-s", path.to_str().expect("UTF-8"), "get", "key"], ""), "value\n");
    assert_eq!(run(&["-p", &port], "get key\nstrlen key\nexists other\n"), "value\n5\n0\n");
    assert_eq!(run(&["-p", &port, "--scan"], ""), "key\n");
}

#[test]
fn mosquittos_clients_speak_with_a_broker() {
    let Some(subscriber) = program("mosquitto_sub") else { return };
    let Some(publisher) = program("mosquitto_pub") else { return };
    let (directory, port) = (tempdir().expect("a directory"), free_port());
    let configuration = directory.path().join("mosquitto.conf");
    fs::write(&configuration, format!("listener {port} 127.0.0.1\nallow_anonymous true\n")).expect("writes");
    let mut command = Command::new("mosquitto");
    let _broker = start_until(command.arg("-v").arg("-c").arg(configuration), "running");
    let port = port.to_string();
    let place = ["-h", "localhost", "-p", &port, "-t", "topic"];
    let place = |guest: Guest| with_arguments(guest.arg("-V").arg("311"), &place).allow("connect=localhost");
    // Retained, so that it does not matter who comes first.
    let message = "a message ".repeat(20_000);
    place(publisher).arg("-r").arg("-q").arg(1).arg("-s").stdin(message.clone()).succeeds();
    let got = place(subscriber).arg("-C").arg(1).arg("-q").arg(1).succeeds();
    assert_eq!(got, message + "\n");
}
