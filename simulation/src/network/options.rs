//! Options: what is kept, and told back as Linux does it.

mod table;

use std::net::{IpAddr, Ipv6Addr};

use berkeley_constants as c;
use berkeley_host::Errno;

pub(super) use self::table::usual;
use self::table::{Rule, rule};
use super::socket::{Body, Socket, SocketId};
use super::state::State;

/// net.core.wmem_max and rmem_max, and the least that the kernel gives.
const BUFFER_MOST: u32 = 212_992;
const SEND_LEAST: u32 = 4608;
const RECEIVE_LEAST: u32 = 2304;
/// Options that have the time of what comes told.
const TIMES: [i32; 4] = [c::SO_TIMESTAMP, c::SO_TIMESTAMPNS, c::SO_TIMESTAMP_NEW, c::SO_TIMESTAMPNS_NEW];
/// struct linger, struct timeval, and the name of the congestion control.
const LINGER: usize = 8;
const TIME: usize = 16;
const CONGESTION: &[u8; 16] = b"cubic\0\0\0\0\0\0\0\0\0\0\0";

impl State {
    /// getsockopt(2)
    pub(super) fn option(&mut self, id: SocketId, level: i32, name: i32, size: usize) -> Result<Vec<u8>, Errno> {
        let socket = self.socket(id)?;
        socket.check_level(level)?;
        let own = [c::SOL_SOCKET, c::IPPROTO_IP, socket.protocol];
        if socket.family == c::AF_INET && !own.contains(&level) {
            return Err(Errno::EOPNOTSUPP);
        }
        let number = |value: i32| value.to_ne_bytes().to_vec();
        let peer = match &socket.body {
            Body::Tcp(tcp) => tcp.connected().ok(),
            Body::Udp(udp) => udp.peer,
            Body::Unix(_) => None,
        };
        let is_mtu = matches!((level, name), (c::IPPROTO_IP, c::IP_MTU) | (c::IPPROTO_IPV6, c::IPV6_MTU));
        if is_mtu {
            let (host, peer) = (socket.host, peer.ok_or(Errno::ENOTCONN)?);
            let mtu = self.host_of(host, peer.ip()).map_or(1500, |to| self.mtu(host, to));
            let mut value = number(mtu as i32);
            value.truncate(size);
            return Ok(value);
        }
        let socket = self.socket(id)?;
        let mut value = match (level, name) {
            (c::SOL_SOCKET, c::SO_ERROR) => number(socket.error.take().map_or(0, Errno::number)),
            (c::SOL_SOCKET, c::SO_DOMAIN) => number(socket.family),
            (c::SOL_SOCKET, c::SO_TYPE) => number(socket.kind),
            (c::SOL_SOCKET, c::SO_PROTOCOL) => number(socket.protocol),
            (c::SOL_SOCKET, c::SO_ACCEPTCONN) => number(i32::from(socket.is_listening())),
            (c::SOL_SOCKET, c::SO_PEERCRED) if socket.family == c::AF_UNIX => super::rights::credentials(),
            (c::SOL_SOCKET, c::SO_PEERGROUPS) if socket.family == c::AF_UNIX => Vec::new(),
            (c::SOL_SOCKET, c::SO_LINGER) => socket.kept(level, name).unwrap_or_else(|| vec![0; LINGER]),
            (c::SOL_SOCKET, c::SO_RCVTIMEO | c::SO_SNDTIMEO) => {
                socket.kept(level, name).unwrap_or_else(|| vec![0; TIME])
            }
            (c::SOL_SOCKET, c::SO_COOKIE) => id.to_ne_bytes().to_vec(),
            (c::IPPROTO_TCP, c::TCP_CONGESTION) => socket.kept(level, name).unwrap_or_else(|| CONGESTION.to_vec()),
            (c::IPPROTO_TCP, c::TCP_INFO) => socket.information(),
            (c::IPPROTO_IP, c::IP_MULTICAST_IF) => socket.kept(level, name).unwrap_or_else(|| vec![0; 4]),
            _ => {
                rule(socket, level, name).filter(|rule| *rule != Rule::WriteOnly).ok_or(Errno::ENOPROTOOPT)?;
                let value = socket.number(level, name);
                match u8::try_from(value) {
                    // One byte is told of IP's options, where there is no room for more.
                    Ok(byte) if level == c::IPPROTO_IP && (1..size_of::<i32>()).contains(&size) => vec![byte],
                    _ => number(value),
                }
            }
        };
        value.truncate(size);
        Ok(value)
    }

