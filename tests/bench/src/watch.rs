//! Many connections at once, by the best that there is: epoll(7), the guest crate's poller, or poll(2).

#[cfg(any(target_os = "linux", feature = "libc"))]
mod epoll;
#[cfg(not(any(target_os = "linux", feature = "libc", feature = "guest")))]
mod poll;
#[cfg(feature = "guest")]
mod poller;

#[cfg(all(any(target_os = "linux", feature = "libc"), not(feature = "guest")))]
pub(crate) use self::epoll::Watch;
#[cfg(not(any(target_os = "linux", feature = "libc", feature = "guest")))]
pub(crate) use self::poll::Watch;
#[cfg(feature = "guest")]
pub(crate) use self::poller::Watch;

/// How many are told at once.
#[cfg(any(target_os = "linux", feature = "libc", feature = "guest"))]
const MOST: usize = 128;
