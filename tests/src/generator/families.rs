//! Scripts of the families that few kernels have: their addresses and their options, on sockets that mostly are alone.
//!
//! What takes a while on its way is left out: such traffic is in `tests/tests/traffic.rs`.

use berkeley_constants as c;
use berkeley_constants::option::{self, Access};
use fastrand::Rng;

use super::{DATA, DEFAULT_MODE, INTEGERS, pick};
use crate::script::Script;

/// Sockets of one kind, and what is drawn for them.
struct Kind {
    /// A family, a type, a protocol.
    socket: (i32, i32, i32),
    /// Good addresses and bad ones, which lead nowhere but to this machine.
    addresses: &'static [&'static str],
    /// The levels of the options, with their highest numbers.
    levels: &'static [(i32, i32)],
    /// Whether what is sent is there at once, or nowhere.
    sends: bool,
}

const CAN: &[&str] = &["can/vcan0", "can/vcan0", "can/vcan1", "can/", "can/lo", "can/none"];
const TIPC: &[&str] = &[
    "tipc/1/17408/1/5/3",
    "tipc/1/17408/4/9/3",
    "tipc/1/17408/4/9/-3",
    "tipc/1/17408/9/4/3",
    "tipc/1/17409/0/4294967295/2",
    "tipc/1/1/1/1/3",
    "tipc/1/63/1/1/3",
    "tipc/1/17408/3/3/0",
    "tipc/1/17408/3/3/-1",
    "tipc/2/17408/2/0/3",
    "tipc/2/17408/7/0/3",
    "tipc/2/17408/99/0/2",
    "tipc/2/4294967295/4294967295/4294967295/3",
    "tipc/3/0/0/0/0",
    "tipc/3/4294967295/1/0/0",
    "tipc/0/0/0/0/0",
    "tipc/4/1/2/3/1",
    "tipc/255/0/0/0/127",
];
// Ports that the kernel chooses for them may be any.
const RDS: &[&str] =
    &["inet/127.0.0.1/18701", "inet/127.0.0.1/18702", "inet/0.0.0.0/18701", "inet/0.0.0.0/99", "inet/127.0.0.2/18701"];
const INET: &[&str] =
    &["inet/127.0.0.1/0", "inet/0.0.0.0/0", "inet/127.0.0.1/9", "inet/127.0.0.2/0", "inet/127.0.0.1/@b"];
const BLUETOOTH: (i32, i32) = (c::SOL_BLUETOOTH, 21);

