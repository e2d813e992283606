//! Exchanges messages as each line of stdin says, and prints what was received, or which error it was, for the test to
//! compare with what a native program gets. A line has steps, which `;` parts; see `tests/tests/ancillary.rs`.

use std::collections::HashMap;
use std::io::{IoSliceMut, Read};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use berkeley_guest::Error;
use berkeley_guest::address::{Address, PacketAddress};
use berkeley_guest::ancillary::{ControlMessage, Message, RawControlMessage, Received};
use berkeley_guest::poll::{POLLERR, poll};
use berkeley_guest::socket::*;
use berkeley_test_guests::{hex, tcp_pair, unhex};

fn main() -> Result<()> {
    let mut lines = String::new();
    std::io::stdin().read_to_string(&mut lines)?;
    for line in lines.lines() {
        println!("{line}");
        let mut ends = HashMap::new();
        for step in line.split(';') {
            let words: Vec<_> = step.split_whitespace().collect();
            match perform(&mut ends, &words).with_context(|| line.to_owned())? {
                Ok(None) => {}
                Ok(Some(answer)) => println!("  {answer}"),
                Err(error) => {
                    let number = error.number().with_context(|| format!("{line}: {error}"))?;
                    println!("  {}", errorcode(number).context("an error with a name")?);
                }
            }
        }
    }
    Ok(())
}

type Answer = Result<Option<String>, Error>;

/// An answer, or the error of the socket; an error of the test's own ends it.
fn perform(ends: &mut HashMap<String, Socket>, words: &[&str]) -> Result<Answer> {
    match *words {
        ["pair", kind] => return put(ends, Ok(socketpair(AF_UNIX, kind.parse()?, 0)?)),
        ["tcp", host] => return put(ends, tcp_pair(family(host), host)),
        ["udp", host] => return put(ends, udp_pair(host)),
        ["packet"] => return put(ends, packet_pair()),
        ["close", name] => return Ok(Ok(ends.remove(name).and(None))),
        _ => {}
    }
    let Some(end) = words.get(1).and_then(|name| ends.get(*name)) else { return Ok(Ok(Some("none".into()))) };
    Ok(match *words {
        ["nonblock", _] => {
            end.setblocking(false);
            Ok(None)
        }
        ["set", _, level, option, value] => {
            end.setsockopt(level.parse()?, option.parse()?, value.parse::<i32>()?).map(|()| None)
        }
        ["wait", _] => {
            let ready = poll(&[(end, 0)], Some(Duration::from_secs(5)))?;
            Ok(Some(format!("error: {}", ready[0] & POLLERR != 0)))
        }
        ["send", _, buffers, control, flags] => send(end, buffers, control, flags.parse()?)?,
        ["recv", _, size, ancillary, flags] => {
            let message = end.recvmsg(size.parse()?, ancillary.parse()?, flags.parse()?);
            message.map(|message| Some(format!("{} {}", hex(&message.data), describe(&message))))
        }
        ["into", _, sizes, ancillary, flags] => {
            let mut buffers = Vec::new();
            for size in sizes.split(',') {
                buffers.push(vec![0; size.parse()?]);
            }
            let mut slices: Vec<_> = buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
            let message = end.recvmsg_into(&mut slices, ancillary.parse()?, flags.parse()?);
            message.map(|message| Some(format!("{} {} {}", hex(&buffers.concat()), message.length, describe(&message))))
        }
        _ => bail!("no step {words:?}"),
    })
}

fn family(host: &str) -> i32 {
    if host.contains(':') { AF_INET6 } else { AF_INET }
}

/// What a system does not have fails as it does natively.
fn put(ends: &mut HashMap<String, Socket>, pair: Result<(Socket, Socket)>) -> Result<Answer> {
    Ok(match pair {
        Ok((a, b)) => {
            // Not forever, where an older kernel has refused what was to be sent.
            let limit = [5i64.to_le_bytes(), [0; 8]].concat();
            for end in [&a, &b] {
                end.setsockopt(SOL_SOCKET, SO_RCVTIMEO, limit.as_slice())?;
            }
            ends.extend([("a".to_owned(), a), ("b".to_owned(), b)]);
            Ok(None)
        }
        Err(error) => Err(error.downcast()?),
    })
}

