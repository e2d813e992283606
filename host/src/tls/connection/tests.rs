use futures_util::FutureExt;

use super::*;
use crate::labour::Labour;
use crate::limits::Limits;
use crate::tls::Terms;

fn config(tls: &Tls, terms: Terms) -> Result<Config> {
    Config::new(tls, terms, Labour::Here).now_or_never().expect("at once")
}

fn terms() -> Terms {
    Terms::plain(VerifyMode::Required)
}

fn client(tls: &Tls) -> Connection {
    Connection::client(tls, &config(tls, terms()).expect("terms"), Some("localhost")).expect("a connection")
}

#[test]
fn what_is_no_tls_is_told_so() {
    let tls = Tls::default();
    let mut connection = client(&tls);
    assert_eq!(connection.handshake(), Err(Error::WantRead));
    let hello = connection.take(usize::MAX);
    assert_eq!(hello[..3], [22, 3, 1]);
    let answer = b"HTTP/1.1 400 Bad Request\r\n\r\n";
    assert_eq!(connection.put(answer), answer.len());
    let wrong = Error::Protocol("wrong version number".into());
    assert_eq!(connection.handshake(), Err(wrong.clone()));
    assert_eq!(connection.read(1), Err(wrong.clone()));
    assert_eq!(connection.write(b"x"), Err(wrong.clone()));
    assert_eq!(connection.close(), Err(wrong));
    // The peer is told by an alert.
    assert_eq!(connection.take(usize::MAX)[..5], [21, 3, 3, 0, 2]);
}

#[test]
fn who_does_not_speak_tls_to_a_server_is_told_apart() {
    let tls = Tls::default();
    for (said, words) in [
        ("GET / HTTP/1.1\r\n\r\n", "http request"),
        ("POST /form HTTP/1.0\r\n", "http request"),
        ("HEAD / HTTP/1.0\r\n", "http request"),
        ("PUT /file HTTP/1.0\r\n", "http request"),
        ("CONNECT host:443 HTTP/1.1\r\n", "https proxy request"),
        ("QUIT please\r\n", "wrong version number"),
    ] {
        let mut connection = Connection::server(&tls, &config(&tls, terms()).expect("terms")).expect("a connection");
        for byte in said.as_bytes() {
            connection.put(&[*byte]);
        }
        assert_eq!(connection.handshake(), Err(Error::Protocol(words.into())), "{said}");
        assert_eq!(connection.take(usize::MAX).is_empty(), words != "wrong version number", "{said}");
    }
}

#[test]
fn a_clients_name_comes_as_it_was_sent() {
    let tls = Tls::default();
    for name in ["LocalHost", "www.Example.COM", "example.com"] {
        let terms = config(&tls, terms()).expect("terms");
        let mut client = Connection::client(&tls, &terms, Some(name)).expect("a connection");
        let mut server = Connection::server(&tls, &terms).expect("a connection");
        for byte in client.take(usize::MAX) {
            server.put(&[byte]);
        }
        assert_eq!(server.client_hello().expect("it is there").server_name.as_deref(), Some(name));
    }
}

#[test]
fn connections_and_their_terms_are_counted() {
    let tls = Tls::new(None, Limits { sockets: 2, ..Limits::default() });
    let (one, _other) = (client(&tls), client(&tls));
    let plain = config(&tls, terms()).expect("terms");
    let third = || Connection::client(&tls, &plain, Some("localhost")).map(drop);
    assert!(matches!(third(), Err(Error::Limit(_))));
    drop(one);
    assert_eq!(third(), Ok(()));
    let fat = Terms { crls: vec![vec![0; 65 << 20]], ..terms() };
    assert!(matches!(config(&tls, fat), Err(Error::Limit(_))));
}
