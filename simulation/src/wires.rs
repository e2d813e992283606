//! The simulated network, as a run sets it up and disturbs it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use berkeley_host::SocketCtxBuilder;

use crate::fault::Action;
use crate::host::Host;
use crate::link::Change;
use crate::network::{self, Event, World};
use crate::simulation::{Link, Simulation};
use crate::trace::{Message, Tracer};

/// The host's addresses: those that it was given, or those that it has by its number.
pub(crate) fn addresses(number: usize, host: &Host) -> Vec<IpAddr> {
    if !host.addresses.is_empty() {
        return host.addresses.clone();
    }
    let number = number as u32 + 1;
    let v4 = Ipv4Addr::from_bits(Ipv4Addr::new(10, 0, 0, 0).to_bits() + number);
    let v6 = Ipv6Addr::from_bits(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 0).to_bits() + u128::from(number));
    vec![v4.into(), v6.into()]
}

/// What connects the hosts.
pub(crate) struct Wires {
    world: World,
    hosts: Vec<network::Host>,
    names: Vec<String>,
    /// What links are like of themselves.
    links: Vec<Link>,
    /// What they are like at the moment, the last of it first of all.
    slow: Vec<Link>,
    groups: Vec<Vec<String>>,
    cuts: Vec<(String, String)>,
}

impl Wires {
    /// Needs a tokio runtime of one thread, whose clock is paused.
    pub(crate) fn new(simulation: &Simulation, tracer: &Tracer) -> Self {
        let world = World::new(simulation.seed);
        let add = |(number, host): (usize, &Host)| world.add_host(&host.name, addresses(number, host));
        let hosts = simulation.hosts.iter().enumerate().map(add).collect();
        let names = simulation.hosts.iter().map(|host| host.name.to_string()).collect();
        let tracer = tracer.clone();
        world.observe(move |event| tell(&tracer, event));
        tokio::spawn(world.clone().drive());
        let links = simulation.links.clone();
        let (slow, groups, cuts) = Default::default();
        let wires = Self { world, hosts, names, links, slow, groups, cuts };
        wires.relink();
        wires
    }

    /// Has the guest's sockets be those of its host.
    pub(crate) fn attach(&self, host: usize, sockets: SocketCtxBuilder) -> SocketCtxBuilder {
        sockets.network(self.hosts[host].network())
    }

    /// The host and its sockets are gone, and nobody is told.
    pub(crate) fn crash(&self, host: usize) {
        self.hosts[host].crash();
    }

    /// The host is there again.
    pub(crate) fn restart(&self, host: usize) {
        self.hosts[host].restart();
    }

    /// What comes for the host waits.
    pub(crate) fn pause(&self, host: usize) {
        self.hosts[host].pause();
    }

    /// It waits no longer.
    pub(crate) fn resume(&self, host: usize) {
        self.hosts[host].resume();
    }

    /// Does what is about links, and names.
    pub(crate) fn act(&mut self, action: &Action) {
        match action {
            Action::Partition(groups) => self.groups.clone_from(groups),
            Action::Heal => self.groups.clear(),
            Action::Cut { from, to } => self.cuts.push((from.clone(), to.clone())),
            Action::Mend { from, to } => {
                // Of several cuts at once, one is mended.
                if let Some(at) = self.cuts.iter().position(|cut| (&cut.0, &cut.1) == (from, to)) {
                    self.cuts.remove(at);
                }
            }
            Action::Rename { name, to } => {
                let hosts = to.iter().filter_map(|host| self.world.host(host));
                return self.world.set_name(name, hosts.flat_map(|host| host.addresses()));
            }
            Action::Reclaim(name) => return self.world.reset_name(name),
            Action::Slow { between, change } => {
                self.slow.push(Link { between: between.clone(), change: change.clone() });
                return self.relink();
            }
            Action::Quicken { between } => {
                if let Some(at) = self.slow.iter().position(|link| link.between == *between) {
                    self.slow.remove(at);
                }
                return self.relink();
            }
            _ => return,
        }
        self.recut();
    }

    /// Which group the host is in; those that are in none are in one together.
    fn group(&self, host: &str) -> Option<usize> {
        self.groups.iter().position(|group| group.iter().any(|name| name == host))
    }

    fn recut(&self) {
        self.world.heal();
        if !self.groups.is_empty() {
            for (from, to) in self.pairs().filter(|(from, to)| self.group(from) != self.group(to)) {
                self.world.cut(from, to, true);
            }
        }
        for (from, to) in &self.cuts {
            self.world.cut(from, to, true);
        }
    }

    fn relink(&self) {
        self.world.set_links(self.link(None));
        if self.links.iter().chain(&self.slow).any(|link| link.between.is_some()) || !self.slow.is_empty() {
            for (from, to) in self.pairs() {
                self.world.set_way(from, to, self.link(Some((from, to))));
            }
        }
    }

    /// What the link is like from the one host to the other; or every link of which nothing is said.
    fn link(&self, way: Option<(&str, &str)>) -> network::Link {
        let applies = |link: &&Link| match (&link.between, way) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some((one, other)), Some((from, to))) => (one == from && other == to) || (one == to && other == from),
        };
        // What is about two hosts counts more than what is about all.
        let (all, two): (Vec<_>, Vec<_>) = self.links.iter().filter(applies).partition(|link| link.between.is_none());
        let slow = self.slow.iter().filter(applies);
        let change =
            all.into_iter().chain(two).chain(slow).fold(Change::new(), |sum, link| link.change.clone().or(&sum));
        let usual = network::Link::default();
        network::Link {
            latency: change.latency.unwrap_or(usual.latency),
            jitter: change.jitter.unwrap_or(usual.jitter),
            loss: change.loss.unwrap_or(usual.loss),
            duplicate: change.duplicates.unwrap_or(usual.duplicate),
            reorder: change.reordered.unwrap_or(usual.reorder),
            bandwidth: change.bandwidth.or(usual.bandwidth),
            queue: change.queue.map_or(usual.queue, |queue| usize::try_from(queue).unwrap_or(usize::MAX)),
            mtu: usual.mtu,
        }
    }

    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let to = move |from| self.names.iter().map(move |to: &String| (from, to.as_str()));
        self.names.iter().flat_map(move |from| to(from.as_str())).filter(|(from, to)| from != to)
    }
}

/// Tells of a message.
fn tell(tracer: &Tracer, event: &Event) {
    let message = Message {
        to: None,
        source: event.from,
        destination: event.to,
        kind: event.kind,
        bytes: event.data.len(),
        arrives: event.arrives,
        sequence: event.sequence,
        acknowledged: event.acknowledged,
        data: event.data.clone(),
    };
    tracer.sent(&event.from_host, &event.to_host, message);
}
