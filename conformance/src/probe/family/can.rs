//! Networks of controllers.

use berkeley_guest::socket::*;

use crate::check::{Answer, Failure, ensure, equal};
use crate::platform::Platform;
use crate::probe::ends::PATIENCE;

/// The network of controllers that the probes of CAN take: modprobe vcan; ip link add vcan0 type vcan.
const VCAN: &str = "vcan0";

/// Binds a socket, and lets it wait no longer than anything here takes.
fn bound<P: Platform>(socket: P, address: Address) -> Answer<P> {
    socket.settimeout(PATIENCE);
    socket.bind(&address)?;
    Ok(socket)
}

/// struct can_frame.
fn frame(id: u32, data: [u8; 8]) -> Vec<u8> {
    [&id.to_ne_bytes()[..], &[8, 0, 0, 0], &data].concat()
}

/// A socket that sees the frames of that identifier alone.
fn seeing<P: Platform>(id: u32) -> Answer<P> {
    let socket = P::socket(AF_CAN, SOCK_RAW, CAN_RAW)?;
    socket.setsockopt_bytes(SOL_CAN_RAW, CAN_RAW_FILTER, &[id.to_ne_bytes(), 0x7ffu32.to_ne_bytes()].concat())?;
    socket.setsockopt(SOL_CAN_RAW, CAN_RAW_FD_FRAMES, 1)?;
    bound(socket, Address::can(VCAN))
}

pub(super) async fn raw<P: Platform>() -> Answer {
    let (one, other) = (seeing::<P>(0x123)?, seeing::<P>(0x321)?);
    // struct canfd_frame, full.
    let fd = [&0x321u32.to_ne_bytes()[..], &[64, 0, 0, 0], &[9; 64]].concat();
    for frame in [&frame(0x322, [1; 8]), &frame(0x321, [2; 8]), &fd] {
        one.send(frame, 0).await?;
    }
    let (first, from) = other.recvfrom(100, 0).await?;
    equal!((first, from.interface().as_deref()), (frame(0x321, [2; 8]), Some(VCAN)))?;
    // The kernel may set a flag that says what kind of frame it is.
    let second = other.recv(100, 0).await?;
    equal!((second.get(..5), second.get(8..)), (fd.get(..5), fd.get(8..)))
}

pub(super) async fn bcm<P: Platform>() -> Answer {
    let seen = seeing::<P>(0x223)?;
    let manager = P::socket(AF_CAN, SOCK_DGRAM, CAN_BCM)?;
    manager.connect(&Address::can(VCAN)).await?;
    // struct bcm_msg_head: the operation, flags, how often first, how often after so many microseconds, then for ever.
    let mut message = Vec::new();
    for number in [CAN_BCM_TX_SETUP, CAN_BCM_SETTIMER | CAN_BCM_STARTTIMER, 3, 0] {
        message.extend(number.to_ne_bytes());
    }
    for time in [0i64, 10_000, 0, 0] {
        message.extend(time.to_ne_bytes());
    }
    message.extend([0x223u32.to_ne_bytes(), 1u32.to_ne_bytes()].concat());
    message.extend(frame(0x223, *b"cyclical"));
    manager.send(&message, 0).await?;
    for _ in 0..3 {
        equal!(seen.recv(100, 0).await?, frame(0x223, *b"cyclical"))?;
    }
    Ok(())
}

pub(super) async fn j1939<P: Platform>() -> Answer {
    const PGN: u32 = 0x12300;
    const TO_ALL: u32 = 0xfe01;
    let to = |pgn, address| Address::can_j1939(VCAN, 0, pgn, address);
    let at = |address| {
        let socket = P::socket(AF_CAN, SOCK_DGRAM, CAN_J1939)?;
        socket.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)?;
        bound(socket, to(J1939_NO_PGN.cast_unsigned(), address))
    };
    let (one, other): (P, P) = (at(0x20)?, at(0x30)?);
    for (data, to) in [(vec![5; 300], to(PGN, 0x30)), (vec![6; 8], to(TO_ALL, 0xff))] {
        one.sendto(&data, 0, &to).await?;
        let (seen, from) = other.recvfrom(1000, 0).await?;
        ensure!(seen == data, "{seen:?} comes")?;
        match from {
            Address::CanJ1939(from) => equal!(from.address, 0x20)?,
            other => return Err(Failure::Wrong(format!("{other} has sent it"))),
        }
    }
    Ok(())
}

pub(super) async fn isotp<P: Platform>(one: P, other: P) -> Answer {
    let one = bound(one, Address::can_isotp(VCAN, 0x700, 0x701))?;
    let other = bound(other, Address::can_isotp(VCAN, 0x701, 0x700))?;
    one.send(&[7; 300], 0).await?;
    equal!(other.recv(1000, 0).await?, [7; 300])
}
