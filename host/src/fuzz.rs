//! What fuzzers call: functions that take any bytes, and panic where something does not hold.
//!
//! `fuzz/` has a program for each, for `cargo fuzz`. The tests here call them with bytes drawn at random, and with the
//! inputs that were found once.

use std::net::{IpAddr, SocketAddr, SocketAddrV6};

#[cfg(feature = "tls")]
use futures_util::FutureExt as _;

use crate::address::{Address, NoInterfaces, RawAddress};
use crate::ancillary::Control;
use crate::cmsg;
#[cfg(feature = "tls")]
use crate::labour::Labour;
#[cfg(feature = "tls")]
use crate::limits::Limits;
use crate::option::{self, Value};
use crate::policy::{Names, Operation, Policy, Rules, Transport};
use crate::socket::is_privileged;
#[cfg(feature = "tls")]
use crate::tls::{Config, Connection, Terms, Tls, VerifyMode};
use crate::wasi;

mod draw;

use draw::Draw;

/// The addresses that kernels and guests pass: what is decoded is encoded to the same, and can be shown.
pub fn address(bytes: &[u8]) {
    let mut draw = Draw::new(bytes);
    let protocol = draw.i32();
    let raw = RawAddress::from_bytes(draw.rest());
    let Some(address) = Address::decode_with(&raw, protocol, &NoInterfaces) else { return };
    assert!(!address.to_string().contains('\0'), "{address:?}");
    judge(&address);
    // An interface that is not there cannot be encoded.
    let Ok(encoded) = address.encode_with(&NoInterfaces) else { return };
    let again = Address::decode_with(&encoded, protocol, &NoInterfaces);
    assert_eq!(again.as_ref(), Some(&address), "{:?}", encoded.as_bytes());
}

/// Without rules nobody is reached at the address, and a refusal says what was refused.
fn judge(address: &Address) {
    let none = Rules::default();
    for transport in [Transport::Tcp, Transport::Udp, Transport::Unix, Transport::of(address.family(), 3, 0)] {
        for operation in [
            Operation::Connect { transport, peer: address },
            Operation::Bind { transport, address },
            Operation::Listen { transport, asked: address, actual: address },
        ] {
            match none.check(&operation, &Names::default()) {
                Ok(()) => assert!(transport == Transport::Unix || address.internet().is_none(), "{operation}"),
                Err(refusal) => assert!(!refusal.operation().is_empty()),
            }
        }
    }
}

/// Control messages, as each system lays them out: none lies outside of the buffer, and each means the same again once
/// it is laid out anew.
pub fn control(bytes: &[u8]) {
    for layout in [cmsg::LINUX, cmsg::APPLE] {
        let messages: Vec<_> = layout.parse(bytes).collect();
        let mut laid = Vec::new();
        messages.iter().for_each(|message| layout.put(&mut laid, *message));
        assert_eq!(layout.parse(&laid).collect::<Vec<_>>(), messages);
        for message @ (level, kind, data) in messages {
            let control = Control::decode(message);
            // What is only ever received is not encoded.
            let Ok((again_level, again_kind, again)) = control.encode() else { continue };
            assert_eq!((again_level, again_kind, &again[..]), (level, kind, data), "{control:?}");
        }
    }
}

/// Options of any number with any value: they have a name, and what they need of the policy can be told.
pub fn option(bytes: &[u8]) {
    let mut draw = Draw::new(bytes);
    let (family, level, name) = (draw.small(), draw.small(), draw.small());
    let described = option::describe(level, name);
    assert!(!described.is_empty());
    // Some options are of several levels under one name.
    if let Some((level, name)) = option::by_name(&described) {
        assert_eq!(option::describe(level, name), described);
    }
    let _ = option::access_of(family, level, name);
    let value = draw.rest().to_vec();
    let _ = is_privileged(level, name, &value);
    if let Some(group) = option::joined(level, name, &Value::Bytes(value)) {
        let operation = Operation::Join { transport: Transport::Udp, group };
        assert!(Rules::default().check(&operation, &Names::default()).is_err());
    }
}

/// Certificates, revocation lists, and the bytes of a peer, of either side: whatever they are, there is an answer, and no
/// more is held than what may be.
#[cfg(feature = "tls")]
pub fn tls(bytes: &[u8]) {
    let mut draw = Draw::new(bytes);
    let tls = Tls::new(Some(Vec::new().into()), Limits::default());
    let mut terms = Terms::plain(if draw.small() % 2 == 0 { VerifyMode::Required } else { VerifyMode::None });
    terms.roots = vec![draw.part().to_vec()];
    terms.crls = vec![draw.part().to_vec()];
    terms.alpn = vec![draw.part().to_vec()];
    // What cannot be read is refused, and the peer's bytes are then read without it.
    let make = |terms| Config::new(&tls, terms, Labour::Here).now_or_never().expect("it is done here");
    let Ok(config) = make(terms).or_else(|_| make(Terms::plain(VerifyMode::Required))) else { return };
    let peer = draw.rest();
    for side in [Connection::client(&tls, &config, Some("host.example")), Connection::server(&tls, &config)] {
        let Ok(mut connection) = side else { continue };
        let mut rest = peer;
        while !rest.is_empty() {
            let taken = connection.put(rest);
            let _ = (connection.handshake(), connection.read(1 << 10), connection.take(1 << 10));
            if taken == 0 {
                break;
            }
            rest = &rest[taken..];
        }
        connection.put_eof();
        assert!(connection.handshake().is_err());
    }
}

