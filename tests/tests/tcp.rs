//! TCP, over IPv4 and IPv6.

use berkeley_tests::guest;

#[test]
fn over_ipv4() {
    guest("tcp").allow("connect=127.0.0.1").allow("listen=127.0.0.1:0").arg(2).arg("127.0.0.1").succeeds();
}

#[test]
fn over_ipv6() {
    let guest = guest("tcp").allow("connect=[::1]").allow("listen=[::]:0").allow("connect=127.0.0.1");
    guest.arg(10).arg("::1").succeeds();
}
