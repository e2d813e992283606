//! This process.

/// Whether they are this process' own ids, as the kernel would say of it.
pub(crate) fn is_this_process(pid: i32, uid: u32, gid: u32) -> bool {
    use rustix::process::{getegid, geteuid, getgid, getpid, getuid};
    pid == getpid().as_raw_nonzero().get()
        && [getuid(), geteuid()].iter().any(|own| own.as_raw() == uid)
        && [getgid(), getegid()].iter().any(|own| own.as_raw() == gid)
}

/// How many descriptors this process may have: RLIMIT_NOFILE.
pub(crate) fn most_descriptors() -> u64 {
    use rustix::process::{Resource, getrlimit};
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// What has a number among this process' descriptors.
pub(crate) use std::os::fd::AsRawFd as Numbered;

/// The number of what is open: as many descriptors at least this process has beside it.
pub(crate) fn number(open: &impl Numbered) -> u64 {
    u64::try_from(open.as_raw_fd()).unwrap_or(u64::MAX)
}
