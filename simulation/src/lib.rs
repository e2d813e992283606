//! A network that one can test against.
//!
//! A [`World`](network::World) has hosts with names and addresses, and links between them with latency, loss and faults.
//! Guests of Berkeley are on it by [`SocketCtxBuilder::network`](berkeley_host::SocketCtxBuilder::network), and do not know
//! it. All of a world runs on one thread, on tokio's clock, and by one seed: the same seed is the same run.

pub mod network;
