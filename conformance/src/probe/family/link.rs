//! The kernel's interfaces, and the packets that pass them.

use berkeley_guest::address::NetlinkAddress;
use berkeley_guest::socket::*;

use crate::check::{Answer, Failure, ensure, equal};
use crate::platform::Platform;
use crate::probe::ends::{ETH_P_IP, PATIENCE, lo, udp};

/// Asks the kernel by RTM_GETLINK for its interfaces: rtnetlink(7).
pub(super) async fn links<P: Platform>() -> Answer {
    const RTM_GETLINK: u16 = 18;
    const RTM_NEWLINK: u16 = 16;
    const NLM_F_REQUEST_DUMP: u16 = 0x301;
    let socket = P::socket(AF_NETLINK, SOCK_RAW, 0)?;
    socket.settimeout(PATIENCE);
    socket.bind(&Address::netlink(0, 0))?;
    let mut request = Vec::new();
    request.extend(32u32.to_le_bytes());
    request.extend(RTM_GETLINK.to_le_bytes());
    request.extend(NLM_F_REQUEST_DUMP.to_le_bytes());
    request.resize(32, 0);
    socket.sendto(&request, 0, &Address::netlink(0, 0)).await?;
    let (answer, from) = socket.recvfrom(1 << 16, 0).await?;
    ensure!(matches!(from, Address::Netlink(NetlinkAddress { pid: 0, .. })), "{from} answers")?;
    ensure!(answer.len() > 32 && answer[4..6] == RTM_NEWLINK.to_le_bytes(), "it answers {answer:?}")?;
    ensure!(answer.windows(3).any(|name| name == b"lo\0"), "there is no lo")
}

/// Sees a datagram of its own pass lo: packet(7).
pub(super) async fn packet<P: Platform>() -> Answer {
    let tap = P::socket(AF_PACKET, SOCK_DGRAM, 0)?;
    tap.settimeout(PATIENCE);
    tap.bind(&lo())?;
    let (one, _other, address) = udp::<P>(AF_INET)?;
    let mark = format!("conformance from {}", one.getsockname()?);
    one.sendto(mark.as_bytes(), 0, &address).await?;
    loop {
        let (packet, from) = tap.recvfrom(2000, 0).await?;
        if packet.ends_with(mark.as_bytes()) {
            let Address::Packet(from) = from else { return Err(Failure::Wrong(format!("from {from}"))) };
            return equal!((from.interface.as_slice(), from.protocol), (&b"lo"[..], ETH_P_IP));
        }
    }
}
