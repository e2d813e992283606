//! Several buffers in one call: writev(2), readv(2).

use std::borrow::Cow;
use std::io::{IoSlice, IoSliceMut};

use berkeley_constants::SOCK_STREAM;

use super::life::Socket;
use super::send::PART as HANDED;
use crate::bindings::ancillary as wit;
use crate::error::{Errno, Error, Result};

/// How much of a stream is put together at once.
const PART: usize = 1 << 20;

/// How much is put together because copying it costs less than telling the host of each buffer.
const LITTLE: usize = 1 << 13;

/// How many buffers one call takes: IOV_MAX.
pub(crate) const MOST_BUFFERS: usize = 1024;

impl Socket {
    /// Sends the buffers as if they were one, and tells how many bytes were taken: writev(2).
    ///
    /// As in blocking mode a stream takes all, so it does here. EINVAL for more bytes than there can be.
    ///
    /// Few bytes are put together; the host takes more where they are.
    pub fn send_vectored(&self, buffers: &[IoSlice<'_>]) -> Result<usize> {
        let length = buffers.iter().try_fold(0, |length: usize, buffer| length.checked_add(buffer.len()));
        let length = length.ok_or(Error::Os(Errno::Einval))?;
        let mut parts = Parts { buffers, offset: 0 };
        if let Some(whole) = parts.whole(length) {
            return self.send(whole);
        }
        if length > LITTLE && length <= HANDED && buffers.len() <= MOST_BUFFERS {
            let buffers: Vec<&[u8]> = buffers.iter().map(|buffer| &**buffer).collect();
            return Ok(wit::sendmsg(self.handle(), &buffers, &[], 0, None)? as usize);
        }
        // A message is one whatever its length; of a stream no more is copied than may go out.
        let stream = length > PART && self.r#type() == SOCK_STREAM;
        let mut sent = 0;
        loop {
            let part = parts.take(if stream { PART } else { length })?;
            match self.send(&part) {
                Ok(more) if more == part.len() => sent += more,
                Ok(less) => return Ok(sent + less),
                Err(_) if sent > 0 => return Ok(sent),
                Err(error) => return Err(error),
            }
            if sent == length || !self.fills() {
                return Ok(sent);
            }
        }
    }

    /// Receives into the buffers, one after the other, and tells how many bytes there are: readv(2).
    pub fn recv_vectored(&self, buffers: &mut [IoSliceMut<'_>]) -> Result<usize> {
        let data = self.recv(room(buffers))?;
        scatter(buffers, &data);
        Ok(data.len())
    }
}

/// The bytes of the buffers: where only one has any, as they are, and otherwise a copy of the first, at most so many.
pub(crate) fn gather<'a>(buffers: &'a [IoSlice<'_>], most: usize) -> Result<Cow<'a, [u8]>> {
    let length = buffers.iter().fold(0, |length: usize, buffer| length.saturating_add(buffer.len()));
    let mut parts = Parts { buffers, offset: 0 };
    match parts.whole(length) {
        Some(whole) => Ok(Cow::Borrowed(whole)),
        None => Ok(Cow::Owned(parts.take(length.min(most))?)),
    }
}

/// How many bytes the buffers have room for.
pub(crate) fn room(buffers: &[IoSliceMut<'_>]) -> usize {
    buffers.iter().fold(0, |size: usize, buffer| size.saturating_add(buffer.len()))
}

/// Puts the data into the buffers, one after the other.
pub(crate) fn scatter(buffers: &mut [IoSliceMut<'_>], mut data: &[u8]) {
    for buffer in buffers {
        let (here, later) = data.split_at(data.len().min(buffer.len()));
        buffer[..here.len()].copy_from_slice(here);
        data = later;
    }
}

/// What is left of the buffers: from the offset in the first one on.
struct Parts<'a> {
    buffers: &'a [IoSlice<'a>],
    offset: usize,
}

impl<'a> Parts<'a> {
    /// The one buffer that has all of those bytes, if that is so; without any bytes, none of them.
    fn whole(&self, length: usize) -> Option<&'a [u8]> {
        match length {
            0 => Some(&[]),
            _ => self.buffers.iter().find(|buffer| buffer.len() == length).map(|buffer| &**buffer),
        }
    }

    /// A copy of the next bytes, so many of them or what is left.
    fn take(&mut self, mut room: usize) -> Result<Vec<u8>> {
        let mut taken = Vec::new();
        taken.try_reserve_exact(room).map_err(|_| Error::Os(Errno::Enomem))?;
        while let Some((first, rest)) = self.buffers.split_first() {
            let here = &first[self.offset..];
            if here.len() > room {
                taken.extend_from_slice(&here[..room]);
                self.offset += room;
                break;
            }
            taken.extend_from_slice(here);
            room -= here.len();
            (self.buffers, self.offset) = (rest, 0);
        }
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_the_bytes_in_turn() {
        let words = [&b"one"[..], b"", b"two", b"three"].map(IoSlice::new);
        let mut parts = Parts { buffers: &words, offset: 0 };
        assert_eq!(
            [4, 1, 1, 3, 100].map(|room| parts.take(room).expect("room")),
            [&b"onet"[..], b"w", b"o", b"thr", b"ee"]
        );
        assert!(parts.take(1).expect("room").is_empty());
    }

    #[test]
    fn one_buffer_with_bytes_is_not_copied() {
        let whole = |words: &[&[u8]]| {
            let buffers: Vec<_> = words.iter().map(|word| IoSlice::new(word)).collect();
            let length = words.concat().len();
            Parts { buffers: &buffers, offset: 0 }.whole(length).map(<[u8]>::to_vec)
        };
        assert_eq!(whole(&[b"", b"one", b""]), Some(b"one".to_vec()));
        assert_eq!(whole(&[b""]), Some(Vec::new()));
        assert_eq!(whole(&[b"one", b"two"]), None);
    }

    #[test]
    fn buffers_become_one_piece_of_no_more_than_the_host_is_handed() {
        const MOST: usize = 1 << 16;
        let gathered = |buffers: &[&[u8]]| {
            let slices: Vec<_> = buffers.iter().map(|buffer| IoSlice::new(buffer)).collect();
            gather(&slices, MOST).expect("room").into_owned()
        };
        assert_eq!(gathered(&[]), b"");
        assert_eq!(gathered(&[b"", b"one"]), b"one");
        assert_eq!(gathered(&[b"one", b"", b"two", b"three"]), b"onetwothree");
        let large = vec![7; MOST - 1];
        assert_eq!(gathered(&[&large, b"ab", b"c"]).len(), MOST);
        assert_eq!(gathered(&[&[1; MOST + 1]]).len(), MOST + 1);
    }

    #[test]
    fn what_came_fills_the_buffers_in_turn() {
        let (mut first, mut second, mut third) = ([0; 2], [0; 3], [9; 1]);
        scatter(&mut [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second), IoSliceMut::new(&mut third)], b"abcd");
        assert_eq!((&first, &second, third), (b"ab", b"cd\0", [9]));
    }
}
