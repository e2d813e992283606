//! Messages with ancillary data: passing of sockets, credentials, packet information, errors, truncation.
//!
//! Arguments: none, or `options` for what is sent where every option is granted.

use anyhow::{Result, bail, ensure};
use berkeley_guest::Error;
use berkeley_guest::ancillary::{
    ControlData, ControlMessage, Credentials, IP_RECVORIGDSTADDR, IpPktinfo, Passed, Received, SO_RXQ_OVFL,
    SO_TIMESTAMPING, UDP_GRO,
};
use berkeley_guest::poll::{POLLERR, poll};
use berkeley_guest::socket::*;
use berkeley_test_guests::{PATIENCE, fails, run, tcp_pair};

type Case = fn() -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("buffers in and out", buffers),
    ("sockets are passed", rights),
    ("many sockets, little room", truncated_rights),
    ("numbers are no descriptors", no_numbers),
    ("credentials", credentials),
    ("where a datagram came to", pktinfo),
    ("its time to live and type of service", header_fields),
    ("when it arrived", timestamps),
    ("what became of it", error_queue),
    ("a message cut off", truncated),
    ("control messages that need a grant", grants),
    ("sockets for an address", addressed),
    ("all that was asked for", whole),
    ("more than the host takes at once", large),
    ("where a datagram was to go, and how many were dropped", raw),
    ("datagrams in one", segments),
    ("when a datagram left", transmitted),
    ("algorithms", algorithms),
];

const OPTIONS: &[(&str, Case)] = &[("times beyond time", overflow)];

fn main() -> Result<()> {
    run(if std::env::args().nth(1).is_some() { OPTIONS } else { CASES }.iter().copied())
}

