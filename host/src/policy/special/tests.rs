//! The tables against other ways to say the same.

use std::net::Ipv6Addr;

use super::*;

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// Numbers that look random, the same each time: xorshift.
fn numbers() -> impl Iterator<Item = u64> {
    std::iter::successors(Some(0x9e37_79b9_7f4a_7c15u64), |last| {
        let next = last ^ last << 13;
        let next = next ^ next >> 7;
        Some(next ^ next << 17)
    })
}

/// What the ranges are, written down apart from the table.
fn naive(ip: Ipv4Addr) -> Reach {
    match ip.octets() {
        [0 | 127 | 224.., ..] | [169, 254, ..] | [192, 0, 0, _] | [192, 88, 99, _] => Special,
        [100, 100, 100, 200] | [168, 63, 129, 16] => Special,
        [10, ..] | [192, 168, ..] | [172, 16..=31, ..] | [100, 64..=127, ..] | [198, 18 | 19, ..] => Private,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Private,
        _ => Public,
    }
}

/// Addresses at the ends of every range, beside them, and anywhere.
fn samples() -> impl Iterator<Item = Ipv4Addr> {
    let ends = TABLE.iter().filter_map(|(network, _)| match network {
        IpNet::V4(network) => Some((u32::from(network.network()), u32::from(network.broadcast()))),
        IpNet::V6(_) => None,
    });
    let around = |(first, last): (u32, u32)| {
        [first, first.wrapping_sub(1), first.wrapping_add(1), last, last.wrapping_sub(1), last.wrapping_add(1)]
    };
    let anywhere = numbers().take(100_000).map(|number| number as u32);
    ends.flat_map(around).chain(anywhere).map(Ipv4Addr::from)
}

#[test]
fn every_address_of_ipv4_is_as_the_registry_has_it() {
    for ip in samples() {
        assert_eq!(Reach::of(ip.into()), naive(ip), "{ip}");
    }
}

/// Every way to write an address of IPv4 as one of IPv6.
fn wrappings(inner: Ipv4Addr) -> [Ipv6Addr; 11] {
    let [a, b, c, d] = inner.octets();
    let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    let of = Ipv6Addr::from;
    [
        of([0, 0, 0, 0, 0, 0, high, low]),
        of([0, 0, 0, 0, 0, 0xffff, high, low]),
        of([0, 0, 0, 0, 0xffff, 0, high, low]),
        of([0x64, 0xff9b, 0, 0, 0, 0, high, low]),
        of([0x64, 0xff9b, 1, 0, 0, 0, high, low]),
        of([0x64, 0xff9b, 1, high, u16::from(c), u16::from(d) << 8, 0, 0]),
        of([0x2002, high, low, 0, 0, 0, 0, 1]),
        of([0x2001, 0, high, low, 0, 0, 0xf7f7, 0xf7f7]),
        of([0x2001, 0, 0x0808, 0x0808, 0, 0, !high, !low]),
        of([0x2600, 1, 2, 3, 0, 0x5efe, high, low]),
        of([0x2600, 1, 2, 3, 0x200, 0x5efe, high, low]),
    ]
}

#[test]
fn what_carries_an_address_reaches_no_farther_than_it() {
    for inner in samples() {
        for (way, outer) in wrappings(inner).into_iter().enumerate() {
            let reach = Reach::of(outer.into());
            assert!(reach >= naive(inner), "{inner} as {outer}");
            // A local translator is special, and compatible addresses are no longer any.
            let exact = !matches!(way, 0 | 4 | 5);
            assert!(!exact || reach == naive(inner), "{inner} as {outer}: {reach:?}");
        }
    }
}

#[test]
fn of_ipv6_only_what_is_given_out_is_public() {
    for (text, reach) in [
        ("2600::1", Public),
        ("2a00:1450:4001::64", Public),
        ("64:ff9b::808:808", Public),
        ("::", Special),
        ("::1", Special),
        ("100::1", Special),
        ("200::1", Special),
        ("4000::1", Special),
        ("2001:db8::1", Private),
        ("3fff:1::1", Private),
        ("fc00::1", Private),
        ("fd12:3456::1", Private),
        ("fec0::1", Private),
        ("fe80::1", Special),
        ("ff02::1", Special),
        ("fd00:ec2::254", Special),
        ("fd20:ce::254", Special),
        ("fd00:c1::a9fe:a9fe", Special),
        ("fd00:42::42", Special),
        ("fd00:a9fe:a9fe::1", Special),
        ("fd00:100::100:200", Special),
        ("::ffff:0:127.0.0.1", Special),
        ("64:ff9b::a9fe:a9fe", Special),
        ("2002:a9fe:a9fe::", Special),
    ] {
        assert_eq!(Reach::of(ip(text)), reach, "{text}");
    }
}

#[test]
fn a_network_names_a_range_that_it_lies_in() {
    let named = |ip: &str, network: &str| is_named_by(self::ip(ip), false, &net(network));
    assert!(named("10.1.2.3", "10.0.0.0/8") && named("10.1.2.3", "10.1.0.0/16") && named("1.1.1.1", "0.0.0.0/0"));
    assert!(named("169.254.169.254", "169.254.169.254/32") && named("127.0.0.1", "127.0.0.0/8"));
    assert!(named("64:ff9b::a00:1", "64:ff9b::a00:1/128") && named("fd00:ec2::254", "fd00:ec2::/32"));
    for (ip, network) in [
        ("10.1.2.3", "0.0.0.0/0"),
        ("10.1.2.3", "10.0.0.0/7"),
        ("10.1.2.3", "10.2.0.0/16"),
        ("100.100.100.200", "100.64.0.0/10"),
        ("fd00:ec2::254", "fd00::/8"),
        ("64:ff9b::a00:1", "64:ff9b::/96"),
    ] {
        assert!(!named(ip, network), "{ip} by {network}");
    }
    let own = |network: &str| is_named_by(ip("10.1.2.3"), true, &net(network));
    assert!(own("10.1.2.3/32") && !own("10.1.2.0/24"));
    assert!(is_named_by(ip("127.0.0.1"), true, &net("127.0.0.0/8")), "all of loopback is this machine's own");
}

#[test]
fn local_names_are_those_of_no_public_domain() {
    for name in ["db", "db.internal", "internal", "printer.local", "a.svc.cluster.local", "nas.home.arpa"] {
        assert!(is_local_name(name), "{name}");
    }
    for name in ["example.com", "internal.example.com", "xinternal.com", "db.notinternal", "arpa.example"] {
        assert!(!is_local_name(name), "{name}");
    }
}
