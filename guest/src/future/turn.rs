//! Turning the reactor from outside.

use std::time::Duration;

use super::reactor;
use super::runtime;
use crate::poll::AsSocket;

/// Waits, if anything of this module waits for a socket or a timer, until one of these is ready, and wakes who waits for
/// it; in one call of the host.
///
/// It is for runtimes that call a function before their thread would sleep, such as tokio's current-thread runtime by
/// `on_thread_park`. It returns at once if nothing waits.
pub fn park() {
    if !runtime::is_entered() {
        reactor::turn(&[], None);
    }
}

/// As [`poll`](crate::poll::poll), and wakes who waits by this module in the same call of the host.
///
/// It is for programs that have an event loop of their own, and tasks beside it. All events are 0 when the limit runs out,
/// and also when something of this module is ready, whose tasks are to go on.
///
/// ```no_run
/// use std::time::Duration;
/// use berkeley_guest::future::poll;
/// use berkeley_guest::poll::POLLIN;
///
/// # fn turn(stdin: &berkeley_guest::Socket) {
/// // With no sockets of its own it only turns the tasks' wait.
/// let ready = poll(&[(stdin, POLLIN)], Some(Duration::from_secs(1)));
/// # }
/// ```
pub fn poll<S: AsSocket>(interests: &[(S, i16)], limit: Option<Duration>) -> Vec<i16> {
    let beside: Vec<_> = interests.iter().map(|(socket, events)| (socket.as_socket(), *events)).collect();
    reactor::turn(&beside, limit)
}
