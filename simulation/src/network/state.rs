//! All that a world consists of, and its queue of what is to happen.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::task::Waker;
use std::time::Duration;

use berkeley_host::network::Passed;

use super::event::Event;
use super::host::HostState;
use super::link::{Link, LinkState};
use super::packet::{Body, Packet};
use super::socket::{Socket, SocketId};
use super::tcp::{Remembered, Way};
use crate::chance::Chance;

/// How long a host looks for another that has no such address.
pub(super) const NEIGHBOUR: Duration = Duration::from_secs(3);

pub(super) type HostId = usize;

/// When something happens, and after what else of the same time.
pub(super) type Moment = (Duration, u64);

/// What is to happen.
pub(super) enum Happening {
    /// A packet arrives.
    Arrive(HostId, Packet),
    /// A connection has waited long enough.
    Timer(SocketId),
    /// There is no host of the address that a connection is to be made to.
    NoHost(SocketId),
    /// A connection that is over is remembered no longer.
    Forget(Way),
}

pub(super) struct State {
    pub(super) random: Chance,
    /// The time since the world began.
    pub(super) now: Duration,
    queue: BTreeMap<Moment, Happening>,
    number: u64,
    pub(super) hosts: Vec<HostState>,
    /// Which host has an address.
    pub(super) owners: BTreeMap<IpAddr, HostId>,
    /// What names mean that do not mean the host of that name.
    pub(super) names: BTreeMap<String, Vec<IpAddr>>,
    usual: Link,
    links: BTreeMap<(HostId, HostId), LinkState>,
    pub(super) sockets: BTreeMap<SocketId, Socket>,
    /// Those of TCP by host, local address and peer.
    pub(super) connections: BTreeMap<Way, SocketId>,
    /// Those that are over, and in TIME_WAIT.
    pub(super) past: Remembered,
    /// Who is to be woken, told and dropped once nobody holds the state.
    pub(super) woken: Vec<Waker>,
    pub(super) told: Vec<Event>,
    pub(super) dropped: Vec<Passed>,
    pub(super) is_observed: bool,
}

