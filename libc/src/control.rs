//! Control messages, as wasi-libc's `struct cmsghdr` lays them out: three numbers of 32 bits, and the data, aligned to four
//! bytes. The data have Linux's layout.

use core::ffi::c_int;

use berkeley_constants as linux;
use berkeley_guest::bindings::ancillary::RawControlMessage;
use berkeley_guest::error::Errno;

use crate::number::{errno, socket as number};

/// The size of the header.
const HEADER: usize = 12;
const ALIGNMENT: usize = 4;

/// SOL_SOCKET: descriptors.
const SCM_RIGHTS: c_int = linux::SCM_RIGHTS;

/// What a program sends.
#[derive(Debug, PartialEq)]
pub(crate) enum Outgoing<'a> {
    /// The numbers of descriptors.
    Rights(Vec<c_int>),
    /// Anything else: the level and the type, in Linux's numbers, and the data.
    Data(c_int, c_int, &'a [u8]),
}

/// The control messages in what a program gives. EINVAL: one that is malformed.
pub(crate) fn outgoing(mut bytes: &[u8]) -> Result<Vec<Outgoing<'_>>, Errno> {
    let mut messages = Vec::new();
    while let Some((header, _)) = bytes.split_first_chunk::<HEADER>() {
        let [length, level, kind] = [0, 4, 8].map(|at| field(header, at));
        let length = length as usize;
        if !(HEADER..=bytes.len()).contains(&length) {
            return Err(Errno::Einval);
        }
        let (level, data) = (number::level(level), &bytes[HEADER..length]);
        messages.push(match (level, kind) {
            (linux::SOL_SOCKET, SCM_RIGHTS) => {
                Outgoing::Rights(data.chunks_exact(4).map(|number| field(number, 0)).collect())
            }
            _ => Outgoing::Data(level, kind, data),
        });
        bytes = &bytes[length.next_multiple_of(ALIGNMENT).min(bytes.len())..];
    }
    Ok(messages)
}

fn field(bytes: &[u8], at: usize) -> c_int {
    c_int::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// The control messages for a program that has room for so many bytes.
pub(crate) struct Incoming {
    bytes: Vec<u8>,
    room: usize,
    /// Whether something did not fit: MSG_CTRUNC.
    pub(crate) cut: bool,
}

impl Incoming {
    pub(crate) fn new(room: usize) -> Self {
        Self { bytes: Vec::new(), room, cut: false }
    }

    /// How much room the contract is asked for, which counts by a layout of wider headers: what does not fit after all is cut
    /// off here.
    pub(crate) fn asked(&self) -> u64 {
        if self.room == 0 { 0 } else { 2 * self.room as u64 + 64 }
    }

    /// How many bytes of data the next message may have; none without room for a header.
    fn left(&self) -> Option<usize> {
        (self.room - self.bytes.len().min(self.room)).checked_sub(HEADER)
    }

    /// How many descriptors there is room for.
    pub(crate) fn rights(&self) -> usize {
        self.left().unwrap_or_default() / 4
    }

    /// Puts descriptors, of which not all may have fit.
    pub(crate) fn put_rights(&mut self, numbers: &[c_int], all: usize) {
        self.cut |= numbers.len() < all;
        if !numbers.is_empty() {
            let data: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
            self.put(number::SOL_SOCKET, SCM_RIGHTS, &data);
        }
    }

    /// Puts a message, cut off where there is no room, as Linux does.
    pub(crate) fn put_data(&mut self, message: RawControlMessage) {
        let RawControlMessage { level, type_: kind, mut data } = message;
        translate(level, kind, &mut data);
        match self.left() {
            None => self.cut = true,
            Some(left) => {
                self.cut |= data.len() > left;
                data.truncate(left);
                self.put(number::level_here(level), kind, &data);
            }
        }
    }

    fn put(&mut self, level: c_int, kind: c_int, data: &[u8]) {
        let length = (HEADER + data.len()) as c_int;
        self.bytes.extend([length, level, kind].iter().flat_map(|number| number.to_le_bytes()));
        self.bytes.extend(data);
        self.bytes.resize(self.bytes.len().next_multiple_of(ALIGNMENT).min(self.room), 0);
    }

    /// All of them.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Where data hold numbers that are others here: an error's, and families'.
fn translate(level: c_int, kind: c_int, data: &mut [u8]) {
    match (level, kind) {
        (linux::IPPROTO_IP, linux::IP_RECVERR) | (linux::IPPROTO_IPV6, linux::IPV6_RECVERR) => {
            if let Some(number) = data.first_chunk_mut::<4>() {
                *number = errno::from_linux(c_int::from_le_bytes(*number)).to_le_bytes();
            }
            number::translate_family(data, 16);
        }
        (linux::IPPROTO_IP, linux::IP_RECVORIGDSTADDR) | (linux::IPPROTO_IPV6, linux::IPV6_RECVORIGDSTADDR) => {
            number::translate_family(data, 0);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(length: i32, level: i32, kind: i32, data: &[u8]) -> Vec<u8> {
        [&length.to_le_bytes()[..], &level.to_le_bytes(), &kind.to_le_bytes(), data].concat()
    }

    #[test]
    fn messages_are_read_as_they_lie() {
        let rights = message(20, number::SOL_SOCKET, 1, &[3, 0, 0, 0, 4, 0, 0, 0]);
        let tos = message(13, 0, 1, &[9, 0, 0, 0]);
        let all = [rights, tos].concat();
        assert_eq!(outgoing(&all), Ok(vec![Outgoing::Rights(vec![3, 4]), Outgoing::Data(0, 1, &[9])]));
        assert_eq!(outgoing(&all[..8]), Ok(Vec::new()));
        for length in [-1, 0, 11, 17] {
            assert_eq!(outgoing(&message(length, 0, 0, &[0; 4])), Err(Errno::Einval), "{length}");
        }
    }

    #[test]
    fn messages_are_written_as_far_as_there_is_room() {
        let raw = |data: &[u8]| RawControlMessage { level: 1, type_: 2, data: data.to_vec() };
        let mut incoming = Incoming::new(32);
        incoming.put_data(raw(&[7]));
        assert_eq!((incoming.rights(), incoming.cut), (1, false));
        incoming.put_rights(&[5], 2);
        let first = message(13, number::SOL_SOCKET, 2, &[7, 0, 0, 0]);
        assert_eq!(incoming.bytes(), [first, message(16, number::SOL_SOCKET, 1, &[5, 0, 0, 0])].concat());
        assert!(incoming.cut);
        let mut little = Incoming::new(14);
        little.put_data(raw(&[1, 2, 3]));
        assert_eq!((little.bytes(), little.cut), (&message(14, number::SOL_SOCKET, 2, &[1, 2])[..], true));
        let mut none = Incoming::new(0);
        none.put_data(raw(&[]));
        assert_eq!((none.asked(), none.bytes().len(), none.cut), (0, 0, true));
    }

    #[test]
    fn numbers_in_data_are_those_of_here() {
        let mut error = [&[111, 0, 0, 0][..], &[0; 12], &[2, 0]].concat();
        translate(0, 11, &mut error);
        assert_eq!((error[0], error[16]), (14, 1));
        let mut address = [10, 0, 0, 80];
        translate(41, 74, &mut address);
        assert_eq!(address, [2, 0, 0, 80]);
        translate(0, 11, &mut [1, 2]);
    }
}