fn unix_pair(r#type: i32) -> Result<(Socket, Socket)> {
    Ok(socketpair(AF_UNIX, r#type, 0)?)
}

/// A sender that is connected to a receiver, over UDP on IPv4.
fn udp_pair() -> Result<(Socket, Socket)> {
    let receiver = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    receiver.bind(("127.0.0.1", 0))?;
    let sender = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    sender.connect(receiver.getsockname()?)?;
    Ok((sender, receiver))
}

/// The one control message that a message is to have.
fn only(mut ancillary: Vec<Received>) -> Result<ControlData> {
    ensure!(ancillary.len() == 1, "{ancillary:?}");
    match ancillary.remove(0) {
        Received::Data(data) => Ok(data),
        other => bail!("{other:?}"),
    }
}

fn buffers() -> Result<()> {
    let (left, right) = unix_pair(SOCK_SEQPACKET)?;
    ensure!(left.sendmsg(&[b"one, ", b"", b"two"], &[], 0)? == 8);
    let (mut first, mut second) = ([0; 3], [0; 10]);
    let mut buffers = [std::io::IoSliceMut::new(&mut first), std::io::IoSliceMut::new(&mut second)];
    let message = right.recvmsg_into(&mut buffers, 0, 0)?;
    ensure!(message.length == 8 && message.ancillary.is_empty());
    ensure!(&first == b"one" && second.starts_with(b", two\0"));
    let (client, server) = tcp_pair(AF_INET, "127.0.0.1")?;
    let large = vec![7; 3 << 20];
    server.settimeout(Some(PATIENCE));
    let sent = server.sendmsg(&[&large, &large], &[], 0)?;
    ensure!(sent > 0 && sent < 6 << 20, "in time-out mode a part goes: {sent}");
    ensure!(client.recvmsg(100, 0, MSG_PEEK)?.data == [7; 100]);
    fails("more buffers than the kernel takes", client.sendmsg(&[b"x".as_slice(); 1025], &[], 0), errno::EMSGSIZE)
}

fn rights() -> Result<()> {
    let (left, right) = unix_pair(SOCK_STREAM)?;
    let (client, server) = tcp_pair(AF_INET, "127.0.0.1")?;
    let name = server.getsockname()?;
    send_fds(&left, &[b"take it"], &[&server, &client], 0)?;
    drop(server);
    let mut message = recv_fds(&right, 100, 2, 0)?;
    let sockets = message.take_sockets();
    ensure!(message.data == b"take it" && message.length == 7 && sockets.len() == 2 && message.flags == 0);
    ensure!(message.sockets().is_empty(), "they were taken");
    let server = &sockets[0];
    ensure!((server.family(), server.r#type()) == (AF_INET, SOCK_STREAM) && server.getsockname()? == name);
    ensure!(server.gettimeout().is_none(), "it is blocking");
    client.sendall(b"hello")?;
    ensure!(server.recv(100)? == b"hello");
    drop((sockets, client));
    let empty = send_fds(&left, &[b"none"], &[], 0).and_then(|_| recv_fds(&right, 100, 1, 0))?;
    ensure!(empty.ancillary.is_empty() && empty.data == b"none");
    Ok(())
}

fn truncated_rights() -> Result<()> {
    let (left, right) = unix_pair(SOCK_STREAM)?;
    let gifts = (0..5).map(|_| Socket::new(AF_INET, SOCK_DGRAM, 0)).collect::<berkeley_guest::Result<Vec<_>>>()?;
    let gifts: Vec<_> = gifts.iter().collect();
    send_fds(&left, &[b"x"], &gifts, 0)?;
    let message = recv_fds(&right, 1, 2, 0)?;
    let (flags, sockets) = (message.flags, message.sockets());
    ensure!(sockets.len() == 2 && flags & MSG_CTRUNC != 0, "{} sockets, flags {flags:#x}", sockets.len());
    send_fds(&left, &[b"x"], &gifts, 0)?;
    let message = right.recvmsg(1, 0, 0)?;
    ensure!(message.ancillary.is_empty() && message.flags & MSG_CTRUNC != 0);
    let too_many = vec![gifts[0]; 254];
    fails("more sockets than the kernel passes", send_fds(&left, &[b"x"], &too_many, 0), errno::EINVAL)
}

fn no_numbers() -> Result<()> {
    let (left, right) = unix_pair(SOCK_STREAM)?;
    let send = |data: &[u8]| left.sendmsg(&[b"x"], &[ControlMessage::raw(SOL_SOCKET, SCM_RIGHTS, data)], 0);
    fails("the host's descriptor 0", send(&0i32.to_ne_bytes()), errno::EBADF)?;
    fails("no descriptor's number", send(&(-1i32).to_ne_bytes()), errno::EBADF)?;
    fails("more than the kernel passes", send(&[0; 4 * 254]), errno::EINVAL)?;
    right.setblocking(false);
    fails("nothing was sent", right.recv(1), errno::EAGAIN)?;
    ensure!(send(&[])? == 1 && right.recv(2)? == b"x", "no numbers at all");
    Ok(())
}

fn credentials() -> Result<()> {
    let (left, right) = unix_pair(SOCK_STREAM)?;
    right.setsockopt(SOL_SOCKET, SO_PASSCRED, true)?;
    left.sendall(b"x")?;
    let message = right.recvmsg(1, CMSG_SPACE(12), 0)?;
    let ControlData::Credentials(own) = only(message.ancillary)? else { bail!("credentials") };
    ensure!(own.pid > 0);
    left.sendmsg(&[b"x"], &[ControlMessage::Data(ControlData::Credentials(own))], 0)?;
    let forged = Credentials { pid: 1, ..own };
    let forged = [ControlMessage::Data(ControlData::Credentials(forged))];
    fails("another's credentials", left.sendmsg(&[b"x"], &forged, 0), errno::EPERM)
}

fn pktinfo() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    receiver.setsockopt(IPPROTO_IP, IP_PKTINFO, true)?;
    sender.sendall(b"x")?;
    let message = receiver.recvmsg(10, 100, 0)?;
    ensure!(message.address == sender.getsockname()?);
    let ControlData::IpPktinfo(info) = only(message.ancillary)? else { bail!("packet information") };
    ensure!(info.destination == (127, 0, 0, 1) && info.local_address == (127, 0, 0, 1) && info.interface_index > 0);
    let from = IpPktinfo { interface_index: 0, local_address: (127, 0, 0, 1), destination: (0, 0, 0, 0) };
    sender.sendmsg(&[b"x"], &[ControlMessage::Data(ControlData::IpPktinfo(from))], 0)?;
    ensure!(receiver.recvfrom(10)?.1.host().as_deref() == Some("127.0.0.1"));
    Ok(())
}

fn header_fields() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    receiver.setsockopt(IPPROTO_IP, IP_RECVTTL, true)?;
    receiver.setsockopt(IPPROTO_IP, IP_RECVTOS, true)?;
    let ttl = ControlMessage::Data(ControlData::IpTtl(7));
    let tos = ControlMessage::Data(ControlData::IpTos(16));
    sender.sendmsg(&[b"x"], &[ttl, tos], 0)?;
    let message = receiver.recvmsg(10, 100, 0)?;
    let mut seen = (None, None);
    for received in message.ancillary {
        match received {
            Received::Data(ControlData::IpTtl(ttl)) => seen.0 = Some(ttl),
            Received::Data(ControlData::IpTos(tos)) => seen.1 = Some(tos),
            other => bail!("{other:?}"),
        }
    }
    ensure!(seen == (Some(7), Some(16)), "{seen:?}");
    Ok(())
}

fn timestamps() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    receiver.setsockopt(SOL_SOCKET, SO_TIMESTAMPNS, true)?;
    sender.sendall(b"x")?;
    let ControlData::Timestampns(time) = only(receiver.recvmsg(10, 100, 0)?.ancillary)? else { bail!("a time") };
    ensure!(time.seconds > 1_700_000_000 && time.nanoseconds < 1_000_000_000, "{time:?}");
    Ok(())
}

fn error_queue() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    let name = receiver.getsockname()?;
    drop(receiver);
    sender.setsockopt(IPPROTO_IP, IP_RECVERR, true)?;
    sender.sendall(b"is anybody there?")?;
    let ready = poll(&[(&sender, 0)], Some(PATIENCE))?;
    ensure!(ready[0] & POLLERR != 0, "{ready:?}");
    let message = sender.recvmsg(100, 200, MSG_ERRQUEUE)?;
    ensure!(message.data == b"is anybody there?" && message.flags & MSG_ERRQUEUE != 0);
    ensure!(message.address == name, "the address that it went to: {}", message.address);
    let ControlData::IpRecverr(error) = only(message.ancillary)? else { bail!("an error") };
    ensure!((error.number as i32, error.origin) == (errno::ECONNREFUSED, 2), "{error:?}");
    ensure!(error.offender.is_some());
    fails("the queue is empty", sender.recvmsg(100, 200, MSG_ERRQUEUE), errno::EAGAIN)
}

