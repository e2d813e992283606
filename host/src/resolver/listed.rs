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

use super::ask::{AddressInfo, Query, internet};
use crate::error::Result;

/// The list; none where the C library is not known to go by it.
const HOSTS: Option<&str> = if cfg!(target_os = "linux") { Some("/etc/hosts") } else { None };

/// Which services are asked for hosts, and in which order, by GNU's C library: nsswitch.conf(5). Others read the list first.
const SERVICES: Option<&str> = if cfg!(target_env = "gnu") { Some("/etc/nsswitch.conf") } else { None };

/// Bytes of the longest list that is worth it. The C library reads through the whole of it for each look-up.
const LONGEST: u64 = 32 << 10;

/// How many answers are kept.
const MOST_ANSWERS: usize = 64;

/// Digits of the highest port.
const LONGEST_PORT: usize = 5;

/// Flags under which a name that is listed is looked up in the list alone. AI_ADDRCONFIG is not among them: whoever it leaves
/// without the family that is listed is answered by others.
const PLAIN: i32 = c::AI_PASSIVE | c::AI_NUMERICSERV;

/// The list as it stands now, if it answers.
pub(super) fn answering(query: &Query) -> Option<Arc<Listed>> {
    let host = query.host.as_deref()?;
    if query.flags & !PLAIN != 0 {
        return None;
    }
    current().filter(|listed| listed.has(host, query.family))
}

/// Whether the list has the name with an address of the family; 0 is any.
pub(super) fn has(host: &[u8], family: i32) -> bool {
    current().is_some_and(|listed| listed.has(host, family))
}

/// What tells that a file is still the one that was read: its number, its length, and when it was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version {
    inode: u64,
    length: u64,
    changed: (i64, i64),
}

impl Version {
    #[cfg(unix)]
    fn of(path: &str) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;

        let file = fs::metadata(path).ok()?;
        Some(Self { inode: file.ino(), length: file.len(), changed: (file.ctime(), file.ctime_nsec()) })
    }

    #[cfg(not(unix))]
    fn of(_: &str) -> Option<Self> {
        None
    }

    /// Whether a change from now on has another time for certain. The times of files go on in steps.
    fn is_settled(&self) -> bool {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(now.as_secs()).is_ok_and(|now| now > self.changed.0 + 1)
    }
}

/// The versions of the list, and of the order of services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Versions {
    hosts: Version,
    services: Option<Version>,
}

/// The list as it was read last; none where another service comes before it, or it is too long.
static READ: Mutex<Option<(Versions, Option<Arc<Listed>>)>> = Mutex::new(None);

fn current() -> Option<Arc<Listed>> {
    let services = match SERVICES {
        Some(path) => Some(Version::of(path)?),
        None => None,
    };
    let versions = Versions { hosts: Version::of(HOSTS?)?, services };
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    match &*read {
        Some((last, listed)) if *last == versions => listed.clone(),
        _ => {
            let listed = Listed::read(versions).map(Arc::new);
            *read = Some((versions, listed.clone()));
            listed
        }
    }
}

/// The names of a list, and what the C library has answered by it.
#[derive(Debug)]
pub(super) struct Listed {
    versions: Versions,
    /// In small letters.
    names: HashMap<Vec<u8>, Vec<IpAddr>>,
    answers: Mutex<HashMap<Query, Vec<AddressInfo>>>,
}

impl Listed {
    fn read(versions: Versions) -> Option<Self> {
        let text = |path| {
            let mut text = Vec::new();
            fs::File::open(path).ok()?.take(LONGEST + 1).read_to_end(&mut text).ok()?;
            (text.len() as u64 <= LONGEST).then_some(text)
        };
        let first = match SERVICES {
            Some(path) => comes_first(&text(path)?),
            None => true,
        };
        if first { Some(Self::parse(versions, &text(HOSTS?)?)) } else { None }
    }

    /// Reads a list as hosts(5) has it: an address and its names in each line.
    fn parse(versions: Versions, hosts: &[u8]) -> Self {
        let mut names = HashMap::<_, Vec<IpAddr>>::new();
        for line in lines(hosts) {
            let mut words = words(line);
            let address = words.next().and_then(|word| std::str::from_utf8(word).ok()?.parse().ok());
            let Some(address) = address else { continue };
            for name in words {
                names.entry(name.to_ascii_lowercase()).or_default().push(address);
            }
        }
        Self { versions, names, answers: Mutex::default() }
    }

    /// What was answered to the query before, or what is answered now by asking. The C library reads the whole file again for
    /// each look-up.
    pub(super) fn answer(
        &self,
        query: &Query,
        ask: impl FnOnce(&Query) -> Result<Vec<AddressInfo>>,
    ) -> Result<Vec<AddressInfo>> {
        let kept = || self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(infos) = kept().get(query) {
            return Ok(infos.clone());
        }
        let settled = self.versions.hosts.is_settled() && self.versions.services.is_none_or(|file| file.is_settled());
        let infos = ask(query)?;
        let is_short = query.service.as_ref().is_none_or(|port| port.len() <= LONGEST_PORT);
        if settled && is_short && self.has_said(query, &infos) {
            let mut kept = kept();
            if kept.len() >= MOST_ANSWERS {
                kept.clear();
            }
            kept.insert(query.clone(), infos.clone());
        }
        Ok(infos)
    }

