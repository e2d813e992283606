//! The rule that would have allowed what was refused.

use std::net::IpAddr;

use super::grammar::is_readable;
use super::host::reach;
use super::text::Bracketed;
use crate::address::Address;
use crate::option;
use crate::policy::names::Names;
use crate::policy::operation::Operation;
use crate::policy::special::{Reach, is_local_name};
use crate::policy::transport::Transport;

/// The narrowest rule that would have allowed the operation.
pub(super) fn grant_for(operation: &Operation<'_>, names: &Names) -> String {
    let protocol = |transport: Transport| match transport {
        Transport::Tcp => String::new(),
        other => format!(":{other}"),
    };
    let local = |transport: Transport, address: &Address| match address.internet() {
        Some(local) => format!("listen{}={local}", protocol(transport)),
        None => grant_for_other(transport, address),
    };
    let remote = |transport: Transport, address: &Address| match address.internet() {
        // Only what connects at all can connect to port 0, and no rule is for that alone.
        Some(peer) if peer.port() == 0 && matches!(transport, Transport::Tcp | Transport::Sctp) => {
            format!("connect{}={}", protocol(transport), host_for(peer.ip(), names))
        }
        Some(peer) => {
            format!("connect{}={}:{}", protocol(transport), host_for(peer.ip(), names), peer.port())
        }
        None => grant_for_other(transport, address),
    };
    match *operation {
        Operation::Create { transport } if transport.is_internet() => format!("connect:{transport}"),
        Operation::Create { transport } => format!("family={transport}"),
        Operation::Bind { transport, address } => local(transport, address),
        Operation::Listen { transport, asked, .. } => local(transport, asked),
        Operation::Connect { transport, peer } | Operation::Receive { transport, peer, .. } => remote(transport, peer),
        Operation::Accept { peer, .. } => {
            format!("accept={}", peer.internet().map_or_else(|| peer.to_string(), |peer| peer.ip().to_string()))
        }
        Operation::Join { transport, group } => format!("listen:{transport}={}", Bracketed(group)),
        Operation::Lookup { host } if host.contains('*') => String::new(),
        Operation::Lookup { host } => format!("resolve={host}"),
        Operation::ReverseLookup { address } => format!("resolve={address}"),
        Operation::SetOption { level, name } => format!("option={}", option::describe(level, name)),
        Operation::Files => "files".into(),
        Operation::Interfaces => "interfaces".into(),
        Operation::HostName => "hostname".into(),
        Operation::SetHostName => "sethostname".into(),
        Operation::Share => String::new(),
    }
}

/// The host for a rule: the name that led to the address; where that alone would not do, with the address itself.
fn host_for(ip: IpAddr, names: &Names) -> String {
    let (address, found, reach) = (Bracketed(ip), names.of(ip), reach(ip, names));
    let does = |name: &&std::sync::Arc<str>| match reach {
        Reach::Public => true,
        Reach::Private => is_local_name(name),
        Reach::Special => &***name == "localhost" && ip.is_loopback(),
    };
    match (found.iter().find(does), found.first()) {
        (Some(name), _) => name.to_string(),
        (None, Some(name)) if reach == Reach::Private => format!("{name}@{address}"),
        _ => address.to_string(),
    }
}

fn grant_for_other(transport: Transport, address: &Address) -> String {
    match address {
        Address::Unix(path) => match path.as_slice() {
            [] => "unix=@*".into(),
            // As a rule it would be for all names that begin so.
            [0, .., b'*'] => String::new(),
            // What a terminal would obey, or is no text, no rule should have.
            [0, name @ ..] => match std::str::from_utf8(name) {
                Ok(name) if name.chars().all(is_readable) => format!("unix=@{name}"),
                _ => String::new(),
            },
            _ => String::new(),
        },
        _ => format!("family={transport}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_rule_is_told_that_a_terminal_would_obey() {
        let told = |name: &str| {
            let peer = Address::Unix([b"\0", name.as_bytes()].concat());
            grant_for(&Operation::Connect { transport: Transport::Unix, peer: &peer }, &Names::default())
        };
        for name in ["bus", "it's \"b\u{fc}s\" \\ 1", "\u{5d0}\u{5d1}", "\u{1f4a9}"] {
            assert_eq!(told(name), format!("unix=@{name}"));
        }
        // Control codes, and what turns the direction, is not seen, or ends a line.
        for name in
            ["a\u{1b}[2J", "a\nb", "\u{9b}31m", "\u{202e}sub", "\u{2066}b", "a\u{200b}b", "a\u{2028}b", "\u{feff}"]
        {
            assert_eq!(told(name), "", "{name:?}");
        }
    }
}
