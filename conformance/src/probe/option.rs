//! Socket options: one probe for all, which the arguments tell what to do.

use berkeley_guest::socket::*;

use super::family::{bluetooth, lo};
use super::{PATIENCE, listener, pair, port, tcp, udp, v4};
use crate::check::{Answer, Failure, check, ensure, equal, fails};
use crate::platform::Platform;

/// The arguments are a kind of socket, and steps, between which a `;` stands: each is an option's level and number, and
/// what is done with it.
///
/// * `get`: its value is read;
/// * `is VALUE`: its value is read, and is that integer;
/// * `set VALUE`: the integer is set, and read back;
/// * `doubled VALUE`: what is read back is twice that;
/// * `near VALUE`: what is read back is that, or half as much more, for the kernel rounds it up;
/// * `twice ERROR VALUE…`: the bytes are set, and to set them again fails with the error, for it has been done;
/// * `write VALUE`: the integer is set, and cannot be read;
/// * `bytes VALUE…`: the bytes are set and read back;
/// * `head LENGTH VALUE…`: the bytes are set, and so many of them are read back;
/// * `into VALUE…`: the bytes are set, and cannot be read as they are;
/// * `null LENGTH`: a null pointer with that length is set;
/// * `read SIZE`: so many bytes are read;
/// * `some SIZE`: at most so many bytes are read, but not none;
/// * `any SIZE`: at most so many bytes are read;
/// * `holds SIZE OFFSET VALUE…`: at most so many bytes are read, and have these there, or soon will;
/// * `answers ERROR VALUE…`: setting the bytes fails with the kernel's error;
/// * `refuses ERROR SIZE`: reading so many bytes fails with the kernel's error;
/// * `arrives VALUE…`: a message is received that begins with the bytes;
/// * `stays ERROR`: sending a byte fails with the error;
/// * `withheld`: the host lets no guest set or read it.
///
/// Bytes are in hexadecimal; `+N` is so many zeros, `own` and `peer` are the socket's addresses as a sockaddr_storage.
pub(super) async fn probe<P: Platform>(arguments: &[&str]) {
    let [kind, steps @ ..] = arguments else { return };
    let verbs: Vec<&str> = steps.split(|word| *word == ";").filter_map(|step| step.get(2).copied()).collect();
    let what = match (verbs.as_slice(), steps.get(3)) {
        // It shows that the kernel was asked, and no more.
        (["answers" | "refuses"], Some(error)) => format!("only a refusal was tried, {error}, on {kind}"),
        _ => format!("{} on {kind}", verbs.join(", ")),
    };
    check(&what, async {
        let sockets = make::<P>(kind).await?;
        for step in steps.split(|word| *word == ";") {
            attempt(&sockets.0, step).await?;
        }
        Ok(())
    })
    .await;
}

