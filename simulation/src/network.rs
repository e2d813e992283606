//! The simulated network: hosts, the links between them, and the sockets that programs open there.
//!
//! TCP, UDP and unix sockets behave as Linux's do, as far as programs see it through calls, options and errors. Packets
//! take the time that their link says, and can be lost, doubled, delayed and held back. There is no TIME_WAIT, and no
//! urgent data: MSG_OOB is EOPNOTSUPP. Families other than AF_INET, AF_INET6 and AF_UNIX are EAFNOSUPPORT. The path of a
//! unix socket is a name within its host, free again once the socket is closed; no file has it.
//!
//! ```
//! use std::time::Duration;
//!
//! use berkeley_host::SocketCtx;
//! use berkeley_simulation::network::{Link, World};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
//! # runtime.block_on(async {
//! let world = World::new(7);
//! let server = world.add_host("server", ["10.0.0.1".parse().expect("an address")]);
//! let client = world.add_host("client", ["10.0.0.2".parse().expect("an address")]);
//! world.set_link("server", "client", Link { latency: Duration::from_millis(20), ..Link::default() });
//! tokio::spawn(world.clone().drive());
//! let ctx = SocketCtx::builder().allow_all().expect("a root").network(client.network()).build();
//! # drop((server, ctx));
//! # });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address;
mod endpoint;
mod event;
mod host;
mod link;
mod names;
mod options;
mod packet;
mod port;
mod rights;
mod socket;
mod state;
mod tcp;
mod udp;
mod unix;
mod world;

pub use event::{Event, Kind};
pub use host::Host;
pub use link::Link;
pub use world::World;
