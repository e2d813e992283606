//! How Python writes a socket and its addresses.

use std::fmt::{self, Write};

use super::life::Socket;
use crate::address::{Address, SystemAddress, ba2str, uuid_text};
use crate::text::lossy;

/// The address as Python's tuple, text or bytes; none where it is nothing in Python too.
fn address(address: &Address) -> Option<String> {
    Some(match address {
        Address::Unspecified => return None,
        Address::Unix(path) if path.is_empty() => return None,
        Address::Inet(at) => format!("('{}', {})", at.ip(), at.port()),
        Address::Inet6(at) => {
            let host = address.host().unwrap_or_default();
            format!("('{host}', {}, {}, {})", at.port(), at.flowinfo(), at.scope_id())
        }
        Address::Unix(path) => match path.as_slice() {
            [0, ..] => bytes(path),
            path => text(path),
        },
        Address::Netlink(at) => format!("({}, {})", at.pid, at.groups),
        Address::Packet(at) => format!(
            "({}, {}, {}, {}, {})",
            text(&at.interface),
            at.protocol,
            at.packet_type,
            at.hardware_type,
            bytes(&at.hardware_address)
        ),
        Address::Vsock(at) => format!("({}, {})", at.cid, at.port),
        Address::Can(at) => format!("({},)", text(&at.interface)),
        Address::CanIsotp(at) => format!("({}, {}, {})", text(&at.interface), at.rx_id, at.tx_id),
        Address::CanJ1939(at) => {
            format!("({}, {}, {}, {})", text(&at.interface), at.name, at.pgn, at.address)
        }
        Address::L2cap(at) if at.cid == 0 && at.address_type == 0 => {
            format!("('{}', {})", ba2str(at.address), at.psm)
        }
        Address::L2cap(at) => format!("('{}', {}, {}, {})", ba2str(at.address), at.psm, at.cid, at.address_type),
        Address::Rfcomm(at) => format!("('{}', {})", ba2str(at.address), at.channel),
        Address::Hci(at) => format!("({}, {})", at.device, at.channel),
        Address::Sco(at) => format!("'{}'", ba2str(*at)),
        Address::Alg(at) => {
            format!("({}, {}, {}, {})", text(&at.type_), text(&at.name), at.features, at.mask)
        }
        Address::Tipc(at) => format!("({}, {}, {}, {}, {})", at.address_type, at.v1, at.v2, at.v3, at.scope),
        Address::Qipcrtr(at) => format!("({}, {})", at.node, at.port),
        Address::Hyperv(at) => {
            format!("('{}', '{}')", uuid_text(&at.vm_id), uuid_text(&at.service_id))
        }
        Address::System(SystemAddress::Name(name)) => text(name),
        Address::System(SystemAddress::Control((id, unit))) => format!("({id}, {unit})"),
        Address::Other(at) => format!("({}, {})", at.family, bytes(&at.bytes)),
    })
}

/// A text that may not be UTF-8.
fn text(bytes: &[u8]) -> String {
    quoted(&lossy(bytes))
}

/// A text in the quotes that Python chooses.
fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut quoted = String::from(quote);
    for ch in text.chars() {
        match ch {
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            ch if ch == quote => quoted.extend(['\\', ch]),
            ch if ch.is_ascii_control() => quoted.push_str(&hexadecimal(ch as u8)),
            ch => quoted.push(ch),
        }
    }
    quoted.push(quote);
    quoted
}

/// Bytes as Python writes them.
fn bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { b'"' } else { b'\'' };
    let mut text = format!("b{}", quote as char);
    for &byte in bytes {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            byte if byte == quote => text.extend(['\\', byte as char]),
            b' '..=b'~' => text.push(byte as char),
            byte => text.push_str(&hexadecimal(byte)),
        }
    }
    text.push(quote as char);
    text
}

fn hexadecimal(byte: u8) -> String {
    format!("\\x{byte:02x}")
}

/// As Python's `repr`: `<socket.socket fd=3, family=2, type=1, proto=0, laddr=('127.0.0.1', 0)>`.
impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let closed = self.is_closed();
        let open = (!closed).then_some(self);
        let written = Written {
            closed,
            fileno: self.fileno(),
            family: self.family(),
            r#type: self.r#type(),
            proto: self.proto(),
            local: open.and_then(|socket| socket.getsockname().ok()),
            peer: open.and_then(|socket| socket.getpeername().ok()),
        };
        write!(f, "{written}")
    }
}

/// What is written of a socket.
struct Written {
    closed: bool,
    fileno: i32,
    family: i32,
    r#type: i32,
    proto: i32,
    local: Option<Address>,
    peer: Option<Address>,
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let closed = if self.closed { " [closed]" } else { "" };
        let Self { fileno, family, r#type, proto, .. } = self;
        write!(f, "<socket.socket{closed} fd={fileno}, family={family}, type={type}, proto={proto}")?;
        for (name, told) in [("laddr", &self.local), ("raddr", &self.peer)] {
            if let Some(told) = told.as_ref().and_then(address) {
                write!(f, ", {name}={told}")?;
            }
        }
        f.write_char('>')
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::HypervAddress;

    #[test]
    fn texts_and_bytes_are_written_as_python_does() {
        for (path, expected) in [
            (&b"/run/socket"[..], "'/run/socket'"),
            (b"it's", "\"it's\""),
            (b"it's \"that\"", r#"'it\'s "that"'"#),
            (b"tab\tand\x01\\", r"'tab\tand\x01\\'"),
            (b"\0name'\xff", r#"b"\x00name'\xff""#),
        ] {
            assert_eq!(address(&Address::Unix(path.to_vec())).as_deref(), Some(expected));
        }
        assert_eq!(address(&Address::Unix(Vec::new())), None);
        assert_eq!(address(&Address::Sco((0, 0x11, 0x22, 0x33, 0x44, 0xaf))).as_deref(), Some("'00:11:22:33:44:AF'"));
        let bytes: Vec<u8> = (0..16).collect();
        let machine = HypervAddress { vm_id: bytes.clone(), service_id: bytes };
        let uuid = "'00010203-0405-0607-0809-0a0b0c0d0e0f'";
        assert_eq!(address(&Address::Hyperv(machine)), Some(format!("({uuid}, {uuid})")));
    }

    #[test]
    fn a_socket_is_written_as_python_does() {
        let mut socket = Written {
            closed: false,
            fileno: 3,
            family: 2,
            r#type: 1,
            proto: 0,
            local: Some(Address::Inet("127.0.0.1:80".parse().unwrap())),
            peer: None,
        };
        let text = "<socket.socket fd=3, family=2, type=1, proto=0, laddr=('127.0.0.1', 80)>";
        assert_eq!(socket.to_string(), text);
        socket = Written { closed: true, fileno: -1, local: None, ..socket };
        assert_eq!(socket.to_string(), "<socket.socket [closed] fd=-1, family=2, type=1, proto=0>");
    }
}
