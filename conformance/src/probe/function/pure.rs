//! What is computed in the guest, whatever the platform.

use berkeley_guest::socket::{self, *};

use crate::check::{check, ensure};

pub(super) async fn probe(name: &str) {
    let works = |holds: bool| async move { ensure!(holds, "the answer is wrong") };
    let computed: &[(&str, &str, bool)] = &[
        ("ntohl", "0x7f000001", ntohl(0x7f00_0001) == 0x0100_007f),
        ("htonl", "0x7f000001", htonl(0x7f00_0001) == 0x0100_007f),
        ("ntohs", "80", ntohs(80) == 0x5000),
        ("htons", "80", htons(80) == 0x5000),
        ("inet_aton", "127.1", inet_aton("127.1") == Ok([127, 0, 0, 1])),
        ("inet_aton", "0x7f.0.0.010", inet_aton("0x7f.0.0.010") == Ok([127, 0, 0, 8])),
        ("inet_aton", "an address that is none", inet_aton("300.1.1.1").is_err()),
        ("inet_ntoa", "127.0.0.1", inet_ntoa(&[127, 0, 0, 1]).as_deref() == Ok("127.0.0.1")),
        ("inet_ntoa", "three bytes", inet_ntoa(&[127, 0, 0]).is_err()),
        ("inet_pton", "127.0.0.1", inet_pton(AF_INET, "127.0.0.1") == Ok(vec![127, 0, 0, 1])),
        ("inet_pton", "::1", inet_pton(AF_INET6, "::1").is_ok_and(|bytes| bytes[15] == 1 && bytes.len() == 16)),
        ("inet_pton", "127.1", inet_pton(AF_INET, "127.1").is_err()),
        ("inet_ntop", "127.0.0.1", inet_ntop(AF_INET, &[127, 0, 0, 1]).as_deref() == Ok("127.0.0.1")),
        ("inet_ntop", "::", inet_ntop(AF_INET6, &[0; 16]).as_deref() == Ok("::")),
        ("inet_ntop", "a family that is none", inet_ntop(AF_UNIX, &[0; 4]).is_err()),
        ("CMSG_LEN", "4 bytes", CMSG_LEN(4) == 20),
        ("CMSG_SPACE", "4 bytes", CMSG_SPACE(4) == 24),
        ("has_ipv6", "is true", socket::HAS_IPV6),
        ("AddressFamily", "the numbers are Linux's", (AF_INET, AF_INET6, AF_UNIX) == (2, 10, 1)),
        ("SocketKind", "the numbers are Linux's", (SOCK_STREAM, SOCK_DGRAM, SOCK_RAW) == (1, 2, 3)),
        ("MsgFlag", "the numbers are Linux's", (MSG_OOB, MSG_PEEK, MSG_DONTWAIT) == (1, 2, 0x40)),
        ("AddressInfo", "the numbers are Linux's", (AI_PASSIVE, AI_CANONNAME, AI_NUMERICHOST) == (1, 2, 4)),
    ];
    for (_, what, holds) in computed.iter().filter(|(of, _, _)| *of == name) {
        check(what, works(*holds)).await;
    }
}
