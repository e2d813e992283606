//! Does with a socket of every family what `tests/data/families.py` does, and prints the same.
//!
//! The arguments are the same, too. Without any, it makes a socket for each line of stdin, which is a family, a type and
//! a protocol.

use std::env;
use std::io::{BufRead, stdin};

use berkeley_guest::Result;
use berkeley_guest::address::{L2capAddress, str2ba};
use berkeley_guest::ancillary::ControlMessage;
use berkeley_guest::socket::*;
use berkeley_test_guests::python::{bytes, name_of, opened, show, truth};
use berkeley_test_guests::{PATIENCE, checksum, hex};

/// What a case has to say, line by line.
type Lines = Vec<String>;
/// A case by its name.
type Case<'a> = (&'a str, Box<dyn Fn(&mut Lines) -> Result<()> + 'a>);

const IFNAME: u16 = 3;
const RTM_GETLINK: u16 = 18;
const NLMSG_DONE: u16 = 3;
const ECHO_REPLY: u32 = 0;
const CAN_ID: u32 = 0x123;

/// Families, types and protocols beyond those that [`every`] goes through.
#[rustfmt::skip]
const NUMBERS: &[(i32, i32, i32)] = &[
    (31, 5, 0), (31, 3, 1), (31, 5, 2), (31, 1, 3), (29, 3, 1), (29, 2, 2), (29, 2, 6), (29, 2, 7), (34, 1, 1),
    (2, 1, 132), (2, 5, 132), (10, 1, 132), (2, 1, 262), (2, 5, 262), (2, 2, 136), (2, 1, 136), (2, 2, 1),
    (10, 2, 58), (2, 3, 1), (10, 3, 58), (2, 3, 255), (2, 3, 0), (16, 3, 15), (16, 3, 31), (16, 2, 4), (17, 2, 768),
];

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some(mark) = arguments.first() else { return make_each() };
    let vsock_loopback = arguments.iter().any(|argument| argument == "loopback");
    for (name, case) in cases(mark.as_bytes(), vsock_loopback) {
        let mut lines = Lines::new();
        if let Err(error) = case(&mut lines) {
            lines.push(name_of(&error));
        }
        for line in lines {
            println!("{name}: {line}");
        }
    }
}

