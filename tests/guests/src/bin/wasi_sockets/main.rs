//! Calls WASI 0.2's own sockets in each of their states, and tells what each call answers: the same whoever implements
//! them. An argument chooses a call that ends the guest.

mod options;
mod streams;
mod tcp;
mod udp;

use wasip2::sockets::network::IpAddressFamily;

/// Tells a call, and what it answers.
macro_rules! tell {
    ($call:expr) => {
        println!(
            "  {}: {}",
            stringify!($call).split_whitespace().collect::<String>(),
            berkeley_test_guests::wasi::told($call)
        )
    };
}
pub(crate) use tell;

/// Tells an expression, and its value.
macro_rules! show {
    ($value:expr) => {
        println!("  {}: {:?}", stringify!($value).split_whitespace().collect::<String>(), $value)
    };
}
pub(crate) use show;

fn main() {
    match std::env::args().nth(1).as_deref() {
        None => {}
        Some("writes-too-much") => return streams::write_too_much(),
        Some("sends-too-much") => return udp::send_too_much(),
        Some("streams-twice") => return udp::stream_twice(),
        Some("drops-the-socket-first") => return streams::drop_the_socket_first(),
        Some(other) => panic!("{other} is no call"),
    }
    for family in [IpAddressFamily::Ipv4, IpAddressFamily::Ipv6] {
        println!("{family:?}");
        tcp::states(family);
        tcp::addresses(family);
        tcp::connecting(family);
        options::tcp(family);
        options::udp(family);
        streams::ends(family);
        streams::bytes(family);
        udp::states(family);
        udp::exchange(family);
        udp::peers(family);
    }
    udp::lookups();
}
