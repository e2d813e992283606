//! Python's `ssl` in guests, against CPython's own over OpenSSL: the two must tell the same.

use std::process::{Command, Stdio};

use berkeley_tests::certificates::certificates;
use berkeley_tests::{Running, berkeley, root, run, text};

/// Tests of the guest that runs Python programs, which is not built where pip gets nothing.
mod python_guest {
    use super::*;

    const GUEST: bool = true;
    const NATIVE: bool = false;

    /// The program "tls" with those arguments, in a guest or native.
    fn program(in_guest: bool, directory: &str, arguments: &[&str]) -> Command {
        let script = root().join("tests/python/tls.py");
        let mut command = Command::new("python3");
        if in_guest {
            command = Command::new(berkeley());
            command.args(["python", "--dir", directory, "--allow", "listen=127.0.0.1:0"]);
            command.args(["--allow", "connect=127.0.0.1", "--allow", "connect=localhost"]);
        } else {
            command.arg("-u");
        }
        command.arg(script).arg(arguments[0]).arg(directory).args(&arguments[1..]).stderr(Stdio::inherit());
        command
    }

    /// What the client's part tells, by a server with those settings.
    fn conversation(
        client_in_guest: bool,
        server_in_guest: bool,
        directory: &str,
        server: &str,
        client: &[&str],
    ) -> String {
        let mut server = Running::start(program(server_in_guest, directory, &["serve", server]));
        let port = server.port().to_string();
        let arguments = [&[client[0], &port], &client[1..]].concat();
        run(&mut program(client_in_guest, directory, &arguments))
    }

    /// The guest as the client, and as the server, tells what a native one does. Gives what that is.
    #[track_caller]
    fn as_native(directory: &str, server: &str, client: &[&str]) -> String {
        let native = conversation(NATIVE, NATIVE, directory, server, client);
        assert_eq!(
            conversation(GUEST, NATIVE, directory, server, client),
            native,
            "the client, by {server}, {client:?}"
        );
        assert_eq!(
            conversation(NATIVE, GUEST, directory, server, client),
            native,
            "the server, by {server}, {client:?}"
        );
        native
    }

    /// As `as_native`, for the client alone.
    #[track_caller]
    fn client_as_native(directory: &str, server: &str, client: &[&str]) -> String {
        let native = conversation(NATIVE, NATIVE, directory, server, client);
        assert_eq!(conversation(GUEST, NATIVE, directory, server, client), native, "{server}, {client:?}");
        native
    }

    fn path(directory: &tempfile::TempDir) -> &str {
        directory.path().to_str().expect("UTF-8")
    }