    /// setsockopt(2)
    pub(super) fn set_option(&mut self, id: SocketId, level: i32, name: i32, value: &[u8]) -> Result<(), Errno> {
        let socket = self.socket(id)?;
        socket.check_level(level)?;
        let numbers = (level, name);
        match numbers {
            (c::SOL_SOCKET, c::SO_LINGER) => {
                let value = value.first_chunk::<LINGER>().ok_or(Errno::EINVAL)?;
                let on = i32::from(value[..4] != [0; 4]);
                socket.options.insert(numbers, [&on.to_ne_bytes(), &value[4..]].concat());
                return Ok(());
            }
            (c::SOL_SOCKET, c::SO_RCVTIMEO | c::SO_SNDTIMEO) => {
                let value = value.first_chunk::<TIME>().ok_or(Errno::EINVAL)?;
                let micros = i64::from_ne_bytes(*value.last_chunk().unwrap_or(&[0; 8]));
                let seconds = i64::from_ne_bytes(*value.first_chunk().unwrap_or(&[0; 8]));
                if !(0..1_000_000).contains(&micros) {
                    return Err(Errno::EDOM);
                }
                socket.options.insert(numbers, if seconds < 0 { vec![0; TIME] } else { value.to_vec() });
                return Ok(());
            }
            (c::IPPROTO_TCP, c::TCP_CONGESTION) => {
                let text = value.split(|byte| *byte == 0).next().unwrap_or_default();
                if text.is_empty() {
                    return Err(Errno::EINVAL);
                }
                if !matches!(text, b"cubic" | b"reno") {
                    return Err(Errno::ENOENT);
                }
                let mut padded = text.to_vec();
                padded.resize(CONGESTION.len(), 0);
                socket.options.insert(numbers, padded);
                return Ok(());
            }
            (c::IPPROTO_IP, c::IP_ADD_MEMBERSHIP | c::IP_DROP_MEMBERSHIP) => {
                let group = value.first_chunk::<8>().ok_or(Errno::EINVAL)?.first_chunk::<4>();
                let group = group.map(|bytes| IpAddr::from(*bytes));
                return self.set_group(id, group, name == c::IP_ADD_MEMBERSHIP);
            }
            (c::IPPROTO_IPV6, c::IPV6_JOIN_GROUP | c::IPV6_LEAVE_GROUP) => {
                let group = value.first_chunk::<20>().ok_or(Errno::EINVAL)?.first_chunk::<16>();
                let group = group.map(|bytes| Ipv6Addr::from(*bytes).to_canonical());
                return self.set_group(id, group, name == c::IPV6_JOIN_GROUP);
            }
            (c::IPPROTO_IP, c::IP_MULTICAST_IF) => {
                let start = if value.len() >= 8 { 4 } else { 0 };
                let address = value.get(start..start + 4).ok_or(Errno::EINVAL)?;
                let address = address.to_vec();
                let host = socket.host;
                let ip = address.first_chunk::<4>().map(|bytes| IpAddr::from(*bytes));
                if !ip.is_some_and(|ip| self.has_address(host, ip)) {
                    return Err(Errno::EADDRNOTAVAIL);
                }
                self.socket(id)?.options.insert(numbers, address);
                return Ok(());
            }
            _ => {}
        }
        let rule = rule(socket, level, name).ok_or(Errno::ENOPROTOOPT)?;
        let whole = value.first_chunk().map(|bytes| i32::from_ne_bytes(*bytes));
        let byte = value.first().filter(|_| level == c::IPPROTO_IP).map(|byte| i32::from(*byte));
        let value = whole.or(byte).ok_or(Errno::EINVAL)?;
        let kept = rule.kept(value)?;
        if numbers == (c::IPPROTO_IPV6, c::IPV6_V6ONLY) && socket.local().is_some() {
            return Err(Errno::EINVAL);
        }
        if level == c::SOL_SOCKET && TIMES.contains(&name) {
            // The last one that is set counts.
            TIMES.iter().for_each(|time| drop(socket.options.remove(&(level, *time))));
        }
        match kept {
            Some(kept) => drop(socket.options.insert(numbers, kept.to_ne_bytes().to_vec())),
            None => drop(socket.options.remove(&numbers)),
        }
        if numbers == (c::IPPROTO_UDP, c::UDP_CORK)
            && value == 0
            && socket.udp().is_some_and(|udp| !udp.corked.is_empty())
        {
            return self.udp_send(id, Vec::new(), None, (&[], 0)).map(drop);
        }
        if let Some(tcp) = socket.tcp() {
            // What was held back may not be any more.
            tcp.release();
            self.tcp_output(id);
        }
        Ok(())
    }

