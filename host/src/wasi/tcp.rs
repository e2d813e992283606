//! TCP sockets: what both versions of WASI have in common.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use berkeley_constants as c;
use c::POLLIN;

use super::address::{Family, is_unicast};
use super::code::Code;
use super::endpoint::{bind, bound_address, create, internet};
#[cfg(not(windows))]
use super::option;
use super::wait::{now, ready};
use crate::address::Address;
use crate::error::{Errno, Error};
use crate::shared::Shared;
use crate::socket::Socket;

/// What Rust's standard library takes.
const BACKLOG: i32 = 128;

/// A TCP socket and its state.
#[allow(unreachable_pub, reason = "the bindings want it public")]
pub struct Tcp {
    socket: Arc<Socket>,
    family: Family,
    state: State,
    backlog: i32,
}

/// How far a socket has come. From `Connected` and `Listening` it goes nowhere, nor from `Closed`.
#[derive(Clone, Copy, Debug)]
enum State {
    /// New, and bound perhaps.
    Fresh,
    /// Connecting. The result is there already if connecting failed, or succeeded, at once.
    Connecting(Option<Result<(), Code>>),
    Connected {
        receives: bool,
        sends: bool,
    },
    Listening,
    /// Connecting failed.
    Closed(Code),
}

impl Tcp {
    pub(super) fn new(shared: &Arc<Shared>, family: Family) -> Result<Self, Code> {
        Ok(Self::around(create(shared, family, c::SOCK_STREAM)?, family, State::Fresh))
    }

    fn around(mut socket: Socket, family: Family, state: State) -> Self {
        socket.settimeout(Some(Duration::ZERO));
        Self { socket: Arc::new(socket), family, state, backlog: BACKLOG }
    }

    pub(super) fn family(&self) -> Family {
        self.family
    }

    pub(super) fn is_listening(&self) -> bool {
        matches!(self.state, State::Listening)
    }

    /// The socket, for as long as nobody else has it, as nobody has it before it is connected or listens.
    fn fresh(&mut self) -> Result<&mut Socket, Code> {
        match self.state {
            State::Fresh => Arc::get_mut(&mut self.socket).ok_or(Code::InvalidState),
            _ => Err(Code::InvalidState),
        }
    }

    /// The socket, whose options may be got and set.
    pub(super) fn socket(&self) -> Result<&Arc<Socket>, Code> {
        match self.state {
            State::Connecting(_) => Err(Code::InvalidState),
            State::Closed(code) => Err(code),
            _ => Ok(&self.socket),
        }
    }

    pub(super) fn is_bound(&self) -> bool {
        match self.state {
            State::Fresh => bound_address(&self.socket, self.family).is_ok(),
            _ => true,
        }
    }

    pub(super) fn bind(&mut self, address: SocketAddr) -> Result<(), Code> {
        if self.is_bound() {
            return Err(Code::InvalidState);
        }
        let takes = is_unicast(address.ip()) && self.family.takes(address.ip());
        let socket = self.fresh()?;
        if !takes {
            return Err(Code::InvalidArgument);
        }
        // What was closed just now does not keep its address. On Windows this is so, and the option means more.
        #[cfg(not(windows))]
        option::set_flag(socket, (c::SOL_SOCKET, c::SO_REUSEADDR), true)?;
        bind(socket, address)
    }

    /// Begins to connect.
    pub(super) fn start_connect(&mut self, peer: SocketAddr) -> Result<(), Code> {
        let reaches = is_unicast(peer.ip()) && self.family.reaches(peer);
        let socket = self.fresh()?;
        if !reaches {
            return Err(Code::InvalidArgument);
        }
        let outcome = match now(socket.connect(&Address::from(peer))) {
            Err(Error::Os(Errno::EINPROGRESS)) => None,
            // The system has no room for one more; it is not that something is under way.
            Err(error) if error.would_block() => Some(Err(Code::Other)),
            result => Some(result.map_err(Code::from)),
        };
        self.state = State::Connecting(outcome);
        Ok(())
    }

    /// What became of connecting. `would-block`: it is under way still.
    pub(super) fn finish_connect(&mut self) -> Result<(), Code> {
        let outcome = match self.state {
            State::Connecting(Some(outcome)) => outcome,
            State::Connecting(None) => self.socket.finish_connect().map_err(Code::from),
            State::Connected { .. } => return Ok(()),
            State::Closed(code) => return Err(code),
            _ => return Err(Code::InvalidState),
        };
        match outcome {
            Ok(()) => self.state = State::Connected { receives: false, sends: false },
            Err(Code::WouldBlock) => {}
            Err(code) => self.state = State::Closed(code),
        }
        outcome
    }

