//! Linux's numbers, which are the contract's.

pub(crate) const fn linux_errno(native: i32) -> i32 {
    native
}

pub(crate) const fn native_errno(linux: i32) -> i32 {
    linux
}

pub(crate) const fn linux_family(native: i32) -> i32 {
    native
}

pub(crate) const fn native_family(linux: i32) -> i32 {
    linux
}

pub(crate) const fn linux_flags(native: i32) -> i32 {
    native
}

pub(crate) const fn native_flags(linux: i32) -> Option<i32> {
    Some(linux)
}

pub(crate) const fn native_lookup_flags(linux: i32) -> Option<i32> {
    Some(linux)
}

pub(crate) const fn native_name_flags(linux: i32) -> Option<i32> {
    Some(linux)
}

pub(crate) const fn linux_gai(native: i32) -> Option<i32> {
    Some(native)
}

pub(crate) const fn linux_events(native: i16, _asked: i16) -> i16 {
    native
}

pub(crate) const fn native_events(linux: i16) -> i16 {
    linux
}
