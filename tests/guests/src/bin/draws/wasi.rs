//! WASI 0.2's own sockets, streams and pollables. What is waited for is bounded by a clock.

use berkeley_test_guests::wasi::{loopback, v4};
use wasip2::clocks::monotonic_clock::subscribe_duration;
use wasip2::io::poll::poll;
use wasip2::sockets::instance_network::instance_network;
use wasip2::sockets::ip_name_lookup::resolve_addresses;
use wasip2::sockets::network::{IpAddressFamily, IpSocketAddress};
use wasip2::sockets::tcp::ShutdownType;
use wasip2::sockets::tcp_create_socket::create_tcp_socket;
use wasip2::sockets::udp::OutgoingDatagram;
use wasip2::sockets::udp_create_socket::create_udp_socket;

use crate::world::{World, is_pending};
use crate::{Function, function};

/// A call on one of what there is; false where there is none.
macro_rules! on {
    ($world:ident, $one:ident of $all:ident => $call:expr) => {
        |$world| {
            if $world.$all.is_empty() {
                return false;
            }
            let at = $world.random.usize(..$world.$all.len());
            let $one = $world.$all.swap_remove(at);
            let succeeded = $call;
            $world.$all.push($one);
            succeeded
        }
    };
}

pub(crate) const FUNCTIONS: &[Function] = &[
    function("wasi tcp", 5, |world| create_tcp_socket(family(world)).map(|socket| world.tcp.push(socket)).is_ok()),
    function(
        "wasi tcp bind",
        5,
        on!(world, socket of tcp => {
            let at = address(world);
            socket.start_bind(&instance_network(), at).is_ok() && socket.finish_bind().is_ok()
        }),
    ),
    function(
        "wasi tcp listen",
        5,
        on!(world, socket of tcp => {
            let listens = socket.start_listen().is_ok() && socket.finish_listen().is_ok();
            if let (true, Ok(at)) = (listens, socket.local_address()) {
                world.known_to_wasi.push(at);
            }
            listens
        }),
    ),
    function(
        "wasi tcp accept",
        5,
        on!(world, socket of tcp => {
            socket.accept().map(|(socket, input, output)| {
                world.tcp.push(socket);
                world.inputs.push(input);
                world.outputs.push(output);
            }).is_ok()
        }),
    ),
    function(
        "wasi tcp start-connect",
        5,
        on!(world, socket of tcp => {
            socket.start_connect(&instance_network(), address(world)).is_ok()
        }),
    ),
    function(
        "wasi tcp finish-connect",
        6,
        on!(world, socket of tcp => {
            socket.finish_connect().map(|(input, output)| {
                world.inputs.push(input);
                world.outputs.push(output);
            }).is_ok()
        }),
    ),
    function(
        "wasi tcp told",
        2,
        on!(world, socket of tcp => {
            let told = (socket.local_address(), socket.remote_address(), socket.is_listening(), socket.hop_limit());
            told.0.is_ok() && told.3.is_ok()
        }),
    ),
    function(
        "wasi tcp set",
        2,
        on!(world, socket of tcp => {
            let value = world.size();
            let sets = [
                socket.set_keep_alive_enabled(world.random.bool()),
                socket.set_keep_alive_idle_time(value),
                socket.set_keep_alive_interval(value),
                socket.set_keep_alive_count(value as u32),
                socket.set_hop_limit(value as u8),
                socket.set_receive_buffer_size(value),
                socket.set_send_buffer_size(value),
                socket.set_listen_backlog_size(value),
            ];
            sets.iter().any(Result::is_ok)
        }),
    ),
    function("wasi tcp shutdown", 1, on!(world, socket of tcp => socket.shutdown(ShutdownType::Both).is_ok())),
    function(
        "wasi tcp subscribe",
        3,
        on!(world, socket of tcp => {
            world.pollables.push(socket.subscribe());
            true
        }),
    ),
    function("wasi read", 5, on!(world, input of inputs => input.read(world.size()).is_ok())),
    function("wasi skip", 1, on!(world, input of inputs => input.skip(world.size()).is_ok())),
    function(
        "wasi write",
        5,
        on!(world, output of outputs => {
            // More than was allowed would be a trap, as the interface has it.
            let room = output.check_write().unwrap_or(0);
            let mut bytes = world.bytes();
            bytes.truncate(room as usize);
            room > 0 && output.write(&bytes).is_ok()
        }),
    ),
    function("wasi flush", 1, on!(world, output of outputs => output.flush().is_ok())),
    function("wasi stream subscribe", 3, |world| {
        if let Some(input) = world.inputs.last() {
            world.pollables.push(input.subscribe());
        }
        if let Some(output) = world.outputs.last() {
            world.pollables.push(output.subscribe());
        }
        !world.pollables.is_empty()
    }),
    function("wasi drop stream", 2, |world| {
        world.pollables.clear();
        if !world.patient && world.outputs.last().is_some_and(is_pending) {
            return false;
        }
        world.inputs.pop().is_some() | world.outputs.pop().is_some()
    }),
    function("wasi udp", 3, |world| create_udp_socket(family(world)).map(|socket| world.udp.push(socket)).is_ok()),
    function(
        "wasi udp bind",
        4,
        on!(world, socket of udp => {
            let bound = socket.start_bind(&instance_network(), address(world)).is_ok() && socket.finish_bind().is_ok();
            if let (true, Ok(at)) = (bound, socket.local_address()) {
                world.known_to_wasi.push(at);
            }
            bound
        }),
    ),
    function(
        "wasi udp stream",
        4,
        on!(world, socket of udp => {
            let peer = if world.random.bool() { Some(address(world)) } else { None };
            // What an earlier stream was asked for is over, as the interface has it.
            world.drop_streams() && socket.stream(peer).map(|(incoming, outgoing)| {
                world.incoming.push(incoming);
                world.outgoing.push(outgoing);
            }).is_ok()
        }),
    ),
    function("wasi udp receive", 3, on!(world, incoming of incoming => incoming.receive(world.size()).is_ok())),
    function(
        "wasi udp send",
        4,
        on!(world, outgoing of outgoing => {
            let room = outgoing.check_send().unwrap_or(0) as usize;
            let datagram = |world: &mut World| OutgoingDatagram {
                data: world.bytes(),
                remote_address: if world.random.bool() { Some(address(world)) } else { None },
            };
            let datagrams: Vec<_> = (0..room.min(3)).map(|_| datagram(world)).collect();
            room > 0 && outgoing.send(&datagrams).is_ok()
        }),
    ),
    function("wasi udp subscribe", 2, |world| {
        if let Some(incoming) = world.incoming.last() {
            world.pollables.push(incoming.subscribe());
        }
        if let Some(outgoing) = world.outgoing.last() {
            world.pollables.push(outgoing.subscribe());
        }
        !world.pollables.is_empty()
    }),
    function("wasi resolve", 2, |world| {
        let name = world.name();
        let stream = resolve_addresses(&instance_network(), &String::from_utf8_lossy(&name));
        stream.is_ok_and(|stream| {
            let asks = stream.resolve_next_address().is_ok();
            let _unanswered = stream.subscribe().ready();
            asks
        })
    }),
    function("wasi ready", 4, on!(world, pollable of pollables => pollable.ready())),
    function("wasi poll", 3, |world| {
        let time = if world.patient && world.one_in(8) { u64::MAX } else { world.random.u64(..200_000) };
        let clock = subscribe_duration(time);
        let many = world.random.usize(..=world.pollables.len().min(8));
        let all: Vec<_> = world.pollables.iter().take(many).chain([&clock]).collect();
        !poll(&all).is_empty()
    }),
    function("wasi drop pollable", 3, |world| world.pollables.pop().is_some()),
];

fn family(world: &mut World) -> IpAddressFamily {
    if world.one_in(4) { IpAddressFamily::Ipv6 } else { IpAddressFamily::Ipv4 }
}

fn address(world: &mut World) -> IpSocketAddress {
    if !world.known_to_wasi.is_empty() && world.random.bool() {
        let at = world.random.usize(..world.known_to_wasi.len());
        return world.known_to_wasi[at];
    }
    match world.random.u8(..8) {
        0 => v4([0; 4], world.port()),
        1 => v4([10, 0, 0, 1], world.port()),
        2 => loopback(IpAddressFamily::Ipv6, world.port()),
        _ => loopback(IpAddressFamily::Ipv4, world.port()),
    }
}
