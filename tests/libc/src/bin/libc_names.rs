//! Names of hosts, services, protocols and interfaces. Its arguments are the host's name, and whether addresses are told.
#![allow(unsafe_code, clippy::undocumented_unsafe_blocks, reason = "the functions are C's")]

use std::ffi::{CStr, c_char, c_int};
use std::ptr::{null, null_mut};

use berkeley_test_libc::*;
use libc::{AF_INET, AF_INET6};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (name, addresses) = (arguments.next().expect("a name"), arguments.next().expect("yes or no"));
    infos();
    hosts();
    services();
    protocols();
    interfaces(&name, addresses == "yes");
    println!("done");
}

fn text(pointer: *const c_char) -> String {
    unsafe { CStr::from_ptr(pointer) }.to_str().unwrap().to_owned()
}

fn look_up(host: Option<&CStr>, service: Option<&CStr>, flags: c_int) -> Result<Vec<(c_int, c_int, Vec<u8>)>, c_int> {
    let mut hints = unsafe { std::mem::zeroed::<libc::addrinfo>() };
    (hints.ai_flags, hints.ai_socktype) = (flags, libc::SOCK_STREAM);
    let mut list = null_mut();
    let pointer = |text: Option<&CStr>| text.map_or(null(), CStr::as_ptr);
    let code = unsafe { libc::getaddrinfo(pointer(host), pointer(service), &raw const hints, &raw mut list) };
    if code != 0 {
        return Err(code);
    }
    let (mut infos, mut at) = (Vec::new(), list);
    while let Some(info) = unsafe { at.as_ref() } {
        let bytes = unsafe { std::slice::from_raw_parts(info.ai_addr.cast::<u8>(), info.ai_addrlen as usize) };
        infos.push((info.ai_family, info.ai_socktype, bytes.to_vec()));
        at = info.ai_next;
    }
    unsafe { libc::freeaddrinfo(list) };
    Ok(infos)
}

fn infos() {
    let found = look_up(Some(c"127.0.0.1"), Some(c"80"), 0).unwrap();
    assert_eq!(found, [(AF_INET, libc::SOCK_STREAM, loopback(80).to_vec())]);
    let found = look_up(Some(c"::1"), Some(c"80"), 4).unwrap();
    assert_eq!((found[0].0, found[0].2.len(), found[0].2[23]), (AF_INET6, 32, 1));
    assert!(look_up(Some(c"localhost"), None, 0).unwrap().iter().any(|info| info.0 == AF_INET));
    assert_eq!(look_up(None, None, 0), Err(-2));
    assert_eq!(look_up(Some(c"localhost"), None, 4), Err(-2));
    assert_eq!(look_up(None, Some(c"no-such-service"), 0), Err(-8));
    assert_eq!(look_up(Some(c"127.0.0.1"), None, 0x8000), Err(-1));
    let code = unsafe { libc::getaddrinfo(nowhere(), null(), null(), nowhere()) };
    assert_eq!((code, std::io::Error::last_os_error().raw_os_error()), (libc::EAI_SYSTEM, Some(libc::EFAULT)));
    let (mut host, mut service) = ([0; 64], [0; 32]);
    let address = loopback(443);
    let name = |host: &mut [c_char], service: &mut [c_char], flags| unsafe {
        let (rooms, address) = ((host.len() as u32, service.len() as u32), address.as_ptr().cast());
        getnameinfo(address, 16, host.as_mut_ptr(), rooms.0, service.as_mut_ptr(), rooms.1, flags)
    };
    assert_eq!(name(&mut host, &mut service, 3), 0);
    assert_eq!((text(host.as_ptr()), text(service.as_ptr())), ("127.0.0.1".into(), "443".into()));
    assert_eq!(name(&mut host[..9], &mut service, 3), -12);
    assert_eq!(unsafe { getnameinfo(address.as_ptr().cast(), 7, null_mut(), 0, null_mut(), 0, 0) }, -6);
}

fn addresses(host: *mut Hostent) -> Vec<Vec<u8>> {
    let host = unsafe { host.as_ref() }.expect("it is known");
    let mut list = Vec::new();
    for at in 0.. {
        let address = unsafe { *host.addresses.add(at) };
        if address.is_null() {
            break;
        }
        list.push(unsafe { std::slice::from_raw_parts(address.cast::<u8>(), host.length as usize) }.to_vec());
    }
    list
}

