//! Rules and operations at random, out of few hosts and ports, so that they meet.

use std::net::{IpAddr, SocketAddr};

use berkeley_constants as c;
use proptest::prelude::*;
use proptest::sample::select;

use crate::policy::Transport;

pub(super) const NAMES: &[&str] = &["db.test", "a.svc.test", "b.svc.test", "svc.test", "localhost"];
const ADDRESSES: &[&str] = &[
    "10.0.0.1",
    "10.1.2.3",
    "192.0.2.7",
    "8.8.8.8",
    "127.0.0.1",
    "0.0.0.0",
    "::1",
    "::",
    "2001:db8::1",
    "2001:db8:1::2",
];
pub(super) const PORTS: &[u16] = &[0, 53, 80, 443, 8080, 65535];
const TRANSPORTS: &[Transport] = &[Transport::Tcp, Transport::Udp, Transport::Sctp, Transport::Raw, Transport::Icmp];
pub(super) const OPTIONS: &[(&str, i32, i32)] =
    &[("SO_MARK", c::SOL_SOCKET, c::SO_MARK), ("SO_KEEPALIVE", c::SOL_SOCKET, c::SO_KEEPALIVE)];
/// Who is in the groups `g` and `h`.
pub(super) const GROUPS: [&[Who]; 2] =
    [&[Who::Net("10.0.0.0", 8), Who::Name("db.test")], &[Who::Below("svc.test"), Who::Localhost]];

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Who {
    Any,
    Localhost,
    Net(&'static str, u8),
    Name(&'static str),
    Below(&'static str),
    Group(usize),
}

/// A rule, as it was drawn.
#[derive(Clone, Debug)]
pub(super) enum Drawn {
    /// connect, listen, udp: by which word, for which protocol.
    To(&'static str, &'static str, Who, Vec<(u16, u16)>),
    Accept(Who),
    Resolve(Who),
    Unix(&'static str),
    Family(&'static str, Transport),
    AnyOption,
    Option(usize),
    Alone(&'static str),
}

impl Who {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Any => "*".into(),
            Self::Localhost => "localhost".into(),
            Self::Net(ip, 32) => (*ip).into(),
            Self::Net(ip, 128) => format!("[{ip}]"),
            Self::Net(ip, length) if ip.contains(':') => format!("[{ip}]/{length}"),
            Self::Net(ip, length) => format!("{ip}/{length}"),
            Self::Name(name) => (*name).into(),
            Self::Below(name) => format!("*.{name}"),
            Self::Group(at) => format!("@{}", ["g", "h"][*at]),
        }
    }
}

impl Drawn {
    pub(super) fn text(&self) -> String {
        match self {
            Self::To(verb, protocol, who, ports) => {
                let colon = if protocol.is_empty() { "" } else { ":" };
                let list: Vec<_> = ports
                    .iter()
                    .map(|(low, high)| if low == high { low.to_string() } else { format!("{low}-{high}") })
                    .collect();
                let target = match (who, list.as_slice()) {
                    (Who::Any, []) => String::new(),
                    (who, []) => format!("={}", who.text()),
                    (who, list) => format!("={}:{}", who.text(), list.join(",")),
                };
                format!("{verb}{colon}{protocol}{target}")
            }
            Self::Accept(who) => format!("accept={}", who.text()),
            Self::Resolve(Who::Any) => "resolve".into(),
            Self::Resolve(who) => format!("resolve={}", who.text()),
            Self::Unix(name) => format!("unix=@{name}"),
            Self::Family(name, _) => format!("family={name}"),
            Self::AnyOption => "option".into(),
            Self::Option(at) => format!("option={}", OPTIONS[*at].0),
            Self::Alone(word) => (*word).into(),
        }
    }
}

/// What is asked, as it was drawn.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    Create(Transport),
    Bind(Transport, SocketAddr),
    Listen(SocketAddr, SocketAddr),
    Accept(SocketAddr),
    Connect(Transport, SocketAddr),
    Receive(Option<SocketAddr>, SocketAddr),
    Join(IpAddr),
    Lookup(&'static str),
    Reverse(IpAddr),
    Unix(&'static str),
    Option(usize),
    Files,
    HostName,
}

fn who(groups: bool) -> impl Strategy<Value = Who> {
    let mut all = vec![
        Who::Any,
        Who::Localhost,
        Who::Net("10.0.0.0", 8),
        Who::Net("10.0.0.1", 32),
        Who::Net("192.0.2.0", 24),
        Who::Net("0.0.0.0", 0),
        Who::Net("0.0.0.0", 32),
        Who::Net("::", 128),
        Who::Net("::", 0),
        Who::Net("2001:db8::", 48),
        Who::Net("::1", 128),
        Who::Name("db.test"),
        Who::Name("svc.test"),
        Who::Below("svc.test"),
    ];
    if groups {
        all.extend([Who::Group(0), Who::Group(1)]);
    }
    select(all)
}

fn ports() -> impl Strategy<Value = Vec<(u16, u16)>> {
    let range = (select(PORTS), select(PORTS)).prop_map(|(one, other)| (one.min(other), one.max(other)));
    prop_oneof![Just(Vec::new()), proptest::collection::vec(range, 1..3)]
        .prop_filter("all ports are written by none", |ports| !ports.contains(&(0, 65535)))
}

pub(super) fn rule() -> impl Strategy<Value = Drawn> {
    let families = [("raw", Transport::Raw), ("icmp", Transport::Icmp), ("netlink", Transport::Family(c::AF_NETLINK))];
    prop_oneof![
        6 => (select(vec!["connect", "listen"]), select(vec!["", "udp", "sctp", "*"]), who(true), ports())
            .prop_filter("nobody can be connected to at port 0", |(verb, protocol, _, ports)| {
                let connects = *verb == "connect" && matches!(*protocol, "" | "sctp");
                !connects || ports.is_empty() || ports.iter().any(|(_, high)| *high != 0)
            })
            .prop_map(|(verb, protocol, who, ports)| Drawn::To(verb, protocol, who, ports)),
        2 => (who(true), ports()).prop_map(|(who, ports)| Drawn::To("udp", "", who, ports)),
        1 => who(true).prop_map(Drawn::Accept),
        2 => who(true).prop_map(Drawn::Resolve),
        1 => select(vec!["bus", "b*", "*"]).prop_map(Drawn::Unix),
        1 => select(families.to_vec()).prop_map(|(name, transport)| Drawn::Family(name, transport)),
        1 => Just(Drawn::AnyOption),
        1 => (0..OPTIONS.len()).prop_map(Drawn::Option),
        1 => select(vec!["files", "hostname"]).prop_map(Drawn::Alone),
    ]
}

pub(super) fn ip() -> impl Strategy<Value = IpAddr> {
    select(ADDRESSES).prop_map(|text| text.parse().expect("an address"))
}

pub(super) fn at() -> impl Strategy<Value = SocketAddr> {
    (ip(), select(PORTS)).prop_map(SocketAddr::from)
}

pub(super) fn asked() -> impl Strategy<Value = Asked> {
    let transport = || select(TRANSPORTS);
    prop_oneof![
        1 => transport().prop_map(Asked::Create),
        2 => (transport(), at()).prop_map(|(transport, at)| Asked::Bind(transport, at)),
        2 => (at(), at()).prop_map(|(asked, actual)| Asked::Listen(asked, actual)),
        2 => at().prop_map(|at| Asked::Listen(SocketAddr::new(at.ip(), 0), at)),
        1 => at().prop_map(Asked::Accept),
        4 => (transport(), at()).prop_map(|(transport, peer)| Asked::Connect(transport, peer)),
        2 => (proptest::option::of(at()), at()).prop_map(|(asked, peer)| Asked::Receive(asked, peer)),
        1 => ip().prop_map(Asked::Join),
        2 => select(NAMES).prop_map(Asked::Lookup),
        1 => ip().prop_map(Asked::Reverse),
        1 => select(vec!["bus", "b", "", "other"]).prop_map(Asked::Unix),
        1 => (0..OPTIONS.len()).prop_map(Asked::Option),
        1 => Just(Asked::Files),
        1 => Just(Asked::HostName),
    ]
}
