//! Scripts drawn at random, of calls that end soon and whose answers are not up to chance.
//!
//! A script first makes sockets of one kind, connected with each other in blocking mode, and then makes calls on them at
//! random. All of them are in one mode: non-blocking, with a short time limit, or blocking with a short limit of the
//! kernel's own, so that nothing waits for ever. What is sent over loopback or a unix socket is there when the call
//! that sends it is done. Left out is what leads elsewhere: to other machines, to timers, to what changes on its own.

pub mod families;

use std::ops::RangeInclusive;

use fastrand::Rng;

use crate::script::Script;

const INTEGERS: &[i32] =
    &[0, 0, 0, 1, 1, 1, 2, 3, -1, 7, 64, 100, 255, 256, 1000, 4096, 65535, 65536, i32::MAX, i32::MIN];
/// All but the first are of something.
const SIZES: &[u32] = &[0, 1, 1, 2, 3, 10, 10, 64, 100, 1000, 1000, 65536, 100_000];
const DATA: &[&str] = &["-", "00", "0102", "0102", "010203", "*10", "*10", "*100", "*100", "*1000", "*5000", "*70000"];
/// MSG_DONTROUTE, MSG_DONTWAIT, MSG_EOR, MSG_CONFIRM, MSG_NOSIGNAL.
const SEND_FLAGS: &[i32] = &[0, 0, 0, 0, 0, 0, 4, 0x40, 0x80, 0x800, 0x4000];
/// MSG_OOB, MSG_PEEK, MSG_DONTWAIT, MSG_WAITALL, MSG_ERRQUEUE, MSG_CMSG_CLOEXEC.
const RECV_FLAGS: &[i32] = &[0, 0, 0, 0, 0, 1, 2, 2, 0x40, 0x42, 0x100, 0x102, 0x140, 0x2000, 0x2040, 0x4000_0000];
const EVENTS: &[i32] = &[1, 2, 4, 5, 7, 0, 0x2000, 0x2007, 0x40, 0x100, 0x3c3];
const SHUTDOWN: &[i32] = &[0, 1, 1, 2, 3, -1];
const ROOM: &[u32] = &[0, 15, 16, 20, 24, 40, 64, 100, 256, 1024];
const CONTROL: &[&str] = &[
    "0:1:10000000",
    "0:2:07000000",
    "0:2:00000000",
    "0:8:000000000000000000000000",
    "0:8:00",
    "41:52:09000000",
    "41:67:20000000",
    "41:50:0000000000000000000000000000000000000000",
    "41:50:00",
    "17:103:0300",
    "1:37:18000000",
    "99:9:0102",
    "1:99:",
];

/// Options that are read: level and names.
const LEVELS: &[(i32, RangeInclusive<i32>)] =
    &[(1, 0..=90), (0, 0..=80), (41, 0..=80), (6, 0..=50), (17, 0..=110), (136, 8..=12)];

/// Options that no guest may read or set.
const NEVER: &[(i32, &[i32])] = &[
    (1, &[26, 28, 50, 51, 52, 60, 76, 77, 78, 79, 80]),
    (0, &[64, 65, 66, 67, 96, 97]),
    (41, &[64, 65, 68, 69]),
    (6, &[35]),
];

/// Options that are set to a number, that stay within their socket and that no timer and no queue has part in.
const OPTIONS: &[(i32, &[i32])] = &[
    (
        1,
        &[
            2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19, 29, 30, 33, 34, 35, 36, 38, 39, 40, 41, 42, 43, 44,
            45, 49, 57, 63, 64, 69, 72, 74, 75, 82, 83, 99,
        ],
    ),
    (0, &[1, 2, 6, 7, 8, 10, 11, 12, 13, 14, 15, 19, 20, 21, 22, 23, 24, 25, 26, 33, 34, 49, 51, 52, 99]),
    (
        41,
        &[
            1, 2, 7, 8, 11, 16, 18, 19, 23, 24, 25, 26, 29, 31, 33, 49, 51, 52, 53, 56, 58, 60, 62, 66, 67, 70, 72, 73,
            74, 77, 78, 99,
        ],
    ),
    (6, &[1, 2, 4, 5, 6, 7, 8, 12, 14, 16, 17, 23, 24, 25, 27, 30, 34, 36, 99]),
    (17, &[1, 101, 102, 103, 104, 99]),
];

