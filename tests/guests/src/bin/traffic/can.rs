//! CAN and its protocols, over virtual buses.

use anyhow::{Result, ensure};
use berkeley_guest::socket::*;
use berkeley_test_guests::python::{bytes, opened, show, truth};
use berkeley_test_guests::{hex, pattern};

use crate::End::{self, Client};
use crate::{ancillary_text, u32_at};

const VCAN: &str = "vcan0";

/// struct can_frame.
fn frame(id: u32, data: &[u8]) -> Vec<u8> {
    let mut frame = id.to_ne_bytes().to_vec();
    frame.extend([data.len() as u8, 0, 0, 0]);
    frame.extend(data);
    frame.resize(16, 0);
    frame
}

/// struct canfd_frame, with its bit rate switched.
fn fd_frame(id: u32, data: &[u8]) -> Vec<u8> {
    let mut frame = id.to_ne_bytes().to_vec();
    frame.extend([data.len() as u8, 1, 0, 0]);
    frame.extend(data);
    frame.resize(72, 0);
    frame
}

fn opened_raw(filters: &[(u32, u32)]) -> Result<Socket> {
    filtered(filters, &[(CAN_RAW_FD_FRAMES, 1)])
}

pub(crate) fn raw(end: End<'_>) -> Result<()> {
    if let Client(_) = end {
        let socket = opened_raw(&[(0x456, 0x7ff)])?;
        // The filters let 0x124 not pass.
        let frames =
            [frame(0x124, b"no"), frame(0x123, b"12345678"), fd_frame(0x123, &pattern(64)), frame(0x8001_2345, b"")];
        let sent: Vec<_> = frames.iter().map(|frame| socket.send(frame)).collect::<Result<_, _>>()?;
        println!("{sent:?}");
        let (data, peer) = socket.recvfrom(100)?;
        println!("('{}', {})", hex(&data), show(peer));
        let everywhere = opened(AF_CAN, SOCK_RAW, CAN_RAW)?;
        everywhere.bind(("",))?;
        println!("{}", show(everywhere.getsockname()?));
        return Ok(());
    }
    let socket = opened_raw(&[(0x123, 0x7ff), (0x8001_2300, 0x9fff_ff00)])?;
    println!("ready");
    let filters = socket.getsockopt_bytes(SOL_CAN_RAW, CAN_RAW_FILTER, 64)?;
    println!("('{}', {})", hex(&filters), socket.getsockopt(SOL_CAN_RAW, CAN_RAW_FD_FRAMES)?);
    for _ in 0..3 {
        let message = socket.recvmsg(100, 100, 0)?;
        let (data, more) = (hex(&message.data), ancillary_text(&message)?);
        println!("('{data}', {more}, {}, {})", message.flags, show(&message.address));
    }
    socket.send(&frame(0x456, b"seen"))?;
    Ok(())
}

/// Filters of struct can_filter, and other options.
fn filtered(filters: &[(u32, u32)], options: &[(i32, i32)]) -> Result<Socket> {
    let socket = opened(AF_CAN, SOCK_RAW, CAN_RAW)?;
    let filters: Vec<u8> =
        filters.iter().flat_map(|(id, mask)| [id.to_ne_bytes(), mask.to_ne_bytes()].concat()).collect();
    socket.setsockopt(SOL_CAN_RAW, CAN_RAW_FILTER, filters)?;
    for (option, value) in options {
        socket.setsockopt(SOL_CAN_RAW, *option, *value)?;
    }
    socket.bind((VCAN,))?;
    Ok(socket)
}

