//! TLS between two ends of this program, over a pair of sockets; and what nobody should ask of it.

use std::fs;
use std::io::{IoSlice, IoSliceMut, Read, Write};

use anyhow::{Result, ensure};
use berkeley_guest::bindings::tls::{Config as Made, Connection};
use berkeley_guest::net::{TcpListener, TcpStream};
use berkeley_guest::tls::{
    Config, Error, Identity, TLS_1_2, TLS_1_3, Terms, TlsStream, VerifyFlags, VerifyMode, certificates,
};

fn main() -> Result<()> {
    let directory = std::env::args().nth(1).unwrap_or_default();
    let read = |name: &str| fs::read_to_string(format!("{directory}/{name}"));
    let identity = Identity::from_pem(&read("localhost.pem")?, &read("localhost.key")?)?;
    let client = Identity::from_pem(&read("client.pem")?, &read("client.key")?)?;
    let roots = certificates(&read("ca.pem")?)?;
    for version in [TLS_1_2, TLS_1_3] {
        let trusting = Terms { roots: roots.clone(), host_roots: false, maximum_version: version, ..Terms::default() };
        let server = Terms { verify: VerifyMode::Required, roots: roots.clone(), ..Terms::server(identity.clone()) };
        converse(version, Terms { identity: Some(client.clone()), ..trusting.clone() }, server)?;
        memory(trusting, Terms::server(identity.clone()))?;
    }
    nonsense(&identity)?;
    limits(&identity)?;
    println!("done");
    Ok(())
}

/// Both ends over sockets of this thread: each does as much as it can without the other.
fn converse(version: u16, client: Terms, server: Terms) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let here = TcpStream::connect(listener.local_addr()?)?;
    let (there, _) = listener.accept()?;
    here.set_nonblocking(true)?;
    there.set_nonblocking(true)?;
    let mut here = TlsStream::client(&Config::new(client)?, Some("localhost"), here)?;
    let mut there = TlsStream::server(&Config::new(server)?, there)?;
    loop {
        match (waits(here.handshake())?, waits(there.handshake())?) {
            (Some(()), Some(())) => break,
            _ => continue,
        }
    }
    ensure!(here.version() == Some(version) && there.version() == Some(version));
    ensure!(here.cipher_suite() == there.cipher_suite() && here.cipher_suite().is_some());
    ensure!(here.verified_chain().len() == 2 && there.verified_chain().len() == 2);
    let key = |stream: &TlsStream<TcpStream>| stream.export_keying_material(32, b"EXPERIMENTAL", None);
    ensure!(key(&here)? == key(&there)?);
    ensure!(here.export_keying_material(2000, b"x", None).is_err());

    // Several buffers make one record, and fill several.
    ensure!(here.write_vectored(&[b"one", &b""[..], b"two"].map(IoSlice::new))? == 6);
    let (mut first, mut second) = ([0; 2], [0; 9]);
    let mut buffers = [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
    let count = loop {
        if let Some(count) = waits(there.read_vectored(&mut buffers))? {
            break count;
        }
    };
    ensure!(count == 6 && &first == b"on" && &second[..4] == b"etwo");

    let data: Vec<u8> = (0..3_000_000_u32).map(|number| (number >> 3) as u8).collect();
    let (mut sent, mut received) = (0, Vec::new());
    let mut buffer = vec![0; 100_000];
    while received.len() < data.len() {
        if sent < data.len() {
            sent += waits(here.write(&data[sent..]))?.unwrap_or(0);
        } else {
            waits(here.flush())?;
        }
        if let Some(count) = waits(there.read(&mut buffer))? {
            received.extend_from_slice(&buffer[..count]);
        }
    }
    ensure!(received == data);
    here.close()?;
    ensure!(here.write(b"x").is_err());
    while waits(there.read(&mut buffer))?.is_none_or(|count| count > 0) {}
    Ok(())
}

/// Nothing where it would have to wait.
fn waits<T>(result: std::io::Result<T>) -> std::io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Ok(None),
        result => result.map(Some),
    }
}

/// By the contract itself: byte by byte, and what comes behind the end stays where it is.
fn memory(client: Terms, server: Terms) -> Result<()> {
    let here = Connection::client(&Made::create(&client)?, Some("localhost"))?;
    let there = Connection::server(&Made::create(&server)?)?;
    ensure!(matches!(here.read(1), Err(Error::WantRead)) && matches!(here.write(b"x"), Err(Error::WantRead)));
    while here.handshake().is_err() || there.handshake().is_err() {
        for (one, other) in [(&here, &there), (&there, &here)] {
            loop {
                let byte = one.take(1);
                if byte.is_empty() {
                    break;
                }
                ensure!(other.needed() > 0 && other.put(&byte) == 1);
            }
        }
    }
    // What nobody takes out is not heaped up.
    let mut written = 0;
    while let Ok(count) = here.write(&[7; 100_000]) {
        written += count;
    }
    ensure!(matches!(here.write(b"x"), Err(Error::WantWrite)) && (1..1 << 20).contains(&written));
    // Nor is what nobody reads.
    let mut cipher = here.take(u64::MAX);
    let count = there.put(&cipher) as usize;
    ensure!(count < cipher.len() && (1..1 << 17).contains(&there.unread()));
    cipher.drain(..count);
    let mut read = 0;
    while read < written {
        match there.read(u64::MAX) {
            Ok(data) => read += data.len() as u64,
            Err(Error::WantRead) => {
                let more = if cipher.is_empty() { here.take(u64::MAX) } else { std::mem::take(&mut cipher) };
                let count = there.put(&more) as usize;
                cipher = more[count..].to_vec();
            }
            Err(error) => return Err(error.into()),
        }
    }
    ensure!(!here.close()?);
    let mut end = here.take(u64::MAX);
    let length = end.len();
    end.extend(b"plain text");
    ensure!(there.put(&end) as usize == length && matches!(there.read(1), Err(Error::Closed)));
    ensure!(there.close()?);
    // One that was cut off.
    let cut = Connection::client(&Made::create(&client)?, Some("localhost"))?;
    cut.put_eof();
    ensure!(matches!(cut.handshake(), Err(Error::UnexpectedEof)));
    Ok(())
}