/// How sockets of a script are made; `{}` in it is the script's own number. The second part names them; a name of a socket
/// of AF_INET6 ends in 6.
const SITUATIONS: &[(&str, &str)] = &[
    ("a b = socketpair 1 1 0", "a b"),
    ("a b = socketpair 1 2 0", "a b"),
    ("a b = socketpair 1 5 0", "a b"),
    ("l = socket 2 1 0|l bind inet/127.0.0.1/0|l listen 2|a = socket 2 1 0|a connect local/l|b = l accept", "a b"),
    ("l = socket 2 1 0|l bind inet/127.0.0.1/0|l listen 2|a = socket 2 1 0|a connect local/l|b = l accept", "a b l"),
    (
        "l6 = socket 10 1 0|l6 bind inet6/::1/0/0/0|l6 listen 2|a6 = socket 10 1 0|a6 connect local/l6|b6 = l6 accept",
        "a6 b6 l6",
    ),
    (
        "l6 = socket 10 1 0|l6 setsockopt 41 26 0|l6 bind inet/::/0|l6 listen 2|a = socket 2 1 0|a connect inet/127.0.0.1/@l6|b6 = l6 accept",
        "a b6 l6",
    ),
    (
        "l6 = socket 10 1 0|l6 setsockopt 41 26 0|l6 bind inet/::/0|l6 listen 2|a6 = socket 10 1 0|a6 connect inet/::ffff:127.0.0.1/@l6|b6 = l6 accept",
        "a6 b6",
    ),
    ("l = socket 2 1 0|l bind inet/127.0.0.1/0|l listen 0", "l"),
    ("a = socket 2 1 0|b = socket 2 1 0", "a b"),
    ("a6 = socket 10 1 0|b6 = socket 10 1 0", "a6 b6"),
    (
        "a = socket 2 2 0|a bind inet/127.0.0.1/0|b = socket 2 2 0|b bind inet/127.0.0.1/0|a connect local/b|b connect local/a",
        "a b",
    ),
    ("a = socket 2 2 0|a bind inet/127.0.0.1/0|b = socket 2 2 0|b bind inet/127.0.0.1/0", "a b"),
    ("a = socket 2 2 0|b = socket 2 2 0|b bind inet/127.0.0.1/0|a connect local/b", "a b"),
    ("a6 = socket 10 2 0|a6 bind inet/::1/0|b6 = socket 10 2 0|b6 bind inet/::1/0|a6 connect local/b6", "a6 b6"),
    ("a6 = socket 10 2 0|a6 bind inet/::1/0|b6 = socket 10 2 0|b6 bind inet/::1/0", "a6 b6"),
    (
        "a6 = socket 10 2 0|a6 setsockopt 41 26 0|a6 bind inet/::/0|b = socket 2 2 0|b connect inet/127.0.0.1/@a6",
        "a6 b",
    ),
    ("a = socket 2 2 0|b6 = socket 10 2 0", "a b6"),
    ("a = socket 2 2 136|a bind inet/127.0.0.1/0|b = socket 2 2 136|b bind inet/127.0.0.1/0|a connect local/b", "a b"),
    // A port that nobody has any more.
    (
        "c = socket 2 2 0|c bind inet/127.0.0.1/0|a = socket 2 2 0|a setsockopt 0 11 1|a connect local/c|c close|b = socket 2 2 0",
        "a b",
    ),
    ("c = socket 2 1 0|c bind inet/127.0.0.1/0|a = socket 2 1 0|b = socket 2 1 0|b bind local/c", "a b c"),
    ("l = socket 1 1 0|l bind unix/{dir}/l{}|l listen 1|a = socket 1 1 0|a connect local/l|b = l accept", "a b l"),
    ("l = socket 1 1 0|l bind unix/\\x00{tag}{}|l listen 2|a = socket 1 1 0|a connect local/l|b = l accept", "a b l"),
    ("l = socket 1 5 0|l bind unix/{dir}/l{}|l listen 0|a = socket 1 5 0|a connect local/l|b = l accept", "a b l"),
    (
        "l = socket 1 5 0|l bind unix/\\x00{tag}{}|l listen 1|a = socket 1 5 0|a bind unix/{dir}/a{}|a connect local/l|b = l accept",
        "a b",
    ),
    ("a = socket 1 2 0|a bind unix/{dir}/a{}|b = socket 1 2 0|b bind unix/{dir}/b{}", "a b"),
    ("a = socket 1 2 0|a bind unix/\\x00{tag}{}|b = socket 1 2 0|b connect local/a", "a b"),
    ("a = socket 1 2 0|a bind unix/|b = socket 1 2 0", "a b"),
    ("a = socket 1 1 0|b = socket 1 1 0", "a b"),
    ("a = socket 1 5 0|b = socket 1 2 0", "a b"),
];

