//! Names: what a guest is told is what Python's `socket` is told on the same machine.

use std::process::Command;

use berkeley_tests::{Guest, WAITING, guest, python, run, text};

/// A function and its arguments; `-` is none, `''` is an empty one, `~` is a space. No name here goes to a name server.
const QUESTIONS: &[&str] = &[
    // Host, service, family, type, protocol, flags.
    "getaddrinfo 127.0.0.1 80 0 0 0 0",
    "getaddrinfo 127.0.0.1 http 0 0 0 0",
    "getaddrinfo 127.0.0.1 http 0 1 0 0",
    "getaddrinfo 127.0.0.1 domain 0 2 0 0",
    "getaddrinfo 127.0.0.1 domain 0 0 17 0",
    "getaddrinfo 127.0.0.1 - 2 1 6 0",
    "getaddrinfo 127.0.0.1 - 0 3 0 0",
    "getaddrinfo ::1 80 0 1 0 0",
    "getaddrinfo ::1 80 10 0 0 0",
    "getaddrinfo localhost 80 2 1 0 0",
    "getaddrinfo localhost 80 10 1 0 0",
    "getaddrinfo localhost 80 0 1 0 0",
    "getaddrinfo LOCALHOST http 2 0 0 0",
    "getaddrinfo - 80 0 1 0 0",
    "getaddrinfo - 80 2 1 0 0",
    "getaddrinfo - 80 0 1 0 1",
    "getaddrinfo - http 10 2 0 1",
    // AI_CANONNAME, AI_NUMERICHOST, AI_NUMERICSERV.
    "getaddrinfo localhost 80 2 1 0 2",
    "getaddrinfo 127.0.0.1 80 0 1 0 2",
    "getaddrinfo 127.0.0.1 80 0 1 0 6",
    "getaddrinfo 127.0.0.1 80 0 1 0 4",
    "getaddrinfo 127.0.0.1 80 0 1 0 1028",
    "getaddrinfo localhost 80 0 1 0 4",
    "getaddrinfo 127.0.0.1 http 0 1 0 1024",
    // AI_V4MAPPED, AI_ALL, AI_ADDRCONFIG.
    "getaddrinfo 127.0.0.1 80 10 1 0 8",
    "getaddrinfo 127.0.0.1 80 10 1 0 24",
    "getaddrinfo localhost 80 10 1 0 24",
    "getaddrinfo localhost 80 0 1 0 32",
    "getaddrinfo 127.0.0.1 80 0 1 0 63",
    // Scopes, and the other ways to write an address.
    "getaddrinfo fe80::1%lo 80 0 1 0 0",
    "getaddrinfo fe80::1%1 80 0 1 0 4",
    "getaddrinfo fe80::1%no-such-if 80 0 1 0 4",
    "getaddrinfo ::ffff:127.0.0.1 80 0 1 0 0",
    "getaddrinfo 127.1 80 0 1 0 0",
    "getaddrinfo 0x7f000001 80 0 1 0 0",
    "getaddrinfo 017.0.0.1 80 0 1 0 0",
    "getaddrinfo 127.0.0.256 80 0 1 0 4",
    // What is wrong with each of them.
    "getaddrinfo - - 0 0 0 0",
    "getaddrinfo '' 80 0 1 0 0",
    "getaddrinfo '' - 0 1 0 0",
    "getaddrinfo ::1 80 2 1 0 0",
    "getaddrinfo 127.0.0.1 80 10 1 0 0",
    "getaddrinfo 127.0.0.1 80 1 0 0 0",
    "getaddrinfo 127.0.0.1 80 999 0 0 0",
    "getaddrinfo localhost 80 999 0 0 0",
    "getaddrinfo 127.0.0.1 80 -1 0 0 0",
    "getaddrinfo 127.0.0.1 80 0 99 0 0",
    "getaddrinfo localhost 80 0 99 0 0",
    "getaddrinfo 127.0.0.1 80 0 -1 0 0",
    "getaddrinfo 127.0.0.1 80 0 1 17 0",
    "getaddrinfo 127.0.0.1 80 0 0 999 0",
    "getaddrinfo 127.0.0.1 no-such-service 0 1 0 0",
    "getaddrinfo localhost no-such-service 0 1 0 0",
    "getaddrinfo 127.0.0.1 http 0 3 0 0",
    "getaddrinfo 127.0.0.1 '' 0 1 0 0",
    "getaddrinfo 127.0.0.1 65535 0 1 0 0",
    "getaddrinfo 127.0.0.1 65536 0 1 0 0",
    "getaddrinfo 127.0.0.1 -1 0 1 0 0",
    "getaddrinfo 127.0.0.1 80x 0 1 0 0",
    "getaddrinfo 127.0.0.1 80 0 0 0 268435456",
    "getaddrinfo localhost 80 0 0 0 268435456",
    "getaddrinfo - 80 0 0 0 2",
    // Address, port, flags, scope.
    "getnameinfo 127.0.0.1 80 3 0",
    "getnameinfo 127.0.0.1 80 1 0",
    "getnameinfo 127.0.0.1 80 2 0",
    "getnameinfo 127.0.0.1 80 0 0",
    "getnameinfo 127.0.0.1 80 4 0",
    "getnameinfo 127.0.0.1 80 8 0",
    "getnameinfo 127.0.0.1 512 1 0",
    "getnameinfo 127.0.0.1 512 17 0",
    "getnameinfo 127.0.0.1 1 1 0",
    "getnameinfo 127.0.0.1 0 1 0",
    "getnameinfo 127.0.0.1 65000 1 0",
    "getnameinfo 127.0.0.1 80 9 0",
    "getnameinfo 127.0.0.1 80 65536 0",
    "getnameinfo ::1 80 3 0",
    "getnameinfo fe80::1 80 3 1",
    "getnameinfo fe80::1 80 3 77777",
    "getnameinfo ::ffff:127.0.0.1 80 3 0",
    "getnameinfo localhost 80 3 0",
    "getnameinfo '' 80 3 0",
    "getnameinfo <broadcast> 80 3 0",
    "getnameinfo 127.1 80 3 0",
    "getnameinfo 127.0.0.256 80 3 0",
    "getnameinfo ::1 80 3 0 1048575",
    "getnameinfo ::1 80 3 0 1048576",
    "getfqdn localhost",
    "getfqdn 127.0.0.1",
    "getfqdn ~localhost~",
    "getfqdn ''",
    "getfqdn 0.0.0.0",
    "getfqdn ::",
    "gethostname",
    "if_nameindex",
    "if_nametoindex lo",
    "if_nametoindex no-such-if",
    "if_nametoindex ''",
    "if_nametoindex longer-than-any-interface-name-is",
    "if_indextoname 1",
    "if_indextoname 0",
    "if_indextoname 4294967295",
    "gethostbyname localhost",
    "gethostbyname 127.0.0.1",
    "gethostbyname 127.1",
    "gethostbyname ''",
    "gethostbyname <broadcast>",
    "gethostbyname 255.255.255.255",
    "gethostbyname ::1",
    "gethostbyname 0.0.0.0",
    "gethostbyname ::",
    "gethostbyname_ex localhost",
    "gethostbyname_ex 127.0.0.1",
    "gethostbyname_ex ::1",
    "gethostbyname_ex 127.1",
    "gethostbyname_ex ::",
    "gethostbyname_ex 0.0.0.0",
    "gethostbyaddr ''",
    "gethostbyaddr 127.0.0.1",
    "gethostbyaddr localhost",
    "getservbyname http -",
    "getservbyname http tcp",
    "getservbyname domain udp",
    "getservbyname HTTP tcp",
    "getservbyname http no-such-protocol",
    "getservbyname no-such-service -",
    "getservbyname '' -",
    "getservbyport 80 -",
    "getservbyport 53 udp",
    "getservbyport 514 tcp",
    "getservbyport 514 udp",
    "getservbyport 80 no-such-protocol",
    "getservbyport 1 udp",
    "getservbyport 0 -",
    "getprotobyname tcp",
    "getprotobyname TCP",
    "getprotobyname udp",
    "getprotobyname ipv6-icmp",
    "getprotobyname no-such-protocol",
    "getprotobyname ''",
    "inet_aton 127.0.0.1",
    "inet_aton 127.1",
    "inet_aton 127.65535",
    "inet_aton 127.65536.1",
    "inet_aton 2130706433",
    "inet_aton 0x7F.1",
    "inet_aton 017.1",
    "inet_aton 08.1",
    "inet_aton 0x",
    "inet_aton 1.2.3.4.5",
    "inet_aton 1.2.3.",
    "inet_aton .1",
    "inet_aton 4294967296",
    "inet_aton ''",
    "inet_aton -1",
    "inet_aton +1",
    "inet_aton localhost",
    "inet_aton 127.0.0.1~behind",
    "inet_aton 127.0.0.1~",
    "inet_aton ~127.0.0.1",
    "inet_aton 127.0.0.1x",
    "inet_aton 1.2~.3",
    "inet_aton 0~x",
    "inet_aton 0x~1",
    "inet_aton 0x1ffffffff",
    "inet_aton 99999999999999999999",
    "inet_ntoa 7f000001",
    "inet_ntoa 7f0000",
    "inet_ntoa ''",
    "inet_pton 2 127.0.0.1",
    "inet_pton 2 127.1",
    "inet_pton 2 127.0.0.01",
    "inet_pton 2 ::1",
    "inet_pton 10 ::1",
    "inet_pton 10 2001:DB8::1",
    "inet_pton 10 ::ffff:1.2.3.4",
    "inet_pton 10 1:2:3:4:5:6:7:8",
    "inet_pton 10 1:2:3:4:5:6:7",
    "inet_pton 10 fe80::1%lo",
    "inet_pton 10 ''",
    "inet_pton 99 127.0.0.1",
    "inet_ntop 2 7f000001",
    "inet_ntop 2 7f0000",
    "inet_ntop 10 00000000000000000000000000000001",
    "inet_ntop 10 20010db8000000000000000000000001",
    "inet_ntop 10 20010db8000000010000000000000001",
    "inet_ntop 10 00000000000000000000ffff01020304",
    "inet_ntop 10 00000000000000000000000001020304",
    "inet_ntop 10 00010000000200030004000500060007",
    "inet_ntop 10 00",
    "inet_ntop 99 7f000001",
];

