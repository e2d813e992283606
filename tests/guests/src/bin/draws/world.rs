//! What the guest has: all that its calls gave it.

use anyhow::{Context, Result};
use berkeley_guest::bindings::address::SocketAddress;
use berkeley_guest::bindings::poller::Poller;
use berkeley_guest::bindings::socket::Socket;
use berkeley_guest::bindings::tls::{Config, Connection};
use wasip2::filesystem::preopens::get_directories;
use wasip2::filesystem::types::{Descriptor, DescriptorFlags, OpenFlags, PathFlags};
use wasip2::io::poll::Pollable;
use wasip2::io::streams::{InputStream, OutputStream};
use wasip2::sockets::network::IpSocketAddress;
use wasip2::sockets::tcp::TcpSocket;
use wasip2::sockets::udp::{IncomingDatagramStream, OutgoingDatagramStream, UdpSocket};

/// How many of each kind it keeps.
const MOST: usize = 40;

/// All that there is.
pub(crate) struct World {
    pub(crate) random: fastrand::Rng,
    /// Whether calls may wait without a limit.
    pub(crate) patient: bool,
    // What refers to sockets is dropped before them.
    pub(crate) pollables: Vec<Pollable>,
    pub(crate) pollers: Vec<Poller>,
    pub(crate) inputs: Vec<InputStream>,
    pub(crate) outputs: Vec<OutputStream>,
    pub(crate) incoming: Vec<IncomingDatagramStream>,
    pub(crate) outgoing: Vec<OutgoingDatagramStream>,
    pub(crate) sockets: Vec<Socket>,
    pub(crate) files: Vec<Descriptor>,
    pub(crate) directory: Descriptor,
    pub(crate) tcp: Vec<TcpSocket>,
    pub(crate) udp: Vec<UdpSocket>,
    pub(crate) connections: Vec<Connection>,
    pub(crate) configs: Vec<Config>,
    /// Addresses at which something may be.
    pub(crate) known: Vec<SocketAddress>,
    pub(crate) known_to_wasi: Vec<IpSocketAddress>,
}

impl World {
    pub(crate) fn new(seed: u64, patient: bool) -> Result<Self> {
        let directory = get_directories().into_iter().find(|(_, name)| name == "/data").context("/data")?.0;
        Ok(Self {
            random: fastrand::Rng::with_seed(seed),
            patient,
            pollables: Vec::new(),
            pollers: Vec::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            incoming: Vec::new(),
            outgoing: Vec::new(),
            sockets: Vec::new(),
            files: Vec::new(),
            directory,
            tcp: Vec::new(),
            udp: Vec::new(),
            connections: Vec::new(),
            configs: Vec::new(),
            known: Vec::new(),
            known_to_wasi: Vec::new(),
        })
    }

    /// Keeps a socket, in a mode that is drawn.
    pub(crate) fn keep(&mut self, socket: Socket) {
        socket.settimeout(self.limit());
        self.sockets.push(socket);
    }

    /// One of the sockets; at first it is made.
    pub(crate) fn socket(&mut self) -> Option<usize> {
        (!self.sockets.is_empty()).then(|| self.random.usize(..self.sockets.len()))
    }

    /// Opens one of the files of `/data`.
    pub(crate) fn open(&mut self) -> bool {
        let flags = [DescriptorFlags::READ, DescriptorFlags::WRITE, DescriptorFlags::READ | DescriptorFlags::WRITE];
        let flags = flags[self.random.usize(..flags.len())];
        let name = ["small", "large", "."][self.random.usize(..3)];
        let opened = self.directory.open_at(PathFlags::empty(), name, OpenFlags::empty(), flags);
        opened.map(|file| self.files.push(file)).is_ok()
    }

    /// Lets go of some of what there is too much of.
    pub(crate) fn tidy(&mut self) {
        let Self { random, .. } = self;
        fit(random, &mut self.pollables);
        fit(random, &mut self.pollers);
        fit(random, &mut self.sockets);
        fit(random, &mut self.files);
        fit(random, &mut self.connections);
        fit(random, &mut self.configs);
        fit(random, &mut self.known);
        fit(random, &mut self.known_to_wasi);
        // WASI has it that what refers to something is dropped before it.
        let streams = [self.inputs.len(), self.outputs.len(), self.incoming.len(), self.outgoing.len()];
        if [self.tcp.len(), self.udp.len()].into_iter().chain(streams).any(|many| many > MOST) && self.drop_streams() {
            fit(&mut self.random, &mut self.tcp);
            fit(&mut self.random, &mut self.udp);
        }
    }

    /// Drops all streams, and what refers to them. Not where that would wait without a limit for who reads what was
    /// written, and nobody may.
    pub(crate) fn drop_streams(&mut self) -> bool {
        if !self.patient && self.outputs.iter().any(is_pending) {
            return false;
        }
        self.pollables.clear();
        self.inputs.clear();
        self.outputs.clear();
        self.incoming.clear();
        self.outgoing.clear();
        true
    }
}

/// Whether there is something that was written and is not sent.
pub(crate) fn is_pending(output: &OutputStream) -> bool {
    matches!(output.check_write(), Ok(0))
}

fn fit<T>(random: &mut fastrand::Rng, all: &mut Vec<T>) {
    if all.len() > MOST {
        // Down to so few that there is room for a while.
        for _ in 0..random.usize(1..MOST) {
            all.swap_remove(random.usize(..all.len()));
        }
    }
}