fn truncated() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    sender.sendall(b"longer than that")?;
    let message = receiver.recvmsg(6, 0, 0)?;
    ensure!(message.data == b"longer" && message.flags & MSG_TRUNC != 0 && message.length == 6);
    sender.sendall(b"longer than that")?;
    let message = receiver.recvmsg(6, 0, MSG_TRUNC)?;
    ensure!(message.data == b"longer" && message.length == 16, "the true length: {}", message.length);
    Ok(())
}

fn grants() -> Result<()> {
    let (sender, _receiver) = udp_pair()?;
    let mark = ControlMessage::raw(SOL_SOCKET, SO_MARK, &1u32.to_ne_bytes());
    fails("a mark", sender.sendmsg(&[b"x"], &[mark], 0), errno::EACCES)?;
    let options = ControlMessage::raw(IPPROTO_IP, 7, &[131, 7, 4, 192, 0, 2, 1, 0]);
    fails("a source route", sender.sendmsg(&[b"x"], &[options], 0), errno::EACCES)?;
    let (left, right) = unix_pair(SOCK_STREAM)?;
    send_fds(&left, &[b"x"], &[&sender], 0)?;
    let passed = right.recvmsg(1, 100, 0)?.ancillary;
    let [Received::Rights(passed)] = passed.as_slice() else { bail!("{passed:?}") };
    let [Passed::Socket(again)] = passed.as_slice() else { bail!("{passed:?}") };
    fails("what is passed gains no rights", again.sendto(b"x", ("192.0.2.1", 1)), errno::EACCES)
}

fn addressed() -> Result<()> {
    let receiver = Socket::new(AF_UNIX, SOCK_DGRAM, 0)?;
    receiver.bind("\0ancillary")?;
    let sender = Socket::new(AF_UNIX, SOCK_DGRAM, 0)?;
    ensure!(send_fds_to(&sender, &[b"two", b"gifts"], &[&sender, &receiver], 0, "\0ancillary")? == 8);
    let mut message = recv_fds(&receiver, 100, 2, 0)?;
    let sockets = message.take_sockets();
    ensure!(message.data == b"twogifts" && message.flags == 0);
    ensure!(sockets.len() == 2 && sockets[1].getsockname()?.as_unix() == Some(b"\0ancillary"));
    Ok(())
}

fn whole() -> Result<()> {
    let (left, right) = unix_pair(SOCK_STREAM)?;
    let size = 3 << 20;
    let (mut sent, mut received) = (0, Vec::new());
    left.setblocking(false);
    while sent < size {
        sent += left.send(&vec![7; size - sent])?;
        received.extend(right.recvmsg(sent - received.len(), 0, MSG_WAITALL)?.data);
        ensure!(received.len() == sent, "{} of {sent}", received.len());
    }
    left.close()?;
    ensure!(right.recvmsg(1, 0, MSG_WAITALL)?.data.is_empty());
    Ok(())
}