    #[test]
    fn conversations_are_those_of_openssl() {
        let directory = certificates();
        let at = path(&directory);
        for (server, client, expected) in [
            (r#"{"certificate": "localhost"}"#, "{}", "TLSv1.3"),
            (r#"{"certificate": "localhost", "newest": "TLSv1_2"}"#, "{}", "TLSv1.2"),
            (r#"{"certificate": "localhost"}"#, r#"{"newest": "TLSv1_2"}"#, "TLSv1.2"),
            (r#"{"certificate": "localhost"}"#, r#"{"name": "127.0.0.1"}"#, "IP Address"),
            (r#"{"certificate": "chain"}"#, "{}", "TLSv1.3"),
            (r#"{"certificate": "self"}"#, r#"{"ca": "self"}"#, "TLSv1.3"),
            (r#"{"certificate": "common"}"#, "{}", "TLSv1.3"),
            (r#"{"certificate": "version_1"}"#, "{}", "TLSv1.3"),
            (r#"{"certificate": "version_1", "newest": "TLSv1_2"}"#, "{}", "TLSv1.2"),
            (r#"{"certificate": "localhost", "alpn": ["h2", "http/1.1"]}"#, r#"{"alpn": ["http/1.1", "h2"]}"#, "h2"),
            (r#"{"certificate": "localhost", "alpn": ["h2"]}"#, r#"{"alpn": ["http/1.1"]}"#, "256) None"),
            (r#"{"certificate": "localhost", "ask": true}"#, r#"{"certificate": "client"}"#, "TLSv1.3"),
            (
                r#"{"certificate": "localhost", "ask": true, "newest": "TLSv1_2"}"#,
                r#"{"certificate": "client"}"#,
                "TLSv1.2",
            ),
            (r#"{"certificate": "localhost", "starttls": true}"#, r#"{"starttls": true}"#, "TLSv1.3"),
            (r#"{"certificate": "expired"}"#, r#"{"check_hostname": false, "verify_mode": 0}"#, "{} None"),
            (r#"{"certificate": "localhost"}"#, r#"{"crl": true}"#, "TLSv1.3"),
        ] {
            let told = as_native(at, server, &["client", client]);
            assert!(
                told.contains(expected) && told.ends_with("True\nb'plain again\\n'\n"),
                "{server} {client}: {told}"
            );
        }
    }

    #[test]
    fn certificates_that_do_not_hold_are_refused_as_by_openssl() {
        let directory = certificates();
        let at = path(&directory);
        for (certificate, client, code) in [
            ("localhost", r#"{"ca": null}"#, 20),
            ("localhost", r#"{"ca": "stranger"}"#, 20),
            ("localhost", r#"{"name": "elsewhere"}"#, 62),
            ("localhost", r#"{"name": "127.0.0.2"}"#, 64),
            ("common", r#"{"name": "elsewhere"}"#, 62),
            ("common", r#"{"hostname_checks_common_name": false}"#, 62),
            ("version_1", r#"{"name": "elsewhere"}"#, 62),
            ("version_1", r#"{"ca": "stranger"}"#, 20),
            ("self", "{}", 18),
            ("expired", "{}", 10),
            ("future", "{}", 9),
            ("purpose", "{}", 26),
            ("revoked", r#"{"crl": true}"#, 23),
        ] {
            let server = format!(r#"{{"certificate": "{certificate}"}}"#);
            let told = client_as_native(at, &server, &["client", client]);
            assert!(told.starts_with("SSLCertVerificationError | [SSL: CERTIFICATE_VERIFY_FAILED]"), "{told}");
            assert!(told.contains(&format!(" | {code} | ")), "{certificate} {client}: {told}");
        }
        // The numbers are OpenSSL's, but which certificate of the chain is missing it tells in more words.
        let server = r#"{"certificate": "revoked"}"#;
        let told = conversation(GUEST, NATIVE, at, server, &["client", "{}"]);
        assert!(told.contains("TLSv1.3"), "{told}");
    }

    #[test]
    fn what_goes_wrong_on_the_way_is_told_as_by_openssl() {
        let directory = certificates();
        let at = path(&directory);
        let server = r#"{"certificate": "localhost"}"#;
        assert!(client_as_native(at, server, &["ragged"]).starts_with("b''\nSSLEOFError"));
        let mute = r#"{"certificate": "localhost", "mute": true}"#;
        let told = client_as_native(at, mute, &["waiting"]);
        assert!(told.contains("timed out") && told.contains("SSLWantReadError"), "{told}");
        // A server that wants a certificate, and one of another version.
        for (server, client) in [
            (r#"{"certificate": "localhost", "ask": true, "newest": "TLSv1_2"}"#, "{}"),
            (r#"{"certificate": "localhost", "newest": "TLSv1_2"}"#, r#"{"oldest": "TLSv1_3"}"#),
        ] {
            let told = conversation(GUEST, NATIVE, at, server, &["client", client]);
            assert!(told.starts_with("SSLError | [SSL: "), "{told}");
            let told = conversation(NATIVE, GUEST, at, server, &["client", client]);
            assert!(told.starts_with("SSLError | [SSL: "), "{told}");
        }
    }

    #[test]
    fn a_loop_of_ones_own_and_asyncio_carry_tls() {
        let directory = certificates();
        let at = path(&directory);
        for server in [r#"{"certificate": "localhost"}"#, r#"{"certificate": "localhost", "newest": "TLSv1_2"}"#] {
            let told = as_native(at, server, &["nonblocking"]);
            assert!(told.starts_with("1048576 TLSv1."), "{told}");
            assert_eq!(as_native(at, server, &["awaiting"]), "65536\n");
            let told = as_native_in_memory(at, server);
            assert!(told.contains("elsewhere") && told.contains("(b'19\\n', 'http/1.1')"), "{told}");
        }
    }

    /// asyncio of older interpreters has no `start_tls` of streams, so the guest's words are looked at by themselves.
    fn as_native_in_memory(directory: &str, server: &str) -> String {
        conversation(GUEST, NATIVE, directory, server, &["streams"])
    }

    #[test]
    fn a_server_chooses_its_certificate_by_the_name() {
        let directory = certificates();
        let at = path(&directory);
        let told = run(&mut program(GUEST, at, &["names"]));
        let expected = "\
            localhost (('DNS', 'localhost'), ('IP Address', '127.0.0.1')) TLSv1.3 ('TLS_AES_256_GCM_SHA384', 'TLSv1.3', 256)\n\
            other (('DNS', 'other'),) TLSv1.3 ('TLS_AES_256_GCM_SHA384', 'TLSv1.3', 256)\n";
        assert!(told.starts_with(expected), "{told}");
        assert!(told.contains("nobody SSLError | [SSL: CALLBACK_FAILED] callback failed"), "{told}");
        let end = "['localhost', 'other', 'nobody', None]\ncannot create '_ssl.Certificate' instances\n";
        assert!(told.ends_with(end), "{told}");
    }

    #[test]
    fn keys_under_a_password_are_read() {
        let data = root().join("tests/data");
        let told = run(&mut program(GUEST, data.to_str().expect("UTF-8"), &["passwords"]));
        let expected = "\
            TLSv1.3\nTLSv1.3\nTLSv1.3\n\
            SSLError | [SSL] the key cannot be decrypted: the password is another one | 1 | SSL | None\n\
            SSLError | [SSL] the key is encrypted, and there is nobody to be asked for the password | 1 | SSL | None\n\
            ValueError | password cannot be longer than 1024 bytes\n\
            TypeError | password callback must return a string\n\
            TypeError | password should be a string or callable\n";
        assert_eq!(told, expected);
    }

    /// The directory of certificates and keys on P-521.
    fn p521() -> String {
        root().join("tests/data/p521").to_str().expect("UTF-8").to_owned()
    }

    #[test]
    fn keys_on_p521_serve_as_those_of_openssl_do() {
        let at = p521();
        for (server, client, expected) in [
            (r#"{"certificate": "server"}"#, "{}", "TLSv1.3"),
            (r#"{"certificate": "server", "newest": "TLSv1_2"}"#, "{}", "TLSv1.2"),
            (r#"{"certificate": "server", "ask": true}"#, r#"{"certificate": "client"}"#, "TLSv1.3"),
            (
                r#"{"certificate": "server", "ask": true, "newest": "TLSv1_2"}"#,
                r#"{"certificate": "client"}"#,
                "TLSv1.2",
            ),
            (r#"{"certificate": "server", "curve": "secp521r1"}"#, "{}", "TLSv1.3"),
            (r#"{"certificate": "server", "curve": "secp521r1", "newest": "TLSv1_2"}"#, "{}", "TLSv1.2"),
            (r#"{"certificate": "server"}"#, r#"{"curve": "secp521r1"}"#, "TLSv1.3"),
            (r#"{"certificate": "server"}"#, r#"{"curve": "secp521r1", "newest": "TLSv1_2"}"#, "TLSv1.2"),
        ] {
            let told = as_native(&at, server, &["client", client]);
            assert!(
                told.contains(expected) && told.ends_with("True\nb'plain again\\n'\n"),
                "{server} {client}: {told}"
            );
        }
        let told = client_as_native(&at, r#"{"certificate": "server"}"#, &["client", r#"{"name": "elsewhere"}"#]);
        assert!(told.contains(" | 62 | "), "{told}");
    }

    #[test]
    fn keys_are_agreed_on_by_the_curve_that_was_set() {
        let directory = certificates();
        let of = |curve: &str, newest: &str| format!(r#""curve": "{curve}", "newest": "{newest}""#);
        for newest in ["TLSv1_2", "TLSv1_3"] {
            for (ours, theirs) in [("secp384r1", "secp384r1"), ("X25519", "secp384r1"), ("prime256v1", "prime256v1")] {
                let server = format!(r#"{{"certificate": "localhost", {}}}"#, of(ours, newest));
                let client = format!("{{{}}}", of(theirs, newest));
                let told = as_native(path(&directory), &server, &["client", &client]);
                // In TLS 1.2 the client must take the curve that the server's key is on, too.
                let shaken = ours == theirs && (newest == "TLSv1_3" || ours == "prime256v1");
                assert_eq!(shaken, told.ends_with("True\nb'plain again\\n'\n"), "{newest} {ours} {theirs}: {told}");
            }
        }
    }

    #[test]
    fn two_guests_converse_by_keys_on_p521() {
        let (server, client) = (r#"{"certificate": "server", "ask": true}"#, r#"{"certificate": "client"}"#);
        let told = conversation(GUEST, GUEST, &p521(), server, &["client", client]);
        assert!(told.starts_with("TLSv1.3") && told.ends_with("True\nb'plain again\\n'\n"), "{told}");
        // A key that is encrypted, with both sides in one guest.
        let told = run(&mut program(GUEST, &p521(), &["passwords"]));
        assert!(told.starts_with("TLSv1.3\nTLSv1.3\nTLSv1.3\nSSLError"), "{told}");
    }

    #[test]
    fn garbage_ends_a_connection_and_nothing_else() {
        let directory = certificates();
        let told = run(&mut program(GUEST, path(&directory), &["garbage"]));
        assert!(told.contains("'SSLError'") && told.ends_with("True\n"), "{told}");
    }

    #[test]
    fn both_sides_in_memory_do_what_they_do_in_cpython() {
        let directory = certificates();
        let at = path(&directory);
        let script = root().join("tests/python").join("tls_alone").with_extension("py");
        let native = run(Command::new("python3").args(["-B", "-W", "ignore"]).arg(&script).arg(at));
        let mut guest = Command::new(berkeley());
        guest.args(["python", "--dir", at, "--allow", "listen=127.0.0.1:0", "--allow", "connect=127.0.0.1"]);
        assert_eq!(run(guest.arg(&script).arg(at)), native);
    }

    #[test]
    fn urllib_gets_pages_by_https() {
        let directory = certificates();
        let at = path(&directory);
        std::fs::write(directory.path().join("page"), vec![b'x'; 300_000]).expect("writes");
        let server = "
import functools, http.server, ssl, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(sys.argv[1] + '/localhost.pem', sys.argv[1] + '/localhost.key')
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1])
server.serve_forever()
";
        let mut command = berkeley_tests::python(server);
        command.arg(at).stderr(Stdio::null());
        let mut server = Running::start(command);
        let port = server.port().to_string();
        // The host trusts what its own environment says.
        let told = run(&mut program(GUEST, at, &["https", &port]));
        assert_eq!(told, "200 300000\n20\n");
        let mut trusting = program(GUEST, at, &["https", &port]);
        trusting.env("SSL_CERT_FILE", directory.path().join("ca.pem"));
        let output = trusting.output().expect("it starts");
        assert_eq!(text(&output.stdout), "200 300000\n", "{}", text(&output.stderr));
    }
}
