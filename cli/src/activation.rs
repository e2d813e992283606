//! Sockets that a service manager has opened, as sd_listen_fds(3) has it: LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES.

use std::collections::HashSet;
use std::env;

use anyhow::{Context as _, Result, bail, ensure};
use berkeley_host::OwnedSocket;

use crate::socket::inherited;

/// The first descriptor.
const FIRST: i32 = 3;

/// What a socket is called that was given no name, as sd_listen_fds_with_names(3) has it.
const UNKNOWN: &str = "unknown";

/// What the environment says.
struct Told<'a> {
    process: Option<&'a str>,
    count: Option<&'a str>,
    names: Option<&'a str>,
}

/// The sockets that this process was started with, by name. Those of a process that has started this one are not.
pub(crate) fn sockets() -> Result<Vec<(String, OwnedSocket)>> {
    let [process, count, names] = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"].map(|name| env::var(name).ok());
    let told = Told { process: process.as_deref(), count: count.as_deref(), names: names.as_deref() };
    let Some(count) = told.count(std::process::id())? else { return Ok(Vec::new()) };
    let mut sockets = Vec::new();
    // One after the other, for the count may be anything.
    for number in FIRST..FIRST + count {
        let socket = inherited(number).with_context(|| format!("LISTEN_FDS: cannot take the descriptor {number}"))?;
        let is_socket = socket2::SockRef::from(&socket).r#type().is_ok();
        ensure!(is_socket, "LISTEN_FDS: the descriptor {number} is no socket; a guest is given no other kind");
        sockets.push(socket);
    }
    Ok(told.names(sockets.len())?.into_iter().zip(sockets).collect())
}

impl Told<'_> {
    /// How many sockets there are for the process of that number, if any.
    fn count(&self, own: u32) -> Result<Option<i32>> {
        let (Some(process), Some(count)) = (self.process, self.count) else { return Ok(None) };
        let process: u32 = process.parse().with_context(|| format!("LISTEN_PID={process} is no process's number"))?;
        if process != own {
            return Ok(None);
        }
        let number = count.parse().ok().filter(|number| (0..=i32::MAX - FIRST).contains(number));
        number.map(Some).with_context(|| format!("LISTEN_FDS={count} is no number of descriptors"))
    }

    /// The names of so many sockets. Of several with one name, which are those of one unit, the later ones get a number.
    fn names(&self, count: usize) -> Result<Vec<String>> {
        let told: Vec<_> = match self.names {
            Some(names) => names.split(':').map(|name| if name.is_empty() { UNKNOWN } else { name }).collect(),
            None => vec![UNKNOWN; count],
        };
        if told.len() != count && count > 0 {
            bail!("LISTEN_FDNAMES has {} names for {count} sockets", told.len());
        }
        let mut taken: HashSet<String> = HashSet::new();
        let free = |name: &str| {
            let others = (2..).map(|number| format!("{name}-{number}"));
            let all = std::iter::once(name.to_owned()).chain(others);
            all.into_iter().find(|name| taken.insert(name.clone())).unwrap_or_default()
        };
        Ok(told.into_iter().take(count).map(free).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_for_this_process_is_taken() {
        let count = |process, count| Told { process, count, names: None }.count(7);
        assert_eq!(count(Some("7"), Some("2")).expect("a count"), Some(2));
        for (process, fds) in [(Some("8"), Some("2")), (Some("8"), Some("x")), (None, Some("2")), (Some("7"), None)] {
            assert_eq!(count(process, fds).expect("none"), None);
        }
        for (process, fds) in [("7", "x"), ("7", "-1"), ("7", ""), ("7", "2147483647"), ("x", "1"), ("", "1")] {
            assert!(count(Some(process), Some(fds)).is_err(), "{process} {fds}");
        }
    }

    #[test]
    fn every_socket_has_a_name_of_its_own() {
        let names = |names, count| Told { process: None, count: None, names }.names(count);
        assert_eq!(names(Some("http:admin"), 2).expect("names"), ["http", "admin"]);
        assert_eq!(names(Some("http:http:http-2:http"), 4).expect("names"), ["http", "http-2", "http-2-2", "http-3"]);
        assert_eq!(names(Some(":a"), 2).expect("names"), ["unknown", "a"]);
        assert_eq!(names(None, 2).expect("names"), ["unknown", "unknown-2"]);
        assert!(names(None, 0).expect("names").is_empty() && names(Some(""), 0).expect("names").is_empty());
        assert!(names(Some("a"), 2).is_err() && names(Some("a:b"), 1).is_err());
    }
}