impl State {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            random: Chance::new(seed, "network"),
            now: Duration::ZERO,
            queue: BTreeMap::new(),
            number: 0,
            hosts: Vec::new(),
            owners: BTreeMap::new(),
            names: BTreeMap::new(),
            usual: Link::default(),
            links: BTreeMap::new(),
            sockets: BTreeMap::new(),
            connections: BTreeMap::new(),
            past: Remembered::new(),
            woken: Vec::new(),
            told: Vec::new(),
            dropped: Vec::new(),
            is_observed: false,
        }
    }

    pub(super) fn next_number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    /// Tells what it can be taken back by.
    pub(super) fn schedule(&mut self, at: Duration, happening: Happening) -> Moment {
        let moment = (at, self.next_number());
        self.queue.insert(moment, happening);
        moment
    }

    pub(super) fn unschedule(&mut self, moment: Moment) {
        self.queue.remove(&moment);
    }

    /// When the next thing happens.
    pub(super) fn next_time(&self) -> Option<Duration> {
        self.queue.first_key_value().map(|((at, _), _)| *at)
    }

    /// Lets happen all that is due.
    pub(super) fn settle(&mut self, now: Duration) {
        while let Some(first) = self.queue.first_entry().filter(|first| first.key().0 <= now) {
            let ((at, _), happening) = first.remove_entry();
            self.now = self.now.max(at);
            self.happen(happening);
        }
        self.now = self.now.max(now);
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Arrive(host, packet) => self.arrive(host, packet),
            Happening::Timer(socket) => self.tcp_timer(socket),
            Happening::NoHost(socket) => self.tcp_no_host(socket),
            Happening::Forget(way) => self.tcp_forget(way),
        }
    }

    fn arrive(&mut self, host: HostId, packet: Packet) {
        let state = &mut self.hosts[host];
        if state.is_crashed {
            return;
        }
        if state.is_paused {
            state.held.push_back(packet);
            return;
        }
        match packet.body {
            Body::Segment(segment) => self.tcp_arrive(host, packet.from, packet.to, segment),
            Body::Datagram { data, hops, class } => {
                self.udp_arrive(host, packet.from, packet.to, data, (hops, class));
            }
            Body::Unreachable => self.udp_unreachable(host, packet.from, packet.to),
        }
    }

    /// The host that has the address, as that one sees it.
    pub(super) fn host_of(&self, from: HostId, ip: IpAddr) -> Option<HostId> {
        if ip.is_loopback() {
            return Some(from);
        }
        self.owners.get(&ip).copied()
    }

    pub(super) fn link(&mut self, from: HostId, to: HostId) -> &mut LinkState {
        let usual = &self.usual;
        self.links.entry((from, to)).or_insert_with(|| LinkState { link: usual.clone(), ..LinkState::default() })
    }

    /// The link of those for which nothing else is said, from now on.
    pub(super) fn set_usual(&mut self, link: Link) {
        for state in self.links.values_mut().filter(|state| state.link == self.usual) {
            state.link = link.clone();
        }
        self.usual = link;
    }

    /// The largest packet between the hosts.
    pub(super) fn mtu(&mut self, from: HostId, to: HostId) -> usize {
        if from == to { 65_536 } else { self.link(from, to).link.mtu.max(576) }
    }

    /// Sends a packet. Whether it is to a host that exists.
    pub(super) fn transmit(&mut self, from: HostId, packet: Packet) -> bool {
        let Some(to) = self.host_of(from, packet.to.ip()) else { return false };
        self.transmit_to(from, to, packet);
        true
    }

    pub(super) fn transmit_to(&mut self, from: HostId, to: HostId, packet: Packet) {
        if from == to {
            let now = self.now;
            self.tell(from, to, &packet, Some(now));
            self.schedule(now, Happening::Arrive(to, packet));
            return;
        }
        let (now, size) = (self.now, packet.size());
        self.link(from, to);
        let Some(state) = self.links.get_mut(&(from, to)) else { return };
        let arrives = state.carry(now, size, &mut self.random);
        let is_datagram = matches!(packet.body, Body::Datagram { .. });
        let again = is_datagram && arrives.is_some() && self.random.happens(state.link.duplicate);
        let again = if again { state.carry(now, size, &mut self.random) } else { None };
        self.tell(from, to, &packet, arrives);
        if let Some(at) = again {
            self.tell(from, to, &packet, again);
            self.schedule(at, Happening::Arrive(to, packet.clone()));
        }
        if let Some(at) = arrives {
            self.schedule(at, Happening::Arrive(to, packet));
        }
    }

    fn tell(&mut self, from: HostId, to: HostId, packet: &Packet, arrives: Option<Duration>) {
        if !self.is_observed {
            return;
        }
        let (sequence, acknowledged) = match &packet.body {
            Body::Segment(segment) => (segment.sequence, segment.acknowledged.unwrap_or(0)),
            _ => (0, 0),
        };
        self.told.push(Event {
            sent: self.now,
            arrives,
            from_host: self.hosts[from].name.clone(),
            to_host: self.hosts[to].name.clone(),
            from: packet.from,
            to: packet.to,
            kind: packet.kind(),
            sequence,
            acknowledged,
            data: packet.data().to_vec(),
        });
    }

    /// The host goes on with what was held for it.
    pub(super) fn resume(&mut self, host: HostId) {
        self.hosts[host].is_paused = false;
        let held: VecDeque<_> = std::mem::take(&mut self.hosts[host].held);
        for packet in held {
            let now = self.now;
            self.schedule(now, Happening::Arrive(host, packet));
        }
    }

    /// The host's own address that packets to that one come from.
    pub(super) fn source(&self, host: HostId, to: IpAddr) -> Option<IpAddr> {
        if to.is_loopback() || to.is_unspecified() {
            return Some(if to.is_ipv4() { [127, 0, 0, 1].into() } else { std::net::Ipv6Addr::LOCALHOST.into() });
        }
        let own = &self.hosts[host].addresses;
        if own.contains(&to) {
            return Some(to);
        }
        own.iter().copied().find(|own| own.is_ipv4() == to.is_ipv4())
    }

    /// Whether the host may be bound to the address.
    pub(super) fn has_address(&self, host: HostId, ip: IpAddr) -> bool {
        ip.is_unspecified() || ip.is_loopback() || self.hosts[host].addresses.contains(&ip)
    }

    /// Something has come about for the socket.
    pub(super) fn changed(&mut self, id: SocketId) {
        if let Some(socket) = self.sockets.get_mut(&id) {
            socket.changes += 1;
            self.woken.append(&mut socket.wakers);
        }
    }
}

/// The address with another port.
pub(super) fn at(ip: IpAddr, port: u16) -> SocketAddr {
    SocketAddr::new(ip, port)
}
