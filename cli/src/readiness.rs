//! Telling a service manager once the guest serves, as sd_notify(3) has it: `Type=notify` of systemd.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::os::fd::AsFd;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result, bail};
use berkeley_constants::SOCK_DGRAM;
use berkeley_host::observer::{Call, Ended, Observer, Outcome};
use berkeley_host::{Address, OwnedSocket, SocketCtxBuilder};
use socket2::{SockRef, Type};

use crate::tell::tell;
use crate::variable::Variable;

/// Names the manager's socket.
const VARIABLE: &str = "NOTIFY_SOCKET";

/// What the manager is told.
const READY: &[u8] = b"READY=1";

/// The service manager's socket.
struct Manager(SocketAddr);

/// Tells the manager at the first socket that serves.
struct AtFirst {
    manager: Manager,
    is_told: AtomicBool,
}

/// Tells the service manager, if there is one, once the guest serves: now, where a socket that was opened for it does, else
/// as soon as one of its own does.
///
/// A guest that is given the variable tells the manager itself.
pub(crate) fn tell_manager(
    builder: SocketCtxBuilder,
    opened: &[(String, OwnedSocket)],
    variables: &[Variable],
) -> SocketCtxBuilder {
    let is_guests = variables.iter().any(|variable| variable.name() == VARIABLE);
    let Some(name) = env::var_os(VARIABLE).filter(|name| !name.is_empty() && !is_guests) else { return builder };
    let manager = match Manager::named(&name) {
        Ok(manager) => manager,
        Err(error) => {
            tell!("the service manager is not told when the guest serves: {error:#}");
            return builder;
        }
    };
    if opened.iter().any(|(_, socket)| serves(socket)) {
        manager.tell();
        return builder;
    }
    builder.observer(AtFirst { manager, is_told: AtomicBool::new(false) })
}

impl Manager {
    fn named(name: &OsStr) -> Result<Self> {
        let address = match name.as_bytes() {
            [b'@', name @ ..] => SocketAddr::from_abstract_name(name),
            [b'/', ..] => SocketAddr::from_pathname(name),
            _ => bail!("{VARIABLE}={} is neither an absolute path nor an abstract name", name.display()),
        };
        address.map(Self).with_context(|| format!("{VARIABLE}={}", name.display()))
    }

    fn tell(&self) {
        if let Err(error) = self.send() {
            tell!("cannot tell the service manager that the guest serves: {error}");
        }
    }

    fn send(&self) -> io::Result<()> {
        UnixDatagram::unbound()?.send_to_addr(READY, &self.0).map(drop)
    }
}

impl Observer for AtFirst {
    fn ended(&self, call: &Ended<'_>) {
        let serves = match call.call {
            Call::Listen { .. } => true,
            Call::Bind { address } => call.socket.is_some_and(|socket| socket.kind == SOCK_DGRAM) && is_chosen(address),
            _ => false,
        };
        if serves && matches!(call.outcome, Outcome::Answered(_)) && !self.is_told.swap(true, Ordering::Relaxed) {
            self.manager.tell();
        }
    }
}

/// Whether others know the address beforehand. A client's is the kernel's choice.
fn is_chosen(address: &Address) -> bool {
    match address {
        Address::Unix(name) => !name.is_empty(),
        other => other.internet().is_some_and(|address| address.port() != 0),
    }
}

/// Whether others can reach the guest by this socket: it listens, or takes datagrams of anybody.
fn serves(socket: &impl AsFd) -> bool {
    let socket = SockRef::from(socket);
    let takes_datagrams = || socket.r#type().is_ok_and(|kind| kind == Type::DGRAM) && socket.peer_addr().is_err();
    socket.is_listener().unwrap_or_default() || takes_datagrams()
}
