//! Sockets, their options, their messages, files, polling.

use berkeley_guest::bindings::address::SocketAddress;
use berkeley_guest::bindings::ancillary::{
    ControlData, Credentials, IncomingControlMessage, IpPktinfo, Message, OutgoingControlMessage, OutgoingDatagram,
    OutgoingDescriptor, PassedDescriptor, RawControlMessage, recvmmsg, recvmsg, sendmmsg, sendmsg, sendmsg_rights,
};
use berkeley_guest::bindings::file::sendfile;
use berkeley_guest::bindings::option::{getsockopt, getsockopt_bytes, setsockopt};
use berkeley_guest::bindings::poll::{Interest, poll, subscribe};
use berkeley_guest::bindings::poller::{self, Poller};
use berkeley_guest::bindings::socket::{create, fromshare, preopened, socketpair};
use berkeley_guest::constants::*;

use crate::world::World;
use crate::{Function, function};

/// A call on one of the sockets; false where there is none.
macro_rules! on {
    ($world:ident, $socket:ident => $call:expr) => {
        |$world| {
            let Some(at) = $world.socket() else { return false };
            // So that the others can be looked at meanwhile.
            let $socket = $world.sockets.swap_remove(at);
            let succeeded = $call;
            $world.sockets.push($socket);
            succeeded
        }
    };
}

/// A call by which one of the pollers is told of one of the sockets; false where there is none.
macro_rules! watch {
    ($poller:ident, $socket:ident, $events:ident, $token:ident => $call:expr) => {
        |world| {
            let events = world.events().cast_unsigned();
            // EPOLLET and EPOLLONESHOT, and now and then bits that mean nothing.
            let ways = if world.one_in(10) { u32::MAX } else { 0b11 << 30 };
            let $events = u32::from(events) | world.random.u32(..) & ways;
            let $token = world.random.u64(..);
            let ($poller, $socket) = (world.random.choice(&world.pollers), world.random.choice(&world.sockets));
            let (Some($poller), Some($socket)) = ($poller, $socket) else { return false };
            $call.is_ok()
        }
    };
}