const KINDS: &[Kind] = &[
    Kind { socket: (29, 3, 1), addresses: CAN, levels: &[(c::SOL_CAN_RAW, 9)], sends: true },
    Kind { socket: (29, 2, 2), addresses: CAN, levels: &[(c::SOL_CAN_BASE + 2, 4)], sends: false },
    Kind {
        socket: (29, 2, 6),
        addresses: &[
            "isotp/vcan0/291/1110",
            "isotp/vcan0/1110/291",
            "isotp/vcan0/2147483649/2147483650",
            "isotp/vcan0/0/0",
            "isotp/vcan0/4294967295/4294967295",
            "isotp/vcan0/2048/1",
            "isotp/vcan0/7/7",
            "isotp//1/2",
            "isotp/lo/1/2",
            "isotp/none/1/2",
        ],
        levels: &[(c::SOL_CAN_ISOTP, 6)],
        sends: false,
    },
    Kind {
        socket: (29, 2, 7),
        addresses: &[
            "j1939/vcan0/0/262144/32",
            "j1939/vcan0/0/262144/33",
            "j1939/vcan0/0/74496/32",
            "j1939/vcan0/0/262144/255",
            "j1939/vcan0/0/262144/254",
            "j1939/vcan0/18446744073709551615/262144/128",
            "j1939/vcan0/1/262143/0",
            "j1939/vcan0/0/262145/1",
            "j1939/vcan0/0/4294967295/1",
            "j1939/vcan1/0/262144/32",
            "j1939//0/262144/32",
            "j1939/lo/0/262144/32",
            "j1939/none/0/0/0",
        ],
        levels: &[(c::SOL_CAN_J1939, 5)],
        sends: false,
    },
    Kind { socket: (40, 1, 0), addresses: VSOCK, levels: &[(c::AF_VSOCK, 9)], sends: false },
    Kind { socket: (40, 5, 0), addresses: VSOCK, levels: &[(c::AF_VSOCK, 9)], sends: false },
    Kind { socket: (30, 4, 0), addresses: TIPC, levels: &[(c::SOL_TIPC, 139)], sends: true },
    Kind { socket: (30, 2, 0), addresses: TIPC, levels: &[(c::SOL_TIPC, 139)], sends: true },
    Kind { socket: (30, 1, 0), addresses: TIPC, levels: &[(c::SOL_TIPC, 139)], sends: false },
    Kind { socket: (30, 5, 0), addresses: TIPC, levels: &[(c::SOL_TIPC, 139)], sends: false },
    Kind {
        socket: (38, 5, 0),
        addresses: &[
            "alg/hash/sha256/0/0",
            "alg/hash/hmac(sha1)/0/0",
            "alg/skcipher/cbc(aes)/0/0",
            "alg/aead/gcm(aes)/0/0",
            "alg/rng/stdrng/0/0",
            "alg/hash/no-such/0/0",
            "alg/no-such/sha256/0/0",
            "alg/hash/cbc(aes)/0/0",
            "alg//sha256/0/0",
            "alg/hash//0/0",
            "alg/hash/sha256/1/0",
            "alg/hash/sha256/0/8",
            "alg/hash/sha256/15/15",
            "alg/hash/sha256/4294967295/4294967295",
            "alg/thirteenbytes/sha256/0/0",
            "alg/hash/of-sixty-three-bytes-that-are-as-many-as-there-is-any-room-for/0/0",
        ],
        levels: &[(c::SOL_ALG, 8)],
        sends: false,
    },
    Kind {
        socket: (42, 2, 0),
        addresses: &[
            "qipcrtr/1/0",
            "qipcrtr/1/99",
            "qipcrtr/1/20000",
            "qipcrtr/2/1",
            "qipcrtr/1/4294967294",
            "local/b",
        ],
        levels: &[],
        sends: true,
    },
    Kind { socket: (21, 5, 0), addresses: RDS, levels: &[(c::SOL_RDS, 12)], sends: false },
    Kind { socket: (2, 1, 132), addresses: INET, levels: SCTP, sends: false },
    Kind { socket: (2, 5, 132), addresses: INET, levels: SCTP, sends: false },
    Kind {
        socket: (31, 5, 0),
        addresses: &[
            "l2cap/00:00:00:00:00:00/4097/0/0",
            "l2cap/00:00:00:00:00:00/0/0/0",
            "l2cap/00:00:00:00:00:00/2/0/0",
            "l2cap/00:00:00:00:00:00/1/0/0",
            "l2cap/00:00:00:00:00:00/0/4/1",
            "l2cap/00:00:00:00:00:00/0/64/2",
            "l2cap/00:00:00:00:00:00/128/0/1",
            "l2cap/00:00:00:00:00:00/300/0/1",
            "l2cap/00:00:00:00:00:00/0/0/3",
            "l2cap/01:02:03:04:05:FF/4097/0/0",
        ],
        levels: &[BLUETOOTH, (c::SOL_L2CAP, 4)],
        sends: false,
    },
    Kind {
        socket: (31, 1, 3),
        addresses: &[
            "rfcomm/00:00:00:00:00:00/3",
            "rfcomm/00:00:00:00:00:00/0",
            "rfcomm/00:00:00:00:00:00/30",
            "rfcomm/00:00:00:00:00:00/31",
            "rfcomm/00:00:00:00:00:00/255",
            "rfcomm/01:02:03:04:05:FF/1",
        ],
        levels: &[BLUETOOTH, (c::SOL_RFCOMM, 4)],
        sends: false,
    },
    Kind {
        socket: (31, 5, 2),
        addresses: &["sco/00:00:00:00:00:00", "sco/01:02:03:04:05:FF"],
        levels: &[BLUETOOTH, (c::SOL_SCO, 3)],
        sends: false,
    },
    Kind {
        socket: (31, 3, 1),
        addresses: &["hci/65535/0", "hci/65535/3", "hci/65535/2", "hci/65535/1", "hci/77/0", "hci/77/1", "hci/0/99"],
        levels: &[BLUETOOTH, (c::SOL_HCI, 4)],
        sends: false,
    },
    // NETLINK_USERSOCK, where nobody does what a message says.
    Kind {
        socket: (16, 3, 2),
        addresses: &[
            "netlink/0/0",
            "netlink/0/1",
            "netlink/4000000001/0",
            "netlink/4000000002/6",
            "local/b",
            "netlink/0/4294967295",
        ],
        levels: &[(c::SOL_NETLINK, 13)],
        sends: true,
    },
    Kind {
        socket: (17, 3, 0),
        addresses: &[
            "packet/lo/34997/0/0/",
            "packet/lo/34997/0/0/000000000000",
            "packet/lo/34998/4/772/0102030405060708",
            "packet/lo/0/0/0/",
            "packet/vcan0/12/0/0/",
            "packet/none/3/0/0/",
        ],
        levels: &[(c::SOL_PACKET, 24)],
        sends: false,
    },
];
const VSOCK: &[&str] = &[
    "vsock/4294967295/4294967295",
    "vsock/4294967295/70000",
    "vsock/1/4294967295",
    "vsock/1/70001",
    "vsock/1/99",
    "vsock/7/70000",
    "vsock/4294967295/0",
];
const SCTP: &[(i32, i32)] = &[(c::IPPROTO_SCTP, 135)];

