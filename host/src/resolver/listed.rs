//! Names that `/etc/hosts` lists: the C library answers for these from that file alone, without asking anybody.
//!
//! A look-up of one needs no thread to block in, which costs several times what the look-up does.

use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use berkeley_constants as c;

use super::ask::Query;

/// The list; none where the C library is not known to go by it.
const HOSTS: Option<&str> = if cfg!(target_os = "linux") { Some("/etc/hosts") } else { None };

/// Which services are asked for hosts, and in which order, by GNU's C library: nsswitch.conf(5). Others read the list first.
const SERVICES: Option<&str> = if cfg!(target_env = "gnu") { Some("/etc/nsswitch.conf") } else { None };

/// Bytes of the longest list that is worth it. The C library reads through the whole of it for each look-up.
const LONGEST: u64 = 32 << 10;

/// Flags under which a name that is listed is looked up in the list alone. AI_ADDRCONFIG is not among them: whoever it leaves
/// without the family that is listed is answered by others.
const PLAIN: i32 = c::AI_PASSIVE | c::AI_NUMERICSERV;

/// Whether the list answers, as it stands now.
pub(super) fn answers(query: &Query) -> bool {
    let Some(host) = query.host.as_deref() else { return false };
    query.flags & !PLAIN == 0 && has(host, query.family)
}

/// Whether the list has the name with an address of the family; 0 is any.
pub(super) fn has(host: &[u8], family: i32) -> bool {
    current().is_some_and(|listed| listed.has(host, family))
}

/// What tells that a file is still the one that was read.
type Version = (SystemTime, u64);

/// The versions of the list, and of the order of services.
type Versions = (Version, Option<Version>);

/// The list as it was read last; none where another service comes before it, or it is too long.
static READ: Mutex<Option<(Versions, Option<Arc<Listed>>)>> = Mutex::new(None);

fn current() -> Option<Arc<Listed>> {
    let version = |path| {
        let file = fs::metadata(path).ok()?;
        Some((file.modified().ok()?, file.len()))
    };
    let services = match SERVICES {
        Some(path) => Some(version(path)?),
        None => None,
    };
    let versions = (version(HOSTS?)?, services);
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    match &*read {
        Some((last, listed)) if *last == versions => listed.clone(),
        _ => {
            let listed = Listed::read().map(Arc::new);
            *read = Some((versions, listed.clone()));
            listed
        }
    }
}

/// Whether a name has an IPv4 address, and whether it has an IPv6 address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Families {
    inet: bool,
    inet6: bool,
}

/// The names of a list, in small letters.
#[derive(Debug, Default)]
struct Listed(HashMap<Vec<u8>, Families>);

impl Listed {
    fn read() -> Option<Self> {
        let text = |path| {
            let mut text = Vec::new();
            fs::File::open(path).ok()?.take(LONGEST + 1).read_to_end(&mut text).ok()?;
            (text.len() as u64 <= LONGEST).then_some(text)
        };
        let first = match SERVICES {
            Some(path) => comes_first(&text(path)?),
            None => true,
        };
        if first { Some(Self::parse(&text(HOSTS?)?)) } else { None }
    }

    /// Reads a list as hosts(5) has it: an address and its names in each line.
    fn parse(hosts: &[u8]) -> Self {
        let mut names = HashMap::<_, Families>::new();
        for line in lines(hosts) {
            let mut words = words(line);
            let address = words.next().and_then(|word| std::str::from_utf8(word).ok()?.parse().ok());
            let Some(address) = address else { continue };
            for name in words {
                let families = names.entry(name.to_ascii_lowercase()).or_default();
                match address {
                    IpAddr::V4(_) => families.inet = true,
                    IpAddr::V6(_) => families.inet6 = true,
                }
            }
        }
        Self(names)
    }

    fn has(&self, host: &[u8], family: i32) -> bool {
        let families = self.0.get(&host.to_ascii_lowercase()).copied().unwrap_or_default();
        match family {
            c::AF_UNSPEC => families.inet || families.inet6,
            c::AF_INET => families.inet,
            c::AF_INET6 => families.inet6,
            _ => false,
        }
    }
}

/// Whether the file that orders services names the list first for hosts.
fn comes_first(services: &[u8]) -> bool {
    lines(services).any(|line| {
        let mut words = words(line);
        words.next() == Some(b"hosts:".as_slice()) && words.next() == Some(b"files".as_slice())
    })
}

/// The lines without their comments.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n').map(|line| line.split(|byte| *byte == b'#').next().unwrap_or_default())
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;

    use super::*;
    use crate::resolver::{Resolver, SystemResolver};

    #[test]
    fn a_name_is_listed_with_the_families_of_its_lines() {
        let listed = Listed::parse(
            b"# of this host\n127.0.0.1 localhost\n::1\tlocalhost Six # ten.test\n10.0.0.1 four\r\nten.test 10.0.0.2\n1.2.3.4",
        );
        let told =
            |name: &[u8]| [c::AF_UNSPEC, c::AF_INET, c::AF_INET6, c::AF_UNIX].map(|family| listed.has(name, family));
        assert_eq!(told(b"localhost"), [true, true, true, false]);
        assert_eq!(told(b"LocalHost"), [true, true, true, false]);
        assert_eq!(told(b"six"), [true, false, true, false]);
        assert_eq!(told(b"four"), [true, true, false, false]);
        for none in [b"ten.test".as_slice(), b"10.0.0.2", b"localhost.", b"1.2.3.4", b"#", b""] {
            assert_eq!(told(none), [false; 4], "{none:?}");
        }
    }

    #[test]
    fn another_service_may_come_before_the_list() {
        for (services, first) in [
            ("hosts: files dns", true),
            ("passwd: files\n hosts:\tfiles [NOTFOUND=return] dns\n", true),
            ("hosts: mymachines files", false),
            ("hosts: dns files", false),
            ("# hosts: files", false),
            ("hosts:", false),
            ("networks: files", false),
        ] {
            assert_eq!(comes_first(services.as_bytes()), first, "{services}");
        }
    }

    fn query(host: &[u8]) -> Query {
        Query { host: Some(host.to_vec()), service: None, family: 0, kind: c::SOCK_STREAM, protocol: 0, flags: 0 }
    }

    #[tokio::test]
    async fn what_is_listed_needs_no_thread() {
        let mut listed = SystemResolver.getaddrinfo(query(b"localhost"));
        let polled = poll_fn(|context| Poll::Ready(listed.as_mut().poll(context))).await;
        assert_eq!(polled.is_ready(), has(b"localhost", 0), "{polled:?}");
        if let Poll::Ready(infos) = polled {
            assert!(!infos.expect("it is listed").is_empty());
        }
    }

    #[test]
    fn what_asks_for_more_is_not_answered_by_the_list_alone() {
        let listed = query(b"localhost");
        assert_eq!(answers(&listed), has(b"localhost", 0));
        for flags in [c::AI_CANONNAME, c::AI_ADDRCONFIG, c::AI_V4MAPPED, 0x0040] {
            assert!(!answers(&Query { flags, ..listed.clone() }), "{flags}");
        }
        assert!(!answers(&Query { host: None, ..listed }));
    }
}
