//! The values that are passed: such as mean something, and others.

use berkeley_guest::bindings::address::{Inet6Address, InetAddress, OtherAddress, SocketAddress};
use berkeley_guest::bindings::option::OptionValue;
use berkeley_guest::constants::option::OPTIONS;
use berkeley_guest::constants::*;

use crate::world::World;

const FAMILIES: &[i32] =
    &[AF_INET, AF_INET, AF_INET6, AF_UNIX, AF_UNIX, AF_NETLINK, AF_PACKET, AF_ALG, AF_VSOCK, AF_CAN];
const KINDS: &[i32] = &[SOCK_STREAM, SOCK_STREAM, SOCK_DGRAM, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_RAW, 10];
const FLAGS: &[i32] = &[
    MSG_PEEK,
    MSG_DONTWAIT,
    MSG_WAITALL,
    MSG_TRUNC,
    MSG_OOB,
    MSG_ERRQUEUE,
    MSG_MORE,
    MSG_FASTOPEN,
    MSG_EOR,
    MSG_CTRUNC,
    MSG_NOSIGNAL,
    0x400_0000,
];
/// Numbers at which something changes.
const EDGES: &[u64] = &[0, 1, 2, 3, 4, 7, 8, 15, 16, 127, 128, 255, 256, 1024, 4096, 65_535, 65_536, 1 << 20];

impl World {
    pub(crate) fn one_in(&mut self, many: u32) -> bool {
        self.random.u32(..many) == 0
    }

    pub(crate) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.random.usize(..all.len())]
    }

    /// Nanoseconds that a call may wait.
    pub(crate) fn limit(&mut self) -> Option<u64> {
        match self.random.u8(..8) {
            0 if self.patient => None,
            0 | 1 => Some(self.random.u64(..300_000)),
            _ => Some(0),
        }
    }

    pub(crate) fn size(&mut self) -> u64 {
        if self.one_in(50) { self.random.u64(..) } else { self.one_of(EDGES) }
    }

    pub(crate) fn bytes(&mut self) -> Vec<u8> {
        let length = (self.one_of(EDGES) as usize).min(if self.one_in(20) { 1 << 20 } else { 2048 });
        std::iter::repeat_with(|| self.random.u8(..)).take(length).collect()
    }

    pub(crate) fn few_bytes(&mut self) -> Vec<u8> {
        let length = self.random.usize(..40);
        std::iter::repeat_with(|| self.random.u8(..)).take(length).collect()
    }

    pub(crate) fn number(&mut self) -> i32 {
        match self.random.u8(..4) {
            0 => self.random.i32(..),
            1 => self.random.i32(-4..4),
            _ => self.one_of(EDGES) as i32,
        }
    }

    pub(crate) fn family(&mut self) -> i32 {
        if self.one_in(20) { self.random.i32(-2..50) } else { self.one_of(FAMILIES) }
    }

    pub(crate) fn kind(&mut self) -> i32 {
        let kind = self.one_of(KINDS);
        kind | self.one_of(&[0, 0, SOCK_NONBLOCK, SOCK_CLOEXEC, 0x1000])
    }

    pub(crate) fn protocol(&mut self) -> i32 {
        if self.one_in(4) { self.one_of(&[1, 6, 17, 33, 58, 132, 136, 255, 262, -1]) } else { 0 }
    }

    pub(crate) fn flags(&mut self) -> i32 {
        let mut flags = 0;
        while self.one_in(3) {
            flags |= self.one_of(FLAGS);
        }
        if self.one_in(100) { self.random.i32(..) } else { flags }
    }

    pub(crate) fn events(&mut self) -> i16 {
        if self.one_in(8) { self.random.i16(..) } else { self.one_of(&[POLLIN, POLLOUT, POLLIN | POLLOUT, 0]) }
    }

    pub(crate) fn port(&mut self) -> u16 {
        if self.one_in(3) { self.random.u16(..) } else { 0 }
    }

    pub(crate) fn path(&mut self) -> Vec<u8> {
        let at = self.random.u8(..12);
        match self.random.u8(..10) {
            0 => format!("\0berkeley-draws-{at}").into_bytes(),
            1 => [&b"/sockets/"[..], &self.few_bytes()].concat(),
            2 => self.few_bytes(),
            3 => [b"/sockets/".to_vec(), vec![b'n'; self.random.usize(..200)]].concat(),
            4 => format!("/sockets/../sockets/{at}").into_bytes(),
            _ => format!("/sockets/{at}").into_bytes(),
        }
    }

    pub(crate) fn address(&mut self) -> SocketAddress {
        if !self.known.is_empty() && self.random.bool() {
            let at = self.random.usize(..self.known.len());
            return self.known[at].clone();
        }
        let port = self.port();
        match self.random.u8(..12) {
            0..4 => {
                let address =
                    self.one_of(&[(127, 0, 0, 1), (127, 0, 0, 1), (0, 0, 0, 0), (10, 0, 0, 1), (224, 0, 0, 1)]);
                SocketAddress::Inet(InetAddress { address, port })
            }
            4..6 => {
                let mapped = (0, 0, 0, 0, 0, 0xffff, 0x7f00, 1);
                let address = self.one_of(&[(0, 0, 0, 0, 0, 0, 0, 1), (0, 0, 0, 0, 0, 0, 0, 0), mapped]);
                let scope_id = self.random.u32(..2);
                SocketAddress::Inet6(Inet6Address { address, port, flow_info: 0, scope_id })
            }
            6..10 => SocketAddress::Unix(self.path()),
            10 => SocketAddress::Unspecified,
            _ => SocketAddress::Other(OtherAddress { family: self.family() as u16, bytes: self.few_bytes() }),
        }
    }

    /// The level and the name of an option. That of lingering makes a guest wait for its peers, as it asks for.
    pub(crate) fn option(&mut self) -> (i32, i32) {
        loop {
            let known = &OPTIONS[self.random.usize(..OPTIONS.len())];
            let option = match self.random.u8(..10) {
                0 => (self.number(), self.number()),
                1..4 => (SOL_SOCKET, self.random.i32(0..80)),
                _ => (known.level, known.number),
            };
            if self.patient || option != (SOL_SOCKET, SO_LINGER) {
                return option;
            }
        }
    }

    pub(crate) fn value(&mut self) -> OptionValue {
        match self.random.u8(..6) {
            0 => OptionValue::Null(self.size() as u32),
            1 | 2 => OptionValue::Bytes(self.few_bytes()),
            _ => OptionValue::Int(self.number()),
        }
    }

    pub(crate) fn name(&mut self) -> Vec<u8> {
        match self.random.u8(..6) {
            0 => self.few_bytes(),
            1 => b"127.0.0.1".to_vec(),
            2 => b"::1".to_vec(),
            3 => b"nobody.test".to_vec(),
            _ => b"known.test".to_vec(),
        }
    }
}