pub(crate) const FUNCTIONS: &[Function] = &[
    function("create", 12, |world| {
        let made = create(world.family(), world.kind(), world.protocol());
        made.map(|socket| world.keep(socket)).is_ok()
    }),
    function("socketpair", 6, |world| {
        let family = if world.one_in(4) { world.family() } else { AF_UNIX };
        let made = socketpair(family, world.kind(), world.protocol());
        made.map(|(one, other)| [one, other].map(|socket| world.keep(socket))).is_ok()
    }),
    function("connected", 6, connected),
    function("bind", 8, on!(world, socket => socket.bind(&world.address()).is_ok())),
    function(
        "listen",
        6,
        on!(world, socket => {
            let listens = socket.listen(world.number()).is_ok();
            if listens && let Ok(Some(address)) = socket.getsockname() {
                world.known.push(address);
            }
            listens
        }),
    ),
    function("accept", 8, on!(world, socket => socket.accept().map(|(new, _)| world.keep(new)).is_ok())),
    function("connect", 10, on!(world, socket => socket.connect(&world.address()).is_ok())),
    function("send", 12, on!(world, socket => socket.send(&world.bytes(), world.flags()).is_ok())),
    function("sendall", 4, on!(world, socket => socket.sendall(&world.bytes(), world.flags()).is_ok())),
    function(
        "sendto",
        8,
        on!(world, socket => {
            socket.sendto(&world.bytes(), world.flags(), &world.address()).is_ok()
        }),
    ),
    function("recv", 12, on!(world, socket => socket.recv(world.size(), world.flags()).is_ok())),
    function("recvfrom", 6, on!(world, socket => socket.recvfrom(world.size(), world.flags()).is_ok())),
    function("shutdown", 1, on!(world, socket => socket.shutdown(world.one_of(&[0, 1, 2, 3])).is_ok())),
    function("close", 1, on!(world, socket => socket.close().is_ok())),
    function("dup", 4, on!(world, socket => socket.dup().map(|new| world.keep(new)).is_ok())),
    function(
        "settimeout",
        3,
        on!(world, socket => {
            socket.settimeout(world.limit());
            socket.gettimeout().is_some()
        }),
    ),
    function("numbers", 1, on!(world, socket => socket.family() + socket.type_() + socket.protocol() > 0)),
    function(
        "getsockname",
        3,
        on!(world, socket => {
            let name = socket.getsockname();
            if let Ok(Some(address)) = &name {
                world.known.push(address.clone());
            }
            name.is_ok()
        }),
    ),
    function("getpeername", 2, on!(world, socket => socket.getpeername().is_ok())),
    function("ioctl", 1, on!(world, socket => socket.ioctl(world.random.u32(..), &world.few_bytes()).is_ok())),
    function("share", 1, on!(world, socket => socket.share(world.random.u32(..)).is_ok())),
    function("fromshare", 1, |world| fromshare(&world.bytes()).is_ok()),
    function("preopened", 1, |world| {
        preopened().map(|all| all.into_iter().for_each(|(_, socket)| world.keep(socket))).is_ok()
    }),
    function(
        "getsockopt",
        6,
        on!(world, socket => {
            let (level, name) = world.option();
            getsockopt(&socket, level, name).is_ok()
        }),
    ),
    function(
        "getsockopt-bytes",
        4,
        on!(world, socket => {
            let (level, name) = world.option();
            getsockopt_bytes(&socket, level, name, world.size() as u32).is_ok()
        }),
    ),
    function(
        "setsockopt",
        10,
        on!(world, socket => {
            let (level, name) = world.option();
            setsockopt(&socket, level, name, &world.value()).is_ok()
        }),
    ),
    function(
        "sendmsg",
        8,
        on!(world, socket => {
            let (buffers, flags) = ([world.bytes(), world.few_bytes()], world.flags());
            let address = if world.one_in(3) { Some(world.address()) } else { None };
            let mut ancillary = Vec::new();
            while world.one_in(3) {
                ancillary.push(OutgoingControlMessage::Data(control(world)));
            }
            if world.random.bool() {
                let few = world.random.usize(..4);
                ancillary.push(OutgoingControlMessage::Rights(world.sockets.iter().take(few).collect()));
            }
            sendmsg(&socket, &buffers.each_ref().map(Vec::as_slice), &ancillary, flags, address.as_ref()).is_ok()
        }),
    ),
    function(
        "sendmsg-rights",
        8,
        on!(world, socket => {
            let (data, flags) = (world.few_bytes(), world.flags());
            let data = if data.is_empty() { vec![0] } else { data };
            let controls = if world.one_in(4) { vec![control(world)] } else { Vec::new() };
            let (some, few) = (world.random.usize(..3), world.random.usize(..3));
            let files = world.files.iter().rev().take(some).map(OutgoingDescriptor::File);
            let sockets = world.sockets.iter().rev().take(few).map(OutgoingDescriptor::Socket);
            let rights: Vec<_> = files.chain(sockets).collect();
            sendmsg_rights(&socket, &[&data], &rights, &controls, flags, None).is_ok()
        }),
    ),
    function(
        "recvmsg",
        14,
        on!(world, socket => {
            let message = recvmsg(&socket, world.size(), world.size(), world.flags());
            message.map(|message| take(world, message)).is_ok()
        }),
    ),
    function(
        "sendmmsg",
        8,
        on!(world, socket => {
            let (data, flags) = (world.bytes(), world.flags());
            let mut datagrams = Vec::new();
            let mut left = data.len();
            while left > 0 && !world.one_in(20) {
                let length = world.random.usize(..=left.min(2000));
                left -= length;
                let address = if world.one_in(3) { Some(world.address()) } else { None };
                let ancillary = if world.one_in(8) { vec![control(world)] } else { Vec::new() };
                // Now and then there are not as many bytes.
                let length = if world.one_in(100) { u32::MAX } else { length as u32 };
                datagrams.push(OutgoingDatagram { length, address, ancillary });
            }
            sendmmsg(&socket, &data, &datagrams, flags).is_ok()
        }),
    ),
    function(
        "recvmmsg",
        14,
        on!(world, socket => {
            let count = world.size() as u32;
            recvmmsg(&socket, count, world.size(), world.size(), world.flags()).is_ok()
        }),
    ),
    function("open", 3, World::open),
    function(
        "sendfile",
        6,
        on!(world, socket => {
            let Some(file) = world.files.pop() else { return world.open() };
            let count = if world.random.bool() { Some(world.size()) } else { None };
            let sent = sendfile(&socket, &file, world.size(), count);
            world.files.push(file);
            sent.is_ok()
        }),
    ),
    function("poll", 6, |world| {
        let many = world.random.usize(..=world.sockets.len().min(12));
        let events: Vec<_> = (0..many).map(|_| world.events()).collect();
        let limit = world.limit();
        let watched = world.sockets.iter().zip(events).map(|(socket, events)| Interest { socket, events });
        poll(&watched.collect::<Vec<_>>(), limit).is_ok()
    }),
    function(
        "subscribe",
        6,
        on!(world, socket => {
            subscribe(&socket, world.events()).map(|pollable| world.pollables.push(pollable)).is_ok()
        }),
    ),
    function("poller.create", 2, |world| poller::create().map(|poller| world.pollers.push(poller)).is_ok()),
    function("poller.add", 8, watch!(poller, socket, events, token => poller.add(socket, events, token))),
    function("poller.modify", 4, watch!(poller, socket, events, token => poller.modify(socket, events, token))),
    function("poller.remove", 3, watch!(poller, socket, _events, _token => poller.remove(socket))),
    function("poller.wait", 8, |world| {
        let (most, limit) = (world.size() as u32, world.limit());
        let poller = world.random.choice(&world.pollers);
        poller.is_some_and(|poller| poller.wait(most, limit).is_ok())
    }),
    function("poller.subscribe", 3, |world| {
        let pollable = world.random.choice(&world.pollers).map(Poller::subscribe);
        world.pollables.extend(pollable);
        true
    }),
];

