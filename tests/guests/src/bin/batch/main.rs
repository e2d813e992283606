//! Many datagrams by one call: to peers of the guest's own, or, by the arguments `to` and a port, to a native one.
//!
//! The argument `denied` tries a peer that the policy refuses, `limited` what a guest does that may send only so much.

mod ends;
mod peers;
mod udp;
mod unix;
mod usual;

use anyhow::Result;
use berkeley_test_guests::run;

type Case = fn() -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("to the peer it is connected to", usual::connected),
    ("to several peers, of either version of IP", udp::several),
    ("as std would have it", udp::shapes),
    ("of every length", udp::lengths),
    ("more than go by one call", udp::thousands),
    ("cut apart as the guest wants it", udp::own_segments),
    ("put together by the kernel", udp::gro),
    ("with control messages", udp::controls),
    ("one control message that is refused", udp::refused_control),
    ("over unix sockets", unix::unix),
    ("over unix sockets, to an address", unix::unix_addressed),
    ("what is not received by many", unix::descriptors),
    ("records of a connection", unix::seqpacket),
    ("looked at", usual::peeked),
    ("cut off", usual::truncated),
    ("nothing to receive", usual::nothing),
    ("what is no batch", usual::mistakes),
    ("what the contract is not told", usual::lies),
];

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => run(CASES.iter().copied()),
        ["to", port] => peers::to(port.parse()?),
        ["denied", port] => peers::denied(port.parse()?),
        ["limited"] => peers::limited(),
        _ => anyhow::bail!("what is to be done?"),
    }
}