/// The mode of a script's sockets: what is done to each once it is there.
const MODES: &[&[&str]] = &[
    &["settimeout 0"],
    &["settimeout 0.002"],
    // SO_RCVTIMEO and SO_SNDTIMEO of 2 ms.
    &[
        "settimeout -",
        "setsockopt 1 20 x0000000000000000d007000000000000",
        "setsockopt 1 21 x0000000000000000d007000000000000",
    ],
];

/// The mode that sockets are made in: whatever is left out of a script, nothing waits for ever.
const DEFAULT_MODE: &str = "setdefaulttimeout 1";

/// A script of about so many calls after its sockets are made. The number tells it from the others of a run.
pub fn script(random: &mut Rng, number: usize, calls: usize) -> Script {
    let (setup, names) = random.choice(SITUATIONS).expect("some");
    let mut script = Generator {
        number,
        mode: random.choice(MODES).expect("some"),
        lines: vec![DEFAULT_MODE.into()],
        sockets: Vec::new(),
        made: 0,
        unix: setup.contains("socket 1 ") || setup.contains("socketpair"),
        passes: random.bool(),
        random,
    };
    script.lines.extend(setup.split('|').map(|line| line.replace("{}", &number.to_string())));
    names.split(' ').for_each(|name| script.add(name.into()));
    for _ in 0..calls {
        script.call();
    }
    Script { title: format!("{number}"), lines: script.lines, drawn: true }
}

/// Addresses as text, good and bad, from which others are made.
const TEXTS: &[&str] = &[
    "127.0.0.1",
    "1.2.3.4",
    "127.1",
    "0x7f.0.0.1",
    "017.0.0.01",
    "4294967295",
    "255.255.255.256",
    "::",
    "::1",
    "2001:db8::8:800:200c:417a",
    "1:2:3:4:5:6:7:8",
    "::ffff:1.2.3.4",
    "::1.2.3.4",
    "64:ff9b::192.0.2.1",
    "fe80::1%lo",
    "fe80::1%1",
    "1::2::3",
    "localhost",
];
/// What is put into them.
const LETTERS: &[&str] = &["0", "1", "9", "a", "f", "g", "x", ".", ":", "::", "%", "-", "~", "00", "255", "+"];
/// Services, protocols of services, protocols.
const SERVICES: &[&str] =
    &["-", "''", "0", "80", "65535", "65536", "-1", "+80", "~80", "0x50", "http", "domain", "tftp", "no-such"];
const TRANSPORTS: &[&str] = &["-", "tcp", "udp", "TCP", "sctp", "''"];
const PROTOCOLS: &[&str] = &["ip", "icmp", "tcp", "TCP", "udp", "ipv6", "IPv6", "ipv6-icmp", "sctp", "no-such", "''"];

/// A script of so many calls that ask for names and addresses, of which none goes to a name server.
pub fn names(random: &mut Rng, number: usize, calls: usize) -> Script {
    let lines = (0..calls).map(|_| name_call(random)).collect();
    Script { title: format!("names {number}"), lines, drawn: true }
}