    fn has(&self, host: &[u8], family: i32) -> bool {
        self.addresses(host).iter().any(|address| match family {
            c::AF_UNSPEC => true,
            c::AF_INET => address.is_ipv4(),
            c::AF_INET6 => address.is_ipv6(),
            _ => false,
        })
    }

    fn addresses(&self, host: &[u8]) -> &[IpAddr] {
        self.names.get(&host.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// Whether the answer is the one address that the list has. Several are put in order by where the host's routes lead at
    /// the time, and another may have come from elsewhere.
    fn has_said(&self, query: &Query, infos: &[AddressInfo]) -> bool {
        let listed = self.addresses(query.host.as_deref().unwrap_or_default());
        let mut told = internet(infos).map(|address| address.ip());
        let first = told.next();
        first.is_some_and(|first| listed.contains(&first)) && told.all(|other| Some(other) == first)
    }
}

/// Whether the file that orders services names the list first for hosts, and asks no other where the list has the name.
fn comes_first(services: &[u8]) -> bool {
    lines(services).any(|line| {
        let mut words = words(line).map(<[u8]>::to_ascii_lowercase);
        let mut next = || words.next().unwrap_or_default();
        // Actions in brackets may go on after a success.
        next() == b"hosts:" && next() == b"files" && [b"[notfound=return]".as_slice(), b""].contains(&action(&next()))
    })
}

/// The word if it is an action.
fn action(word: &[u8]) -> &[u8] {
    if word.starts_with(b"[") { word } else { b"" }
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
    use std::net::SocketAddr;
    use std::task::Poll;

    use super::*;
    use crate::resolver::{Resolver, SystemResolver};

    /// As it is read from files that changed long ago, or just now.
    fn list(text: &[u8], changed: i64) -> Listed {
        let version = Version { inode: 1, length: text.len() as u64, changed: (changed, 0) };
        Listed::parse(Versions { hosts: version, services: None }, text)
    }

    fn listed(text: &[u8]) -> Listed {
        list(text, 0)
    }

    #[test]
    fn a_name_is_listed_with_the_families_of_its_lines() {
        let listed = listed(
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
            ("hosts: files [NotFound=return] dns", true),
            ("hosts: files [SUCCESS=merge] dns", false),
            ("hosts: files [!UNAVAIL=continue] dns", false),
            ("hosts: files [ NOTFOUND = return ] dns", false),
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
        assert_eq!(answering(&listed).is_some(), has(b"localhost", 0));
        for flags in [c::AI_CANONNAME, c::AI_ADDRCONFIG, c::AI_V4MAPPED, 0x0040] {
            assert!(answering(&Query { flags, ..listed.clone() }).is_none(), "{flags}");
        }
        assert!(answering(&Query { host: None, ..listed }).is_none());
    }

    /// Which of two equal queries are asked, where the first is answered so.
    fn asked(listed: &Listed, query: &Query, addresses: &[&str]) -> [bool; 2] {
        let info = |address: &&str| AddressInfo {
            family: c::AF_INET,
            kind: c::SOCK_STREAM,
            protocol: 0,
            canonical_name: Vec::new(),
            address: SocketAddr::new(address.parse().expect("an address"), 80).into(),
        };
        let infos: Vec<_> = addresses.iter().map(info).collect();
        [(); 2].map(|()| {
            let mut asked = false;
            let answer = listed.answer(query, |_| {
                asked = true;
                Ok(infos.clone())
            });
            assert_eq!(answer.expect("it is answered"), infos);
            asked
        })
    }

    #[test]
    fn an_answer_is_kept_as_long_as_nothing_could_change_it() {
        let hosts = b"10.0.0.1 host.test two.test\n10.0.0.2 two.test";
        let long_ago = listed(hosts);
        let mut host = query(b"host.test");
        assert_eq!(asked(&long_ago, &host, &["10.0.0.1", "10.0.0.1"]), [true, false]);
        host.family = c::AF_INET;
        assert_eq!(asked(&long_ago, &host, &["10.0.0.9"]), [true, true], "it comes from elsewhere");
        assert_eq!(asked(&long_ago, &host, &["10.0.0.1"]), [true, false], "another query is another answer");
        assert_eq!(
            asked(&long_ago, &query(b"two.test"), &["10.0.0.1", "10.0.0.2"]),
            [true, true],
            "routes order these"
        );
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("it is after 1970").as_secs() as i64;
        assert_eq!(asked(&list(hosts, now + 3600), &host, &["10.0.0.1"]), [true, true], "it may change unseen");
        host.service = Some(vec![b'0'; LONGEST_PORT + 1]);
        assert_eq!(asked(&long_ago, &host, &["10.0.0.1"]), [true, true], "what is long is not kept");
    }

    #[test]
    fn few_answers_are_kept() {
        let listed = listed(b"10.0.0.1 host.test");
        for port in 0..1000 {
            let query = Query { service: Some(format!("{port}").into_bytes()), ..query(b"host.test") };
            assert_eq!(asked(&listed, &query, &["10.0.0.1"]), [true, false]);
            assert!(listed.answers.lock().expect("nothing panicked").len() <= MOST_ANSWERS);
        }
    }
}
