//! What `cargo xtask bench` measures: one program, over whatever sockets it is built with.
//!
//! `bench serve` is the peer, and native: see [`serve`]; `bench MILLISECONDS lead GUESTS` is that of many guests: see [`lead`].
//! `bench MILLISECONDS WORKLOAD ARGUMENTS…` does the workload for so long, and tells of it as [`meter`] says.

#[cfg(feature = "libc")]
extern crate berkeley_libc as _;

mod blocking;
#[cfg(unix)]
mod lead;
#[cfg(any(target_os = "linux", feature = "libc", feature = "guest"))]
mod many;
mod meter;
mod net;
#[cfg(unix)]
mod serve;
mod watch;
mod workload;

use std::env;

use crate::blocking::Blocking;
use crate::meter::Result;

fn main() -> Result {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        #[cfg(unix)]
        ["serve"] => serve::serve(),
        #[cfg(unix)]
        [milliseconds, "lead", guests] => lead::lead(&Blocking::new(milliseconds.parse()?), guests.parse()?),
        [milliseconds, name, ref rest @ ..] => workload::run(&Blocking::new(milliseconds.parse()?), name, rest),
        _ => Err("what is to be measured, and how long?".into()),
    }
}
