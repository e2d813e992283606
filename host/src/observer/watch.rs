//! The trait of those who are told.

use std::sync::Arc;

use super::event::{Began, Data, Ended};
use super::info::SocketInfo;
use crate::error::Refusal;
use crate::limits::Limit;

/// Is told of what a guest does. The guest waits meanwhile: keep it short, and do not call the guest's sockets.
///
/// Calls are told where they are made: those of `berkeley:sockets`, and those of WASI's sockets where they are served by
/// the same core. TLS is not: it carries no bytes itself, and what it sends is seen as the calls that send it.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use berkeley_host::SocketCtx;
/// use berkeley_host::observer::{Direction, Ended, Observer};
///
/// /// Counts what a guest sends and receives.
/// #[derive(Default)]
/// struct Counter(AtomicU64);
///
/// impl Observer for Counter {
///     fn ended(&self, call: &Ended<'_>) {
///         let (_, bytes) = call.moved().unwrap_or((Direction::Sent, 0));
///         self.0.fetch_add(bytes, Ordering::Relaxed);
///     }
/// }
///
/// let counter = Arc::new(Counter::default());
/// let sockets = SocketCtx::builder().observer(counter.clone()).build();
/// # drop(sockets);
/// ```
pub trait Observer: Send + Sync + 'static {
    /// Whether it is to be told of calls and sockets, and not of refusals alone. It is asked once, when the guest's
    /// sockets are set up.
    fn wants_calls(&self) -> bool {
        true
    }

    /// Whether it is to be told of the bytes themselves, by [`data`](Self::data). It is asked once, when the guest's
    /// sockets are set up.
    fn wants_data(&self) -> bool {
        false
    }

    /// The guest has a socket: it made it, accepted it, received it, or was given it.
    fn opened(&self, _socket: &SocketInfo) {}

    /// The guest has closed a socket, by the call or by its own end.
    fn closed(&self, _socket: &SocketInfo) {}

    /// A call begins.
    fn began(&self, _call: &Began<'_>) {}

    /// A call has ended, or was given up.
    fn ended(&self, _call: &Ended<'_>) {}

    /// The policy refuses something. Where a call fails by it, [`ended`](Self::ended) follows; a peer or a datagram that
    /// is not let in makes no call fail.
    fn refused(&self, _refusal: &Refusal) {}

    /// The guest meets one of its [limits](crate::Limits): a call fails by it, or waits.
    fn limited(&self, _limit: Limit) {}

    /// Bytes have gone, or have come and were let in. What was only looked at (MSG_PEEK) is not told.
    fn data(&self, _data: &Data<'_>) {}
}

impl<T: Observer + ?Sized> Observer for Arc<T> {
    fn wants_calls(&self) -> bool {
        (**self).wants_calls()
    }

    fn wants_data(&self) -> bool {
        (**self).wants_data()
    }

    fn opened(&self, socket: &SocketInfo) {
        (**self).opened(socket);
    }

    fn closed(&self, socket: &SocketInfo) {
        (**self).closed(socket);
    }

    fn began(&self, call: &Began<'_>) {
        (**self).began(call);
    }

    fn ended(&self, call: &Ended<'_>) {
        (**self).ended(call);
    }

    fn refused(&self, refusal: &Refusal) {
        (**self).refused(refusal);
    }

    fn limited(&self, limit: Limit) {
        (**self).limited(limit);
    }

    fn data(&self, data: &Data<'_>) {
        (**self).data(data);
    }
}
