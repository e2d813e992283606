//! Families, types and options as the report calls them.

use berkeley_guest::socket::*;

/// A family as the report calls it.
pub(super) fn family_name(family: i32) -> String {
    name_of("AF_", family).map_or_else(|| format!("the family {family}"), str::to_owned)
}

/// A type of sockets, and their protocol, as the report calls them.
pub(super) fn type_name(r#type: i32, proto: i32) -> String {
    let unknown = |number: i32| format!("the number {number}");
    let r#type = name_of("SOCK_", r#type).map_or_else(|| unknown(r#type), str::to_owned);
    match proto {
        0 => r#type,
        _ => format!("{} of {}", r#type, name_of("IPPROTO_", proto).map_or_else(|| unknown(proto), str::to_owned)),
    }
}

/// An option as the report calls it.
pub(super) fn option_name(level: i32, number: i32) -> String {
    let option = berkeley_guest::constants::option::find(AF_UNSPEC, level, number);
    option.map_or_else(|| format!("the option {number} of the level {level}"), |option| option.name.to_owned())
}

/// The constant of that value whose name begins so.
pub(super) fn name_of(begin: &str, value: i32) -> Option<&'static str> {
    let found = ALL.iter().find(|(name, number)| name.starts_with(begin) && *number == i64::from(value));
    found.map(|(name, _)| *name)
}
