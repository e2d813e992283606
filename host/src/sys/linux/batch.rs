//! Datagrams that one system call sends or receives: sendmmsg(2), recvmmsg(2).

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use berkeley_constants as c;
use socket2::Socket;

use crate::address::RawAddress;
use crate::cmsg::LINUX;
use crate::error::Errno;
use crate::sys::batch::{Arrival, Packet};
use crate::sys::call::{answer, get_option};

/// No longer datagrams are put together: those that every usual network carries as they are.
const LONGEST_SEGMENT: usize = 1452;
/// No more bytes go as one: what a packet of IP holds, but for its headers.
const LONGEST_RUN: usize = 65_000;
/// linux/udp.h: UDP_MAX_SEGMENTS, of the first kernels.
const MOST_SEGMENTS: usize = 64;

/// Datagrams in turn that go through the kernel as one, which cuts them apart: UDP_SEGMENT. Mostly it is one alone.
struct Run {
    datagrams: usize,
    bytes: usize,
}

impl Run {
    /// The first of the datagrams, and those behind it that can go along.
    fn of(packets: &[Packet<'_>], may_join: bool) -> Self {
        let first = &packets[0];
        let mut run = Self { datagrams: 1, bytes: first.length };
        if !may_join || first.length == 0 || first.length > LONGEST_SEGMENT || !first.control.is_empty() {
            return run;
        }
        for next in packets[1..].iter().take(MOST_SEGMENTS - 1) {
            let fits = (1..=first.length).contains(&next.length) && run.bytes + next.length <= LONGEST_RUN;
            if !fits || !next.control.is_empty() || !is_same(first.peer, next.peer) {
                break;
            }
            run.datagrams += 1;
            run.bytes += next.length;
            // Only the last one is shorter.
            if next.length < first.length {
                break;
            }
        }
        run
    }
}

fn is_same(one: Option<&RawAddress>, other: Option<&RawAddress>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => std::ptr::eq(one, other) || one.as_bytes() == other.as_bytes(),
        (None, None) => true,
        _ => false,
    }
}

/// Whether the kernel cuts datagrams apart. One that does not would take the control message for none, and send one.
fn has_segments(socket: &Socket) -> bool {
    static HAS: OnceLock<bool> = OnceLock::new();
    *HAS.get_or_init(|| get_option(socket, c::IPPROTO_UDP, c::UDP_SEGMENT, size_of::<i32>()).is_ok())
}

/// What the kernel, or the way to the peer, says that cannot take datagrams put together.
fn is_refusal(error: &io::Error) -> bool {
    let refusals = [Errno::EINVAL, Errno::EIO, Errno::EMSGSIZE, Errno::EOPNOTSUPP];
    Errno::of(error).is_some_and(|errno| refusals.contains(&errno))
}

