//! The simulated network, as a run sets it up and disturbs it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use berkeley_host::SocketCtxBuilder;

use crate::active::{Active, is_between};
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
        let wires = Self { world, hosts, names, links };
        wires.relink(&Active::default());
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

    /// Has links and names be as they are by all that lasts, once that action has begun or ended.
    pub(crate) fn settle(&self, action: &Action, active: &Active) {
        match action {
            Action::Partition(_) | Action::Heal { .. } | Action::Cut { .. } | Action::Mend { .. } => self.recut(active),
            Action::Slow { .. } | Action::Quicken { .. } => self.relink(active),
            Action::Rename { name, .. } | Action::Reclaim(name) => match active.renamed(name) {
                None => self.world.reset_name(name),
                Some(to) => {
                    let hosts = to.iter().filter_map(|host| self.world.host(host));
                    self.world.set_name(name, hosts.flat_map(|host| host.addresses()));
                }
            },
            _ => {}
        }
    }

    fn recut(&self, active: &Active) {
        for (from, to) in self.pairs() {
            self.world.cut(from, to, active.is_cut(from, to));
        }
    }

    /// Links of which nothing else is said are as all are.
    fn relink(&self, active: &Active) {
        for (from, to) in self.pairs() {
            self.world.set_way(from, to, self.link(active, from, to));
        }
    }

    /// What the link is like from the one host to the other.
    fn link(&self, active: &Active, from: &str, to: &str) -> network::Link {
        let own = self.links.iter().filter(|link| is_between(link.between.as_ref(), from, to));
        // What is about two hosts counts more than what is about all.
        let (all, two): (Vec<_>, Vec<_>) = own.partition(|link| link.between.is_none());
        let own = all.into_iter().chain(two).map(|link| &link.change);
        let change = own.chain(active.changes(from, to)).fold(Change::new(), |sum, change| change.clone().or(&sum));
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
        to: Some(event.to_host.clone()),
        source: event.from,
        destination: event.to,
        kind: event.kind,
        bytes: event.data.len(),
        arrives: event.arrives,
        sequence: event.sequence,
        acknowledged: event.acknowledged,
        data: event.data.clone(),
    };
    tracer.sent(&event.from_host, message);
}
