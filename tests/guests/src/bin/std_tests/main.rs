//! `std`'s own network tests, over the guest crate. Arguments: the tests to run, each as `NAME MOMENT`, where the moment
//! is when its threads run: `spawn`, `send`, `join`, or the number of one of its calls. Without any, the names of all
//! tests are printed.
//!
//! The tests say `crate::…`, so the root has what they find in the root of `std`, with this crate's sockets.
#![allow(
    missing_docs,
    unused,
    unsafe_code,
    deprecated,
    non_camel_case_types,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    reason = "what is included was written for other lints, and takes what `std` has, as it is called there"
)]

mod shim;

pub use std::{fmt, fs, io, mem, ptr, time};

pub use shim::{libc, sync, test_helpers, thread};

pub mod net {
    pub use berkeley_guest::net::*;

    pub use crate::shim::ports as test;

    pub mod tcp {
        include!(concat!(env!("OUT_DIR"), "/tcp.rs"));
    }

    pub mod udp {
        include!(concat!(env!("OUT_DIR"), "/udp.rs"));
    }

    pub mod socket_addr {
        include!(concat!(env!("OUT_DIR"), "/socket_addr.rs"));
    }
}

pub mod os {
    pub use berkeley_guest::os::{fd, linux};

    pub mod net {
        pub mod linux_ext {
            pub use berkeley_guest::os::linux::net as tcp;
        }

        pub mod linux {
            include!(concat!(env!("OUT_DIR"), "/linux.rs"));
        }
    }

    pub mod unix {
        pub use berkeley_guest::os::unix::io;

        pub mod net {
            pub use berkeley_guest::net::Shutdown;
            pub use berkeley_guest::os::unix::net::*;

            pub use crate::libc;

            pub mod tests {
                include!(concat!(env!("OUT_DIR"), "/unix.rs"));
            }
        }
    }
}

/// The modules, and their tests.
const TESTS: [(&str, &[(&str, fn())]); 5] = [
    ("tcp", net::tcp::TESTS),
    ("udp", net::udp::TESTS),
    ("socket_addr", net::socket_addr::TESTS),
    ("linux", os::net::linux::TESTS),
    ("unix", os::unix::net::tests::TESTS),
];

fn main() {
    let all = || TESTS.iter().flat_map(|(module, tests)| tests.iter().map(move |(name, run)| (module, name, run)));
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.is_empty() {
        all().for_each(|(module, name, _)| println!("{module}::{name}"));
    }
    for argument in arguments {
        let (wanted, moment) = argument.split_once(' ').expect("a name and a moment");
        let (_, _, run) = all().find(|(module, name, _)| format!("{module}::{name}") == wanted).expect("a test");
        eprintln!("running {wanted}");
        thread::run_at(moment);
        run();
        thread::run_pending();
        println!("{wanted}");
    }
}