/// Sends the datagrams, at most [`MOST_AT_ONCE`](super::MOST_AT_ONCE), whose bytes lie one behind the other: tells how many
/// of them went.
///
/// Those of UDP that are alike go through the kernel as one, unless they are to go `apart`. Where it does not take them so,
/// that is noted.
pub(crate) fn send_many(
    socket: &Socket,
    data: &[u8],
    packets: &[Packet<'_>],
    apart: &AtomicBool,
    flags: i32,
) -> io::Result<usize> {
    debug_assert!(packets.iter().map(|packet| packet.length).sum::<usize>() <= data.len());
    let may_join = !apart.load(Ordering::Relaxed) && flags & c::MSG_MORE == 0 && has_segments(socket);
    let mut runs = Vec::with_capacity(packets.len());
    let mut rest = packets;
    while !rest.is_empty() {
        let run = Run::of(rest, may_join);
        rest = &rest[run.datagrams..];
        runs.push(run);
    }
    match send_runs(socket, data, packets, &runs, flags) {
        Err(error) if runs.first().is_some_and(|run| run.datagrams > 1) && is_refusal(&error) => {
            apart.store(true, Ordering::Relaxed);
            send_many(socket, data, packets, apart, flags)
        }
        result => result,
    }
}

fn send_runs(socket: &Socket, data: &[u8], packets: &[Packet<'_>], runs: &[Run], flags: i32) -> io::Result<usize> {
    let mut vectors = Vec::with_capacity(runs.len());
    let mut segments = Vec::with_capacity(runs.len());
    let mut headers = Vec::with_capacity(runs.len());
    let (mut at, mut first) = (0, 0);
    for run in runs {
        let part = &data[at..at + run.bytes];
        vectors.push(libc::iovec { iov_base: part.as_ptr().cast_mut().cast(), iov_len: part.len() });
        let mut control = Vec::new();
        if run.datagrams > 1 {
            let size = packets[first].length as u16;
            LINUX.put(&mut control, (c::IPPROTO_UDP, c::UDP_SEGMENT, &size.to_ne_bytes()));
        }
        segments.push(control);
        (at, first) = (at + run.bytes, first + run.datagrams);
    }
    first = 0;
    for ((run, vector), segment) in runs.iter().zip(&mut vectors).zip(&segments) {
        let packet = &packets[first];
        let control = if run.datagrams > 1 { segment } else { packet.control };
        // SAFETY: a cleared structure is a valid one.
        let mut header: libc::mmsghdr = unsafe { std::mem::zeroed() };
        if let Some(peer) = packet.peer {
            header.msg_hdr.msg_name = peer.as_bytes().as_ptr().cast_mut().cast();
            header.msg_hdr.msg_namelen = peer.as_bytes().len() as _;
        }
        header.msg_hdr.msg_iov = vector;
        header.msg_hdr.msg_iovlen = 1;
        if !control.is_empty() {
            header.msg_hdr.msg_control = control.as_ptr().cast_mut().cast();
            header.msg_hdr.msg_controllen = control.len() as _;
        }
        headers.push(header);
        first += run.datagrams;
    }
    // SAFETY: there are so many headers, whose pointers and lengths are those of what outlives the call, and of which the
    // kernel only reads.
    let sent =
        answer(unsafe { libc::sendmmsg(socket.as_raw_fd(), headers.as_mut_ptr(), headers.len() as _, flags as _) })?;
    Ok(runs[..sent as usize].iter().map(|run| run.datagrams).sum())
}

/// Receives at most so many datagrams, of at most so many bytes and of so many of control messages each. The bytes lie one
/// behind the other.
pub(crate) fn receive_many(
    socket: &Socket,
    (count, size, control): (usize, usize, usize),
    flags: i32,
) -> io::Result<(Vec<u8>, Vec<Arrival>)> {
    let mut data = Vec::<u8>::with_capacity(count * size);
    let mut controls = vec![0u64; count * control.div_ceil(size_of::<u64>())];
    let mut names: Vec<MaybeUninit<libc::sockaddr_storage>> = Vec::with_capacity(count);
    let mut vectors = Vec::with_capacity(count);
    let mut headers = Vec::with_capacity(count);
    let (room, names) = (data.spare_capacity_mut(), &mut names.spare_capacity_mut()[..count]);
    for at in 0..count {
        vectors.push(libc::iovec { iov_base: room[at * size..].as_mut_ptr().cast(), iov_len: size });
    }
    let stride = control.div_ceil(size_of::<u64>());
    for (at, (vector, name)) in vectors.iter_mut().zip(names.iter_mut()).enumerate() {
        // SAFETY: a cleared structure is a valid one.
        let mut header: libc::mmsghdr = unsafe { std::mem::zeroed() };
        header.msg_hdr.msg_name = name.as_mut_ptr().cast();
        header.msg_hdr.msg_namelen = size_of::<libc::sockaddr_storage>() as _;
        header.msg_hdr.msg_iov = vector;
        header.msg_hdr.msg_iovlen = 1;
        if control > 0 {
            header.msg_hdr.msg_control = controls[at * stride..].as_mut_ptr().cast();
            header.msg_hdr.msg_controllen = control as _;
        }
        headers.push(header);
    }
    // SAFETY: there are so many headers, whose pointers and lengths are those of buffers that outlive the call.
    let came = answer(unsafe {
        libc::recvmmsg(socket.as_raw_fd(), headers.as_mut_ptr(), count as _, flags as _, std::ptr::null_mut())
    })?;
    let mut end = 0;
    let mut arrivals = Vec::with_capacity(came as usize);
    for (at, header) in headers.iter().take(came as usize).enumerate() {
        let told = header.msg_len as usize;
        let length = told.min(size);
        // SAFETY: the kernel has written so many bytes there; they go to where they begin, or before, in the same room.
        unsafe { std::ptr::copy(data.as_ptr().add(at * size), data.as_mut_ptr().add(end), length) };
        end += length;
        let header = &header.msg_hdr;
        let name = (header.msg_namelen as usize).min(size_of::<libc::sockaddr_storage>());
        // SAFETY: the kernel has written so many bytes of the address, of which it may tell more than there was room for.
        let name = unsafe { std::slice::from_raw_parts(header.msg_name.cast::<u8>(), name) };
        let control = control.min(header.msg_controllen as _);
        let control = match control {
            0 => Vec::new(),
            // SAFETY: the room for so many bytes was cleared before the kernel wrote there.
            length => unsafe { std::slice::from_raw_parts(header.msg_control.cast::<u8>(), length) }.to_vec(),
        };
        let (flags, peer) = (header.msg_flags, RawAddress::from_bytes(name));
        arrivals.push(Arrival { length, told, control, flags, peer });
    }
    // SAFETY: the bytes up to there were just put together, of what the kernel has written.
    unsafe { data.set_len(end) };
    Ok((data, arrivals))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many datagrams each run has, of those of these lengths.
    fn runs(lengths: &[usize], peers: &[u8]) -> Vec<usize> {
        let addresses: Vec<_> = (0..=u8::MAX).map(|byte| RawAddress::from_bytes(&[byte])).collect();
        let packet = |(at, length): (usize, &usize)| {
            let peer = peers.get(at).map(|peer| &addresses[usize::from(*peer)]);
            Packet { length: *length, peer, control: &[] }
        };
        let packets: Vec<_> = lengths.iter().enumerate().map(packet).collect();
        let (mut rest, mut counts) = (&packets[..], Vec::new());
        while !rest.is_empty() {
            counts.push(Run::of(rest, true).datagrams);
            rest = &rest[counts[counts.len() - 1]..];
        }
        counts
    }

    #[test]
    fn datagrams_that_are_alike_go_together() {
        assert_eq!(runs(&[64; 5], &[]), [5]);
        assert_eq!(runs(&[64, 64, 1, 64], &[]), [3, 1], "the last one may be shorter");
        assert_eq!(runs(&[1, 64, 64], &[]), [1, 2]);
        assert_eq!(runs(&[0, 0, 64, 0], &[]), [1, 1, 1, 1], "an empty one is one of its own");
        assert_eq!(runs(&[64; 4], &[1, 1, 2, 1]), [2, 1, 1]);
        assert_eq!(runs(&[64; 3], &[1, 1]), [2, 1], "the connected peer's");
        assert_eq!(runs(&[1; 130], &[]), [64, 64, 2]);
        assert_eq!(runs(&[1400; 50], &[]), [46, 4]);
        assert_eq!(runs(&[1453, 1453], &[]), [1, 1]);
    }
}
