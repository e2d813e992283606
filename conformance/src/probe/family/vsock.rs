//! Virtual sockets.

use berkeley_guest::socket::*;

use crate::check::{Answer, Failure, equal};
use crate::platform::Platform;
use crate::probe::ends::PATIENCE;

/// A machine talks to itself by VMADDR_CID_LOCAL.
pub(super) async fn to_itself<P: Platform>(r#type: i32) -> Answer {
    const VMADDR_CID_LOCAL: u32 = 1;
    let server = P::socket(AF_VSOCK, r#type, 0)?;
    server.settimeout(PATIENCE);
    server.bind(&Address::vsock(VMADDR_CID_ANY, VMADDR_PORT_ANY))?;
    server.listen(1)?;
    let Address::Vsock(at) = server.getsockname()? else { return Err(Failure::Wrong("it is nowhere".into())) };
    let client = P::socket(AF_VSOCK, r#type, 0)?;
    client.settimeout(PATIENCE);
    client.connect(&Address::vsock(VMADDR_CID_LOCAL, at.port)).await?;
    let (accepted, peer) = server.accept().await?;
    accepted.settimeout(PATIENCE);
    let (Address::Vsock(peer), Address::Vsock(own)) = (&peer, client.getsockname()?) else {
        return Err(Failure::Wrong(format!("it comes from {peer}")));
    };
    equal!((peer.cid, peer.port), (VMADDR_CID_LOCAL, own.port))?;
    for data in [&b"one"[..], b"two"] {
        client.sendall(data, 0).await?;
    }
    let expected: &[u8] = if r#type == SOCK_SEQPACKET { b"one" } else { b"onetwo" };
    let mut seen = Vec::new();
    while seen.len() < expected.len() {
        match accepted.recv(100, 0).await? {
            end if end.is_empty() => break,
            more => seen.extend(more),
        }
    }
    equal!(seen, expected)
}
