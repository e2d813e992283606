//! Socket options: one probe for all, which the arguments tell what to do.

use berkeley_guest::socket::*;

use super::family::lo;
use super::{listener, pair, port, tcp, udp, v4};
use crate::check::{Answer, Failure, check, ensure, equal, fails};
use crate::platform::Platform;

/// The arguments are a kind of socket, the option's level and number, and what is done with it:
///
/// * `get`: its value is read;
/// * `set VALUE`: the integer is set, and read back;
/// * `doubled VALUE`: what is read back is twice that;
/// * `near VALUE`: what is read back is that, or half as much more, for the kernel rounds it up;
/// * `twice ERROR VALUE…`: the bytes are set, and to set them again fails with the error, for it has been done;
/// * `write VALUE`: the integer is set, and cannot be read;
/// * `bytes VALUE…`: the bytes are set and read back;
/// * `into VALUE…`: the bytes are set, and cannot be read as they are;
/// * `null LENGTH`: a null pointer with that length is set;
/// * `read SIZE`: so many bytes are read;
/// * `some SIZE`: at most so many bytes are read, but not none;
/// * `any SIZE`: at most so many bytes are read;
/// * `answers ERROR VALUE…`: setting the bytes fails with the kernel's error;
/// * `withheld`: the host lets no guest set or read it.
///
/// Bytes are in hexadecimal; `+N` is so many zeros.
pub(super) async fn probe<P: Platform>(arguments: &[&str]) {
    let [kind, level, number, action, values @ ..] = arguments else { return };
    let (Ok(level), Ok(number)) = (level.parse(), number.parse()) else { return };
    let what = match (*action, values) {
        // It shows that the kernel was asked, and no more.
        ("answers", [error, ..]) => format!("only a refusal was tried, {error}, on {kind}"),
        _ => format!("{action} on {kind}"),
    };
    check(&what, async {
        let sockets = make::<P>(kind).await?;
        attempt(&sockets.0, level, number, action, values)
    })
    .await;
}

fn attempt<P: Platform>(socket: &P, level: i32, number: i32, action: &str, values: &[&str]) -> Answer {
    let int = |at: usize| -> Answer<i32> {
        values.get(at).and_then(|value| value.parse().ok()).ok_or_else(|| Failure::Wrong("a value is missing".into()))
    };
    match action {
        "get" => socket.getsockopt(level, number).map(drop),
        "set" => {
            let value = int(0)?;
            socket.setsockopt(level, number, value)?;
            equal!(socket.getsockopt(level, number)?, value)
        }
        "doubled" => {
            socket.setsockopt(level, number, int(0)?)?;
            equal!(socket.getsockopt(level, number)?, 2 * int(0)?)
        }
        "near" => {
            let value = int(0)?;
            socket.setsockopt(level, number, value)?;
            let read = socket.getsockopt(level, number)?;
            ensure!((value..=value + value / 2).contains(&read), "{read} where {value} was set")
        }
        "twice" => {
            let Some((error, values)) = values.split_first() else { return Err(Failure::Wrong("no error".into())) };
            let value = bytes(values)?;
            socket.setsockopt_bytes(level, number, &value)?;
            fails(socket.setsockopt_bytes(level, number, &value), error)
        }
        "write" => socket.setsockopt(level, number, int(0)?),
        "bytes" => {
            let value = bytes(values)?;
            socket.setsockopt_bytes(level, number, &value)?;
            let read = socket.getsockopt_bytes(level, number, value.len().max(16))?;
            ensure!(read.starts_with(&value), "{read:?} instead of {value:?}")
        }
        "into" => socket.setsockopt_bytes(level, number, &bytes(values)?),
        "null" => socket.setsockopt_null(level, number, int(0)? as u32),
        "read" => {
            let size = int(0)? as usize;
            equal!(socket.getsockopt_bytes(level, number, size)?.len(), size)
        }
        "some" => {
            let read = socket.getsockopt_bytes(level, number, int(0)? as usize)?;
            ensure!(!read.is_empty(), "nothing is read")
        }
        "any" => socket.getsockopt_bytes(level, number, int(0)? as usize).map(drop),
        "answers" => {
            let Some((error, values)) = values.split_first() else { return Err(Failure::Wrong("no error".into())) };
            let value = if values.is_empty() { vec![0; 4] } else { bytes(values)? };
            fails(socket.setsockopt_bytes(level, number, &value), error)
        }
        "withheld" => {
            fails(socket.setsockopt_bytes(level, number, &[0; 8]), "EACCES")?;
            fails(socket.getsockopt_bytes(level, number, 8), "EACCES")
        }
        other => Err(Failure::Wrong(format!("{other} is no action"))),
    }
}