fn cases(mark: &[u8], vsock_loopback: bool) -> Vec<Case<'_>> {
    let any = Address::vsock(VMADDR_CID_ANY, VMADDR_PORT_ANY);
    let of_vsock = move |kind| {
        let any = any.clone();
        move |lines: &mut Lines| stream(lines, mark, (AF_VSOCK, kind, 0), &any, (AF_VSOCK, 0), vsock_loopback)
    };
    let of_internet = move |family, protocol, option| {
        let local = host(family);
        move |lines: &mut Lines| stream(lines, mark, (family, SOCK_STREAM, protocol), &local, option, true)
    };
    let mptcp = (IPPROTO_TCP, TCP_IS_MPTCP);
    let sctp = (IPPROTO_SCTP, SCTP_NODELAY);
    vec![
        ("netlink", Box::new(netlink)),
        ("packet raw", Box::new(|lines| packet(lines, mark, SOCK_RAW))),
        ("packet dgram", Box::new(|lines| packet(lines, mark, SOCK_DGRAM))),
        ("icmp", Box::new(|lines| icmp(lines, mark))),
        ("icmpv6", Box::new(|lines| icmpv6(lines, mark))),
        ("ping", Box::new(|lines| ping(lines, mark, AF_INET, IPPROTO_ICMP, 8))),
        ("ping6", Box::new(|lines| ping(lines, mark, AF_INET6, IPPROTO_ICMPV6, 128))),
        ("udplite", Box::new(|lines| datagrams(lines, mark, AF_INET))),
        ("udplite6", Box::new(|lines| datagrams(lines, mark, AF_INET6))),
        ("mptcp", Box::new(of_internet(AF_INET, IPPROTO_MPTCP, mptcp))),
        ("mptcp6", Box::new(of_internet(AF_INET6, IPPROTO_MPTCP, mptcp))),
        ("sctp", Box::new(of_internet(AF_INET, IPPROTO_SCTP, sctp))),
        ("sctp6", Box::new(of_internet(AF_INET6, IPPROTO_SCTP, sctp))),
        ("vsock", Box::new(of_vsock(SOCK_STREAM))),
        ("vsock seqpacket", Box::new(of_vsock(SOCK_SEQPACKET))),
        ("can raw", Box::new(|lines| can(lines, mark, CAN_RAW, &Address::can("vcan0")))),
        ("can bcm", Box::new(|lines| can(lines, mark, CAN_BCM, &Address::can("vcan0")))),
        ("can isotp", Box::new(|lines| can(lines, mark, CAN_ISOTP, &Address::can_isotp("vcan0", 0x123, 0x456)))),
        (
            "can j1939",
            Box::new(|lines| {
                let no_group = J1939_NO_PGN.cast_unsigned();
                can(lines, mark, CAN_J1939, &Address::can_j1939("vcan0", 0, no_group, 0x20))
            }),
        ),
        (
            "l2cap",
            Box::new(|lines| bluetooth(lines, SOCK_SEQPACKET, BTPROTO_L2CAP, Address::l2cap(BDADDR_ANY, 0x1001)?)),
        ),
        ("l2cap le", Box::new(|lines| bluetooth(lines, SOCK_SEQPACKET, BTPROTO_L2CAP, low_energy()?))),
        ("rfcomm", Box::new(|lines| bluetooth(lines, SOCK_STREAM, BTPROTO_RFCOMM, Address::rfcomm(BDADDR_ANY, 3)?))),
        ("sco", Box::new(|lines| bluetooth(lines, SOCK_SEQPACKET, BTPROTO_SCO, Address::sco(BDADDR_ANY)?))),
        (
            "hci",
            Box::new(|lines| {
                let control = Address::hci(HCI_DEV_NONE as u16, HCI_CHANNEL_CONTROL as u16);
                bluetooth(lines, SOCK_RAW, BTPROTO_HCI, control)
            }),
        ),
        ("alg", Box::new(|lines| alg(lines, mark))),
        ("tipc", Box::new(|lines| tipc(lines, mark))),
        ("qipcrtr", Box::new(|lines| qipcrtr(lines, mark))),
        ("rds", Box::new(|lines| rds(lines, mark))),
        ("every", Box::new(every)),
    ]
}

/// Makes a socket for each line of stdin, and prints the line with the answer.
fn make_each() {
    for line in stdin().lock().lines() {
        let line = line.expect("a line");
        let numbers: Vec<i32> = line.split(' ').map(|number| number.parse().expect("a number")).collect();
        let made = Socket::new(numbers[0], numbers[1], numbers[2]);
        println!("{line}: {}", made.map_or_else(|error| error.to_string(), |_| "made".into()));
    }
}

/// What a call answers, or the name of its error.
fn of<T>(result: Result<T>, show: impl FnOnce(T) -> String) -> String {
    result.map_or_else(|error| name_of(&error), show)
}

fn none<T>(_: T) -> String {
    "None".into()
}

/// As Python prints it, with whether a port is none or any in place of the port.
fn known(address: &Address) -> String {
    match address {
        Address::Inet(at) => format!("('{}', {})", at.ip(), truth(at.port() == 0)),
        Address::Inet6(at) => {
            format!("('{}', {}, {}, {})", at.ip(), truth(at.port() == 0), at.flowinfo(), at.scope_id())
        }
        Address::Vsock(at) => format!("({}, {})", at.cid, truth([0, VMADDR_PORT_ANY].contains(&at.port))),
        other => other.to_string(),
    }
}

fn port(address: &Address) -> u32 {
    match address {
        Address::Vsock(at) => at.port,
        other => other.port().unwrap_or(0).into(),
    }
}

/// The loopback address of the family, with a port that the system chooses.
fn host(family: i32) -> Address {
    let ip = if family == AF_INET6 { "[::1]:0" } else { "127.0.0.1:0" };
    ip.parse::<std::net::SocketAddr>().expect("an address").into()
}

/// The next message with the mark in it: what stands before the mark, and who sent it.
fn marked(receiver: &Socket, mark: &[u8]) -> Result<(Vec<u8>, Address)> {
    loop {
        let (mut data, peer) = receiver.recvfrom(4096)?;
        if let Some(at) = data.windows(mark.len()).position(|part| part == mark) {
            data.truncate(at);
            return Ok((data, peer));
        }
    }
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("as many bytes")
}

