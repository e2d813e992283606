//! Control messages.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use berkeley_guest::ancillary::{ControlData, Credentials, IpPktinfo, RawControlMessage};
use berkeley_guest::socket::*;

use crate::check::{Answer, Failure, check, ensure, equal};
use crate::platform::{Control, Platform};
use crate::probe::ends::{pair, tcp, udp};
use crate::probe::flag::refused_datagram;

pub(super) async fn probe<P: Platform>(name: &str) {
    match name {
        "SCM_RIGHTS" => rights::<P>().await,
        "SCM_CREDENTIALS" => {
            check("the peer's process, user and group", async {
                let (left, right) = pair::<P>(SOCK_DGRAM)?;
                right.setsockopt(SOL_SOCKET, SO_PASSCRED, 1)?;
                left.send(b"who", 0).await?;
                match right.recvmsg(100, 100, 0).await?.ancillary.as_slice() {
                    [ControlData::Credentials(Credentials { pid, .. })] if *pid > 0 => Ok(()),
                    other => Err(unexpected(other)),
                }
            })
            .await;
        }
        "IP_PKTINFO" => {
            check("where a datagram arrived", async {
                match received::<P>(AF_INET, IPPROTO_IP, IP_PKTINFO).await?.as_slice() {
                    [ControlData::IpPktinfo(info)] if info.destination == (127, 0, 0, 1) => {
                        ensure!(info.interface_index > 0, "the interface is 0")
                    }
                    other => Err(unexpected(other)),
                }
            })
            .await;
            check("from where one is sent", async {
                let (_, other, address) = udp::<P>(AF_INET)?;
                let any = P::socket(AF_INET, SOCK_DGRAM, 0)?;
                any.bind(&std::net::SocketAddr::from(([0; 4], 0)).into())?;
                let info = IpPktinfo { interface_index: 0, local_address: (127, 0, 0, 3), destination: (0, 0, 0, 0) };
                any.sendmsg(&[b"x"], &[Control::Data(ControlData::IpPktinfo(info))], 0, Some(&address)).await?;
                equal!(other.recvfrom(1, 0).await?.1.host().as_deref(), Some("127.0.0.3"))
            })
            .await;
        }
        "IPV6_PKTINFO" => {
            check("where a datagram arrived", async {
                match received::<P>(AF_INET6, IPPROTO_IPV6, IPV6_RECVPKTINFO).await?.as_slice() {
                    [ControlData::Ipv6Pktinfo(info)] if info.address == (0, 0, 0, 0, 0, 0, 0, 1) => Ok(()),
                    other => Err(unexpected(other)),
                }
            })
            .await;
        }
        "IP_TTL" => {
            check("of a datagram", async {
                match received::<P>(AF_INET, IPPROTO_IP, IP_RECVTTL).await?.as_slice() {
                    [ControlData::IpTtl(ttl)] => ensure!((1..=255).contains(ttl), "it is {ttl}"),
                    other => Err(unexpected(other)),
                }
            })
            .await;
        }
        "IP_TOS" => {
            check("of a datagram, as it was sent", async {
                match sent::<P>(AF_INET, (IPPROTO_IP, IP_RECVTOS), ControlData::IpTos(0x10)).await?.as_slice() {
                    [ControlData::IpTos(0x10)] => Ok(()),
                    other => Err(unexpected(other)),
                }
            })
            .await;
        }
        "IPV6_HOPLIMIT" => {
            check("of a datagram, as it was sent", async {
                let option = (IPPROTO_IPV6, IPV6_RECVHOPLIMIT);
                match sent::<P>(AF_INET6, option, ControlData::Ipv6Hoplimit(42)).await?.as_slice() {
                    [ControlData::Ipv6Hoplimit(42)] => Ok(()),
                    other => Err(unexpected(other)),
                }
            })
            .await;
        }
        "IPV6_TCLASS" => {
            check("of a datagram, as it was sent", async {
                let option = (IPPROTO_IPV6, IPV6_RECVTCLASS);
                match sent::<P>(AF_INET6, option, ControlData::Ipv6Tclass(0x20)).await?.as_slice() {
                    [ControlData::Ipv6Tclass(0x20)] => Ok(()),
                    other => Err(unexpected(other)),
                }
            })
            .await;
        }
        "SO_TIMESTAMP" => check("when a datagram arrived", async { stamped::<P>(SO_TIMESTAMP, 1).await }).await,
        "SO_TIMESTAMPNS" => check("when a datagram arrived", async { stamped::<P>(SO_TIMESTAMPNS, 1).await }).await,
        "SO_TIMESTAMPING" => {
            const RX_SOFTWARE_AND_SOFTWARE: i32 = 1 << 3 | 1 << 4;
            check("when a datagram arrived", async { stamped::<P>(SO_TIMESTAMPING, RX_SOFTWARE_AND_SOFTWARE).await })
                .await;
        }
        "IP_RECVERR" => {
            check("what became of a datagram, and who told", async {
                match refused_datagram::<P>().await?.ancillary.as_slice() {
                    [ControlData::IpRecverr(error)] => {
                        const ICMP_PORT_UNREACHABLE: (u8, u8, u8) = (2, 3, 3);
                        equal!(error.number, errno::ECONNREFUSED as u32)?;
                        equal!((error.origin, error.type_, error.code), ICMP_PORT_UNREACHABLE)?;
                        ensure!(error.offender.is_some(), "nobody told")
                    }
                    other => Err(unexpected(other)),
                }
            })
            .await;
        }
        "IP_RECVORIGDSTADDR" => {
            check("to where a datagram was sent", async {
                match received::<P>(AF_INET, IPPROTO_IP, IP_RECVORIGDSTADDR).await?.as_slice() {
                    [ControlData::Raw(RawControlMessage { level: IPPROTO_IP, type_: IP_RECVORIGDSTADDR, data })] => {
                        equal!(data.get(4..8), Some(&[127, 0, 0, 1][..]))
                    }
                    other => Err(unexpected(other)),
                }
            })
            .await;
        }
        "UDP_SEGMENT" => {
            check("one send is many datagrams", async {
                let (one, other, address) = udp::<P>(AF_INET)?;
                let segment =
                    RawControlMessage { level: SOL_UDP, type_: UDP_SEGMENT, data: 3u16.to_le_bytes().to_vec() };
                one.sendmsg(&[b"onetwo"], &[Control::Data(ControlData::Raw(segment))], 0, Some(&address)).await?;
                equal!(other.recv(100, 0).await?, b"one")?;
                equal!(other.recv(100, 0).await?, b"two")
            })
            .await;
        }
        _ => {}
    }
}

