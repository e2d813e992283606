//! The functions of a system whose numbers are not Linux's.

use berkeley_constants as c;

use super::table::{Name, Table, linux_bits, linux_of, native_bits, native_of};
use super::{common, errno, own};

const FAMILIES: &Table<i32> = &[common::FAMILIES, own::FAMILIES];
const FLAGS: &Table<i32> = &[common::FLAGS, own::FLAGS];
const OPTIONS: &Table<Name> = &[common::OPTIONS, own::OPTIONS];
const CONTROLS: &Table<Name> = &[common::CONTROLS, own::CONTROLS];

/// Linux's number of an error of this system's.
pub(crate) const fn linux_errno(native: i32) -> i32 {
    errno::linux_of(own::ERRORS, native)
}

/// This system's number of an error of Linux's.
pub(crate) const fn native_errno(linux: i32) -> i32 {
    errno::native_of(own::ERRORS, linux)
}

/// The family; as it is, where Linux has none.
pub(crate) fn linux_family(native: i32) -> i32 {
    linux_of(FAMILIES, native).unwrap_or(native)
}

/// The family; one that the system refuses, where it has none.
pub(crate) fn native_family(linux: i32) -> i32 {
    native_of(FAMILIES, linux).unwrap_or(own::NO_FAMILY)
}

/// The flags of a message.
pub(crate) fn linux_flags(native: i32) -> i32 {
    linux_bits(FLAGS, native)
}

/// The flags of a message; none where the system lacks one.
pub(crate) fn native_flags(linux: i32) -> Option<i32> {
    all_bits(FLAGS, own::NEEDLESS_FLAGS, linux)
}

/// The flags of getaddrinfo(3); none where the system would refuse one.
pub(crate) fn native_lookup_flags(linux: i32) -> Option<i32> {
    all_bits(&[common::LOOKUP_FLAGS], own::NEEDLESS_LOOKUP_FLAGS, linux)
}

/// The flags of getnameinfo(3); none where the system would refuse one.
pub(crate) fn native_name_flags(linux: i32) -> Option<i32> {
    all_bits(&[common::NAME_FLAGS], own::NEEDLESS_NAME_FLAGS, linux)
}

/// This system's bits, if it has one for each that is needed.
fn all_bits(table: &Table<i32>, needless: i32, linux: i32) -> Option<i32> {
    let (native, rest) = native_bits(table, linux);
    (rest & !needless == 0).then_some(native)
}

/// The code of a look-up that failed, if Linux has it.
pub(crate) fn linux_gai(native: i32) -> Option<i32> {
    linux_of(own::LOOKUP_ERRORS, native)
}

/// The events that were told, as far as they were asked for or are of error.
pub(crate) fn linux_events(native: i16, asked: i16) -> i16 {
    let bits = |table| linux_bits(table, native.into()) as i16;
    let told = bits(own::EVENTS) | bits(own::EVENTS_TOLD);
    told & (asked | c::POLLERR | c::POLLHUP | c::POLLNVAL)
}

/// The events to ask for.
pub(crate) fn native_events(linux: i16) -> i16 {
    native_bits(own::EVENTS, linux.into()).0 as i16
}

/// The option's level and name, if the system has it.
pub(crate) fn native_option(level: i32, name: i32) -> Option<Name> {
    native_of(OPTIONS, (level, name)).or_else(|| Some((level, native_group_option(level, name)?)))
}

/// Whether the option is one of MCAST_, which hold addresses.
pub(crate) fn is_group_option(level: i32, name: i32) -> bool {
    native_group_option(level, name).is_some()
}

fn native_group_option(level: i32, name: i32) -> Option<i32> {
    let internet = matches!(level, c::IPPROTO_IP | c::IPPROTO_IPV6);
    native_of(&[common::GROUP_OPTIONS], name).filter(|_| internet)
}

/// The level and type of a control message, if Linux has it.
pub(crate) fn linux_control(level: i32, kind: i32) -> Option<Name> {
    linux_of(CONTROLS, (level, kind))
}

/// The level and type of a control message, if the system has it.
pub(crate) fn native_control(level: i32, kind: i32) -> Option<Name> {
    native_of(CONTROLS, (level, kind))
}