/// Rules of any text: they are understood or refused, and one more rule never takes anything away, but for `accept`.
pub fn rules(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let lines: Vec<_> = text.lines().take(32).collect();
    let Ok(all) = Rules::parse(lines.iter().copied()) else { return };
    let Ok(first) = Rules::parse(lines.iter().copied().take(lines.len().saturating_sub(1))) else { return };
    let names = Names::default();
    for ip in ["127.0.0.1", "10.0.0.1", "93.184.216.34", "::1", "2001:db8::1"] {
        let ip: IpAddr = ip.parse().expect("an address");
        for port in [0, 1, 80, 443, 8080, 65535] {
            let peer = Address::from(SocketAddr::new(ip, port));
            for transport in [Transport::Tcp, Transport::Udp] {
                let operation = Operation::Connect { transport, peer: &peer };
                let (less, more) = (first.check(&operation, &names).is_ok(), all.check(&operation, &names).is_ok());
                assert!(more || !less, "{text:?} takes away: {operation}");
            }
        }
    }
}

/// Addresses and options of WASI's own sockets, as a guest gives them: each is refused or taken within WASI's bounds, and the
/// same in each version.
pub fn wasi(bytes: &[u8]) {
    let mut draw = Draw::new(bytes);
    let which = draw.small();
    let (port, flow_info, scope_id) = (draw.i32() as u16, draw.i32().cast_unsigned(), draw.i32().cast_unsigned());
    let high = u64::from(draw.i32().cast_unsigned());
    // Small ones and large ones.
    let value = if which & 0x100 == 0 { high } else { high << 32 | u64::from(flow_info) };
    wasi::fuzzed::option(which as u8, value);
    let mut parts = [0; 16];
    let rest = draw.rest();
    let length = rest.len().min(parts.len());
    // Mapped and compatible addresses end with what they are.
    parts[16 - length..].copy_from_slice(&rest[..length]);
    let [.., a, b, c, d] = parts;
    wasi::fuzzed::address(SocketAddr::new(IpAddr::from([a, b, c, d]), port));
    wasi::fuzzed::address(SocketAddrV6::new(parts.into(), port, flow_info, scope_id).into());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many inputs each target gets.
    const ROUNDS: usize = 20_000;

    /// What inputs are made of: they lead further than bytes that mean nothing.
    const WORDS: &[&str] = &[
        "connect",
        "listen",
        "udp",
        "unix",
        "accept",
        "resolve",
        "family",
        "option",
        ":",
        "=",
        ",",
        "-",
        "/",
        "[",
        "]",
        "*.",
        "*",
        "@",
        "::",
        "\n",
        "localhost",
        "10.0.0.0/8",
        "127.0.0.1",
        "::1",
        "fd00::/8",
        "80",
        "65535",
        "tcp",
        "sctp",
        "raw",
        "SO_MARK",
        "1:2",
    ];

    /// Bytes as a kernel, a guest or a person might pass them.
    fn input(random: &mut fastrand::Rng) -> Vec<u8> {
        let mut bytes = Vec::new();
        for _ in 0..random.usize(..24) {
            match random.u8(..6) {
                0 => (0..random.usize(..16)).for_each(|_| bytes.push(random.u8(..))),
                1 => bytes.extend(random.u16(..64).to_ne_bytes()),
                2 => bytes.extend(u32::from(random.u8(..80)).to_ne_bytes()),
                3 => bytes.extend(u64::from(random.u8(..80)).to_ne_bytes()),
                4 => bytes.extend([0; 8]),
                _ => bytes.extend(random.choice(WORDS).expect("there are some").bytes()),
            }
        }
        bytes
    }

    #[test]
    fn every_target_stands_what_is_drawn() {
        let mut random = fastrand::Rng::with_seed(7);
        for target in [address, control, option, rules, wasi] {
            (0..ROUNDS).for_each(|_| target(&input(&mut random)));
        }
    }

    /// The start of a record of the handshake, and of a certificate, so that more is read of what follows.
    #[cfg(feature = "tls")]
    const STARTS: [&[u8]; 4] = [
        b"\x16\x03\x01\x00\x20\x01\x00\x00\x1c\x03\x03",
        b"\x16\x03\x03\x00\x10\x02",
        b"\x15\x03\x03\x00\x02",
        b"0\x20",
    ];

    #[cfg(feature = "tls")]
    #[test]
    fn what_peers_of_tls_send_always_has_an_answer() {
        let mut random = fastrand::Rng::with_seed(11);
        for _ in 0..ROUNDS / 20 {
            // Three parts of no length, then the peer.
            let mut bytes = vec![0; 8];
            bytes.extend(random.choice(STARTS).expect("there are some"));
            bytes.extend(input(&mut random));
            tls(&bytes);
            tls(&input(&mut random));
        }
    }
}