async fn rights<P: Platform>() {
    check("sockets of several families at once", async {
        let (left, right) = pair::<P>(SOCK_SEQPACKET)?;
        let (client, server) = tcp::<P>(AF_INET).await?;
        let (gift, kept) = pair::<P>(SOCK_STREAM)?;
        left.sendmsg(&[b"two"], &[Control::Rights(&[&client, &gift])], 0, None).await?;
        drop((client, gift));
        let message = right.recvmsg(100, 100, 0).await?;
        let [one, other] = message.rights.as_slice() else { return Err(Failure::Wrong("not two come".into())) };
        one.sendall(b"over TCP", 0).await?;
        equal!(server.recv(100, 0).await?, b"over TCP")?;
        other.sendall(b"over unix", 0).await?;
        equal!(kept.recv(100, 0).await?, b"over unix")
    })
    .await;
    check("what there is no room for is closed", async {
        let (left, right) = pair::<P>(SOCK_STREAM)?;
        let (gift, kept) = pair::<P>(SOCK_STREAM)?;
        left.send_fds(b"x", &[&gift])?;
        drop(gift);
        equal!(right.recvmsg(1, 0, 0).await?.flags & MSG_CTRUNC, MSG_CTRUNC)?;
        equal!(kept.recv(1, 0).await?, b"")
    })
    .await;
}

/// The control messages of a datagram, once the receiver's option asks for them.
async fn received<P: Platform>(family: i32, level: i32, option: i32) -> Answer<Vec<ControlData>> {
    let (one, other, address) = udp::<P>(family)?;
    other.setsockopt(level, option, 1)?;
    one.sendto(b"x", 0, &address).await?;
    Ok(other.recvmsg(100, 100, 0).await?.ancillary)
}

/// As [`received`], of a datagram that is sent with a control message.
async fn sent<P: Platform>(family: i32, (level, option): (i32, i32), control: ControlData) -> Answer<Vec<ControlData>> {
    let (one, other, address) = udp::<P>(family)?;
    other.setsockopt(level, option, 1)?;
    one.sendmsg(&[b"x"], &[Control::Data(control)], 0, Some(&address)).await?;
    Ok(other.recvmsg(100, 100, 0).await?.ancillary)
}

/// The time of arrival must be about now.
async fn stamped<P: Platform>(option: i32, value: i32) -> Answer {
    let (one, other, address) = udp::<P>(AF_INET)?;
    other.setsockopt(SOL_SOCKET, option, value)?;
    // The kernel stamps all packets from a moment after somebody first asks for it.
    let mut messages = Vec::new();
    for _ in 0..10_000 {
        one.sendto(b"x", 0, &address).await?;
        messages = other.recvmsg(100, 200, 0).await?.ancillary;
        if !messages.is_empty() {
            break;
        }
    }
    let stamp = match messages.as_slice() {
        [ControlData::Timestamp(stamp)] if option == SO_TIMESTAMP => *stamp,
        [ControlData::Timestampns(stamp)] if option == SO_TIMESTAMPNS => *stamp,
        [ControlData::Timestamping((stamp, ..))] if option == SO_TIMESTAMPING => *stamp,
        other => return Err(unexpected(other)),
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let then = Duration::new(stamp.seconds as u64, stamp.nanoseconds);
    ensure!(now.abs_diff(then) < Duration::from_secs(60), "it is {then:?} where now is {now:?}")
}

fn unexpected(messages: &[ControlData]) -> Failure {
    Failure::Wrong(format!("the control messages are {messages:?}"))
}
