//! What is below: frames, ICMP, and the kernel's lists of links.

use anyhow::{Context, Result, bail};
use berkeley_guest::ancillary::Message;
use berkeley_guest::socket::*;
use berkeley_test_guests::python::{bytes, opened, show, truth};
use berkeley_test_guests::{checksum, hex, pattern};

use crate::End::{self, Client};
use crate::{ancillary, at, numbers, u16_at, u32_at};

/// The offsets and the VLAN of struct tpacket_auxdata.
fn words(auxiliary: &[u8]) -> Result<[u16; 4]> {
    Ok([u16_at(auxiliary, 12)?, u16_at(auxiliary, 14)?, u16_at(auxiliary, 16)?, u16_at(auxiliary, 18)?])
}

/// Auxiliary data of a datagram that is seen passing, of which nobody else sends one so long.
pub(crate) fn auxdata() -> Result<()> {
    let ip = ETHERTYPE_IP as u16;
    let tap = opened(AF_PACKET, SOCK_RAW, i32::from(ip.to_be()))?;
    tap.bind(("lo", ip))?;
    tap.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)?;
    let (receiver, sender) = (opened(AF_INET, SOCK_DGRAM, 0)?, opened(AF_INET, SOCK_DGRAM, 0)?);
    receiver.bind(("127.0.0.1", 0))?;
    let mark = [numbers(&receiver.getsockname()?).as_bytes(), &pattern(2000)].concat();
    sender.sendto(&mark, receiver.getsockname()?)?;
    let message = loop {
        let message = tap.recvmsg(4096, 256, 0)?;
        if message.data.ends_with(&mark) {
            break message;
        }
    };
    let [(level, r#type, auxiliary)] = ancillary(&message)?[..] else { bail!("one control message") };
    println!("({level}, {}, {}, {})", r#type, message.flags, show(&message.address));
    // struct tpacket_auxdata: status, length, captured length, offsets, VLAN.
    let lengths = [u32_at(auxiliary, 4)?, u32_at(auxiliary, 8)?].map(|length| length as usize - mark.len());
    println!("({lengths:?}, {:?})", words(auxiliary)?);
    Ok(())
}

/// A message with its auxiliary data, as the fields of a tuple.
fn told(message: &Message) -> Result<String> {
    let mut auxiliary = Vec::new();
    for (level, r#type, data) in ancillary(message)? {
        let lengths = [u32_at(data, 0)?, u32_at(data, 4)?, u32_at(data, 8)?];
        let fields: Vec<_> = lengths.into_iter().chain(words(data)?.map(u32::from)).map(|it| it.to_string()).collect();
        auxiliary.push(format!("({level}, {}, ({}))", r#type, fields.join(", ")));
    }
    let (data, auxiliary) = (bytes(&message.data), auxiliary.join(", "));
    Ok(format!("({data}, [{auxiliary}], {}, {})", message.flags, show(&message.address)))
}

fn hardware_address(address: &Address) -> Result<Vec<u8>> {
    match address {
        Address::Packet(at) => Ok(at.hardware_address.clone()),
        other => bail!("{other} is no address of AF_PACKET"),
    }
}

/// Frames from one end of a cable to the other: as they are, cooked, with the tag of a VLAN.
pub(crate) fn veth(end: End<'_>) -> Result<()> {
    // For experiments; of 802.1Q.
    const PROTOCOL: u16 = 0x88b5;
    const VLAN: u16 = 0x8100;
    let bound = |interface: &str, kind, protocol: u16| -> Result<Socket> {
        let socket = opened(AF_PACKET, kind, 0)?;
        socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)?;
        socket.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)?;
        socket.bind((interface, protocol))?;
        Ok(socket)
    };
    let to = |interface: &str, protocol, hardware_address: &[u8]| match Address::packet(interface, protocol) {
        Address::Packet(mut at) => {
            at.hardware_address = hardware_address.to_vec();
            Address::Packet(at)
        }
        other => other,
    };
    if let Client(_) = end {
        let (raw, cooked) = (bound("veth0", SOCK_RAW, PROTOCOL)?, bound("veth0", SOCK_DGRAM, PROTOCOL)?);
        let everybody = [255; 6];
        let header = [&everybody[..], &hardware_address(&raw.getsockname()?)?].concat();
        let frame = [&header[..], &PROTOCOL.to_be_bytes(), b"as it is"].concat();
        let tagged = [&header[..], &[0x81, 0, 0x30, 0x65], &PROTOCOL.to_be_bytes(), b"tagged"].concat();
        for number in 0..3 {
            let sent = match number {
                0 => raw.send(&frame)?,
                1 => raw.sendto(&tagged, Address::packet("veth0", VLAN))?,
                _ => cooked.sendto(b"cooked", to("veth0", PROTOCOL, &everybody))?,
            };
            println!("{sent}");
            println!("{}", told(&cooked.recvmsg(2000, 256, 0)?)?);
        }
        return Ok(());
    }
    // One sees all that comes, tags among it.
    let (raw, cooked) = (bound("veth1", SOCK_RAW, ETH_P_ALL as u16)?, bound("veth1", SOCK_DGRAM, PROTOCOL)?);
    println!("ready");
    let (own, other) = (hardware_address(&raw.getsockname()?)?, hardware_address(&cooked.getsockname()?)?);
    println!("({}, {})", truth(own == other), own.len());
    for _ in 0..3 {
        let message = loop {
            let message = raw.recvmsg(2000, 256, 0)?;
            if matches!(&message.address, Address::Packet(at) if at.protocol == PROTOCOL) {
                break message;
            }
        };
        println!("{}", told(&message)?);
        let message = cooked.recvmsg(2000, 256, 0)?;
        println!("{}", told(&message)?);
        cooked.sendto(b"back", to("veth1", PROTOCOL, &hardware_address(&message.address)?))?;
    }
    Ok(())
}

/// An echo, asked for by the client, answered by the kernel, and seen by the server.
pub(crate) fn icmp(end: End<'_>, family: i32, host: &str) -> Result<()> {
    let (protocol, request, reply) =
        if family == AF_INET { (IPPROTO_ICMP, 8u8, 0) } else { (IPPROTO_ICMPV6, 128, 129) };
    let opened_raw = |kinds: &[u8]| -> Result<Socket> {
        let socket = opened(family, SOCK_RAW, protocol)?;
        // Both leave out what is one.
        let mut words = [u32::MAX; 8];
        for kind in kinds {
            words[usize::from(kind / 32)] &= !(1 << (kind % 32));
        }
        let filter = words.map(u32::to_ne_bytes).concat();
        match family {
            AF_INET => socket.setsockopt(SOL_RAW, ICMP_FILTER, &filter[..4])?,
            _ => socket.setsockopt(IPPROTO_ICMPV6, ICMPV6_FILTER, filter)?,
        }
        Ok(socket)
    };
    // The next message of that number, without the header of IPv4, and who sent it.
    let next = |socket: &Socket, number: u16| -> Result<()> {
        loop {
            let (data, peer) = socket.recvfrom(4096)?;
            let message = if family == AF_INET { data.get(20..).unwrap_or_default() } else { &data };
            let [kind, code, _, _, high, low, one, two, payload @ ..] = message else { continue };
            if [*high, *low] == number.to_be_bytes() && *payload == pattern(payload.len()) {
                println!("({}, {kind}, {code}, '{}', {})", data.len(), hex(&[*one, *two]), show(peer));
                return Ok(());
            }
        }
    };
    if let Client(arguments) = end {
        let number = arguments[0] as u16;
        let socket = opened_raw(&[reply])?;
        socket.connect(at(host, 0))?;
        let mut message = vec![request, 0, 0, 0];
        message.extend([number.to_be_bytes(), [0, 7]].concat());
        message.extend(pattern(50));
        if family == AF_INET {
            let sum = checksum(&message).to_be_bytes();
            message[2..4].copy_from_slice(&sum);
        }
        let sent = socket.send(&message)?;
        println!("({sent}, {})", show(socket.getsockname()?));
        return next(&socket, number);
    }
    // A number that nobody else has.
    let holder = opened(family, SOCK_DGRAM, 0)?;
    holder.bind(at(host, 0))?;
    let socket = opened_raw(&[request, reply])?;
    let number = holder.getsockname()?.port().context("a port")?;
    println!("{number}");
    next(&socket, number)?;
    next(&socket, number)
}

/// The links as rtnetlink(7) lists them: number, name, how long packets may be, hardware address.
pub(crate) fn links() -> Result<()> {
    // IFLA_ADDRESS, IFLA_IFNAME, IFLA_MTU
    const ADDRESS: u16 = 1;
    const NAME: u16 = 3;
    const MTU: u16 = 4;
    const DONE: u16 = 3;
    let socket = opened(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)?;
    // struct nlmsghdr of RTM_GETLINK with NLM_F_REQUEST and NLM_F_DUMP, and struct ifinfomsg.
    let mut request = vec![0; 32];
    for (at, value) in [(0, 32), (4, 0x0301_0012u32), (8, 7)] {
        request[at..at + 4].copy_from_slice(&value.to_ne_bytes());
    }
    socket.sendto(&request, (0, 0))?;
    loop {
        let (messages, peer) = socket.recvfrom(65536)?;
        let mut rest = &messages[..];
        while !rest.is_empty() {
            let length = u32_at(rest, 0)? as usize;
            if u16_at(rest, 4)? == DONE {
                println!("({}, {})", u32_at(rest, 8)?, show(peer));
                return Ok(());
            }
            let index = u32_at(rest, 20)?;
            let (mut name, mut mtu, mut address) = (String::new(), 0, String::new());
            let mut attributes = rest.get(32..length).context("a link")?;
            while !attributes.is_empty() {
                let size = usize::from(u16_at(attributes, 0)?);
                let value = attributes.get(4..size).context("an attribute")?;
                match u16_at(attributes, 2)? {
                    NAME => name = String::from_utf8_lossy(value).trim_end_matches('\0').into(),
                    MTU => mtu = u32_at(value, 0)?,
                    ADDRESS => {
                        address = value.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":");
                    }
                    _ => {}
                }
                attributes = attributes.get(size.next_multiple_of(4)..).unwrap_or_default();
            }
            println!("({index}, '{name}', {mtu}, '{address}')");
            rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        }
    }
}