/// Frames of CAN, good and bad, and other bytes.
const FRAMES: &[&str] = &[
    "23010000080000000102030405060708",
    "24010080000000000000000000000000",
    "23010000090000000102030405060708",
    "*16",
    "*72",
    "*15",
];

/// Values of options as bytes, such as filters, keys, structures of times.
const BYTES: &[&str] =
    &["x00", "x00000000", "x0000000000000000", "x23010000ff070000", "x*12", "x*16", "x*32", "x*64", "x"];

/// A script of about so many calls on two sockets of a kind, which the number tells.
pub fn script(random: &mut Rng, number: usize, calls: usize) -> Script {
    let kind = &KINDS[number % KINDS.len()];
    let (family, r#type, protocol) = kind.socket;
    let mut lines = vec![DEFAULT_MODE.to_owned()];
    for name in ["a", "b"] {
        lines.push(format!("{name} = socket {family} {type} {protocol}"));
        lines.push(format!("{name} settimeout 0"));
    }
    // Else most is refused, for there is no name yet.
    if random.bool() {
        lines.push(format!("b bind {}", kind.addresses[0]));
    }
    lines.extend((0..calls).map(|_| call(random, kind)));
    Script { title: format!("{number}, of {family} {type} {protocol}"), lines, drawn: true }
}

fn call(random: &mut Rng, kind: &Kind) -> String {
    let on = pick(random, &["a", "a", "b"]);
    let address = pick(random, kind.addresses);
    match random.u32(0..100) {
        0..15 => format!("{on} bind {address}"),
        15..26 => format!("{on} connect {address}"),
        26..34 => format!("{on} getsockname"),
        34..38 => format!("{on} getpeername"),
        38..41 => format!("{on} listen {}", pick(random, &[-1, 0, 1, 5])),
        // Many a CPython knows no addresses of Bluetooth.
        41..43 if kind.socket.0 != c::AF_BLUETOOTH => format!("{on} accept"),
        43..45 => format!("{on} shutdown {}", pick(random, &[0, 1, 2, 3, -1])),
        45..47 => format!("{on} facts"),
        47..57 if kind.sends => format!("{on} sendto {} 0 {address}", data(random, kind)),
        57..62 if kind.sends => format!("{on} send {} {}", data(random, kind), pick(random, &[0, 0, 0x40, 0x4000])),
        62..72 if kind.sends => {
            format!("{on} recvmsg {} 256 {}", pick(random, &[1, 16, 72, 5000]), pick(random, &[0, 2]))
        }
        72..76 => format!("poll 0 {on}:{}", pick(random, &[1, 4, 5, 0])),
        _ => set_or_get(random, kind, on),
    }
}

fn data(random: &mut Rng, kind: &Kind) -> &'static str {
    let frames = kind.socket.0 == c::AF_CAN && random.u8(0..4) > 0;
    pick(random, if frames { FRAMES } else { DATA })
}

fn set_or_get(random: &mut Rng, kind: &Kind, on: &str) -> String {
    let Some(&(level, highest)) = random.choice(kind.levels) else { return format!("{on} getsockname") };
    let name = random.i32(0..=highest);
    let known = option::find(kind.socket.0, level, name);
    if known.is_none_or(|option| option.access == Access::Never) {
        return format!("{on} gettimeout");
    }
    match random.u32(0..6) {
        0 => format!("{on} getsockopt {level} {name}"),
        // CPython has no bytes of AF_VSOCK, and those that SCTP and AF_PACKET read first are whatever its memory holds. Among
        // those of Bluetooth are some that the kernel does not fill.
        1..=3 if [c::AF_VSOCK, c::IPPROTO_SCTP, c::SOL_PACKET].contains(&level) || kind.socket.0 == c::AF_BLUETOOTH => {
            format!("{on} getsockopt {level} {name}")
        }
        // NETLINK_LIST_MEMBERSHIPS tells of four bytes whatever it was given, and CPython gives as many of its memory.
        1 | 2 if (level, name) == (c::SOL_NETLINK, 9) => format!("{on} getsockopt {level} {name}"),
        1 | 2 => format!("{on} getsockopt_bytes {level} {name} {}", pick(random, &[1, 4, 4, 8, 12, 64, 1024])),
        3 => format!("{on} setsockopt {level} {name} {}", pick(random, BYTES)),
        // A flag of CAN_J1939 that is set to less than zero is the kernel's own answer, which is no error's number. Options
        // of AF_VSOCK have eight bytes, of which a guest's number has four.
        _ if [c::SOL_CAN_J1939, c::AF_VSOCK].contains(&level) => {
            format!("{on} setsockopt {level} {name} {}", pick(random, &INTEGERS[..8]))
        }
        _ => format!("{on} setsockopt {level} {name} {}", pick(random, INTEGERS)),
    }
}