fn name_call(random: &mut Rng) -> String {
    let text = changed(random);
    let family = pick(random, &[0, 2, 2, 10, 10, 1, 99]);
    match random.u32(0..10) {
        0 | 1 => format!("inet_aton {text}"),
        2 | 3 => format!("inet_pton {family} {text}"),
        4 => {
            // Mostly zeros, for these are written in ways of their own.
            let bytes = |count: usize, random: &mut Rng| -> String {
                (0..count).map(|_| if random.bool() { "00".into() } else { format!("{:02x}", random.u8(..)) }).collect()
            };
            let count = pick(random, &[4, 4, 16, 16, 16, 16, 0, 3, 5, 15, 17]);
            match (bytes(count, random).as_str(), random.u8(0..4)) {
                ("", _) => format!("inet_ntop {family} -"),
                (bytes, 0) => format!("inet_ntoa {bytes}"),
                (bytes, _) => format!("inet_ntop {family} {bytes}"),
            }
        }
        5 | 6 => {
            let (service, r#type) = (pick(random, SERVICES), pick(random, &[0, 1, 2, 3, 5, 99]));
            let protocol = pick(random, &[0, 0, 6, 17, 1, 132, 999]);
            // AI_NUMERICHOST, so that no name is looked up; others at random.
            let flags = 4 | pick(random, &[0, 0, 0, 1, 2, 8, 16, 24, 32, 1024, 63, 1 << 20]);
            // CPython itself refuses names of which a part is empty.
            let empty = text.starts_with('.') || text.contains("..");
            let host = if empty || random.u8(0..8) == 0 { "-".to_owned() } else { text };
            format!("getaddrinfo {host} {service} {family} {type} {protocol} {flags}")
        }
        7 => {
            // NI_NUMERICHOST likewise.
            let flags = 1 | pick(random, &[0, 2, 4, 8, 16, 10, 1 << 16]);
            let port = pick(random, &[0, 7, 22, 53, 80, 512, 513, 514, 60000]);
            let host = pick(random, &["127.0.0.1", "::1", "fe80::1", "::ffff:1.2.3.4", "::1.2.3.4", "0.0.0.0"]);
            match host.contains(':') {
                true => format!("getnameinfo inet6/{host}/{port}/{}/{} {flags}", random.u32(0..3), random.u32(0..3)),
                false => format!("getnameinfo inet/{host}/{port} {flags}"),
            }
        }
        8 => match random.bool() {
            true => format!("getservbyport {} {}", random.u16(0..1024), pick(random, TRANSPORTS)),
            false => format!("getservbyname {} {}", pick(random, &SERVICES[1..]), pick(random, TRANSPORTS)),
        },
        _ => format!("getprotobyname {}", pick(random, PROTOCOLS)),
    }
}

/// One of the texts, with as much as two changes.
fn changed(random: &mut Rng) -> String {
    let mut text = pick(random, TEXTS).to_owned();
    for _ in 0..random.u32(0..3) {
        let at = random.usize(..=text.len());
        match random.bool() {
            true => text.insert_str(at, pick(random, LETTERS)),
            false => text.truncate(at),
        }
    }
    if text.is_empty() || text == "-" { "''".into() } else { text }
}

fn pick<T: Copy>(random: &mut Rng, from: &[T]) -> T {
    from[random.usize(..from.len())]
}

struct Generator<'a> {
    random: &'a mut Rng,
    number: usize,
    mode: &'static [&'static str],
    lines: Vec<String>,
    /// Those that are open, as far as is known.
    sockets: Vec<String>,
    made: usize,
    unix: bool,
    /// Whether sockets are passed, or else closed. What a guest closes goes only when all that went over it has arrived.
    passes: bool,
}

