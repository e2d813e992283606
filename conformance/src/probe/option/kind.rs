//! Sockets of each kind and state that the arguments name.

use berkeley_guest::socket::*;

use crate::check::{Answer, Failure};
use crate::platform::Platform;
use crate::probe::ends::{associated, controllers, listener, lo, pair, port, sctp, tcp, udp, v4};
use crate::probe::option::bytes::{bytes, hexadecimal};

/// A socket of the kind, and what keeps it in that state.
pub(super) async fn make<P: Platform>(kind: &str) -> Answer<(P, Option<P>)> {
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
        "l2cap-connected" => with(controllers::<P>(BTPROTO_L2CAP).await?),
        "rfcomm-connected" => with(controllers::<P>(BTPROTO_RFCOMM).await?),
        "sco-connected" => with(controllers::<P>(BTPROTO_SCO).await?),
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
