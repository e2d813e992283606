//! One TCP connection, as the packets that it would have been.

use std::net::SocketAddr;

use super::file::CaptureFile;
use super::packet::{LONGEST_SEGMENT, Segment, tcp};

/// Which end: an index.
pub(super) type Side = usize;

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The first packet was sent, and nothing is known to have come back.
    Begun,
    Open,
    Over,
}

/// A connection of which a guest has one end, or both.
pub(super) struct Connection {
    ends: [End; 2],
    stage: Stage,
}

struct End {
    address: SocketAddr,
    /// The number of what it sends next.
    next: u32,
    finished: bool,
    /// How many sockets of the guest's are this end: duplicates.
    handles: usize,
    /// Whether closing it resets the connection: SO_LINGER without any time.
    resets: bool,
}

impl Connection {
    /// The first packet, from the first end to the other.
    pub(super) fn begin(file: &mut CaptureFile, from: SocketAddr, to: SocketAddr, first: u32) -> Self {
        let end = |address, next| End { address, next, finished: false, handles: 0, resets: false };
        // The two count from different numbers.
        let ends = [end(from, first), end(to, first.rotate_left(16) ^ 0x5a5a_5a5a)];
        let mut connection = Self { ends, stage: Stage::Begun };
        connection.send(file, 0, Segment { syn: true, ..Segment::default() }, &[]);
        connection
    }

    /// The end that has the address.
    pub(super) fn side(&self, address: SocketAddr) -> Side {
        usize::from(self.ends[1].address == address)
    }

    /// The other end has answered.
    pub(super) fn establish(&mut self, file: &mut CaptureFile) {
        if self.stage == Stage::Begun {
            self.stage = Stage::Open;
            self.send(file, 1, Segment { syn: true, ..Segment::default() }, &[]);
            self.send(file, 0, Segment::default(), &[]);
        }
    }

    /// One more socket of the guest's is that end.
    pub(super) fn attach(&mut self, side: Side) {
        self.ends[side].handles += 1;
    }

    /// Whether nothing can come of it any more.
    pub(super) fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// Whether the guest has that end. A socket that is connected with itself has both.
    pub(super) fn has(&self, side: Side) -> bool {
        self.ends[side].handles > 0 || self.ends[0].address == self.ends[1].address
    }

    /// Whether it is one between these two.
    pub(super) fn is_with(&self, peer: SocketAddr, side: Side) -> bool {
        self.ends[1 - side].address == peer
    }

    pub(super) fn resets(&mut self, side: Side, resets: bool) {
        self.ends[side].resets = resets;
    }

    /// Data from that end, which the other one acknowledges.
    pub(super) fn data<'a>(&mut self, file: &mut CaptureFile, side: Side, parts: impl Iterator<Item = &'a [u8]>) {
        if self.stage != Stage::Open || self.ends[side].finished {
            return;
        }
        let mut parts = parts.flat_map(|part| part.chunks(LONGEST_SEGMENT)).peekable();
        let any = parts.peek().is_some();
        while let Some(part) = parts.next() {
            self.send(file, side, Segment { psh: parts.peek().is_none(), ..Segment::default() }, part);
        }
        if any {
            self.send(file, 1 - side, Segment::default(), &[]);
        }
    }

    /// That end sends no more.
    pub(super) fn finish(&mut self, file: &mut CaptureFile, side: Side) {
        if self.stage == Stage::Open && !self.ends[side].finished {
            self.send(file, side, Segment { fin: true, ..Segment::default() }, &[]);
            self.ends[side].finished = true;
            self.send(file, 1 - side, Segment::default(), &[]);
        }
    }

    /// That end ends it at once.
    pub(super) fn reset(&mut self, file: &mut CaptureFile, side: Side) {
        if self.stage != Stage::Over {
            self.send(file, side, Segment { rst: true, ..Segment::default() }, &[]);
            self.stage = Stage::Over;
        }
    }

    /// One socket of the guest's less is that end. Whether none is left at either.
    pub(super) fn detach(&mut self, file: &mut CaptureFile, side: Side) -> bool {
        let end = &mut self.ends[side];
        end.handles = end.handles.saturating_sub(1);
        if end.handles == 0 {
            if end.resets { self.reset(file, side) } else { self.finish(file, side) }
        }
        self.ends.iter().all(|end| end.handles == 0)
    }

    fn send(&mut self, file: &mut CaptureFile, side: Side, segment: Segment, data: &[u8]) {
        let (from, to) = (&self.ends[side], &self.ends[1 - side]);
        // The first packet answers nothing.
        let answers = side == 1 || self.stage != Stage::Begun;
        let segment = Segment { sequence: from.next, acknowledged: answers.then_some(to.next), ..segment };
        if let Some(packet) = tcp(from.address, to.address, segment, data) {
            file.put(&packet);
        }
        let taken = data.len() as u32 + u32::from(segment.syn) + u32::from(segment.fin);
        self.ends[side].next = self.ends[side].next.wrapping_add(taken);
    }
}