/// The same as the guest does.
const NATIVE: &str = "
import errno, socket, sys
def joined(items): return ', '.join(map(str, items))
def host(entry): return f'{entry[0]} [{joined(entry[1])}] [{joined(entry[2])}]'
def optional(word): return None if word == '-' else word
def info(entry):
    family, kind, protocol, name, address = entry
    return f'{int(family)} {int(kind)} {protocol} [{name}] ' + ' '.join(map(str, address))
def ask(function, *words):
    call = getattr(socket, function)
    if function == 'getaddrinfo':
        return joined(map(info, call(*map(optional, words[:2]), *map(int, words[2:]))))
    if function == 'getnameinfo':
        address = words[0], int(words[1])
        if ':' in words[0]: address += int(words[4]) if len(words) > 4 else 0, int(words[3])
        return ' '.join(call(address, int(words[2])))
    if function in ('gethostbyname_ex', 'gethostbyaddr'): return host(call(*words))
    if function in ('getservbyname', 'getservbyport'):
        first = int(words[0]) if function == 'getservbyport' else words[0]
        return call(first, *[word for word in words[1:] if word != '-'])
    if function == 'if_nameindex': return joined(f'{index} {name}' for index, name in call())
    if function == 'if_indextoname': return call(int(words[0]))
    if function == 'inet_aton': return call(*words).hex()
    if function == 'inet_ntoa': return call(bytes.fromhex(words[0]))
    if function == 'inet_pton': return call(int(words[0]), words[1]).hex()
    if function == 'inet_ntop': return call(int(words[0]), bytes.fromhex(words[1]))
    return call(*words)
