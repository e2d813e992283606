//! Guests of `berkeley-host` in a world that is simulated: virtual time, one seed, one thread.
//!
//! A [`Simulation`] has hosts, each of which runs a component: any that `berkeley run` runs. What a guest sees of the world
//! is simulated: the network, the clocks, random numbers, its disk. The same components, with the same seed, do the same
//! each time, to the byte. An hour of waiting takes no time, for the clock goes on when everybody waits.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use berkeley_simulation::{Action, Change, Fault, Host, Simulation, configure};
//! use wasmtime::component::Component;
//! use wasmtime::{Config, Engine};
//!
//! let engine = Engine::new(configure(&mut Config::new()))?;
//! let report = Simulation::builder()
//!     .seed(7)
//!     .with(Host::new("server", Component::from_file(&engine, "server.wasm")?).serves())
//!     .host("client", Component::from_file(&engine, "client.wasm")?)
//!     .links(Change::new().latency(Duration::from_millis(20)).loss(0.01))
//!     .fault(Fault::new(Duration::from_secs(1), Action::Crash("server".into())).lasting(Duration::from_secs(2)))
//!     .run()?;
//! assert!(report.passed(), "seed {}: {:?}", report.seed, report.failures);
//! # Ok::<(), wasmtime::Error>(())
//! ```

mod active;
mod chance;
mod check;
mod clock;
mod disk;
mod fault;
mod host;
mod link;
mod machine;
pub mod network;
mod output;
mod pace;
mod page;
mod random;
mod report;
mod runner;
mod scenario;
mod search;
mod shrink;
mod simulation;
mod trace;
mod verdict;
mod waits;
mod wires;

pub use check::Check;
pub use clock::UPTIME;
pub use disk::remove_disks;
pub use fault::{Action, Fault};
pub use host::Host;
pub use link::Change;
pub use random::{Kind, Random};
pub use report::Report;
pub use scenario::{Programs, Python, Scenario};
pub use search::search;
pub use shrink::shrink;
pub use simulation::{Simulation, SimulationBuilder, configure};
pub use trace::{Entry, Happening, Message, Stream, Trace};
pub use verdict::Failure;
