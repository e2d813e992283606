//! The hosts of a world.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;

use berkeley_host::Errno;
use berkeley_host::network::{Endpoint, Interface, Network, Pair};
use berkeley_host::resolver::Resolver;

use super::names;
use super::packet::Packet;
use super::socket::SocketId;
use super::state::HostId;
use super::world::World;

/// A host as the world knows it.
pub(super) struct HostState {
    pub(super) name: Arc<str>,
    pub(super) hostname: Vec<u8>,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) is_paused: bool,
    pub(super) is_crashed: bool,
    /// What came while it was paused.
    pub(super) held: VecDeque<Packet>,
    pub(super) sockets: BTreeSet<SocketId>,
    /// The names of its unix sockets. Those that are no paths are of one type alone; paths are of type 0.
    pub(super) unix: BTreeMap<(i32, Vec<u8>), SocketId>,
}

impl HostState {
    pub(super) fn new(name: &str, addresses: Vec<IpAddr>) -> Self {
        Self {
            name: name.into(),
            hostname: name.as_bytes().to_vec(),
            addresses,
            is_paused: false,
            is_crashed: false,
            held: VecDeque::new(),
            sockets: BTreeSet::new(),
            unix: BTreeMap::new(),
        }
    }
}

/// A host of a [`World`]. Its clones are the same one.
#[derive(Clone)]
pub struct Host {
    pub(super) world: World,
    pub(super) id: HostId,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("name", &self.name()).finish_non_exhaustive()
    }
}

impl Host {
    /// The name that others find it by.
    pub fn name(&self) -> String {
        self.world.with(|state| state.hosts[self.id].name.to_string())
    }

    /// Its addresses, but for those of loopback.
    pub fn addresses(&self) -> Vec<IpAddr> {
        self.world.with(|state| state.hosts[self.id].addresses.clone())
    }

    /// The network as programs on this host have it.
    pub fn network(&self) -> Arc<dyn Network> {
        Arc::new(self.clone())
    }

    /// Holds back what comes for the host, as of a machine that stands still. Its programs are the embedder's to stop.
    pub fn pause(&self) {
        self.world.with(|state| state.hosts[self.id].is_paused = true);
    }

    /// Lets it have what was held back.
    pub fn resume(&self) {
        self.world.with(|state| state.resume(self.id));
    }

    /// All of its sockets are gone, and nobody is told: what comes for the host is lost until it is started again.
    pub fn crash(&self) {
        self.world.with(|state| state.crash(self.id));
    }

    /// Starts it anew, without sockets: who sends to those that it had gets a reset.
    pub fn restart(&self) {
        self.world.with(|state| {
            let host = &mut state.hosts[self.id];
            (host.is_crashed, host.is_paused) = (false, false);
            host.hostname = host.name.as_bytes().to_vec();
        });
    }
}

impl Network for Host {
    fn socket(&self, family: i32, kind: i32, protocol: i32) -> Result<Arc<dyn Endpoint>, Errno> {
        self.world.open(self.id, family, kind, protocol)
    }

    fn pair(&self, family: i32, kind: i32, protocol: i32) -> Result<Pair, Errno> {
        self.world.open_pair(self.id, family, kind, protocol)
    }

    fn resolver(&self) -> &dyn Resolver {
        self
    }

    fn service_port(&self, name: &[u8], protocol: Option<&[u8]>) -> Option<u16> {
        names::service_port(name, protocol)
    }

    fn service_name(&self, port: u16, protocol: Option<&[u8]>) -> Option<Vec<u8>> {
        names::service_name(port, protocol)
    }

    fn protocol(&self, name: &[u8]) -> Option<i32> {
        names::protocol(name)
    }

    fn interfaces(&self) -> Vec<Interface> {
        let loopback = vec![[127, 0, 0, 1].into(), std::net::Ipv6Addr::LOCALHOST.into()];
        vec![
            Interface { index: 1, name: b"lo".to_vec(), addresses: loopback },
            Interface { index: 2, name: b"eth0".to_vec(), addresses: self.addresses() },
        ]
    }

    fn hostname(&self) -> Vec<u8> {
        self.world.with(|state| state.hosts[self.id].hostname.clone())
    }

    fn set_hostname(&self, name: &[u8]) -> Result<(), Errno> {
        if name.len() > 64 {
            return Err(Errno::EINVAL);
        }
        self.world.with(|state| state.hosts[self.id].hostname = name.to_vec());
        Ok(())
    }
}
