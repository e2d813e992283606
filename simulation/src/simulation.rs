//! A simulation, as it is set up.

use std::collections::HashSet;
use std::time::Duration;

use crate::check::Check;
use crate::fault::Fault;
use crate::host::Host;
use crate::link::Change;
use crate::random::Random;
use crate::report::Report;
use crate::runner;
use crate::wires::addresses;
use wasmtime::component::Component;
use wasmtime::{Config, Error, Result};

/// Hosts, what goes wrong, and what must be true: all but the seed, with which it runs any number of times.
#[derive(Clone, Debug)]
pub struct Simulation {
    pub(crate) seed: u64,
    pub(crate) hosts: Vec<Host>,
    pub(crate) links: Vec<Link>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) random: Vec<Random>,
    pub(crate) checks: Vec<Check>,
    pub(crate) limit: Duration,
    pub(crate) date: Duration,
    pub(crate) fuel: f64,
    pub(crate) patience: Duration,
}

/// The properties of the link between two hosts, or of every link.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Link {
    pub(crate) between: Option<(String, String)>,
    pub(crate) change: Change,
}

/// Builds a [`Simulation`].
#[derive(Clone, Debug)]
pub struct SimulationBuilder(Simulation);

/// The first second of 2026.
const DATE: Duration = Duration::from_secs(1_767_225_600);

/// Has an engine compile and run components as a simulation needs it: they use fuel, compute the same on every machine, and can
/// be interrupted where they loop.
///
/// ```
/// let mut config = wasmtime::Config::new();
/// berkeley_simulation::configure(&mut config);
/// let engine = wasmtime::Engine::new(&config)?;
/// # Ok::<(), wasmtime::Error>(())
/// ```
pub fn configure(config: &mut Config) -> &mut Config {
    config
        .consume_fuel(true)
        .epoch_interruption(true)
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true)
}

impl Simulation {
    /// A world without hosts. It lasts for 60 seconds at most, and its date is the first of January, 2026.
    pub fn builder() -> SimulationBuilder {
        SimulationBuilder(Self {
            seed: 0,
            hosts: Vec::new(),
            links: Vec::new(),
            faults: Vec::new(),
            random: Vec::new(),
            checks: Vec::new(),
            limit: Duration::from_secs(60),
            date: DATE,
            fuel: 1.0,
            patience: Duration::from_secs(5),
        })
    }

    /// The hosts.
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// Its seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The same with another seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// What goes wrong with its seed, in the order of time: what was said to, and what comes by chance.
    pub fn faults(&self) -> Vec<Fault> {
        let names: Vec<_> = self.hosts.iter().map(|host| host.name.to_string()).collect();
        let drawn = self.random.iter().enumerate().flat_map(|(at, random)| random.draw(self.seed, at, &names));
        let mut all: Vec<_> = self.faults.iter().cloned().chain(drawn).collect();
        all.sort_by_key(|fault| fault.at);
        all
    }

    /// The same, in which exactly that goes wrong.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.faults = faults;
        self.random.clear();
        self
    }

    /// Runs it with its seed, on this thread.
    ///
    /// Fails where it cannot be set up: two hosts have one name, say, or a file cannot be copied. What a program does, and
    /// how it ends, is in the report.
    ///
    /// # Panics
    ///
    /// Where this thread is in a tokio runtime already: the simulation has its own.
    pub fn run(&self) -> Result<Report> {
        runner::run(self)
    }
}

impl SimulationBuilder {
    /// What all chance comes from; 0 unless set.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }

    /// Adds a host that runs the component, with nothing more.
    #[must_use]
    pub fn host(self, name: &str, component: Component) -> Self {
        self.with(Host::new(name, component))
    }

    /// Adds a host.
    #[must_use]
    pub fn with(mut self, host: Host) -> Self {
        self.0.hosts.push(host);
        self
    }

    /// What every link is like. Each message is on its way for a millisecond unless set, and none is lost.
    #[must_use]
    pub fn links(mut self, change: Change) -> Self {
        self.0.links.push(Link { between: None, change });
        self
    }

    /// What the link between two hosts is like.
    #[must_use]
    pub fn link(mut self, one: &str, other: &str, change: Change) -> Self {
        self.0.links.push(Link { between: Some((one.into(), other.into())), change });
        self
    }

    /// Has something go wrong.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.0.faults.push(fault);
        self
    }

    /// Has things go wrong by chance.
    #[must_use]
    pub fn random(mut self, random: Random) -> Self {
        self.0.random.push(random);
        self
    }

    /// Adds what must be true.
    #[must_use]
    pub fn check(mut self, check: Check) -> Self {
        self.0.checks.push(check);
        self
    }

    /// How long a run lasts at most, in virtual time.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.0.limit = limit;
        self
    }

    /// The date on which a run begins: the time since 1970.
    #[must_use]
    pub fn date(mut self, date: Duration) -> Self {
        self.0.date = date;
        self
    }

    /// How many nanoseconds one unit of fuel takes, which is about one instruction of WebAssembly; 1 unless set.
    #[must_use]
    pub fn fuel(mut self, nanoseconds: f64) -> Self {
        self.0.fuel = nanoseconds;
        self
    }

    /// How long a program may compute without waiting for anything, in virtual time, before that counts as a loop without
    /// end; 5 seconds unless set. A unit of fuel counts for a nanosecond in it at least.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.0.patience = patience;
        self
    }

    /// The simulation. Fails where two hosts have one name, or a link, fault or check names a host that there is not.
    pub fn build(self) -> Result<Simulation> {
        let simulation = self.0;
        let mut names = HashSet::new();
        for host in &simulation.hosts {
            if !names.insert(&*host.name) {
                return Err(Error::msg(format!("there are two hosts of the name {}", host.name)));
            }
        }
        let mut taken = HashSet::new();
        for (number, host) in simulation.hosts.iter().enumerate() {
            for address in addresses(number, host) {
                if !taken.insert(address) {
                    return Err(Error::msg(format!(
                        "two hosts have the address {address}; {} is the second",
                        host.name
                    )));
                }
            }
        }
        if !(simulation.fuel.is_finite() && simulation.fuel >= 0.0) {
            return Err(Error::msg("fuel costs a number of nanoseconds, which is not less than 0"));
        }
        let pairs = simulation.links.iter().filter_map(|link| link.between.as_ref());
        let linked = pairs.flat_map(|(one, other)| [one.as_str(), other.as_str()]);
        let hit = simulation.faults.iter().flat_map(|fault| fault.action.hosts());
        let drawn = simulation.random.iter().flat_map(|random| random.hosts.iter().map(String::as_str));
        let checked = simulation.checks.iter().filter_map(Check::host);
        for name in linked.chain(hit).chain(drawn).chain(checked) {
            if !names.contains(name) {
                let mut all: Vec<_> = names.into_iter().collect();
                all.sort_unstable();
                return Err(Error::msg(format!("there is no host {name}; there are {}", all.join(", "))));
            }
        }
        Ok(simulation)
    }

    /// Runs it once. Fails where [`build`](Self::build) or [`Simulation::run`] does.
    pub fn run(self) -> Result<Report> {
        self.build()?.run()
    }
}
