//! What a question in words asks.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use super::ask::{Question, Resolved};
use super::subject::Subject;
use crate::address::Address;
use crate::option;
use crate::policy::names::plain_name;
use crate::policy::transport::{Transport, by_name, families};

/// Why a question cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot understand the question `{question}`: {reason}")]
pub struct QuestionError {
    question: String,
    reason: String,
}

/// What a refusal's text is told with.
const BEFORE: &[&str] = &["berkeley: ", "refused to ", "not allowed to "];
const AFTER: &[&str] = &["; --allow ", "; no rule ", "; denied by ", " (EACCES)"];
/// Words that make a sentence, and say nothing.
const FILLERS: &[&str] = &["by", "to", "for", "on", "from", "over", "the", "a", "an", "of", "or", "with"];

impl FromStr for Question {
    type Err = QuestionError;

    fn from_str(text: &str) -> Result<Self, QuestionError> {
        let mut sentence = text.trim();
        for before in BEFORE {
            sentence = sentence.strip_prefix(before).unwrap_or(sentence);
        }
        let end = AFTER.iter().filter_map(|after| sentence.find(after)).min();
        let mut words = Words(&sentence[..end.unwrap_or(sentence.len())]);
        parse(&mut words).map_err(|reason| QuestionError { question: text.to_owned(), reason })
    }
}

fn parse(words: &mut Words<'_>) -> Result<Question, String> {
    let verb = words.next().ok_or("it is empty")?;
    let subject = match verb {
        "connect" | "send" => return connect(verb, words),
        "bind" => {
            let (transport, address) = words.transport_and_address(Transport::Tcp)?;
            Subject::Bind(transport, address)
        }
        "listen" => {
            let (transport, actual) = words.transport_and_address(Transport::Tcp)?;
            Subject::Listen { transport, asked: actual.clone(), actual }
        }
        "accept" => {
            let (transport, peer) = words.transport_and_address(Transport::Tcp)?;
            Subject::Accept { transport, peer, given: false }
        }
        "receive" if words.take(&["files"]) => return plain(Subject::Files),
        "receive" => {
            let (transport, peer) = words.transport_and_address(Transport::Udp)?;
            Subject::Receive { transport, asked: None, peer, given: false }
        }
        "join" => {
            while words.take(&["multicast", "group"]) {}
            let before = words.transport();
            let group = ip(words.next().ok_or("the group is missing")?)?;
            Subject::Join(before.or_else(|| words.transport()).unwrap_or(Transport::Udp), group)
        }
        "look" => match (words.take(&["up"]), words.next()) {
            (true, Some("host")) => Subject::Lookup(host(words.rest())?),
            (true, Some("name")) => Subject::ReverseLookup(ip(words.rest())?),
            _ => return Err("write `look up the host NAME`, or `look up the name of ADDRESS`".into()),
        },
        "lookup" | "resolve" => match ip(words.rest()) {
            Ok(address) => Subject::ReverseLookup(address),
            Err(_) => Subject::Lookup(host(words.rest())?),
        },
        "reverse" => Subject::ReverseLookup(ip(words.rest())?),
        "set" if words.take(&["host's"]) => return plain(Subject::SetHostName),
        "set" | "option" => {
            while words.take(&["socket", "option"]) {}
            option(words.rest())?
        }
        "open" | "create" | "make" => {
            while words.take(&["socket", "family"]) {}
            Subject::Create(words.transport().ok_or_else(|| format!("there is no kind of socket `{}`", words.rest()))?)
        }
        "files" => Subject::Files,
        "list" | "interfaces" => Subject::Interfaces,
        "read" | "hostname" => Subject::HostName,
        "sethostname" => Subject::SetHostName,
        "share" => Subject::Share,
        _ => {
            return Err(format!(
                "there is no operation `{verb}`; there are connect, send, bind, listen, accept, receive, join, resolve, \
                 reverse, option, open, files, interfaces, hostname, sethostname and share"
            ));
        }
    };
    plain(subject)
}

fn plain(subject: Subject) -> Result<Question, String> {
    Ok(Question { subject, names: Vec::new(), is_own: false, name: None })
}

/// To whom may be told by name.
fn connect(verb: &str, words: &mut Words<'_>) -> Result<Question, String> {
    // Only of unix sockets it is told so.
    let either = words.take(&["send"]);
    let told = words.transport().or(either.then_some(Transport::Unix));
    let rest = words.rest();
    let usual = if verb == "send" { Transport::Udp } else { Transport::Tcp };
    let transport = told.unwrap_or(if is_unix(rest) { Transport::Unix } else { usual });
    let wrong = match address(transport, rest) {
        Ok(peer) => return plain(Subject::Connect(transport, peer)),
        Err(wrong) => wrong,
    };
    let (target, at) = match rest.split_once(" at ") {
        Some((target, at)) => (target, Some(ip(at)?)),
        None => (rest, None),
    };
    let (name, port) = target.rsplit_once(':').ok_or_else(|| wrong.clone())?;
    let port = port.parse::<u16>().map_err(|_| format!("`{port}` is no port (0 to 65535)"))?;
    let name = host(name)?;
    let loopback = name == "localhost" || name.ends_with(".localhost");
    let unknown = if loopback { Ipv4Addr::LOCALHOST } else { Ipv4Addr::UNSPECIFIED };
    let peer = SocketAddr::new(at.unwrap_or(IpAddr::V4(unknown)), port);
    let resolved = if at.is_some() { Resolved::Told } else { Resolved::Unknown };
    Ok(Question {
        subject: Subject::Connect(transport, peer.into()),
        names: vec![name.into()],
        is_own: false,
        name: Some(resolved),
    })
}