fn large() -> Result<()> {
    let (left, right) = unix_pair(SOCK_STREAM)?;
    let data = vec![7; 50 << 20];
    left.setblocking(false);
    let sent = left.sendmsg(&[data.as_slice(); 6], &[ControlMessage::Rights(&[&left])], 0)?;
    ensure!(sent > 0 && sent < data.len(), "{sent}");
    ensure!(recv_fds(&right, 1, 1, 0)?.sockets().len() == 1);
    // A call that may wait takes all, but for what nobody takes any more.
    left.setblocking(true);
    right.shutdown(SHUT_RD)?;
    fails("nobody takes it", left.sendmsg(&[data.as_slice(); 6], &[], 0), errno::EPIPE)
}

fn raw() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    receiver.setblocking(false);
    receiver.setsockopt(IPPROTO_IP, IP_RECVORIGDSTADDR, true)?;
    receiver.setsockopt(SOL_SOCKET, SO_RXQ_OVFL, true)?;
    receiver.setsockopt(SOL_SOCKET, SO_RCVBUF, 1)?;
    for _ in 0..20 {
        sender.send(&[0; 500])?;
    }
    let mut taken = 0;
    while let Ok(message) = receiver.recvmsg(500, 100, 0) {
        let ControlData::Raw(_) = only(message.ancillary)? else { bail!("an address alone") };
        taken += 1;
    }
    sender.send(b"x")?;
    let (mut destination, mut dropped) = (None, None);
    for received in receiver.recvmsg(500, 100, 0)?.ancillary {
        let Received::Data(data) = received else { bail!("{received:?}") };
        destination = destination.or(data.original_destination());
        dropped = dropped.or(data.dropped());
    }
    ensure!(destination == Some(receiver.getsockname()?), "{destination:?}");
    ensure!(dropped == Some(20 - taken), "{dropped:?} of 20, {taken} came");
    Ok(())
}

fn segments() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    receiver.setsockopt(IPPROTO_UDP, UDP_GRO, true)?;
    sender.sendmsg(&[&[7; 1000]], &[ControlMessage::udp_segment(300)], 0)?;
    let message = receiver.recvmsg(2000, 100, 0)?;
    ensure!(message.data == [7; 1000] && only(message.ancillary)?.segment_size() == Some(300));
    Ok(())
}

/// SOF_TIMESTAMPING_TX_SOFTWARE, SOF_TIMESTAMPING_SOFTWARE, SOF_TIMESTAMPING_OPT_TSONLY of linux/net_tstamp.h.
const TX_SOFTWARE: u32 = 1 << 1;
const SOFTWARE: i32 = 1 << 4;
const OPT_TSONLY: i32 = 1 << 11;

fn transmitted() -> Result<()> {
    let (sender, _receiver) = udp_pair()?;
    sender.setsockopt(SOL_SOCKET, SO_TIMESTAMPING, SOFTWARE | OPT_TSONLY)?;
    sender.sendmsg(&[b"x"], &[ControlMessage::timestamping(TX_SOFTWARE)], 0)?;
    ensure!(poll(&[(&sender, 0)], Some(PATIENCE))?[0] & POLLERR != 0);
    let message = sender.recvmsg(0, 200, MSG_ERRQUEUE)?;
    let [Received::Data(time), Received::Data(error)] = &message.ancillary[..] else { bail!("{message:?}") };
    let ControlData::Timestamping((time, ..)) = time else { bail!("{time:?}") };
    ensure!(time.seconds > 1_700_000_000, "{time:?}");
    let ControlData::IpRecverr(error) = error else { bail!("{error:?}") };
    // ENOMSG, SO_EE_ORIGIN_TIMESTAMPING
    ensure!((error.number, error.origin) == (42, 4) && error.offender.is_none(), "{error:?}");
    Ok(())
}

fn algorithms() -> Result<()> {
    let (left, right) = unix_pair(SOCK_STREAM)?;
    let error = left.sendmsg_afalg(&[b"x"], ALG_OP_ENCRYPT, Some(&[0; 16]), Some(4), 0);
    ensure!(error == Err(Error::Invalid("algset is only supported for AF_ALG")), "{error:?}");
    right.setblocking(false);
    fails("nothing was sent", right.recv(1), errno::EAGAIN)
}

fn overflow() -> Result<()> {
    let (left, _right) = unix_pair(SOCK_STREAM)?;
    let time = ControlMessage::raw(SOL_SOCKET, SO_TIMESTAMP, &[0xff; 16].map(|byte: u8| byte >> 1));
    fails("a message that is only received", left.sendmsg(&[b"x"], &[time], 0), errno::EINVAL)
}