/// A listener, who has connected to it, and whom it may have accepted: what is drawn alone hardly comes to that.
fn connected(world: &mut World) -> bool {
    let family = world.one_of(&[AF_INET, AF_INET6, AF_UNIX]);
    let address = loop {
        let address = world.address();
        let fits = match &address {
            SocketAddress::Inet(at) => family == AF_INET && at.address == (127, 0, 0, 1),
            SocketAddress::Inet6(_) => family == AF_INET6,
            SocketAddress::Unix(_) => family == AF_UNIX,
            _ => false,
        };
        if fits {
            break address;
        }
    };
    let Ok(listener) = create(family, SOCK_STREAM, 0) else { return false };
    listener.settimeout(Some(1_000_000));
    if listener.bind(&address).and_then(|()| listener.listen(world.number().max(1))).is_err() {
        return false;
    }
    let (Ok(Some(at)), Ok(client)) = (listener.getsockname(), create(family, SOCK_STREAM, 0)) else { return false };
    client.settimeout(Some(1_000_000));
    let connects = client.connect(&at).is_ok();
    world.known.push(at);
    // What is not accepted here may be later.
    if world.random.bool()
        && let Ok((accepted, _)) = listener.accept()
    {
        world.keep(accepted);
    }
    world.keep(client);
    world.keep(listener);
    connects
}

fn control(world: &mut World) -> ControlData {
    match world.random.u8(..7) {
        0 => ControlData::Credentials(Credentials { pid: world.number(), uid: 0, gid: 0 }),
        1 => ControlData::IpTtl(world.number()),
        2 => ControlData::IpTos(world.random.u8(..)),
        3 => ControlData::Ipv6Hoplimit(world.number()),
        4 => {
            let address = (127, 0, 0, 1);
            let interface_index = world.random.u32(..3);
            ControlData::IpPktinfo(IpPktinfo { interface_index, local_address: address, destination: address })
        }
        _ => {
            let (level, type_) =
                if world.random.bool() { (SOL_SOCKET, world.random.i32(0..8)) } else { world.option() };
            ControlData::Raw(RawControlMessage { level, type_, data: world.few_bytes() })
        }
    }
}

/// Keeps what came with a message.
fn take(world: &mut World, message: Message) {
    for control in message.ancillary {
        let IncomingControlMessage::Rights(all) = control else { continue };
        for passed in all {
            match passed {
                PassedDescriptor::Socket(socket) => world.keep(socket),
                PassedDescriptor::File(file) => world.files.push(file),
            }
        }
    }
}