def told(function, error):
    # Since CPython 3.14 it tells the number.
    if function == 'if_nametoindex': return f'OSError {errno.ENODEV}'
    if not isinstance(error, OSError) or error.errno is None: return f'invalid: {error}'
    if isinstance(error, (socket.gaierror, socket.herror)):
        return f'{type(error).__name__} {error.errno} {error.strerror}'
    return f'OSError {error.errno}'
for line in sys.argv[1].splitlines():
    words = line.split('\\t')
    try: answer = ask(*words)
    # A text may end with the family's number, which the guest's does not.
    except (OSError, ValueError, OverflowError) as error: answer = told(words[0], error).removesuffix(' 99')
    print(f'{line}: {answer}')
";

/// The questions as the programs read them.
fn questions() -> String {
    let line = |question: &&str| question.replace("''", "").replace(' ', "\t").replace('~', " ") + "\n";
    QUESTIONS.iter().map(line).collect()
}

#[test]
fn a_guest_is_told_what_python_is_told() {
    let native = run(python(NATIVE).arg(questions()));
    let guest = guest("names").allow("resolve").allow("interfaces").allow("hostname");
    let guest = guest.arg("answers").stdin(questions()).succeeds();
    let differences: Vec<_> = guest.lines().zip(native.lines()).filter(|(ours, theirs)| ours != theirs).collect();
    assert!(differences.is_empty(), "{differences:#?}");
    assert_eq!(guest.lines().count(), QUESTIONS.len());
}

/// The command in a namespace of its own, in which it may name the host.
fn inside(command: &Command) -> Command {
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-root-user", "--uts"]).arg(command.get_program()).args(command.get_args());
    unshare
}

#[test]
fn a_guest_names_the_host() {
    let named = |guest: Guest| guest.allow("hostname").arg("named").arg("berkeley-test");
    for waiting in WAITING {
        let guest = named(guest("names").allow("sethostname"));
        assert_eq!(run(&mut inside(&guest.command(waiting))), "berkeley-test\n");
        let refused = inside(&named(berkeley_tests::guest("names")).command(waiting)).output().expect("it starts");
        let stderr = text(&refused.stderr);
        assert!(!refused.status.success() && stderr.contains("--allow sethostname would allow it"), "{stderr}");
    }
}

#[test]
fn only_a_look_up_needs_a_grant() {
    guest("names").arg("denied").succeeds();
}