/// The interfaces in an answer of rtnetlink(7), and whether more answers follow.
fn links(mut answer: &[u8]) -> (Vec<(i32, String)>, bool) {
    let mut found = Vec::new();
    while !answer.is_empty() {
        let length = u32::from_ne_bytes(field(answer, 0)) as usize;
        if u16::from_ne_bytes(field(answer, 4)) == NLMSG_DONE {
            return (found, false);
        }
        let index = i32::from_ne_bytes(field(answer, 20));
        let mut attributes = &answer[32..length];
        while !attributes.is_empty() {
            let size = usize::from(u16::from_ne_bytes(field(attributes, 0)));
            if u16::from_ne_bytes(field(attributes, 2)) == IFNAME {
                found.push((index, String::from_utf8_lossy(&attributes[4..size - 1]).into_owned()));
            }
            attributes = attributes.get(size.next_multiple_of(4)..).unwrap_or_default();
        }
        answer = answer.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    (found, true)
}

fn netlink(lines: &mut Lines) -> Result<()> {
    let socket = opened(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)?;
    lines.push(show(socket.getsockname()?));
    lines.push(of(socket.getpeername(), show));
    let mut request = vec![0; 32];
    request[0] = 32;
    request[4..6].copy_from_slice(&RTM_GETLINK.to_ne_bytes());
    // NLM_F_REQUEST, NLM_F_DUMP
    request[6..8].copy_from_slice(&0x301u16.to_ne_bytes());
    request[8] = 7;
    socket.sendto(&request, (0, 0))?;
    let (mut found, mut more) = (Vec::new(), true);
    while more {
        let (answer, peer) = socket.recvfrom(65536)?;
        let part;
        (part, more) = links(&answer);
        found.extend(part);
        lines.push(show(peer));
    }
    let found: Vec<_> = found.iter().map(|(index, name)| format!("({index}, '{name}')")).collect();
    lines.push(format!("[{}]", found.join(", ")));
    let numbers = |address| match address {
        Address::Netlink(at) => (at.pid, at.groups),
        other => panic!("{other} is no address of AF_NETLINK"),
    };
    lines.push(truth(numbers(socket.getsockname()?).0 != 0).into());
    let groups = opened(AF_NETLINK, SOCK_DGRAM, NETLINK_ROUTE)?;
    groups.bind((0, 1))?;
    lines.push(numbers(groups.getsockname()?).1.to_string());
    groups.connect((0, 0))?;
    lines.push(show(groups.getpeername()?));
    groups.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 5)?;
    lines.push(numbers(groups.getsockname()?).1.to_string());
    Ok(())
}

fn packet(lines: &mut Lines, mark: &[u8], kind: i32) -> Result<()> {
    let ip = ETHERTYPE_IP as u16;
    let socket = opened(AF_PACKET, kind, i32::from(ip.to_be()))?;
    lines.push(show(socket.getsockname()?));
    socket.bind(("lo", ip))?;
    lines.push(show(socket.getsockname()?));
    lines.push(of(socket.getpeername(), show));
    lines.push(of(socket.bind(("no-such-iface", ip)), none));
    let (receiver, sender) = (opened(AF_INET, SOCK_DGRAM, 0)?, opened(AF_INET, SOCK_DGRAM, 0)?);
    receiver.bind(("127.0.0.1", 0))?;
    sender.sendto(mark, receiver.getsockname()?)?;
    let (before, peer) = marked(&socket, mark)?;
    lines.push(format!("({}, {})", before.len(), show(peer)));

    let frames = opened(AF_PACKET, kind, 0)?;
    let mut frame = Vec::new();
    if kind == SOCK_RAW {
        frame.extend([0; 12]);
        frame.extend([0x88, 0xb5]);
    }
    frame.extend(mark);
    // Every protocol, and what goes out as well.
    socket.bind(("lo", ETH_P_ALL as u16))?;
    let Address::Packet(mut to) = Address::packet("lo", 0x88b5) else { unreachable!("it was made so") };
    to.hardware_address = vec![0; 6];
    lines.push((frames.sendto(&frame, Address::Packet(to))? - mark.len()).to_string());
    for _ in 0..2 {
        let (before, peer) = marked(&socket, mark)?;
        lines.push(format!("({}, {}", before.len(), &show(peer)[1..]));
    }
    // struct packet_mreq: the interface in promiscuous mode.
    let mut membership = if_nametoindex("lo")?.to_ne_bytes().to_vec();
    membership.extend(1u16.to_ne_bytes());
    membership.extend([0; 10]);
    lines.push(of(socket.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership), none));
    lines.push(socket.getsockopt_bytes(SOL_PACKET, PACKET_STATISTICS, 8)?.len().to_string());
    Ok(())
}

