//! The host's network interfaces and its name: net/if.h, ifaddrs.h, gethostname(2), uname(2).

mod addresses;
mod list;

use core::ffi::{c_char, c_int};

use berkeley_guest::bindings::interface as wit;
use berkeley_guest::error::Errno;

use crate::export::exported;
use crate::memory::{In, Out};

/// The room that `if_indextoname` is given: IF_NAMESIZE.
const NAME: usize = 16;

/// The room for each text of `struct utsname`, with the byte of 0 at its end.
const TEXT: usize = 65;

/// What wasi-libc has in the texts beside the host's name, which it does not know, and there instead of it.
const SYSTEM: &[u8] = b"wasi";
const RELEASE: &[u8] = b"0.0.0";
const MACHINE: &[u8] = b"wasm32";
const UNKNOWN: &[u8] = b"(none)";

exported! {
    /// if_nametoindex(3)
    fn if_nametoindex(name: In<c_char>) -> u32 {
        Ok(wit::if_nametoindex(name.text()?)?)
    }

    /// if_indextoname(3)
    fn if_indextoname(index: u32, name: Out<c_char>) -> Out<c_char> {
        let found = wit::if_indextoname(index)?;
        if found.len() >= NAME {
            return Err(Errno::Enxio.into());
        }
        name.cast::<u8>().put_all(&[&found[..], &[0]].concat())?;
        Ok(name)
    }

    /// gethostname(2). ENAMETOOLONG: as much as there is room for is there.
    fn gethostname(name: Out<c_char>, room: usize) -> c_int {
        let found = wit::gethostname()?;
        let text = [&found[..], &[0]].concat();
        name.cast::<u8>().put_all(&text[..text.len().min(room)])?;
        if text.len() > room { Err(Errno::Enametoolong.into()) } else { Ok(0) }
    }

    /// sethostname(2)
    fn sethostname(name: In<c_char>, length: usize) -> c_int {
        if length > 64 {
            return Err(Errno::Einval.into());
        }
        wit::sethostname(name.cast::<u8>().bytes(length)?)?;
        Ok(0)
    }

    /// uname(2), as wasi-libc has it, but for the host's name: that of gethostname(2), where the program may know it.
    fn uname(place: Out<c_char>) -> c_int {
        let name = wit::gethostname().ok();
        let host = name.as_deref().unwrap_or(UNKNOWN);
        let mut texts = [0; TEXT * 6];
        for (room, text) in texts.chunks_exact_mut(TEXT).zip([SYSTEM, host, RELEASE, RELEASE, MACHINE, UNKNOWN]) {
            let length = text.len().min(TEXT - 1);
            room[..length].copy_from_slice(&text[..length]);
        }
        place.cast::<u8>().put_all(&texts)?;
        Ok(0)
    }
}
