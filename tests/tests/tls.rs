//! TLS by the contract and by the guest crate.

use std::process::Stdio;

use berkeley_tests::certificates::certificates;
use berkeley_tests::{Running, example, guest, python};

#[test]
fn two_ends_converse_and_nonsense_is_refused() {
    let directory = certificates();
    let at = directory.path().to_str().expect("UTF-8");
    let guest = guest("tls").option("--dir", at).allow("listen=127.0.0.1:0").allow("connect=127.0.0.1").arg(at);
    assert_eq!(guest.succeeds(), "done\n");
}

#[test]
fn a_page_comes_by_https() {
    let directory = certificates();
    let at = directory.path().to_str().expect("UTF-8");
    std::fs::write(directory.path().join("page"), vec![b'x'; 300_000]).expect("writes");
    let server = "
import functools, http.server, ssl, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1] + '/localhost.pem', sys.argv[1] + '/localhost.key')
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1])
server.serve_forever()
";
    let mut command = python(server);
    command.arg(at).stderr(Stdio::null());
    let mut server = Running::start(command);
    let port = server.port();
    let client = || {
        let client = example("tls").option("--dir", at).allow(format!("connect=localhost:{port}"));
        client.arg("localhost").arg(port).arg("/page")
    };
    assert_eq!(client().arg(format!("{at}/ca.pem")).succeeds(), "Some(304): 300000 bytes\n");
    assert_eq!(client().succeeds(), "not to be trusted: unable to get local issuer certificate (20)\n");
}
