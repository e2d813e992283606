//! SCTP with one socket for many associations.

use anyhow::{Result, bail, ensure};
use berkeley_guest::ancillary::ControlMessage;
use berkeley_guest::socket::*;
use berkeley_test_guests::python::{bytes, opened, show, truth};

use crate::End::{self, Client};
use crate::{ancillary, at, is, numbers, u16_at, u32_at};

/// MSG_NOTIFICATION.
const NOTIFICATION: i32 = 0x8000;
/// The type of the control message that is struct sctp_sndrcvinfo.
const SNDRCV: i32 = 1;

/// One socket for many associations, which begin with the first message; streams and payload types.
pub(crate) fn many(end: End<'_>) -> Result<()> {
    // SCTP_SNDINFO
    const SNDINFO: i32 = 2;
    if let Client(arguments) = end {
        let to = at("127.0.0.1", arguments[0]);
        for number in [3u16, 4] {
            let socket = opened(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP)?;
            socket.bind(("127.0.0.1", 0))?;
            let own = show(socket.getsockname()?);
            let mut info = number.to_ne_bytes().to_vec();
            info.extend([0; 2]);
            info.extend((0x1000 + u32::from(number)).to_ne_bytes());
            info.extend([0; 8]);
            let info = ControlMessage::raw(IPPROTO_SCTP, SNDINFO, &info);
            println!("{}", truth(socket.sendmsg_to(&[own.as_bytes()], &[info], 0, &to)? == own.len()));
            let (data, peer) = socket.recvfrom(4096)?;
            println!("({}, {})", truth(data == own.as_bytes()), truth(peer == to));
        }
        return Ok(());
    }
    let socket = opened(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP)?;
    socket.bind(("127.0.0.1", 0))?;
    socket.listen(DEFAULT_BACKLOG)?;
    socket.setsockopt(IPPROTO_SCTP, SCTP_RECVRCVINFO, 1)?;
    println!("{}", numbers(&socket.getsockname()?));
    for _ in 0..2 {
        let message = socket.recvmsg(4096, 256, 0)?;
        let [(level, r#type, data)] = ancillary(&message)?[..] else { bail!("one control message") };
        let seen = is(&message.data, &message.address);
        println!("({seen}, {}, [({level}, {}, {})])", message.flags, r#type, data.len());
        println!("[({}, {})]", bytes(&data[..2]), bytes(&data[8..12]));
        socket.sendto(show(&message.address).as_bytes(), &message.address)?;
    }
    Ok(())
}

/// struct sctp_sndrcvinfo.
fn sndrcvinfo(stream: u16, flags: u16, payload: u32, context: u32, association: &[u8]) -> Vec<u8> {
    let mut info = [stream, 0, flags, 0].map(u16::to_ne_bytes).concat();
    info.extend([payload, context, 0, 0, 0].map(u32::to_ne_bytes).concat());
    info.extend(association);
    info
}

/// Its stream, sequence number, flags, payload type and context, as the fields of a tuple.
fn told(info: &[u8]) -> Result<String> {
    let [stream, sequence, flags] = [u16_at(info, 0)?, u16_at(info, 2)?, u16_at(info, 4)?];
    Ok(format!("({stream}, {sequence}, {flags}, {}, {})", u32_at(info, 8)?, u32_at(info, 12)?))
}

/// The older control messages, which go both ways, and what the kernel tells of an association.
pub(crate) fn events(end: End<'_>) -> Result<()> {
    let socket = opened(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP)?;
    // struct sctp_event_subscribe: what comes with data, and associations that begin and end.
    let mut wanted = [0; 14];
    wanted[0] = 1;
    if let Client(arguments) = end {
        socket.setsockopt(IPPROTO_SCTP, SCTP_EVENTS, &wanted)?;
        let to = at("127.0.0.1", arguments[0]);
        // In order, and then SCTP_UNORDERED.
        for flags in [0, 1] {
            let info = sndrcvinfo(2, flags, 0x55, 0x66, &[0; 4]);
            let info = ControlMessage::raw(IPPROTO_SCTP, SNDRCV, &info);
            println!("{}", socket.sendmsg_to(&[b"to the ", b"server"], &[info], 0, &to)?);
            let message = socket.recvmsg(4096, 256, 0)?;
            let [(level, r#type, info)] = ancillary(&message)?[..] else { bail!("one control message") };
            let (info, same) = (told(info)?, truth(message.address == to));
            println!("({}, {level}, {}, {info}, {}, {same})", bytes(&message.data), r#type, message.flags);
        }
        return Ok(());
    }
    wanted[1] = 1;
    socket.setsockopt(IPPROTO_SCTP, SCTP_EVENTS, &wanted)?;
    socket.bind(("127.0.0.1", 0))?;
    socket.listen(DEFAULT_BACKLOG)?;
    println!("{}", numbers(&socket.getsockname()?));
    for _ in 0..4 {
        let message = socket.recvmsg(4096, 256, 0)?;
        let (data, flags) = (&message.data, message.flags);
        if flags & NOTIFICATION != 0 {
            // struct sctp_assoc_change
            let same = truth(u32_at(data, 4)? as usize == data.len());
            let [kind, state, error, outgoing, incoming] =
                [u16_at(data, 0)?, u16_at(data, 8)?, u16_at(data, 10)?, u16_at(data, 12)?, u16_at(data, 14)?];
            println!("({kind}, {same}, {state}, {error}, {outgoing}, {incoming}, [], {flags})");
            ensure!(message.ancillary.is_empty(), "what comes with a notification: {:?}", message.ancillary);
            continue;
        }
        let [(level, r#type, info)] = ancillary(&message)?[..] else { bail!("one control message") };
        println!("({}, {level}, {}, {}, {}, {flags})", bytes(data), r#type, info.len(), told(info)?);
        // Back by the number of the association alone, with the stream and the payload type.
        let back: Vec<u8> = data.iter().rev().copied().collect();
        let info = sndrcvinfo(5, 0, 0x77, 0, &info[28..]);
        socket.sendmsg(&[&back], &[ControlMessage::raw(IPPROTO_SCTP, SNDRCV, &info)], 0)?;
    }
    Ok(())
}