/// An echo request, of which the kernel knows the sum where it is not to be summed.
fn request(kind: u8, mark: &[u8], summed: bool) -> Vec<u8> {
    let mut request = vec![kind, 0, 0, 0, 0, 1, 0, 1];
    request.extend(mark);
    request.resize(request.len().next_multiple_of(2), 0);
    if summed {
        let sum = checksum(&request);
        request[2..4].copy_from_slice(&sum.to_be_bytes());
    }
    request
}

fn icmp(lines: &mut Lines, mark: &[u8]) -> Result<()> {
    let socket = opened(AF_INET, SOCK_RAW, IPPROTO_ICMP)?;
    lines.push(show(socket.getsockname()?));
    // Only answers.
    socket.setsockopt(SOL_RAW, ICMP_FILTER, &(!(1u32 << ECHO_REPLY)).to_ne_bytes())?;
    socket.sendto(&request(8, mark, true), ("127.0.0.1", 0))?;
    let (before, peer) = marked(&socket, mark)?;
    lines.push(format!("({}, {}, {})", before.len(), before[20], show(peer)));
    socket.connect(("127.0.0.1", 0))?;
    lines.push(show(socket.getsockname()?));
    lines.push(of(socket.getpeername(), show));
    Ok(())
}

fn icmpv6(lines: &mut Lines, mark: &[u8]) -> Result<()> {
    let socket = opened(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6)?;
    lines.push(show(socket.getsockname()?));
    // Only answers.
    let mut filter = [255; 32];
    filter[16] = !2;
    socket.setsockopt(IPPROTO_ICMPV6, ICMPV6_FILTER, &filter)?;
    socket.sendto(&request(128, mark, false), ("::1", 0))?;
    let (before, peer) = marked(&socket, mark)?;
    lines.push(format!("({}, {}, {})", before.len(), before[0], show(peer)));
    socket.bind(("::1", 0))?;
    lines.push(show(socket.getsockname()?));
    lines.push(of(socket.getpeername(), show));
    Ok(())
}

fn ping(lines: &mut Lines, mark: &[u8], family: i32, protocol: i32, kind: u8) -> Result<()> {
    let socket = opened(family, SOCK_DGRAM, protocol)?;
    lines.push(show(socket.getsockname()?));
    socket.sendto(&request(kind, mark, false), host(family))?;
    let (before, peer) = marked(&socket, mark)?;
    lines.push(format!("({}, {}, {})", before.len(), before[0], show(peer)));
    let local = socket.getsockname()?;
    let id = local.port() == Some(u16::from_be_bytes(field(&before, 4)));
    lines.push(format!("('{}', {})", local.host().unwrap_or_default(), truth(id)));
    lines.push(of(socket.getpeername(), show));
    Ok(())
}

fn datagrams(lines: &mut Lines, mark: &[u8], family: i32) -> Result<()> {
    let (receiver, sender) =
        (opened(family, SOCK_DGRAM, IPPROTO_UDPLITE)?, opened(family, SOCK_DGRAM, IPPROTO_UDPLITE)?);
    lines.push(show(receiver.getsockname()?));
    receiver.bind(host(family))?;
    sender.bind(host(family))?;
    for option in [UDPLITE_SEND_CSCOV, UDPLITE_RECV_CSCOV] {
        sender.setsockopt(IPPROTO_UDPLITE, option, 8)?;
        lines.push(sender.getsockopt(IPPROTO_UDPLITE, option)?.to_string());
    }
    sender.sendto(mark, receiver.getsockname()?)?;
    let (data, peer) = receiver.recvfrom(4096)?;
    let more = if family == AF_INET6 { ", 0, 0" } else { "" };
    let host = peer.host().unwrap_or_default();
    lines.push(format!("({}, {}, '{host}'{more})", truth(data == mark), truth(peer == sender.getsockname()?)));
    lines.push(of(sender.getpeername(), show));
    sender.connect(receiver.getsockname()?)?;
    lines.push(truth(sender.getpeername()? == receiver.getsockname()?).into());
    Ok(())
}

