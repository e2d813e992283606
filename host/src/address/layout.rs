//! What the layouts of addresses have in common when they are written and when they are read.

/// macOS' number; Linux has no such family, and gives the number to AF_IUCV.
pub(crate) const AF_SYSTEM: i32 = 32;
/// sys/sys_domain.h of macOS: the only kind of address in the family.
pub(super) const AF_SYS_CONTROL: u16 = 2;
/// The size of macOS' `sockaddr_ctl`.
pub(super) const CONTROL_LEN: usize = 32;
/// Whether this system has AF_HYPERV, and whether it has AF_SYSTEM. Elsewhere their numbers mean other families.
pub(super) const HAS_HYPERV: bool = cfg!(windows);
pub(super) const HAS_SYSTEM: bool = cfg!(target_vendor = "apple");
/// The size of `sockaddr_in`.
pub(crate) const INET_LEN: usize = 16;
/// The size of `sockaddr_in6`.
pub(crate) const INET6_LEN: usize = 28;
/// The size of `sockaddr_in6` without its scope, which the kernel takes too.
pub(super) const INET6_LEAST: usize = 24;

/// guiddef.h: struct GUID, whose first three numbers have their lowest bytes first, from a UUID as it is written; and the
/// other way round.
pub(super) fn guid(mut uuid: [u8; 16]) -> [u8; 16] {
    uuid[..4].reverse();
    uuid[4..6].reverse();
    uuid[6..8].reverse();
    uuid
}
