//! The ordinary programs that the tests talk to, and that measure them.

use crate::apt::Apt;
use crate::command::{self, say};

/// Each program and the Debian package that has it.
const PEERS: [(&str, &str); 11] = [
    ("python3", "python3"),
    ("curl", "curl"),
    ("nginx", "nginx-light"),
    ("wrk", "wrk"),
    ("ip", "iproute2"),
    ("strace", "strace"),
    ("redis-server", "redis-server"),
    // The server itself is in no PATH.
    ("pg_ctlcluster", "postgresql"),
    ("mosquitto", "mosquitto"),
    ("dnsmasq", "dnsmasq-base"),
    ("slapd", "slapd"),
];

/// Installs the programs that are missing, where that is possible.
///
/// What stays missing is told and is no error: only the tests that need it fail, and they say so. What counts is
/// whether the programs are there in the end, not what apt-get says: a package whose service may not start, such as
/// nginx where its port is taken, makes apt-get fail although the program works.
pub(crate) fn set_up(apt: &mut Apt) {
    let packages: Vec<_> = missing(is_here).iter().map(|(_, package)| *package).collect();
    let installed = if packages.is_empty() { Ok(()) } else { apt.install(&packages) };
    let rest: Vec<_> = missing(is_here).iter().map(|(program, _)| *program).collect();
    if rest.is_empty() {
        say("the programs that the tests talk to are all here");
        return;
    }
    if let Err(error) = installed {
        say(format_args!("warning: {error:#}"));
    }
    say(format_args!("warning: without {} the tests that need them will fail", rest.join(", ")));
}

/// Whether a program is on this system.
fn is_here(program: &str) -> bool {
    command::find(program).is_some()
}

/// The rows of the table whose program is not here.
fn missing(is_here: impl Fn(&str) -> bool) -> Vec<&'static (&'static str, &'static str)> {
    PEERS.iter().filter(|(program, _)| !is_here(program)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_found() {
        assert!(missing(|_| true).is_empty());
        assert_eq!(missing(|program| program != "nginx"), [&("nginx", "nginx-light")]);
    }
}