/// A server and a client that are both in this program.
fn stream(
    lines: &mut Lines,
    mark: &[u8],
    (family, kind, protocol): (i32, i32, i32),
    local: &Address,
    option: (i32, i32),
    connects: bool,
) -> Result<()> {
    let server = opened(family, kind, protocol)?;
    lines.push(known(&server.getsockname()?));
    server.bind(local)?;
    let to = server.getsockname()?;
    lines.push(known(&to));
    server.listen(DEFAULT_BACKLOG)?;
    lines.push(of(server.getsockopt(option.0, option.1), |value| value.to_string()));
    if family == AF_VSOCK {
        server.setsockopt(option.0, option.1, 131_072)?;
        lines.push(server.getsockopt(option.0, option.1)?.to_string());
    }
    if !connects {
        return Ok(());
    }
    let client = opened(family, kind, protocol)?;
    // A machine talks to itself by VMADDR_CID_LOCAL.
    match &to {
        Address::Vsock(to) => client.connect((1, to.port))?,
        to => client.connect(to)?,
    }
    let (peer, address) = server.accept()?;
    peer.settimeout(Some(PATIENCE));
    let (own, theirs) = (client.getsockname()?, client.getpeername()?);
    lines.push(format!("({}, {}, {})", known(&address), truth(address == own), truth(port(&theirs) == port(&to))));
    client.sendall(mark)?;
    lines.push(truth(peer.recv(4096)? == mark).into());
    lines.push(format!("({}, {})", peer.r#type(), peer.proto()));
    lines.push(of(peer.getsockopt(option.0, option.1), |value| value.to_string()));
    client.close()?;
    lines.push(bytes(&peer.recv(1)?));
    Ok(())
}

fn can(lines: &mut Lines, mark: &[u8], protocol: i32, address: &Address) -> Result<()> {
    let kind = if protocol == CAN_RAW { SOCK_RAW } else { SOCK_DGRAM };
    let socket = opened(AF_CAN, kind, protocol)?;
    lines.push(of(socket.getsockname(), show));
    if protocol == CAN_BCM {
        return socket.connect(address);
    }
    socket.bind(address)?;
    lines.push(of(socket.getsockname(), show));
    if protocol != CAN_RAW {
        return Ok(());
    }
    let other = opened(AF_CAN, kind, protocol)?;
    other.bind(address)?;
    let mut frame = CAN_ID.to_ne_bytes().to_vec();
    frame.extend([8, 0, 0, 0]);
    frame.extend(&mark[mark.len() - 8..]);
    socket.send(&frame)?;
    let peer = loop {
        let (data, peer) = other.recvfrom(16)?;
        if data == frame {
            break peer;
        }
    };
    lines.push(show(peer));
    socket.setsockopt(SOL_CAN_RAW, CAN_RAW_RECV_OWN_MSGS, 1)?;
    lines.push(socket.getsockopt(SOL_CAN_RAW, CAN_RAW_RECV_OWN_MSGS)?.to_string());
    Ok(())
}

/// The attribute protocol of low energy.
fn low_energy() -> Result<Address> {
    let address_type = BDADDR_LE_PUBLIC as u8;
    Ok(Address::L2cap(L2capAddress { address: str2ba(BDADDR_ANY)?, psm: 0, cid: 4, address_type }))
}

fn bluetooth(lines: &mut Lines, kind: i32, protocol: i32, address: Address) -> Result<()> {
    let socket = opened(AF_BLUETOOTH, kind, protocol)?;
    socket.bind(address)?;
    lines.push(show(socket.getsockname()?));
    Ok(())
}

fn alg(lines: &mut Lines, mark: &[u8]) -> Result<()> {
    let socket = Socket::new(AF_ALG, SOCK_SEQPACKET, 0)?;
    lines.push(of(socket.getsockname(), show));
    socket.bind(Address::alg("hash", "sha256"))?;
    let (operation, peer) = socket.accept()?;
    lines.push(show(peer));
    operation.sendall(b"abc")?;
    lines.push(hex(&operation.recv(64)?));
    lines.push(of(socket.bind(Address::alg("hash", "no-such-hash")), none));

    let cipher = Socket::new(AF_ALG, SOCK_SEQPACKET, 0)?;
    cipher.bind(Address::alg("skcipher", "cbc(aes)"))?;
    cipher.setsockopt(SOL_ALG, ALG_SET_KEY, &mark[mark.len() - 16..])?;
    let crypt = |direction: i32, data: &[u8]| -> Result<Vec<u8>> {
        let operation = cipher.accept()?.0;
        // struct af_alg_iv
        let iv = [&16u32.to_ne_bytes()[..], &[0; 16]].concat();
        let direction = ControlMessage::raw(SOL_ALG, ALG_SET_OP, &direction.to_ne_bytes());
        operation.sendmsg(&[data], &[direction, ControlMessage::raw(SOL_ALG, ALG_SET_IV, &iv)], 0)?;
        operation.recv(16)
    };
    let encrypted = crypt(ALG_OP_ENCRYPT, &mark[..16])?;
    lines.push(hex(&encrypted));
    lines.push(truth(crypt(ALG_OP_DECRYPT, &encrypted)? == mark[..16]).into());
    Ok(())
}

fn tipc(lines: &mut Lines, mark: &[u8]) -> Result<()> {
    let (server, client) = (opened(AF_TIPC, SOCK_RDM, 0)?, opened(AF_TIPC, SOCK_RDM, 0)?);
    let Address::Tipc(at) = server.getsockname()? else { panic!("it is of AF_TIPC") };
    lines.push(format!("({}, {}, ({}, {}))", at.address_type, at.v1, at.v3, at.scope));
    server.bind(Address::tipc_nameseq(18888, 0, 10, TIPC_CLUSTER_SCOPE))?;
    client.sendto(mark, Address::tipc_name(18888, 5, TIPC_CLUSTER_SCOPE))?;
    let (data, peer) = server.recvfrom(4096)?;
    lines.push(format!("({}, {})", truth(data == mark), truth(peer == client.getsockname()?)));
    client.sendto(mark, server.getsockname()?)?;
    lines.push(truth(server.recv(4096)? == mark).into());
    client.setsockopt(SOL_TIPC, TIPC_IMPORTANCE, TIPC_HIGH_IMPORTANCE)?;
    lines.push(client.getsockopt(SOL_TIPC, TIPC_IMPORTANCE)?.to_string());
    Ok(())
}

fn qipcrtr(lines: &mut Lines, mark: &[u8]) -> Result<()> {
    let (receiver, sender) = (opened(AF_QIPCRTR, SOCK_DGRAM, 0)?, opened(AF_QIPCRTR, SOCK_DGRAM, 0)?);
    let Address::Qipcrtr(at) = receiver.getsockname()? else { panic!("it is of AF_QIPCRTR") };
    lines.push(at.node.to_string());
    receiver.bind((at.node, 0))?;
    sender.sendto(mark, receiver.getsockname()?)?;
    let (data, peer) = receiver.recvfrom(4096)?;
    lines.push(format!("({}, {})", truth(data == mark), truth(peer == sender.getsockname()?)));
    Ok(())
}

fn rds(lines: &mut Lines, mark: &[u8]) -> Result<()> {
    let (receiver, sender) = (opened(AF_RDS, SOCK_SEQPACKET, 0)?, opened(AF_RDS, SOCK_SEQPACKET, 0)?);
    receiver.bind(("127.0.0.1", 0))?;
    sender.bind(("127.0.0.1", 0))?;
    lines.push(receiver.getsockname()?.host().unwrap_or_default());
    sender.sendto(mark, receiver.getsockname()?)?;
    let (data, peer) = receiver.recvfrom(4096)?;
    lines.push(format!("({}, {})", truth(data == mark), truth(peer == sender.getsockname()?)));
    Ok(())
}

/// What making a socket of each family and type answers.
fn every(lines: &mut Lines) -> Result<()> {
    let made = |family, kind, protocol| of(Socket::new(family, kind, protocol), none);
    for family in 0..47 {
        for kind in [1, 2, 3, 4, 5, 6, 10] {
            lines.push(format!("({family}, {kind}, '{}')", made(family, kind, 0)));
        }
    }
    for (family, kind, protocol) in NUMBERS {
        lines.push(format!("({family}, {kind}, {protocol}, '{}')", made(*family, *kind, *protocol)));
    }
    Ok(())
}