/// Filters that leave out, that hold all at once, that choose errors; what comes back to who has sent it.
pub(crate) fn filters(end: End<'_>) -> Result<()> {
    // CAN_INV_FILTER
    const INVERTED: u32 = 0x2000_0000;
    if let Client(_) = end {
        let own = filtered(&[(0x330, 0x7f0), (0x340, 0x7f0)], &[(CAN_RAW_RECV_OWN_MSGS, 1)])?;
        let silent = filtered(&[], &[(CAN_RAW_LOOPBACK, 0)])?;
        println!(
            "({}, {}, {})",
            own.getsockopt(SOL_CAN_RAW, CAN_RAW_RECV_OWN_MSGS)?,
            silent.getsockopt(SOL_CAN_RAW, CAN_RAW_LOOPBACK)?,
            bytes(&silent.getsockopt_bytes(SOL_CAN_RAW, CAN_RAW_FILTER, 16)?)
        );
        silent.send(&frame(0x333, b"silent"))?;
        // CAN_ERR_BUSOFF, CAN_ERR_CRTL, CAN_ERR_TRX, of which the first is not asked for.
        for error in [0x40, 4, 0x10] {
            own.send(&frame(CAN_ERR_FLAG.cast_unsigned() | error, b"error"))?;
        }
        let told = || -> Result<()> {
            let message = own.recvmsg(100, 100, 0)?;
            println!("('{}', {}, {})", hex(&message.data), message.flags, show(&message.address));
            Ok(())
        };
        for id in [0x335, 0x331, 0x33f] {
            own.send(&frame(id, b"chosen"))?;
            // MSG_CONFIRM: what this socket has sent.
            told()?;
        }
        return told();
    }
    let chosen = filtered(&[(0x330, 0x7f0), (0x335 | INVERTED, 0x7ff)], &[(CAN_RAW_JOIN_FILTERS, 1)])?;
    let errors = filtered(&[], &[(CAN_RAW_ERR_FILTER, 0x14)])?;
    println!("ready");
    println!(
        "({}, '{}', {})",
        chosen.getsockopt(SOL_CAN_RAW, CAN_RAW_JOIN_FILTERS)?,
        hex(&chosen.getsockopt_bytes(SOL_CAN_RAW, CAN_RAW_FILTER, 16)?),
        errors.getsockopt(SOL_CAN_RAW, CAN_RAW_ERR_FILTER)?
    );
    for socket in [&chosen, &chosen, &errors, &errors] {
        let message = socket.recvmsg(100, 100, 0)?;
        let (data, more) = (hex(&message.data), ancillary_text(&message)?);
        println!("('{data}', {more}, {}, {})", message.flags, show(&message.address));
    }
    chosen.send(&frame(0x341, b"seen"))?;
    Ok(())
}

/// struct bcm_msg_head, whose first interval is in microseconds here, with its frames.
fn bcm_message(opcode: i32, flags: i32, count: u32, interval: u64, id: u32, frame: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    message.extend(opcode.to_ne_bytes());
    message.extend(flags.to_ne_bytes());
    message.extend(count.to_ne_bytes());
    message.extend([0; 4]);
    for time in [0, interval, 0, 0] {
        message.extend(time.to_ne_bytes());
    }
    message.extend(id.to_ne_bytes());
    message.extend(1u32.to_ne_bytes());
    message.extend(frame);
    message
}

/// The message without its times, as the fields of a tuple.
fn bcm_told(message: &[u8]) -> Result<String> {
    ensure!(message.len() >= 56, "{message:?} is no message");
    let [opcode, flags, count, id, frames] = [0, 4, 8, 48, 52].map(|at| u32_at(message, at).unwrap_or_default());
    Ok(format!("{opcode}, {flags}, {count}, {id}, {frames}, '{}'", hex(&message[56..])))
}

pub(crate) fn bcm(end: End<'_>) -> Result<()> {
    let socket = opened(AF_CAN, SOCK_DGRAM, CAN_BCM)?;
    socket.connect((VCAN,))?;
    if let Client(_) = end {
        // Three times, and then told so.
        let flags = CAN_BCM_SETTIMER | CAN_BCM_STARTTIMER | CAN_BCM_TX_COUNTEVT;
        let cyclic = bcm_message(CAN_BCM_TX_SETUP, flags, 3, 10_000, 0x223, &frame(0x223, b"\x01cyclic"));
        println!("{}", truth(socket.send(&cyclic)? == cyclic.len()));
        println!("({})", bcm_told(&socket.recv(256)?)?);
        let once = bcm_message(CAN_BCM_TX_SEND, 0, 0, 0, 0x223, &frame(0x223, b"\x02once"));
        println!("{}", socket.send(&once)?);
        return Ok(());
    }
    let watching = opened(AF_CAN, SOCK_RAW, CAN_RAW)?;
    watching.setsockopt(SOL_CAN_RAW, CAN_RAW_FILTER, [0x223u32.to_ne_bytes(), 0x7ffu32.to_ne_bytes()].concat())?;
    watching.bind((VCAN,))?;
    // Told when what the mask chooses has changed.
    socket.send(&bcm_message(CAN_BCM_RX_SETUP, 0, 0, 0, 0x223, &frame(0, b"\xff\0\0\0\0\0\0\0")))?;
    println!("ready");
    for _ in 0..2 {
        let (data, peer) = socket.recvfrom(256)?;
        println!("({}, {})", bcm_told(&data)?, show(peer));
    }
    // The kernel tells of the end of the cycle before it sends the last frame of it: that one may come after the
    // client's next.
    let mut frames: Vec<_> = (0..4).map(|_| Ok(format!("'{}'", hex(&watching.recv(100)?)))).collect::<Result<_>>()?;
    frames.sort();
    println!("[{}]", frames.join(", "));
    Ok(())
}

