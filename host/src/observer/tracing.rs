//! Events of the crate `tracing`.

use ::tracing::Level;

use super::answer::Outcome;
use super::event::Ended;
use super::info::SocketInfo;
use super::watch::Observer;

/// Makes an event of the crate `tracing` of each call that has ended, on the target `berkeley`.
///
/// Calls that succeed have the level TRACE, those that fail DEBUG. The fields are `call`, `socket`, `result`, `bytes`, `took`
/// and `waited` in seconds, and the names that OpenTelemetry's conventions have for the network: `network.transport`,
/// `network.local.address`, `network.peer.address`. The message is the call as strace(1) would write it.
///
/// ```
/// use berkeley_host::SocketCtx;
/// use berkeley_host::observer::Tracing;
///
/// let sockets = SocketCtx::builder().observer(Tracing).build();
/// # drop(sockets);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Tracing;

/// An event; its level must be a constant.
macro_rules! event {
    ($level:expr, $call:ident) => {
        ::tracing::event!(
            target: "berkeley",
            $level,
            call = $call.call.name(),
            socket = $call.socket.map(|socket| socket.number),
            network.transport = $call.socket.map(|socket| ::tracing::field::display(socket.transport)),
            network.local.address = $call.socket.and_then(SocketInfo::local).map(::tracing::field::display),
            network.peer.address = $call.socket.and_then(SocketInfo::peer).map(::tracing::field::display),
            result = $call.outcome.label(),
            bytes = $call.moved().map(|(_, bytes)| bytes),
            took = $call.took.as_secs_f64(),
            waited = $call.waited.as_secs_f64(),
            "{}",
            $call
        )
    };
}

impl Observer for Tracing {
    fn ended(&self, call: &Ended<'_>) {
        match call.outcome {
            Outcome::Answered(_) => event!(Level::TRACE, call),
            Outcome::Failed(_) | Outcome::Abandoned => event!(Level::DEBUG, call),
        }
    }
}