async fn attempt<P: Platform>(socket: &P, step: &[&str]) -> Answer {
    let lacks = || Failure::Wrong(format!("{step:?} lacks a word"));
    let word = |at: usize| step.get(at).copied().ok_or_else(lacks);
    let number = |at: usize| word(at)?.parse::<i32>().map_err(|_| lacks());
    let rest = |at: usize| bytes(step.get(at..).unwrap_or_default(), socket);
    let (level, option) = (number(0)?, number(1)?);
    let int = || number(3);
    let size = || -> Answer<usize> { Ok(int()? as usize) };
    match word(2)? {
        "get" => socket.getsockopt(level, option).map(drop),
        "is" => equal!(socket.getsockopt(level, option)?, int()?),
        "set" => {
            socket.setsockopt(level, option, int()?)?;
            equal!(socket.getsockopt(level, option)?, int()?)
        }
        "doubled" => {
            socket.setsockopt(level, option, int()?)?;
            equal!(socket.getsockopt(level, option)?, 2 * int()?)
        }
        "near" => {
            let value = int()?;
            socket.setsockopt(level, option, value)?;
            let read = socket.getsockopt(level, option)?;
            ensure!((value..=value + value / 2).contains(&read), "{read} where {value} was set")
        }
        "twice" => {
            let value = rest(4)?;
            socket.setsockopt_bytes(level, option, &value)?;
            fails(socket.setsockopt_bytes(level, option, &value), word(3)?)
        }
        "write" => socket.setsockopt(level, option, int()?),
        "bytes" => {
            let value = rest(3)?;
            socket.setsockopt_bytes(level, option, &value)?;
            let read = socket.getsockopt_bytes(level, option, value.len().max(16))?;
            ensure!(read.starts_with(&value), "{read:?} instead of {value:?}")
        }
        "head" => {
            let value = rest(4)?;
            socket.setsockopt_bytes(level, option, &value)?;
            let read = socket.getsockopt_bytes(level, option, value.len())?;
            equal!(read.get(..size()?), value.get(..size()?))
        }
        "into" => socket.setsockopt_bytes(level, option, &rest(3)?),
        "null" => socket.setsockopt_null(level, option, int()? as u32),
        "read" => equal!(socket.getsockopt_bytes(level, option, size()?)?.len(), size()?),
        "some" => {
            let read = socket.getsockopt_bytes(level, option, size()?)?;
            ensure!(!read.is_empty(), "nothing is read")
        }
        "any" => socket.getsockopt_bytes(level, option, size()?).map(drop),
        "holds" => {
            let (at, value) = (number(4)? as usize, rest(5)?);
            let mut read = Vec::new();
            // What another process or the kernel does meanwhile takes a moment.
            for _ in 0..10_000 {
                read = socket.getsockopt_bytes(level, option, size()?)?;
                if read.get(at..).is_some_and(|read| read.starts_with(&value)) {
                    return Ok(());
                }
            }
            Err(Failure::Wrong(format!("{read:?} has not {value:?} at {at}")))
        }
        "answers" => {
            let value = if step.len() > 4 { rest(4)? } else { vec![0; 4] };
            fails(socket.setsockopt_bytes(level, option, &value), word(3)?)
        }
        "refuses" => fails(socket.getsockopt_bytes(level, option, number(4)? as usize), word(3)?),
        "arrives" => {
            let (value, message) = (rest(3)?, socket.recv(1024, 0).await?);
            ensure!(message.starts_with(&value), "{message:?} comes, where {value:?} should")
        }
        "stays" => fails(socket.send(b"x", 0).await, word(3)?),
        "withheld" => {
            fails(socket.setsockopt_bytes(level, option, &[0; 8]), "EACCES")?;
            fails(socket.getsockopt_bytes(level, option, 8), "EACCES")
        }
        other => Err(Failure::Wrong(format!("{other} is nothing to do"))),
    }
}

/// The bytes that the words stand for, for that socket.
fn bytes<P: Platform>(words: &[&str], socket: &P) -> Answer<Vec<u8>> {
    let mut all = Vec::new();
    for word in words {
        match *word {
            "own" => all.extend(storage(&socket.getsockname()?)?),
            "peer" => all.extend(storage(&socket.getpeername()?)?),
            word => all.extend(hexadecimal(word)?),
        }
    }
    Ok(all)
}

/// struct sockaddr_storage, with an IPv4 address.
fn storage(address: &Address) -> Answer<Vec<u8>> {
    let Address::Inet(address) = address else { return Err(Failure::Wrong(format!("{address} is not of IPv4"))) };
    let mut storage = (AF_INET as u16).to_ne_bytes().to_vec();
    storage.extend(address.port().to_be_bytes());
    storage.extend(address.ip().octets());
    storage.resize(128, 0);
    Ok(storage)
}

fn hexadecimal(word: &str) -> Answer<Vec<u8>> {
    let none = || Failure::Wrong(format!("{word} is no bytes"));
    if let Some(zeros) = word.strip_prefix('+') {
        return Ok(vec![0; zeros.parse().map_err(|_| none())?]);
    }
    let byte = |at| u8::from_str_radix(word.get(at..at + 2).unwrap_or_default(), 16).map_err(|_| none());
    (0..word.len()).step_by(2).map(byte).collect()
}

