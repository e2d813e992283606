//! From calls to packets.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use berkeley_constants as c;
use berkeley_host::observer::{Answer, Began, Call, Data, Direction, Ended, Observer, Outcome, SocketInfo};
use berkeley_host::option::Value;
use berkeley_host::policy::Transport;
use berkeley_host::{Address, Errno, Error};

use super::connection::{Connection, Side};
use super::file::CaptureFile;
use super::packet::udp;
use super::route::Routes;

/// Writes the packets that a guest's calls would have been.
pub(crate) struct Pcap(Mutex<Capture>);

impl Pcap {
    pub(crate) fn new(file: File) -> Result<Self> {
        Ok(Self(Mutex::new(Capture {
            file: CaptureFile::new(file)?,
            routes: Routes::default(),
            connections: HashMap::new(),
            sockets: HashMap::new(),
            sent: VecDeque::new(),
            accepting: false,
            numbers: RandomState::new(),
        })))
    }

    /// Does so, and writes what comes of it.
    fn capture(&self, what: impl FnOnce(&mut Capture)) {
        let mut capture: MutexGuard<'_, _> = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        what(&mut capture);
        capture.file.flush();
    }
}

/// How many datagrams are remembered that another socket of the guest's may receive.
const REMEMBERED: usize = 1024;

/// Both ends of a connection, in order.
type Ends = [SocketAddr; 2];

struct Capture {
    file: CaptureFile,
    routes: Routes,
    connections: HashMap<Ends, Connection>,
    /// Of which connection, and which end, each TCP socket is.
    sockets: HashMap<u64, (Ends, Side)>,
    /// Datagrams that were sent lately, by a hash: what another socket of the guest's receives of them is there already.
    sent: VecDeque<u64>,
    /// Whether sockets that appear were accepted.
    accepting: bool,
    /// Where connections begin to count, and what datagrams are known by.
    numbers: RandomState,
}

impl Observer for Pcap {
    fn wants_data(&self) -> bool {
        true
    }

    fn opened(&self, socket: &SocketInfo) {
        if socket.transport == Transport::Tcp && socket.peer().is_some() {
            self.capture(|capture| {
                let accepted = capture.accepting;
                capture.connected(socket, socket.peer(), accepted);
            });
        }
    }

    fn closed(&self, socket: &SocketInfo) {
        if socket.transport == Transport::Tcp {
            self.capture(|capture| capture.closed(socket));
        }
    }

    fn began(&self, call: &Began<'_>) {
        if matches!(call.call, Call::Accept) {
            self.capture(|capture| capture.accepting = true);
        }
    }

    fn ended(&self, call: &Ended<'_>) {
        self.capture(|capture| {
            capture.accepting &= !matches!(call.call, Call::Accept);
            if let Some(socket) = call.socket.filter(|socket| socket.transport == Transport::Tcp) {
                capture.ended(call, socket);
            }
        });
    }

    fn data(&self, data: &Data<'_>) {
        self.capture(|capture| match data.socket.transport {
            Transport::Tcp => capture.segment(data),
            Transport::Udp => capture.datagram(data),
            _ => {}
        });
    }
}

/// The addresses of a socket and of its peer.
fn ends(socket: &SocketInfo, peer: Option<&Address>) -> Option<(SocketAddr, SocketAddr)> {
    let local = socket.local()?.internet().filter(|local| local.port() != 0)?;
    Some((local, peer?.internet()?))
}

impl Capture {
    /// The connection of the socket, which begins here if it is not known, and the socket's end of it.
    fn connection(
        &mut self,
        socket: &SocketInfo,
        peer: Option<&Address>,
        accepted: bool,
    ) -> Option<(&mut Connection, Side, &mut CaptureFile)> {
        // What a call names is not where the kernel sends to, once there is a peer.
        let ends = ends(socket, socket.peer().or(peer)).map(|(local, peer)| self.routes.ends(local, peer));
        if ends.is_some_and(|(_, peer)| self.is_with_another(socket, peer)) {
            self.closed(socket);
        }
        let key = match self.sockets.get(&socket.number) {
            Some((key, _)) => *key,
            None => {
                let (local, peer) = ends?;
                let key = if local <= peer { [local, peer] } else { [peer, local] };
                let (from, to) = if accepted { (peer, local) } else { (local, peer) };
                let first = self.numbers.hash_one((key, socket.number)) as u32;
                let file = &mut self.file;
                let begin = || Connection::begin(file, from, to, first);
                let connection = self.connections.entry(key).or_insert_with(begin);
                let side = connection.side(local);
                connection.attach(side);
                self.sockets.insert(socket.number, (key, side));
                key
            }
        };
        let (_, side) = *self.sockets.get(&socket.number)?;
        Some((self.connections.get_mut(&key)?, side, &mut self.file))
    }

    /// Whether the socket is known with another peer: it was connected with that one in vain.
    fn is_with_another(&self, socket: &SocketInfo, peer: SocketAddr) -> bool {
        let known = self.sockets.get(&socket.number);
        let known = known.and_then(|(key, side)| Some((self.connections.get(key)?, *side)));
        known.is_some_and(|(connection, side)| !connection.is_with(peer, side))
    }

    fn connected(&mut self, socket: &SocketInfo, peer: Option<&Address>, accepted: bool) {
        if let Some((connection, _, file)) = self.connection(socket, peer, accepted) {
            connection.establish(file);
        }
    }