/// The words of a sentence, from first to last.
struct Words<'a>(&'a str);

impl<'a> Words<'a> {
    /// What is left, without fillers before it.
    fn rest(&mut self) -> &'a str {
        loop {
            self.0 = self.0.trim();
            match self.0.split_once(' ') {
                Some((first, rest)) if FILLERS.contains(&first) => self.0 = rest,
                _ => return self.0,
            }
        }
    }

    fn next(&mut self) -> Option<&'a str> {
        let (first, rest) = self.rest().split_once(' ').unwrap_or((self.0, ""));
        self.0 = rest;
        Some(first).filter(|first| !first.is_empty())
    }

    /// Takes the next word, if it is one of these.
    fn take(&mut self, these: &[&str]) -> bool {
        let before = self.0;
        let taken = self.next().is_some_and(|word| these.contains(&word));
        if !taken {
            self.0 = before;
        }
        taken
    }

    /// Takes the next word, if it is the name of what carries data.
    fn transport(&mut self) -> Option<Transport> {
        let before = self.0;
        let family = |name: &str| families().find(|(known, _)| known == name).map(|(_, number)| number);
        let found = self.next().and_then(|word| {
            by_name(word).or_else(|| family(word).or_else(|| word.parse().ok()).map(Transport::Family))
        });
        if found.is_none() {
            self.0 = before;
        }
        found
    }

    fn transport_and_address(&mut self, usual: Transport) -> Result<(Transport, Address), String> {
        let told = self.transport();
        let rest = self.rest();
        let transport = told.unwrap_or(if is_unix(rest) { Transport::Unix } else { usual });
        Ok((transport, address(transport, rest)?))
    }
}

const UNNAMED: &str = "unnamed unix socket";

fn is_unix(text: &str) -> bool {
    text.starts_with(['/', '@']) || text == UNNAMED
}

fn address(transport: Transport, text: &str) -> Result<Address, String> {
    match transport {
        // Rules grant such a family as a whole, whatever its addresses are.
        Transport::Family(family) => Ok(Address::Other { family: family as u16, bytes: Vec::new() }),
        _ if text.is_empty() => Err("the address is missing".into()),
        Transport::Unix => Ok(Address::Unix(match text.strip_prefix('@') {
            Some(name) => [&[0], unescaped(name).as_slice()].concat(),
            None if text == UNNAMED => Vec::new(),
            None => unescaped(text),
        })),
        _ => match (text.parse::<SocketAddr>(), transport) {
            (Ok(address), _) => Ok(address.into()),
            (Err(_), Transport::Raw | Transport::Icmp) => ip(text).map(|ip| SocketAddr::new(ip, 0).into()),
            (Err(_), _) => Err(format!("`{text}` is no address with a port, such as 10.0.0.1:80 or [::1]:80")),
        },
    }
}

/// The bytes that were written as by [`escape_ascii`](slice::escape_ascii).
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        let hex = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
        let (byte, length) = match (first, more) {
            (b'\\', [b'x', high, low, ..]) => hex(&[*high, *low]).map_or((b'\\', 0), |byte| (byte, 3)),
            (b'\\', [b'n', ..]) => (b'\n', 1),
            (b'\\', [b'r', ..]) => (b'\r', 1),
            (b'\\', [b't', ..]) => (b'\t', 1),
            (b'\\', [quoted @ (b'\\' | b'\'' | b'"'), ..]) => (*quoted, 1),
            _ => (*first, 0),
        };
        bytes.push(byte);
        rest = &more[length..];
    }
    bytes
}

fn ip(text: &str) -> Result<IpAddr, String> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().map_err(|_| format!("`{text}` is no address"))
}

fn host(text: &str) -> Result<String, String> {
    let letter = |ch: char| ch.is_alphanumeric() || "-_.".contains(ch);
    match text {
        "" => Err("the host is missing".into()),
        _ if text.chars().all(letter) => Ok(plain_name(text)),
        _ => Err(format!("`{text}` is no host name")),
    }
}

fn option(text: &str) -> Result<Subject, String> {
    let numbers = text.split_once(':').map(|(level, name)| level.parse().ok().zip(name.parse().ok()));
    let found = numbers.unwrap_or_else(|| option::by_name(text));
    let (level, name) = found.ok_or_else(|| format!("there is no option `{text}`; name one, or write LEVEL:NUMBER"))?;
    Ok(Subject::SetOption { level, name })
}
