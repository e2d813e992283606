//! Data: send(2) and recv(2), read(2) and write(2), of every descriptor.

use core::ffi::c_int;

use berkeley_guest::error::Errno;

use crate::alarm;
use crate::description::{self, downcast, read_whole, total, write_whole};
use crate::endpoint::Socket;
use crate::export::exported;
use crate::failure::Result;
use crate::memory::{self, In, Out};
use crate::number::event::{POLLIN, POLLOUT};
use crate::signal;
use crate::socket::{given, told_if};
use crate::table::{Entry, Foreign, lookup};
use crate::wait::{Wait, heed_alarm};

/// Linux's PIPE_BUF: where there is room in a pipe, there is for so much.
const AT_ONCE: usize = 4096;

exported! {
    /// send(2)
    fn send(fd: c_int, data: In<u8>, length: usize, flags: c_int) -> isize {
        let socket = Socket::of(fd)?;
        let sent = socket.send(data.bytes(length)?, flags);
        Ok(socket.told(sent, flags)? as isize)
    }

    /// sendto(2)
    fn sendto(fd: c_int, data: In<u8>, length: usize, flags: c_int, address: In<u8>, size: u32) -> isize {
        let socket = Socket::of(fd)?;
        let data = data.bytes(length)?;
        let sent = if address.is_null() {
            socket.send(data, flags)
        } else {
            let address = given(address, size)?;
            socket.sending(flags, |handle| handle.sendto(data, flags, &address)).map(|sent| sent as usize)
        };
        Ok(socket.told(sent, flags)? as isize)
    }

    /// recv(2)
    fn recv(fd: c_int, buffer: Out<u8>, length: usize, flags: c_int) -> isize {
        let socket = Socket::of(fd)?;
        if buffer.is_nowhere(length) {
            return Ok(socket.receive_nowhere(flags)? as isize);
        }
        Ok(socket.receive(buffer.room(length)?, flags)? as isize)
    }

    /// recvfrom(2)
    fn recvfrom(fd: c_int, buffer: Out<u8>, length: usize, flags: c_int, address: Out<u8>, size: Out<u32>) -> isize {
        let socket = Socket::of(fd)?;
        if buffer.is_nowhere(length) {
            return Ok(socket.receive_nowhere(flags)? as isize);
        }
        let buffer = buffer.room(length)?;
        if address.is_null() {
            return Ok(socket.receive(buffer, flags)? as isize);
        }
        // Before anything is taken that could not be told of.
        if let Err(fault) = size.get().and_then(|room| size.put(room)) {
            socket.receive_nowhere(flags)?;
            return Err(fault);
        }
        let (length, peer) = socket.receive_from(buffer, flags)?;
        told_if(peer.as_ref(), address, size)?;
        Ok(length as isize)
    }

    /// read(2)
    fn read(fd: c_int, buffer: Out<u8>, length: usize) -> isize {
        let entry = lookup(fd)?;
        let length = memory::bounded(length)?;
        if buffer.is_nowhere(length) {
            return read_nowhere(&entry);
        }
        read_into(&entry, &mut [buffer.room(length)?])
    }

    /// write(2)
    fn write(fd: c_int, data: In<u8>, length: usize) -> isize {
        write_from(&lookup(fd)?, &[data.bytes(length)?])
    }

    /// readv(2)
    fn readv(fd: c_int, vectors: In<libc::iovec>, count: c_int) -> isize {
        let entry = lookup(fd)?;
        match memory::scatter(vectors, count) {
            Err(_) if memory::is_nowhere(vectors, count) => read_nowhere(&entry),
            buffers => read_into(&entry, &mut buffers?),
        }
    }

    /// writev(2)
    fn writev(fd: c_int, vectors: In<libc::iovec>, count: c_int) -> isize {
        let entry = lookup(fd)?;
        write_from(&entry, &memory::gather(vectors, count)?)
    }
}

/// Reads into what is no memory.
fn read_nowhere(entry: &Entry) -> Result<isize> {
    let Some(description) = entry.own() else { return Err(Errno::Efault.into()) };
    let length = match downcast::<Socket>(&description) {
        Some(socket) => socket.receive_nowhere(0)?,
        None => description::read_nowhere(&*description)?,
    };
    Ok(length as isize)
}

fn read_into(entry: &Entry, buffers: &mut [&mut [u8]]) -> Result<isize> {
    let length = match entry {
        // As in Linux, nothing is asked of a socket for nothing.
        Entry::Own(_) if buffers.iter().all(|buffer| buffer.is_empty()) => 0,
        Entry::Own(description) => description.read(buffers)?,
        Entry::Foreign(file) => {
            if !file.always_ready() {
                let watch = |wait: &mut Wait| {
                    file.watch(POLLIN, wait);
                };
                heed_alarm(|| None, watch)?;
            }
            read_file(file, buffers)?
        }
    };
    Ok(length as isize)
}

fn write_from(entry: &Entry, buffers: &[&[u8]]) -> Result<isize> {
    let length = match entry {
        Entry::Own(description) => match downcast::<Socket>(description) {
            Some(socket) => socket.told(description.write(buffers), 0)?,
            None => signal::told(description.write(buffers), 0)?,
        },
        Entry::Foreign(file) => signal::told(write_file(file, buffers), 0)?,
    };
    Ok(length as isize)
}

/// Goes on only where that never waits: a regular file gives all up to its end, though WASI's streams give it in parts.
fn read_file(file: &Foreign, buffers: &mut [&mut [u8]]) -> Result<usize> {
    read_whole(buffers, |rest, read| if read > 0 && !file.always_ready() { Ok(0) } else { file.read(rest) })
}

/// Writes all of it, as to a regular file in Linux, though WASI's streams take it in parts.
fn write_file(file: &Foreign, buffers: &[&[u8]]) -> Result<usize> {
    if total(buffers) == 0 {
        return file.write(&[]);
    }
    write_whole(buffers, |rest, written| {
        if !alarm::is_set() || file.always_ready() {
            return file.write(rest);
        }
        heed_alarm_for_room(file, written > 0)?;
        file.write(&rest[..rest.len().min(AT_ONCE)])
    })
}

/// Waits until there is room in what is no regular file, while an alarm may ring. EINTR, unless the program has such calls go
/// on; where something was written it ends in any case.
fn heed_alarm_for_room(file: &Foreign, is_begun: bool) -> Result<()> {
    loop {
        let mut wait = Wait::default();
        file.watch(POLLOUT, &mut wait);
        if wait.until_alarm(None).is_some() {
            // It is not open for writing, which writing tells.
            return Ok(());
        }
        match wait.run(None) {
            Err(_) if !is_begun && alarm::restarts() => {}
            result => return result,
        }
    }
}