/// The first is connected to the second.
fn udp_pair(host: &str) -> Result<(Socket, Socket)> {
    let receiver = Socket::new(family(host), SOCK_DGRAM, 0)?;
    receiver.bind((host, 0))?;
    let sender = Socket::new(family(host), SOCK_DGRAM, 0)?;
    sender.connect(receiver.getsockname()?)?;
    Ok((sender, receiver))
}

fn packet_pair() -> Result<(Socket, Socket)> {
    let pair = (Socket::new(AF_PACKET, SOCK_DGRAM, 0)?, Socket::new(AF_PACKET, SOCK_DGRAM, 0)?);
    pair.1.bind(loopback(EXPERIMENTAL))?;
    Ok(pair)
}

/// A time limit of the kernel's own, which leaves the socket blocking.
const SO_RCVTIMEO: i32 = 20;
/// ETH_P_802_EX1, which nobody else uses.
const EXPERIMENTAL: u16 = 0x88b5;

fn loopback(protocol: u16) -> Address {
    let interface = b"lo".to_vec();
    Address::Packet(PacketAddress { interface, protocol, packet_type: 0, hardware_type: 0, hardware_address: vec![] })
}

fn send(socket: &Socket, buffers: &str, control: &str, flags: i32) -> Result<Answer> {
    let buffers = match buffers.strip_prefix('*') {
        Some(count) => vec![b"x".to_vec(); count.parse()?],
        None if buffers == "-" => Vec::new(),
        None => buffers.split(',').map(unhex).collect::<Result<_>>()?,
    };
    let buffers: Vec<_> = buffers.iter().map(Vec::as_slice).collect();
    let gift = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    let gifts = vec![&gift; 254];
    let mut messages = Vec::new();
    for message in control.split(',').filter(|message| *message != "-") {
        messages.push(match message.split(':').collect::<Vec<_>>()[..] {
            ["rights", count] => ControlMessage::Rights(&gifts[..count.parse()?]),
            [level, kind, data] => ControlMessage::raw(level.parse()?, kind.parse()?, &unhex(&data.replace('.', ""))?),
            _ => bail!("no control message {message}"),
        });
    }
    let sent = if socket.family() == AF_PACKET {
        socket.sendmsg_to(&buffers, &messages, flags, loopback(EXPERIMENTAL))
    } else {
        socket.sendmsg(&buffers, &messages, flags)
    };
    Ok(sent.map(|sent| Some(sent.to_string())))
}

fn describe(message: &Message) -> String {
    let mut text = format!("{:#x} {}", message.flags, message.address.host().unwrap_or("-".into()));
    for received in &message.ancillary {
        text += &match received {
            Received::Rights(passed) => format!(" rights:{}", passed.len()),
            Received::Data(data) => {
                let RawControlMessage { level, type_, data } = data.to_raw();
                format!(" {level}:{type_}:{}", hex(&mask(level, type_, data)))
            }
        };
    }
    text
}

/// Makes what differs from run to run the same.
fn mask(level: i32, r#type: i32, mut data: Vec<u8>) -> Vec<u8> {
    match (level, r#type) {
        // A process's number.
        (1, 2) => data.iter_mut().take(4).for_each(|byte| *byte = 0),
        // Points in time.
        (1, 29 | 35 | 37 | 63..=65) => {
            for time in data.chunks_mut(16) {
                let set = u8::from(time.iter().any(|byte| *byte != 0));
                time.fill(set);
            }
        }
        // A flow's label.
        (41, 11) => data.fill(0),
        // A port.
        (0, 20) | (41, 74) => data[2..4].fill(0),
        _ => {}
    }
    data
}