/// A socket of the kind, and what keeps it in that state.
async fn make<P: Platform>(kind: &str) -> Answer<(P, Option<P>)> {
    let alone = |socket: P| (socket, None);
    Ok(match kind {
        "tcp" => alone(P::socket(AF_INET, SOCK_STREAM, 0)?),
        "tcp6" => alone(P::socket(AF_INET6, SOCK_STREAM, 0)?),
        "tcp-listening" => alone(listener::<P>(AF_INET)?.0),
        "tcp-connected" => with(tcp::<P>(AF_INET).await?),
        "tcp6-connected" => with(tcp::<P>(AF_INET6).await?),
        "udp" => alone(P::socket(AF_INET, SOCK_DGRAM, 0)?),
        "udp6" => alone(P::socket(AF_INET6, SOCK_DGRAM, 0)?),
        "udp-connected" | "udp6-connected" => {
            let (one, other, address) = udp::<P>(if kind == "udp-connected" { AF_INET } else { AF_INET6 })?;
            one.connect(&address).await?;
            with((one, other))
        }
        // The group 239.1.2.3, on the interface that has 127.0.0.1; without the source 127.0.0.2, or with it alone.
        "udp-joined" => alone(joined::<P>(IP_ADD_MEMBERSHIP, "ef0102037f000001")?),
        "udp-source" => alone(joined::<P>(IP_ADD_SOURCE_MEMBERSHIP, SOURCE)?),
        "udp-blocked" => {
            let socket = joined::<P>(IP_ADD_MEMBERSHIP, "ef0102037f000001")?;
            socket.setsockopt_bytes(IPPROTO_IP, IP_BLOCK_SOURCE, &hexadecimal(SOURCE)?)?;
            alone(socket)
        }
        // The group ff02::4265, on lo; without the source ::1, or with it alone.
        "udp6-joined" => alone(joined6::<P>(&[(IPV6_JOIN_GROUP, GROUP6)])?),
        "udp6-source" => alone(joined6::<P>(&[(MCAST_JOIN_SOURCE_GROUP, SOURCE6)])?),
        "udp6-blocked" => alone(joined6::<P>(&[(IPV6_JOIN_GROUP, GROUP6), (MCAST_BLOCK_SOURCE, SOURCE6)])?),
        "tcp6-mapped" => {
            let (server, address) = listener::<P>(AF_INET)?;
            let client = P::socket(AF_INET6, SOCK_STREAM, 0)?;
            let mapped = std::net::Ipv4Addr::LOCALHOST.to_ipv6_mapped();
            client.connect(&std::net::SocketAddr::from((mapped, port(&address)?)).into()).await?;
            with((client, server))
        }
        "tcp-repair" => {
            const TCP_SEND_QUEUE: i32 = 2;
            let (client, server) = tcp::<P>(AF_INET).await?;
            client.setsockopt(IPPROTO_TCP, TCP_REPAIR, 1)?;
            client.setsockopt(IPPROTO_TCP, TCP_REPAIR_QUEUE, TCP_SEND_QUEUE)?;
            with((client, server))
        }
        "tls" => {
            let (client, server) = tcp::<P>(AF_INET).await?;
            client.setsockopt_bytes(IPPROTO_TCP, TCP_ULP, b"tls")?;
            with((client, server))
        }
        "udplite" => alone(P::socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)?),
        "unix" => with(pair::<P>(SOCK_STREAM)?),
        "raw" => alone(P::socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)?),
        "raw6-raw" => alone(P::socket(AF_INET6, SOCK_RAW, IPPROTO_RAW)?),
        "raw6" => alone(P::socket(AF_INET6, SOCK_RAW, IPPROTO_UDP)?),
        "icmp6" => alone(P::socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6)?),
        "netlink" => alone(P::socket(AF_NETLINK, SOCK_RAW, 0)?),
        "packet" => alone(P::socket(AF_PACKET, SOCK_RAW, 0)?),
        "packet-bound" => alone(packet::<P>()?),
        "packet-fanout" => {
            let socket = packet::<P>()?;
            // PACKET_FANOUT_ROLLOVER, and PACKET_FANOUT_FLAG_UNIQUEID: a group that nobody else is in.
            socket.setsockopt(SOL_PACKET, PACKET_FANOUT, (0x2000 | 3) << 16)?;
            alone(socket)
        }
        "packet-promiscuous" => {
            let socket = P::socket(AF_PACKET, SOCK_RAW, 0)?;
            // All packets of lo: struct packet_mreq of packet(7).
            socket.setsockopt_bytes(
                SOL_PACKET,
                PACKET_ADD_MEMBERSHIP,
                &bytes(&["0100000001000000", "+8"], &socket)?,
            )?;
            alone(socket)
        }
        "sctp" => alone(P::socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP)?),
        "sctp-any" => {
            let socket = P::socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP)?;
            socket.bind(&std::net::SocketAddr::from(([0; 4], 0)).into())?;
            alone(socket)
        }
        "sctp-auth" => {
            let socket = P::socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP)?;
            for option in [SCTP_AUTH_SUPPORTED, SCTP_ASCONF_SUPPORTED] {
                associated(&socket, option, 1)?;
            }
            alone(socket)
        }
        "sctp-connected" => with(sctp::<P>(SOCK_STREAM, &[]).await?),
        "sctp-auth-connected" => {
            with(sctp::<P>(SOCK_STREAM, &[(SCTP_AUTH_SUPPORTED, 1), (SCTP_ASCONF_SUPPORTED, 1)]).await?)
        }
        // Streams can be reset (1 | 2), and added (4).
        "sctp-reset-connected" => {
            with(sctp::<P>(SOCK_STREAM, &[(SCTP_RECONFIG_SUPPORTED, 1), (SCTP_ENABLE_STREAM_RESET, 7)]).await?)
        }
        "many" => alone(P::socket(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP)?),
        "many-connected" => with(sctp::<P>(SOCK_SEQPACKET, &[]).await?),
        "can" => alone(P::socket(AF_CAN, SOCK_RAW, CAN_RAW)?),
        "isotp" => alone(P::socket(AF_CAN, SOCK_DGRAM, CAN_ISOTP)?),
        "j1939" => alone(P::socket(AF_CAN, SOCK_DGRAM, CAN_J1939)?),
        "vsock" => alone(P::socket(AF_VSOCK, SOCK_STREAM, 0)?),
        "tipc" => alone(P::socket(AF_TIPC, SOCK_RDM, 0)?),
        "tipc-stream" => alone(P::socket(AF_TIPC, SOCK_STREAM, 0)?),
        "rds" => alone(P::socket(AF_RDS, SOCK_SEQPACKET, 0)?),
        "rds-bound" => {
            let socket = P::socket(AF_RDS, SOCK_SEQPACKET, 0)?;
            socket.bind(&v4(0))?;
            alone(socket)
        }
        "l2cap" => alone(P::socket(AF_BLUETOOTH, SOCK_SEQPACKET, BTPROTO_L2CAP)?),
        "l2cap-bound" => {
            let socket = P::socket(AF_BLUETOOTH, SOCK_SEQPACKET, BTPROTO_L2CAP)?;
            socket.bind(&Address::l2cap(NOBODY, 0)?)?;
            alone(socket)
        }
        "l2cap-le" => {
            let socket = P::socket(AF_BLUETOOTH, SOCK_SEQPACKET, BTPROTO_L2CAP)?;
            socket.bind(&low_energy(&Address::l2cap(NOBODY, 0)?)?)?;
            alone(socket)
        }
        "l2cap-connected" => with(bluetooth::<P>(BTPROTO_L2CAP).await?),
        "rfcomm-connected" => with(bluetooth::<P>(BTPROTO_RFCOMM).await?),
        "sco-connected" => with(bluetooth::<P>(BTPROTO_SCO).await?),
        "iso" => alone(P::socket(AF_BLUETOOTH, SOCK_SEQPACKET, BTPROTO_ISO)?),
        "hci" => alone(P::socket(AF_BLUETOOTH, SOCK_RAW, BTPROTO_HCI)?),
        "rfcomm" => alone(P::socket(AF_BLUETOOTH, SOCK_STREAM, BTPROTO_RFCOMM)?),
        "sco" => alone(P::socket(AF_BLUETOOTH, SOCK_SEQPACKET, BTPROTO_SCO)?),
        "alg" => alone(P::socket(AF_ALG, SOCK_SEQPACKET, 0)?),
        "alg-key" | "alg-aead" | "alg-rng" => {
            let socket = P::socket(AF_ALG, SOCK_SEQPACKET, 0)?;
            let (r#type, name) = match kind {
                "alg-key" => ("skcipher", "cbc(aes)"),
                "alg-aead" => ("aead", "gcm(aes)"),
                _ => ("rng", "drbg_nopr_hmac_sha256"),
            };
            socket.bind(&Address::alg(r#type, name))?;
            alone(socket)
        }
        "mptcp" => {
            let server = P::socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP)?;
            server.bind(&v4(0))?;
            server.listen(1)?;
            let client = P::socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP)?;
            client.connect(&server.getsockname()?).await?;
            with((client, server))
        }
        other => return Err(Failure::Wrong(format!("{other} is no kind of socket"))),
    })
}