pub(crate) fn isotp(end: End<'_>) -> Result<()> {
    let ends = |rx, tx| -> Result<Socket> {
        let socket = opened(AF_CAN, SOCK_DGRAM, CAN_ISOTP)?;
        socket.bind((VCAN, rx, tx))?;
        Ok(socket)
    };
    let lengths = [5, 300, 4000];
    let reversed = |length| pattern(length).into_iter().rev().collect::<Vec<_>>();
    if let Client(_) = end {
        let socket = ends(0x701, 0x700)?;
        for length in lengths {
            println!("{}", socket.send(&pattern(length))?);
            println!("{}", truth(socket.recv(5000)? == reversed(length)));
        }
        println!("{}", show(ends(0x8001_2345, 0x8005_4321)?.getsockname()?));
        return Ok(());
    }
    let socket = ends(0x700, 0x701)?;
    println!("ready");
    println!("{}", show(socket.getsockname()?));
    for length in lengths {
        let (data, peer) = socket.recvfrom(5000)?;
        println!("({}, {})", truth(data == pattern(length)), show(peer));
        socket.send(&reversed(length))?;
    }
    Ok(())
}

pub(crate) fn j1939(end: End<'_>) -> Result<()> {
    const PGN: u32 = 0x12300;
    let to = |pgn, address| Address::can_j1939(VCAN, 0, pgn, address);
    let bound = |address| -> Result<Socket> {
        let socket = opened(AF_CAN, SOCK_DGRAM, CAN_J1939)?;
        socket.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)?;
        socket.bind(to(J1939_NO_PGN.cast_unsigned(), address))?;
        Ok(socket)
    };
    if let Client(_) = end {
        let socket = bound(0x20)?;
        socket.setsockopt(SOL_CAN_J1939, SO_J1939_SEND_PRIO, 3)?;
        println!("{}", socket.getsockopt(SOL_CAN_J1939, SO_J1939_SEND_PRIO)?);
        for (length, to) in [(8, to(PGN, 0x30)), (500, to(PGN, 0x30)), (8, to(0xfe01, 0xff))] {
            println!("{}", socket.sendto(&pattern(length), to)?);
            let (data, peer) = socket.recvfrom(100)?;
            println!("({}, {})", bytes(&data), show(peer));
        }
        socket.connect(to(PGN, 0x30))?;
        println!("({}, {})", show(socket.getsockname()?), show(socket.getpeername()?));
        return Ok(());
    }
    let socket = bound(0x30)?;
    println!("ready");
    println!("{}", show(socket.getsockname()?));
    // To this address alone, in one frame and in many; to all.
    for length in [8, 500, 8] {
        let message = socket.recvmsg(4096, 256, 0)?;
        let (same, more) = (truth(message.data == pattern(length)), ancillary_text(&message)?);
        println!("({same}, {more}, {}, {})", message.flags, show(&message.address));
        socket.sendto(b"seen", to(PGN, 0x20))?;
    }
    Ok(())
}

/// Names, which take addresses by claiming them, and are sent to wherever they are.
pub(crate) fn j1939_names(end: End<'_>) -> Result<()> {
    const VCAN: &str = "vcan1";
    const PGN: u32 = 0x12300;
    const CLAIM: u32 = 0xee00;
    // Two that may have any address that is free.
    const FIRST: u64 = 1 << 63 | 0x123_4567;
    const SECOND: u64 = 1 << 63 | 0x765_4321;
    let claimed = |name: u64, address| -> Result<Socket> {
        let socket = opened(AF_CAN, SOCK_DGRAM, CAN_J1939)?;
        socket.bind(Address::can_j1939(VCAN, name, J1939_NO_PGN.cast_unsigned(), address))?;
        socket.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)?;
        socket.sendto(&name.to_le_bytes(), Address::can_j1939(VCAN, 0, CLAIM, 0xff))?;
        socket.setsockopt(SOL_SOCKET, SO_BROADCAST, 0)?;
        Ok(socket)
    };
    // Who claims an address has it only when nobody has objected for a while.
    let sent = |socket: &Socket, data: &[u8], to: u64| loop {
        match socket.sendto(data, Address::can_j1939(VCAN, to, PGN, 0xff)) {
            Err(error) if error.number() == Some(errno::EADDRNOTAVAIL) => {}
            sent => return sent,
        }
    };
    if let Client(_) = end {
        let socket = claimed(SECOND, 0x42)?;
        for length in [8, 300] {
            println!("{}", sent(&socket, &pattern(length), FIRST)?);
            let (data, peer) = socket.recvfrom(100)?;
            println!("({}, {})", bytes(&data), show(peer));
        }
        return Ok(());
    }
    let socket = claimed(FIRST, 0x41)?;
    println!("ready");
    println!("{}", show(socket.getsockname()?));
    for length in [8, 300] {
        let message = socket.recvmsg(4096, 256, 0)?;
        let (same, more) = (truth(message.data == pattern(length)), ancillary_text(&message)?);
        println!("({same}, {more}, {}, {})", message.flags, show(&message.address));
        sent(&socket, b"seen", SECOND)?;
    }
    Ok(())
}
