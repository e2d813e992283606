//! How Python writes a socket and its addresses.

use std::fmt::{self, Write};

use crate::address::{Address, BluetoothAddress, SystemAddress};

/// The address as Python's tuple, text or bytes; none where it is nothing in Python too.
pub(super) fn address(address: &Address) -> Option<String> {
    let interface = |name: &[u8]| quoted(&String::from_utf8_lossy(name));
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
            path => quoted(&String::from_utf8_lossy(path)),
        },
        Address::Netlink(at) => format!("({}, {})", at.pid, at.groups),
        Address::Packet(at) => format!(
            "({}, {}, {}, {}, {})",
            interface(&at.interface),
            at.protocol,
            at.packet_type,
            at.hardware_type,
            bytes(&at.hardware_address)
        ),
        Address::Vsock(at) => format!("({}, {})", at.cid, at.port),
        Address::Can(at) => format!("({},)", interface(&at.interface)),
        Address::CanIsotp(at) => format!("({}, {}, {})", interface(&at.interface), at.rx_id, at.tx_id),
        Address::CanJ1939(at) => {
            format!("({}, {}, {}, {})", interface(&at.interface), at.name, at.pgn, at.address)
        }
        Address::L2cap(at) if at.cid == 0 && at.address_type == 0 => {
            format!("({}, {})", device(at.address), at.psm)
        }
        Address::L2cap(at) => format!("({}, {}, {}, {})", device(at.address), at.psm, at.cid, at.address_type),
        Address::Rfcomm(at) => format!("({}, {})", device(at.address), at.channel),
        Address::Hci(at) => format!("({}, {})", at.device, at.channel),
        Address::Sco(at) => device(*at),
        Address::Alg(at) => {
            format!("({}, {}, {}, {})", interface(&at.type_), interface(&at.name), at.features, at.mask)
        }
        Address::Tipc(at) => format!("({}, {}, {}, {}, {})", at.address_type, at.v1, at.v2, at.v3, at.scope),
        Address::Qipcrtr(at) => format!("({}, {})", at.node, at.port),
        Address::Hyperv(at) => format!("({}, {})", uuid(&at.vm_id), uuid(&at.service_id)),
        Address::System(SystemAddress::Name(name)) => interface(name),
        Address::System(SystemAddress::Control((id, unit))) => format!("({id}, {unit})"),
        Address::Other(at) => format!("({}, {})", at.family, bytes(&at.bytes)),
    })
}

fn device((a, b, c, d, e, f): BluetoothAddress) -> String {
    format!("'{a:02X}:{b:02X}:{c:02X}:{d:02X}:{e:02X}:{f:02X}'")
}

fn uuid(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    match (digits.get(..8), digits.get(8..12), digits.get(12..16), digits.get(16..20), digits.get(20..)) {
        (Some(a), Some(b), Some(c), Some(d), Some(e)) => format!("'{a}-{b}-{c}-{d}-{e}'"),
        _ => format!("'{digits}'"),
    }
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

/// What is written of a socket.
pub(super) struct Socket {
    pub(super) closed: bool,
    pub(super) fileno: i32,
    pub(super) family: i32,
    pub(super) r#type: i32,
    pub(super) proto: i32,
    pub(super) local: Option<Address>,
    pub(super) peer: Option<Address>,
}

impl fmt::Display for Socket {
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
        assert_eq!(uuid(&bytes), "'00010203-0405-0607-0809-0a0b0c0d0e0f'");
    }

    #[test]
    fn a_socket_is_written_as_python_does() {
        let mut socket = Socket {
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
        socket = Socket { closed: true, fileno: -1, local: None, ..socket };
        assert_eq!(socket.to_string(), "<socket.socket [closed] fd=-1, family=2, type=1, proto=0>");
    }
}