    fn closed(&mut self, socket: &SocketInfo) {
        let Some((key, side)) = self.sockets.remove(&socket.number) else { return };
        let over = self.connections.get_mut(&key).is_none_or(|connection| connection.detach(&mut self.file, side));
        if over {
            self.connections.remove(&key);
        }
    }

    fn ended(&mut self, ended: &Ended<'_>, socket: &SocketInfo) {
        if let Call::Connect { address } = ended.call {
            self.connect_ended(&ended.outcome, socket, address);
        }
        if !self.sockets.contains_key(&socket.number) {
            return;
        }
        if socket.peer().is_some() {
            self.connected(socket, None, false);
        }
        let Some((connection, side, file)) = self.connection(socket, None, false) else { return };
        match (&ended.call, &ended.outcome) {
            // What came of an attempt to connect that went on meanwhile.
            (
                Call::Getsockopt { level: c::SOL_SOCKET, name: c::SO_ERROR, .. },
                Outcome::Answered(Answer::Int(error)),
            ) if *error == i64::from(Errno::ECONNREFUSED.number())
                || *error == i64::from(Errno::ECONNRESET.number()) =>
            {
                connection.reset(file, 1 - side);
            }
            (_, Outcome::Failed(Error::Os(Errno::ECONNRESET | Errno::ECONNREFUSED))) => {
                connection.reset(file, 1 - side);
            }
            (
                Call::Recv { size: 1.., .. } | Call::Recvfrom { size: 1.., .. } | Call::Recvmsg { size: 1.., .. },
                Outcome::Answered(answer),
            ) if answer.bytes() == Some(0) && ended.moved().is_some() && !connection.has(1 - side) => {
                connection.finish(file, 1 - side);
            }
            (Call::Shutdown { how: c::SHUT_WR | c::SHUT_RDWR }, Outcome::Answered(_)) => connection.finish(file, side),
            (
                Call::Setsockopt { level: c::SOL_SOCKET, name: c::SO_LINGER, value: Value::Bytes(linger) },
                Outcome::Answered(_),
            ) => {
                let (numbers, _) = linger.as_chunks::<4>();
                let is_on = numbers.first().is_some_and(|on| *on != [0; 4]);
                connection.resets(side, is_on && numbers.get(1) == Some(&[0; 4]));
            }
            _ => {}
        }
    }

    fn connect_ended(&mut self, outcome: &Outcome<'_>, socket: &SocketInfo, address: &Address) {
        let peer = socket.peer().unwrap_or(address);
        let before = self.sockets.get(&socket.number).and_then(|(key, _)| self.connections.get(key));
        if *address == Address::Unspecified || before.is_some_and(Connection::is_over) {
            self.closed(socket);
        }
        match outcome {
            // It goes on with whom it was connecting before.
            Outcome::Failed(Error::Os(Errno::EALREADY)) if self.sockets.contains_key(&socket.number) => {}
            Outcome::Answered(_) | Outcome::Failed(Error::Os(Errno::EISCONN)) => {
                self.connected(socket, Some(peer), false);
            }
            // The packet went out, and nothing came back, or a refusal, or it is not known yet.
            Outcome::Failed(
                Error::TimedOut
                | Error::Os(
                    Errno::EINPROGRESS
                    | Errno::EALREADY
                    | Errno::ECONNREFUSED
                    | Errno::ETIMEDOUT
                    | Errno::EHOSTUNREACH
                    | Errno::ENETUNREACH,
                ),
            )
            | Outcome::Abandoned => {
                let begun = self.connection(socket, Some(peer), false);
                if let Some((connection, side, file)) = begun
                    && matches!(outcome, Outcome::Failed(Error::Os(Errno::ECONNREFUSED)))
                {
                    connection.reset(file, 1 - side);
                }
            }
            Outcome::Failed(_) => {}
        }
    }

    fn segment(&mut self, data: &Data<'_>) {
        self.connected(data.socket, data.peer, false);
        let Some((connection, side, file)) = self.connection(data.socket, data.peer, false) else { return };
        match data.direction {
            Direction::Sent => connection.data(file, side, data.parts()),
            // What the guest's own other end has sent is there already.
            Direction::Received if connection.has(1 - side) => {}
            Direction::Received => connection.data(file, 1 - side, data.parts()),
        }
    }

    fn datagram(&mut self, data: &Data<'_>) {
        let Some((local, peer)) = ends(data.socket, data.peer.or(data.socket.peer())) else { return };
        let (local, peer) = self.routes.ends(local, peer);
        let (from, to) = match data.direction {
            Direction::Sent => (local, peer),
            Direction::Received => (peer, local),
        };
        let bytes: Vec<u8> = data.parts().flatten().copied().collect();
        let hash = self.numbers.hash_one((from, to, &bytes));
        match data.direction {
            Direction::Sent => self.sent.push_back(hash),
            Direction::Received => {
                if let Some(at) = self.sent.iter().position(|sent| *sent == hash) {
                    self.sent.remove(at);
                    return;
                }
            }
        }
        if self.sent.len() > REMEMBERED {
            self.sent.pop_front();
        }
        if let Some(packet) = udp(from, to, &bytes) {
            self.file.put(&packet);
        }
    }
}
