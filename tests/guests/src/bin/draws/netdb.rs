//! Names of hosts, services, protocols and interfaces.

use berkeley_guest::bindings::interface::{
    gethostname, if_indextoname, if_nameindex, if_nametoindex, local_cid, sethostname,
};
use berkeley_guest::bindings::netdb::{
    getaddrinfo, gethostbyaddr, gethostbyname_ex, getnameinfo, getprotobyname, getservbyname, getservbyport,
};

use crate::{Function, function};

/// Longer than any name of a host may be: whatever is granted, this one's stays what it is.
const TOO_LONG: usize = 300;

pub(crate) const FUNCTIONS: &[Function] = &[
    function("getaddrinfo", 4, |world| {
        let (host, service) = (world.name(), world.one_of(&[None, Some(&b"80"[..]), Some(b"http"), Some(b"\0")]));
        let host = if world.one_in(8) { None } else { Some(&host[..]) };
        let flags = if world.random.bool() { 0 } else { world.random.i32(0..0x800) };
        getaddrinfo(host, service, world.family(), world.one_of(&[0, 1, 2]), 0, flags).is_ok()
    }),
    function("getnameinfo", 2, |world| getnameinfo(&world.address(), world.random.i32(0..64)).is_ok()),
    function("gethostbyname-ex", 2, |world| gethostbyname_ex(&world.name()).is_ok()),
    function("gethostbyaddr", 2, |world| gethostbyaddr(&world.name()).is_ok()),
    function("getservbyname", 1, |world| {
        let name = if world.random.bool() { b"http".to_vec() } else { world.few_bytes() };
        getservbyname(&name, Some(b"tcp")).is_some()
    }),
    function("getservbyport", 1, |world| getservbyport(world.one_of(&[80, 443, 0, 9]), None).is_some()),
    function("getprotobyname", 1, |world| {
        getprotobyname(&if world.random.bool() { b"tcp".to_vec() } else { world.few_bytes() }).is_some()
    }),
    function("if-nameindex", 1, |_| if_nameindex().is_ok()),
    function("if-nametoindex", 1, |world| {
        if_nametoindex(&if world.random.bool() { b"lo".to_vec() } else { world.few_bytes() }).is_ok()
    }),
    function("if-indextoname", 1, |world| if_indextoname(world.random.u32(..4)).is_ok()),
    function("gethostname", 1, |_| gethostname().is_ok()),
    function("sethostname", 1, |_| sethostname(&[b'h'; TOO_LONG]).is_ok()),
    function("local-cid", 1, |_| local_cid().is_ok()),
];