fn hosts() {
    unsafe {
        assert!(addresses(gethostbyname(c"localhost".as_ptr())).contains(&vec![127, 0, 0, 1]));
        assert_eq!(addresses(gethostbyname(c"127.0.0.1".as_ptr())), [[127, 0, 0, 1]]);
        let six = gethostbyname2(c"::1".as_ptr(), AF_INET6);
        assert_eq!((addresses(six)[0][15], (*six).family, (*six).length), (1, AF_INET6, 16));
        assert!(gethostbyname2(c"localhost".as_ptr(), 77).is_null());
        let host = gethostbyaddr([127_u8, 0, 0, 1].as_ptr().cast(), 4, AF_INET);
        assert_eq!(addresses(host), [[127, 0, 0, 1]]);
        assert!(text((*host).name).starts_with("localhost"));
        assert!(gethostbyname(c"no-such-host.invalid".as_ptr()).is_null());
        assert!([1, 2, 3].contains(&*__h_errno_location()), "{}", *__h_errno_location());
        assert_eq!(text(hstrerror(1)), "Unknown host");
        let (mut entry, mut answer, mut code) = (std::mem::zeroed::<Hostent>(), null_mut(), 0);
        let mut memory = [0; 256];
        let find = |memory: &mut [c_char], entry: *mut Hostent, answer: *mut *mut Hostent, code: *mut c_int| {
            gethostbyname_r(c"127.0.0.1".as_ptr(), entry, memory.as_mut_ptr(), memory.len(), answer, code)
        };
        assert_eq!(find(&mut memory[..5], &raw mut entry, &raw mut answer, &raw mut code), libc::ERANGE);
        assert!(answer.is_null());
        // The memory need not be aligned.
        assert_eq!(find(&mut memory[1..], &raw mut entry, &raw mut answer, &raw mut code), 0);
        assert_eq!((answer, addresses(answer)), (&raw mut entry, vec![vec![127, 0, 0, 1]]));
    }
}

fn services() {
    unsafe {
        let http = getservbyname(c"http".as_ptr(), c"tcp".as_ptr()).as_ref().expect("it is known");
        assert_eq!((text(http.name), http.port, text(http.protocol)), ("http".into(), 0x5000, "tcp".into()));
        let domain = getservbyport(0x3500, null()).as_ref().expect("it is known");
        assert_eq!((text(domain.name), text(domain.protocol)), ("domain".into(), "tcp".into()));
        assert!(getservbyname(c"no-such-service".as_ptr(), null()).is_null());
        assert!(getservbyname(null(), null()).is_null());
    }
}

fn protocols() {
    unsafe {
        let udp = getprotobyname(c"udp".as_ptr()).as_ref().expect("it is known");
        assert_eq!((text(udp.name), udp.number, text(*udp.aliases)), ("udp".into(), 17, "UDP".into()));
        assert_eq!(text((*getprotobynumber(6)).name), "tcp");
        assert!(getprotobynumber(250).is_null());
        setprotoent(0);
        let mut known = 0;
        while !getprotoent().is_null() {
            known += 1;
        }
        assert!(known > 20);
    }
}

fn interfaces(name: &str, told: bool) {
    unsafe {
        let index = if_nametoindex(c"lo".as_ptr());
        assert_ne!(index, 0);
        let mut buffer = [0; 16];
        assert_eq!(if_indextoname(index, buffer.as_mut_ptr()), buffer.as_mut_ptr());
        assert_eq!(text(buffer.as_ptr()), "lo");
        assert_eq!(if_nametoindex(c"no-such".as_ptr()), 0);
        assert_eq!(std::io::Error::last_os_error().raw_os_error(), Some(libc::ENODEV));
        assert!(if_indextoname(0xfff_ffff, buffer.as_mut_ptr()).is_null());
        assert_eq!(std::io::Error::last_os_error().raw_os_error(), Some(libc::ENXIO));
        let list = if_nameindex();
        let mut names = Vec::new();
        for at in 0.. {
            let row = *list.add(at);
            if row.name.is_null() {
                break;
            }
            names.push((row.index, text(row.name)));
        }
        if_freenameindex(list);
        assert!(names.contains(&(index, "lo".into())));
        let mut host = [0; 65];
        ok(gethostname(host.as_mut_ptr(), 65));
        assert_eq!(text(host.as_ptr()), name);
        fails(gethostname(host.as_mut_ptr(), 1), libc::ENAMETOOLONG);
        let mut list = null_mut();
        ok(getifaddrs(&raw mut list));
        let (mut at, mut found) = (list, false);
        while let Some(entry) = at.as_ref() {
            let loopback_here = !entry.address.is_null()
                && std::slice::from_raw_parts(entry.address, 8) == &loopback(0)[..8]
                && std::slice::from_raw_parts(entry.mask, 8) == [1, 0, 0, 0, 255, 0, 0, 0];
            found |= text(entry.name) == "lo" && (loopback_here || !told);
            at = entry.next;
        }
        freeifaddrs(list);
        assert!(found);
    }
}
