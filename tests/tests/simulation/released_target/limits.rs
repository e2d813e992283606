//! SO_RCVTIMEO and SO_SNDTIMEO over the C library, by a clock that nothing but waits moves.

use crate::scenario::{Scenario, passes};

#[test]
fn a_call_waits_no_longer_than_it_does_natively() {
    let scenario = Scenario::new(
        "[hosts.asks]\nprogram = \"<libc_limits>\"\nargs = [\"serves\"]\n\
         [hosts.serves]\nprogram = \"<libc_limits>\"\nargs = [\"serve\"]\nserves = true\n",
    );
    let stdout = passes(&scenario.run(&[]));
    let told: Vec<_> = stdout.lines().filter_map(|line| line.split_once(" | ")).map(|(_, told)| told).collect();
    assert_eq!(
        told,
        [
            "recv of much: 100000 after 1.0 s",
            "recvfrom of much: 100000 after 1.0 s",
            "recvmsg of much: 100000 after 1.0 s",
            "recv of a trickle: 20 after 1.0 s",
            "recvfrom of a trickle: 20 after 1.0 s",
            "recvmsg of a trickle: 20 after 1.0 s",
            "sendmmsg: 1 after 1.0 s",
            "write: 1 after 1.0 s",
            "write of more: -1 after 1.0 s",
            "sendmmsg of more: -1 after 1.0 s",
        ]
    );
}