fn bytes(values: &[&str]) -> Answer<Vec<u8>> {
    let none = || Failure::Wrong(format!("{values:?} are no bytes"));
    let mut all = Vec::new();
    for value in values {
        if let Some(zeros) = value.strip_prefix('+') {
            all.resize(all.len() + zeros.parse::<usize>().map_err(|_| none())?, 0);
        } else {
            let byte = |at| u8::from_str_radix(value.get(at..at + 2).unwrap_or_default(), 16).map_err(|_| none());
            all.extend((0..value.len()).step_by(2).map(byte).collect::<Answer<Vec<u8>>>()?);
        }
    }
    Ok(all)
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
            socket.setsockopt_bytes(IPPROTO_IP, IP_BLOCK_SOURCE, &bytes(&[SOURCE])?)?;
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
            socket.setsockopt_bytes(SOL_PACKET, PACKET_ADD_MEMBERSHIP, &bytes(&["0100000001000000", "+8"])?)?;
            alone(socket)
        }
        "sctp" => alone(P::socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP)?),
        "can" => alone(P::socket(AF_CAN, SOCK_RAW, CAN_RAW)?),
        "isotp" => alone(P::socket(AF_CAN, SOCK_DGRAM, CAN_ISOTP)?),
        "j1939" => alone(P::socket(AF_CAN, SOCK_DGRAM, CAN_J1939)?),
        "vsock" => alone(P::socket(AF_VSOCK, SOCK_STREAM, 0)?),
        "tipc" => alone(P::socket(AF_TIPC, SOCK_RDM, 0)?),
        "rds" => alone(P::socket(AF_RDS, SOCK_SEQPACKET, 0)?),
        "l2cap" => alone(P::socket(AF_BLUETOOTH, SOCK_SEQPACKET, BTPROTO_L2CAP)?),
        "hci" => alone(P::socket(AF_BLUETOOTH, SOCK_RAW, BTPROTO_HCI)?),
        "rfcomm" => alone(P::socket(AF_BLUETOOTH, SOCK_STREAM, BTPROTO_RFCOMM)?),
        "sco" => alone(P::socket(AF_BLUETOOTH, SOCK_SEQPACKET, BTPROTO_SCO)?),
        "alg" => alone(P::socket(AF_ALG, SOCK_SEQPACKET, 0)?),
        "alg-key" | "alg-aead" => {
            let socket = P::socket(AF_ALG, SOCK_SEQPACKET, 0)?;
            let (r#type, name) = if kind == "alg-key" { ("skcipher", "cbc(aes)") } else { ("aead", "gcm(aes)") };
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

/// The source 127.0.0.2 of the group 239.1.2.3: struct ip_mreq_source of ip(7).
const SOURCE: &str = "ef0102037f0000017f000002";

fn joined<P: Platform>(option: i32, group: &str) -> Answer<P> {
    let socket = P::socket(AF_INET, SOCK_DGRAM, 0)?;
    socket.setsockopt_bytes(IPPROTO_IP, option, &bytes(&[group])?)?;
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
        socket.setsockopt_bytes(IPPROTO_IPV6, *option, &bytes(value)?)?;
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