/// Terms that make no sense are refused, each with a reason.
fn nonsense(identity: &Identity) -> Result<()> {
    let huge = vec![0; 1 << 20];
    let with_key = |key: Vec<u8>| Terms::server(Identity { chain: identity.chain.clone(), key });
    let refused = [
        Terms { roots: vec![b"no certificate".to_vec()], ..Terms::default() },
        Terms { roots: vec![huge.clone()], ..Terms::default() },
        Terms { crls: vec![b"no list".to_vec()], ..Terms::default() },
        Terms { alpn: vec![Vec::new()], ..Terms::default() },
        Terms { alpn: vec![vec![b'x'; 256]], ..Terms::default() },
        Terms { alpn: vec![vec![b'x'; 255]; 1000], ..Terms::default() },
        Terms { minimum_version: TLS_1_3, maximum_version: TLS_1_2, ..Terms::default() },
        Terms { maximum_version: 0x0302, ..Terms::default() },
        Terms { cipher_suites: vec![0; 100_000], ..Terms::default() },
        Terms { cipher_suites: vec![0x1301], maximum_version: TLS_1_2, ..Terms::default() },
        with_key(Vec::new()),
        with_key(huge.clone()),
        with_key(identity.key[..identity.key.len() - 1].to_vec()),
        Terms::server(Identity { chain: Vec::new(), key: identity.key.clone() }),
        Terms::server(Identity { chain: vec![huge], key: identity.key.clone() }),
    ];
    for (at, terms) in refused.into_iter().enumerate() {
        ensure!(matches!(Made::create(&terms), Err(Error::Invalid(_))), "terms {at}");
    }
    for groups in [&[0x6399][..], &[23; 2000]] {
        let made = Made::create_by(&Terms::default(), VerifyFlags::empty(), groups);
        ensure!(matches!(made, Err(Error::Invalid(_))), "{} groups", groups.len());
    }
    let config = Made::create(&Terms { host_roots: false, ..Terms::default() })?;
    for name in [None, Some(""), Some("a b"), Some("-"), Some("[::1]"), Some("x\0y"), Some(&*"x".repeat(100_000))] {
        ensure!(matches!(Connection::client(&config, name), Err(Error::Invalid(_))), "{name:?}");
    }
    // A server without a certificate refuses everybody, and one that stops at the hello awaits it.
    let client = Connection::client(&config, Some("localhost"))?;
    let bare = Connection::server(&config)?;
    bare.put(&client.take(u64::MAX));
    ensure!(matches!(bare.handshake(), Err(Error::Protocol(_))));
    client.put(&bare.take(u64::MAX));
    ensure!(matches!(client.handshake(), Err(Error::Alert(40))));
    ensure!(bare.choose(&config).is_err() && client.refuse(80).is_err() && client.client_hello().is_none());
    Ok(())
}

/// The host does not let itself be filled.
fn limits(identity: &Identity) -> Result<()> {
    let config = Made::create(&Terms { host_roots: false, check_name: false, ..Terms::default() })?;
    let mut connections = Vec::new();
    let full = loop {
        match Connection::client(&config, None) {
            Ok(connection) => connections.push(connection),
            Err(error) => break error,
        }
        ensure!(connections.len() < 100_000);
    };
    ensure!(matches!(full, Error::Limit(_)), "{full}");
    drop(connections);
    drop(Connection::client(&config, None)?);
    // Copies of one certificate hold no more than one.
    let copies = Terms { roots: vec![identity.chain[0].clone(); 20_000], host_roots: false, ..Terms::default() };
    let configs = (0..20).map(|_| Made::create(&copies)).collect::<Result<Vec<_>, _>>()?;
    drop(configs);
    let fat = Terms { alpn: vec![vec![b'x'; 255]; 60], host_roots: false, ..Terms::default() };
    let mut made = Vec::new();
    let full = loop {
        match Made::create(&fat) {
            Ok(config) => made.push(config),
            Err(error) => break error,
        }
        ensure!(made.len() < 10_000);
    };
    ensure!(matches!(full, Error::Limit(_)), "{full}");
    Ok(())
}