    /// The socket, if it is connecting still.
    pub(super) fn connecting(&self) -> Option<&Arc<Socket>> {
        matches!(self.state, State::Connecting(None)).then_some(&self.socket)
    }

    /// Makes it take connections. One that is not bound is bound to a free port of all addresses.
    pub(super) fn listen(&mut self) -> Result<Listener, Code> {
        let (bound, unspecified, backlog) = (self.is_bound(), self.family.unspecified(), self.backlog);
        let socket = self.fresh()?;
        if !bound {
            bind(socket, unspecified)?;
        }
        socket.listen(backlog)?;
        self.state = State::Listening;
        Ok(Listener { socket: self.socket.clone(), family: self.family })
    }

    pub(super) fn set_backlog(&mut self, size: u64) -> Result<(), Code> {
        if size == 0 {
            return Err(Code::InvalidArgument);
        }
        let backlog = i32::try_from(size).unwrap_or(i32::MAX);
        match self.state {
            State::Fresh => {}
            // Not every system lets it be changed.
            State::Listening => self.socket.listen(backlog).map_err(|_| Code::NotSupported)?,
            State::Closed(code) => return Err(code),
            _ => return Err(Code::InvalidState),
        }
        self.backlog = backlog;
        Ok(())
    }

    /// The connection, to receive by; it is given once.
    pub(super) fn take_receiver(&mut self) -> Result<Arc<Socket>, Code> {
        self.take(|receives, _| receives)
    }

    /// The connection, to send by; it is given once.
    pub(super) fn take_sender(&mut self) -> Result<Arc<Socket>, Code> {
        self.take(|_, sends| sends)
    }

    fn take(&mut self, direction: for<'a> fn(&'a mut bool, &'a mut bool) -> &'a mut bool) -> Result<Arc<Socket>, Code> {
        match &mut self.state {
            State::Connected { receives, sends } => match std::mem::replace(direction(receives, sends), true) {
                false => Ok(self.socket.clone()),
                true => Err(Code::InvalidState),
            },
            State::Closed(code) => Err(*code),
            _ => Err(Code::InvalidState),
        }
    }

    pub(super) fn local_address(&self) -> Result<SocketAddr, Code> {
        bound_address(self.socket()?, self.family)
    }

    pub(super) fn remote_address(&self) -> Result<SocketAddr, Code> {
        match self.state {
            State::Connected { .. } => internet(self.socket.getpeername()?),
            State::Closed(code) => Err(code),
            _ => Err(Code::InvalidState),
        }
    }
}

/// A socket that takes connections.
#[derive(Clone)]
pub(super) struct Listener {
    socket: Arc<Socket>,
    family: Family,
}

impl Listener {
    #[cfg(feature = "p3")]
    pub(super) fn socket(&self) -> &Arc<Socket> {
        &self.socket
    }

    /// The next connection. `would-block`: there is none yet.
    pub(super) fn accept(&self) -> Result<Tcp, Code> {
        let state = State::Connected { receives: false, sends: false };
        match self.socket.accept_now().now(|blocked| self.socket.accept_on(blocked)) {
            Ok((socket, _)) => Ok(Tcp::around(socket, self.family, state)),
            Err(Error::Os(errno)) if is_of_connection(errno) => Err(Code::ConnectionAborted),
            Err(error) => Err(error.into()),
        }
    }

    /// A socket that tells why there is no next connection.
    #[cfg(feature = "p3")]
    pub(super) fn failed(&self, code: Code) -> Tcp {
        Tcp { socket: self.socket.clone(), family: self.family, state: State::Closed(code), backlog: BACKLOG }
    }

    /// Waits for the next connection.
    pub(super) async fn ready(&self) {
        ready(&self.socket, POLLIN).await;
    }
}

/// What Linux tells of a connection that broke before it was accepted. Other systems do not tell.
fn is_of_connection(errno: Errno) -> bool {
    let broken = [
        Errno::ECONNRESET,
        Errno::ENETRESET,
        Errno::EHOSTUNREACH,
        Errno::EHOSTDOWN,
        Errno::ENETDOWN,
        Errno::ENETUNREACH,
        Errno::EPROTO,
        Errno::ENOPROTOOPT,
        Errno::ENONET,
        Errno::EOPNOTSUPP,
    ];
    cfg!(target_os = "linux") && broken.contains(&errno)
}