impl Generator<'_> {
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        pick(self.random, from)
    }

    fn socket(&mut self) -> String {
        let at = self.random.usize(..self.sockets.len());
        self.sockets[at].clone()
    }

    fn add(&mut self, name: String) {
        self.set_mode(&name);
        self.sockets.push(name);
    }

    fn set_mode(&mut self, name: &str) {
        self.lines.extend(self.mode.iter().map(|line| format!("{name} {line}")));
    }

    /// A call that makes a socket of the same family as another.
    fn make(&mut self, like: &str, call: &str) {
        self.made += 1;
        let name = format!("n{}{}", self.made, if is_inet6(like) { "x6" } else { "x" });
        self.lines.push(format!("{name} = {call}"));
        self.add(name);
    }

    /// A call that makes a socket, if there is one to make; mostly it is let go again.
    fn maybe_make(&mut self, like: &str, call: &str) {
        if self.random.u8(..) < 30 { self.make(like, call) } else { self.lines.push(call.into()) }
    }

    fn flags(&mut self, usual: &[i32]) -> i32 {
        // One that nobody means, now and then. MSG_TRUNC is not among them: CPython hands out what its memory holds.
        let any = 1 << self.random.i32(0..31);
        // Nor is MSG_MORE, which a timer ends, nor MSG_FASTOPEN. In blocking mode urgent data ends what MSG_WAITALL asks for.
        let left_out = if self.mode.len() == 1 { 0x2000_8020 } else { 0x2000_8021 };
        if self.random.u8(..) < 12 && any & left_out == 0 { any } else { self.pick(usual) }
    }

    fn call(&mut self) {
        let on = self.socket();
        let line = match self.random.u32(0..100) {
            0..12 => format!("{on} send {} {}", self.pick(DATA), self.flags(SEND_FLAGS)),
            12..15 => format!("{on} sendall {} {}", self.pick(DATA), self.flags(SEND_FLAGS)),
            15..21 => {
                let address = self.address(&on);
                format!("{on} sendto {} {} {address}", self.pick(DATA), self.flags(SEND_FLAGS))
            }
            21..27 => {
                let (control, address) = (self.control(), self.name_address(&on));
                let address = if self.random.bool() { "-".into() } else { address };
                format!(
                    "{on} sendmsg {}+{} {control} {} {address}",
                    self.pick(DATA),
                    self.pick(DATA),
                    self.flags(SEND_FLAGS)
                )
            }
            27..36 => format!("{on} recv {} {}", self.pick(SIZES), self.flags(RECV_FLAGS)),
            36..40 => format!("{on} recvfrom {} {}", self.pick(&SIZES[1..]), self.flags(RECV_FLAGS)),
            40..43 => format!("{on} recv_into {} {}", self.pick(&SIZES[..10]), self.flags(RECV_FLAGS)),
            43..45 => format!("{on} recvfrom_into {} {}", self.pick(&SIZES[1..10]), self.flags(RECV_FLAGS)),
            45..51 => {
                let (size, room, flags) = (self.pick(&SIZES[1..]), self.pick(ROOM), self.flags(RECV_FLAGS));
                return self.maybe_make(&on, &format!("{on} recvmsg {size} {room} {flags}"));
            }
            51..53 => {
                let sizes = (self.pick(&SIZES[1..10]), self.pick(&SIZES[..10]));
                format!("{on} recvmsg_into {}+{} {} {}", sizes.0, sizes.1, self.pick(ROOM), self.flags(RECV_FLAGS))
            }
            53..56 => format!("{on} shutdown {}", self.pick(SHUTDOWN)),
            56..60 => format!("{on} bind {}", self.address(&on)),
            60..65 => format!("{on} connect {}", self.address(&on)),
            65..67 => format!("{on} connect_ex {}", self.name_address(&on)),
            67..69 => format!("{on} listen {}", self.pick(&[-1, 0, 1, 5])),
            69..73 => return self.maybe_make(&on, &format!("{on} accept")),
            73..75 => format!("{on} getsockname"),
            75..77 => format!("{on} getpeername"),
            77..83 => self.get(&on),
            83..89 => self.set(&on),
            89..94 => {
                let other = self.socket();
                let second = if other == on { String::new() } else { format!(" {other}:{}", self.pick(EVENTS)) };
                format!("poll 0 {on}:{}{second}", self.pick(EVENTS))
            }
            94..96 => return self.make(&on, &format!("{on} dup")),
            96 => return self.detach(&on),
            97 => format!("{on} facts"),
            98 => format!("{on} gettimeout"),
            _ => return self.close(&on),
        };
        self.lines.push(line);
    }

    fn close(&mut self, name: &str) {
        if self.sockets.len() > 1 && !self.passes {
            self.sockets.retain(|other| other != name);
            self.lines.push(format!("{name} close"));
        }
    }

    fn detach(&mut self, name: &str) {
        self.sockets.retain(|other| other != name);
        self.made += 1;
        self.lines.push(format!("d{} = {name} detach", self.made));
        self.make(name, &format!("from_fileno d{}", self.made));
    }

    fn get(&mut self, on: &str) -> String {
        let (level, names) = LEVELS[self.random.usize(..LEVELS.len())].clone();
        let name = self.random.i32(names);
        if NEVER.iter().any(|(never, names)| *never == level && names.contains(&name)) {
            return format!("{on} getblocking");
        }
        match self.random.bool() {
            true => format!("{on} getsockopt {level} {name}"),
            false => format!("{on} getsockopt_bytes {level} {name} {}", self.pick(&[1, 2, 4, 8, 12, 16, 104, 1024])),
        }
    }

    fn set(&mut self, on: &str) -> String {
        let (level, names) = self.pick(OPTIONS);
        let (name, value) = (self.pick(names), self.pick(INTEGERS));
        match self.random.u32(0..12) {
            0 => format!("{on} setsockopt {level} {name} x{:02x}", value as u8),
            1 => format!("{on} setsockopt {level} {name} n{}", self.pick(&[0, 1, 4, 16])),
            2 => format!("{on} setsockopt {level} {name} x"),
            // SO_LINGER, off and on without time.
            3 => format!("{on} setsockopt 1 13 {}", self.pick(&["x0000000000000000", "x0100000000000000", "x01", "1"])),
            _ => format!("{on} setsockopt {level} {name} {value}"),
        }
    }

    fn control(&mut self) -> String {
        // What happens to sockets on their way when their carrier is closed is for the scripts by hand: the kernel tells a
        // peer at once, the host once it has let go of them.
        if self.random.bool() { "-".into() } else { self.pick(CONTROL).into() }
    }

    fn address(&mut self, on: &str) -> String {
        // A socket's association is dissolved by an address without a family.
        if self.random.u8(..) < 16 {
            return format!("{}/00000000000000000000000000000000", self.pick(&["raw", "typed"]));
        }
        self.name_address(on)
    }

    /// An address on this machine for that socket.
    fn name_address(&mut self, on: &str) -> String {
        let (number, socket) = (self.number, self.socket());
        if self.unix {
            return match self.random.u32(0..10) {
                0..4 => format!("local/{socket}"),
                4 => format!("unix/{{dir}}/{}{number}", self.pick(&["l", "a", "b", "new"])),
                5 => format!("unix/\\x00{{tag}}{}{number}", self.pick(&["", "new"])),
                6 => format!("unix/{{dir}}/{}", self.pick(&["file", "none", "file/s", "", "none/s"])),
                7 => "unix/".into(),
                8 => format!("unix/{{dir:{}}}", self.random.usize(105..108)),
                _ => format!("peer/{socket}"),
            };
        }
        let host = if is_inet6(on) {
            self.pick(&["::1", "::1", "::", "::ffff:127.0.0.1", "::ffff:0.0.0.0", "", "127.0.0.1"])
        } else {
            self.pick(&["127.0.0.1", "127.0.0.1", "0.0.0.0", "127.0.0.2", "127.1", "localhost", "", "::1"])
        };
        match self.random.u32(0..10) {
            0..3 if is_inet6(&socket) == is_inet6(on) => format!("local/{socket}"),
            3 if is_inet6(&socket) == is_inet6(on) => format!("peer/{socket}"),
            0..7 => format!("inet/{host}/@{socket}"),
            _ => format!("inet/{host}/0"),
        }
    }
}

fn is_inet6(name: &str) -> bool {
    name.ends_with('6')
}
