//! Who decides: the trait, and the two ends of it.

use super::names::Names;
use super::operation::Operation;
#[cfg(doc)]
use super::special::Reach;
use super::transport::Transport;
use crate::error::Refusal;

/// Decides what a guest may do.
///
/// The answer may depend on the names by which *this guest* looked addresses up, so that a grant for a host name
/// admits what that name led to and nothing else. Whoever answers for a name may let it lead anywhere: see [`Reach`]
/// and [`Names::is_own`].
///
/// ```
/// use berkeley_host::policy::{Names, Operation, Policy, Refusal};
///
/// /// Allows connections to one port, whatever the host.
/// struct Only(u16);
///
/// impl Policy for Only {
///     fn check(&self, operation: &Operation<'_>, _: &Names) -> Result<(), Refusal> {
///         match operation {
///             Operation::Lookup { .. } => Ok(()),
///             Operation::Connect { peer, .. } if peer.internet().is_some_and(|peer| peer.port() == self.0) => Ok(()),
///             _ => Err(Refusal::new(operation)),
///         }
///     }
/// }
/// ```
pub trait Policy: Send + Sync + 'static {
    /// Allows or refuses the operation.
    fn check(&self, operation: &Operation<'_>, names: &Names) -> Result<(), Refusal>;

    /// Whether `check` may admit an address because this name led to it. The name is as [`Operation::Lookup`] has it.
    ///
    /// Memory for names is bounded: those that are heeded are kept before others.
    fn heeds(&self, host: &str) -> bool {
        let _ = host;
        true
    }

    /// Whether `check` or `object` may refuse an address because this name led to it, as [`Names::ever_of`] tells. Where
    /// such a name led is never forgotten; once [`Limits::names`](crate::Limits::names) is full of it, looking such a
    /// name up fails with ENOMEM. Unless a policy says otherwise, none is.
    fn shuns(&self, host: &str) -> bool {
        let _ = host;
        false
    }

    /// Refuses what needs no grant: setting an ordinary option, answering a peer that was heard, using a socket that came
    /// from elsewhere connected. Unless a policy says otherwise, it objects to nothing.
    fn object(&self, operation: &Operation<'_>, names: &Names) -> Result<(), Refusal> {
        let _ = (operation, names);
        Ok(())
    }

    /// Whether it might allow anything that a socket of the transport is for. Where not, WASI's own sockets are not even
    /// made: [`check`](Self::check) is asked for [`Operation::Create`]. Unless a policy knows better, it might.
    fn has_use_for(&self, transport: Transport) -> bool {
        let _ = transport;
        true
    }
}

/// Refuses everything, but for using a socket that the host gave the guest as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct DenyAll;

impl Policy for DenyAll {
    fn check(&self, operation: &Operation<'_>, _: &Names) -> Result<(), Refusal> {
        match operation {
            Operation::Accept { given: true, .. } | Operation::Receive { given: true, .. } => Ok(()),
            _ => Err(Refusal::new(operation)),
        }
    }

    fn heeds(&self, _: &str) -> bool {
        false
    }

    fn has_use_for(&self, _: Transport) -> bool {
        false
    }
}

/// Allows everything; for guests that are trusted as the host's user is.
#[derive(Clone, Copy, Debug, Default)]
pub struct AllowAll;

impl Policy for AllowAll {
    fn check(&self, _: &Operation<'_>, _: &Names) -> Result<(), Refusal> {
        Ok(())
    }

    fn heeds(&self, _: &str) -> bool {
        false
    }
}
