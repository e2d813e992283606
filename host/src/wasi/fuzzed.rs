//! WASI's types, with values of any kind: what fuzzers draw. It panics where something does not hold.

use std::net::{IpAddr, SocketAddr};

use berkeley_constants as c;

use super::address::{Family, is_unicast};
use super::code::Code;
use super::option::{
    KEEP_ALIVE, KEEP_COUNT, KEEP_IDLE, KEEP_INTERVAL, RECEIVE_BUFFER, SEND_BUFFER, buffer, count, flag, hop_limit_of,
    hops, set_buffer, set_count, set_flag, set_hops, set_time, time,
};
use super::p2;
#[cfg(feature = "p3")]
use super::p3;
use crate::address::{Address, NoInterfaces};
use crate::ctx::SocketCtx;
use crate::policy::AllowAll;
use crate::socket::Socket;

/// An address that a guest gives: it is the same on each side, and a socket of one family never gets to the other's.
pub(crate) fn address(address: SocketAddr) {
    assert!(p2::goes_both_ways(address), "{address}");
    #[cfg(feature = "p3")]
    assert!(p3::goes_both_ways(address), "{address}");
    let core = Address::from(address);
    let again = core.encode_with(&NoInterfaces).ok().and_then(|raw| Address::decode_with(&raw, 0, &NoInterfaces));
    assert_eq!(again, Some(core.clone()));
    for family in [Family::V4, Family::V6] {
        assert!(family.takes(family.unspecified().ip()) && !family.reaches(family.unspecified()));
        if !family.reaches(address) {
            continue;
        }
        assert!(family.takes(address.ip()) && address.port() != 0 && !address.ip().is_unspecified(), "{address}");
        // What the policy judges is of the socket's own family.
        let judged = core.internet().map(|judged| judged.ip());
        assert_eq!(judged, Some(address.ip()));
        assert_eq!(address.is_ipv4(), family == Family::V4, "{address}");
    }
    if let IpAddr::V6(ip) = address.ip() {
        let mapped = ip.to_ipv4_mapped();
        assert!(mapped.is_none_or(|mapped| is_unicast(mapped.into()) == is_unicast(ip.into())), "{address}");
    }
}

/// An option that a guest sets: it is refused, or what is told then is within WASI's bounds.
pub(crate) fn option(which: u8, value: u64) {
    const SECOND: u64 = 1_000_000_000;
    let family = if which & 1 == 0 { Family::V4 } else { Family::V6 };
    let ctx = SocketCtx::builder().policy(AllowAll).build();
    // A machine may have no IPv6.
    let Ok(socket) = Socket::create(&ctx.shared, family.number(), c::SOCK_STREAM, 0) else { return };
    let refused = |result: Result<(), Code>| match result {
        Ok(()) => value == 0,
        Err(code) => (code == Code::InvalidArgument) != (value == 0),
    };
    let wrong = match (which >> 1) % 6 {
        0 => {
            let is_set = set_flag(&socket, KEEP_ALIVE, value & 1 == 1).is_ok();
            is_set && flag(&socket, KEEP_ALIVE) != Ok(value & 1 == 1)
        }
        part @ (1 | 2) => {
            let name = if part == 1 { KEEP_IDLE } else { KEEP_INTERVAL };
            let most = i16::MAX as u64 * SECOND;
            refused(set_time(&socket, name, value))
                || value != 0
                    && time(&socket, name).is_ok_and(|told| {
                        !(SECOND..=most).contains(&told) || told < value.min(most) || told % SECOND != 0
                    })
        }
        3 => {
            let value = value as u32;
            let set = set_count(&socket, KEEP_COUNT, value);
            set.is_ok() == (value == 0) || value != 0 && count(&socket, KEEP_COUNT) != Ok(value.min(i8::MAX as u32))
        }
        4 => {
            let (name, value) = (hop_limit_of(family), value as u8);
            let set = set_hops(&socket, name, value);
            set.is_ok() == (value == 0) || value != 0 && hops(&socket, name) != Ok(value)
        }
        _ => [RECEIVE_BUFFER, SEND_BUFFER].iter().any(|name| {
            refused(set_buffer(&socket, *name, value)) || buffer(&socket, *name).is_ok_and(|told| told == 0)
        }),
    };
    assert!(!wrong, "option {which} with {value}");
}
