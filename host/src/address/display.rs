//! How people read addresses.

use std::fmt;

use super::family::Address;

/// As a person writes it: `127.0.0.1:80`, `[::1]:80`, `/run/socket`, `@abstract`; of the other families what Python
/// prints, such as `(2, 1024)`.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unspecified => f.write_str("nobody"),
            Self::Inet(address) => address.fmt(f),
            Self::Inet6(address) => address.fmt(f),
            Self::Unix(path) => match path.as_slice() {
                [] => f.write_str("an unnamed unix socket"),
                [0, name @ ..] => write!(f, "@{}", name.escape_ascii()),
                path => write!(f, "{}", path.escape_ascii()),
            },
            Self::Netlink { pid, groups } => write!(f, "({pid}, {groups})"),
            Self::Packet { interface, protocol, packet_type, hardware_type, hardware_address } => {
                let (name, address) = (Text(interface), hardware_address.escape_ascii());
                write!(f, "({name}, {protocol}, {packet_type}, {hardware_type}, b'{address}')")
            }
            Self::Vsock { cid, port } => write!(f, "({cid}, {port})"),
            Self::Can { interface } => write!(f, "({},)", Text(interface)),
            Self::CanIsotp { interface, rx_id, tx_id } => write!(f, "({}, {rx_id}, {tx_id})", Text(interface)),
            Self::CanJ1939 { interface, name, pgn, address } => {
                write!(f, "({}, {name}, {pgn}, {address})", Text(interface))
            }
            Self::L2cap { address, psm, cid, address_type } => {
                write!(f, "('{}', {psm}, {cid}, {address_type})", Device(address))
            }
            Self::Rfcomm { address, channel } => write!(f, "('{}', {channel})", Device(address)),
            Self::Hci { device, channel } => write!(f, "({device}, {channel})"),
            Self::Sco { address } => write!(f, "'{}'", Device(address)),
            Self::Alg { kind, name, features, mask } => {
                write!(f, "({}, {}, {features}, {mask})", Text(kind), Text(name))
            }
            Self::Tipc { address_type, v1, v2, v3, scope } => {
                write!(f, "({address_type}, {v1}, {v2}, {v3}, {scope})")
            }
            Self::Qipcrtr { node, port } => write!(f, "({node}, {port})"),
            Self::Hyperv { vm_id, service_id } => write!(f, "{}:{}", Uuid(vm_id), Uuid(service_id)),
            Self::System { id, unit } => write!(f, "({id}, {unit})"),
            Self::SystemName(name) => Text(name).fmt(f),
            Self::Other { bytes, .. } if bytes.is_empty() => f.write_str("any address"),
            Self::Other { family, bytes } => write!(f, "({family}, b'{}')", bytes.escape_ascii()),
        }
    }
}

/// A name, in quotes.
struct Text<'a>(&'a [u8]);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", self.0.escape_ascii())
    }
}

/// The address of a device for Bluetooth, whose last byte is written first.
struct Device<'a>(&'a [u8; 6]);

impl fmt::Display for Device<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{g:02X}:{e:02X}:{d:02X}:{c:02X}:{b:02X}:{a:02X}")
    }
}

/// A UUID as Python writes it.
struct Uuid<'a>(&'a [u8; 16]);

impl fmt::Display for Uuid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:032x}", u128::from_be_bytes(*self.0));
        let [a, b, c, d, e] = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]);
        write!(f, "{a}-{b}-{c}-{d}-{e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_no_code() {
        for (address, told) in [
            (Address::Vsock { cid: 2, port: 1024 }, "(2, 1024)"),
            (Address::Can { interface: b"can0".to_vec() }, "('can0',)"),
            (Address::Rfcomm { address: [1, 2, 3, 4, 5, 0xab], channel: 7 }, "('AB:05:04:03:02:01', 7)"),
            (Address::Other { family: 40, bytes: Vec::new() }, "any address"),
            (Address::Other { family: 40, bytes: vec![1, b'a'] }, r"(40, b'\x01a')"),
            (Address::Unix(Vec::new()), "an unnamed unix socket"),
        ] {
            assert_eq!(address.to_string(), told);
        }
    }
}