    /// Joins or leaves a group. EINVAL, EADDRINUSE, EADDRNOTAVAIL.
    fn set_group(&mut self, id: SocketId, group: Option<IpAddr>, joins: bool) -> Result<(), Errno> {
        let group = group.ok_or(Errno::EINVAL)?;
        if joins && !group.is_multicast() {
            return Err(Errno::EINVAL);
        }
        let Some(udp) = self.socket(id)?.udp() else { return Err(Errno::EPROTO) };
        match (joins, joins == udp.groups.contains(&group)) {
            (true, false) => drop(udp.groups.insert(group)),
            (true, true) => return Err(Errno::EADDRINUSE),
            (false, false) => drop(udp.groups.remove(&group)),
            (false, true) => return Err(Errno::EADDRNOTAVAIL),
        }
        Ok(())
    }
}

impl Rule {
    /// What is kept of a value that is set; none is what it was at the beginning. EINVAL, ENOPROTOOPT.
    fn kept(self, value: i32) -> Result<Option<i32>, Errno> {
        let buffer = |least: u32| {
            // A negative size is a large one.
            let size = (value as u32).min(BUFFER_MOST);
            Ok(Some((size * 2).max(least) as i32))
        };
        match self {
            Self::Flag => Ok(Some(i32::from(value != 0))),
            Self::Any | Self::WriteOnly => Ok(Some(value)),
            Self::Byte => Ok(Some(value & 0xff)),
            Self::Usual(least, most) if value == -1 && least > -1 => {
                let _ = most;
                Ok(None)
            }
            Self::Within(least, most) | Self::Usual(least, most) => {
                if (least..=most).contains(&value) {
                    Ok(Some(value))
                } else {
                    Err(Errno::EINVAL)
                }
            }
            Self::SendBuffer => buffer(SEND_LEAST),
            Self::ReceiveBuffer => buffer(RECEIVE_LEAST),
            Self::Interface => {
                if (0..=2).contains(&value) {
                    Ok(Some(value))
                } else {
                    Err(Errno::ENODEV)
                }
            }
            Self::LowWater => Ok(Some(if value < 0 { i32::MAX } else { value.max(1) })),
            Self::ReadOnly => Err(Errno::ENOPROTOOPT),
        }
    }
}

impl Socket {
    fn kept(&self, level: i32, name: i32) -> Option<Vec<u8>> {
        self.options.get(&(level, name)).cloned()
    }

    /// Unix sockets have the options of all sockets alone.
    fn check_level(&self, level: i32) -> Result<(), Errno> {
        if self.family == c::AF_UNIX && level != c::SOL_SOCKET { Err(Errno::EOPNOTSUPP) } else { Ok(()) }
    }

    fn is_listening(&self) -> bool {
        match &self.body {
            Body::Tcp(tcp) => tcp.is_listening(),
            Body::Unix(unix) => unix.is_listening(),
            Body::Udp(_) => false,
        }
    }

    /// The beginning of struct tcp_info: the state, and nothing of what Linux alone counts.
    fn information(&self) -> Vec<u8> {
        let mut bytes = vec![0; 104];
        if let Body::Tcp(tcp) = &self.body {
            bytes[0] = tcp.state_number();
        }
        bytes
    }
}