/// BDADDR_ANY.
const NOBODY: &str = "00:00:00:00:00:00";

/// Isochronous channels, for which Python has no name.
const BTPROTO_ISO: i32 = 8;

/// The address, of Bluetooth Low Energy.
fn low_energy(address: &Address) -> Answer<Address> {
    const BDADDR_LE_PUBLIC: u8 = 1;
    match address.clone() {
        Address::L2cap(mut address) => {
            address.address_type = BDADDR_LE_PUBLIC;
            Ok(Address::L2cap(address))
        }
        other => Err(Failure::Wrong(format!("{other} is no address of L2CAP"))),
    }
}

/// Sets an option of SCTP that every association to come shall have.
fn associated<P: Platform>(socket: &P, option: i32, value: u32) -> Answer {
    socket.setsockopt_bytes(IPPROTO_SCTP, option, &[[0; 4], value.to_ne_bytes()].concat())
}

/// Both ends of an association of SCTP, the one that began it first, with those options set on both.
pub(super) async fn sctp<P: Platform>(r#type: i32, options: &[(i32, u32)]) -> Answer<(P, P)> {
    let (server, client) = (P::socket(AF_INET, r#type, IPPROTO_SCTP)?, P::socket(AF_INET, r#type, IPPROTO_SCTP)?);
    for socket in [&server, &client] {
        socket.settimeout(PATIENCE);
        for (option, value) in options {
            associated(socket, *option, *value)?;
        }
    }
    server.bind(&v4(0))?;
    server.listen(1)?;
    client.connect(&server.getsockname()?).await?;
    // One socket has many associations, or each has its own.
    let server = if r#type == SOCK_SEQPACKET { server } else { server.accept().await?.0 };
    server.settimeout(PATIENCE);
    Ok((client, server))
}

/// The source 127.0.0.2 of the group 239.1.2.3: struct ip_mreq_source of ip(7).
const SOURCE: &str = "ef0102037f0000017f000002";

fn joined<P: Platform>(option: i32, group: &str) -> Answer<P> {
    let socket = P::socket(AF_INET, SOCK_DGRAM, 0)?;
    socket.setsockopt_bytes(IPPROTO_IP, option, &hexadecimal(group)?)?;
    Ok(socket)
}

/// The group ff02::4265, on lo: struct ipv6_mreq of ipv6(7).
const GROUP6: &[&str] = &["ff020000000000000000000000004265", "01000000"];

/// The source ::1 of that group: struct group_source_req of ip(7).
const SOURCE6: &[&str] = &[
    "0100000000000000",
    "0a00000000000000ff020000000000000000000000004265",
    "+104",
    "0a0000000000000000000000000000000000000000000001",
    "+104",
];

fn joined6<P: Platform>(options: &[(i32, &[&str])]) -> Answer<P> {
    let socket = P::socket(AF_INET6, SOCK_DGRAM, 0)?;
    for (option, value) in options {
        socket.setsockopt_bytes(IPPROTO_IPV6, *option, &bytes(value, &socket)?)?;
    }
    Ok(socket)
}

fn packet<P: Platform>() -> Answer<P> {
    let socket = P::socket(AF_PACKET, SOCK_RAW, 0)?;
    socket.bind(&lo())?;
    Ok(socket)
}

fn with<P>((one, other): (P, P)) -> (P, Option<P>) {
    (one, Some(other))
}
