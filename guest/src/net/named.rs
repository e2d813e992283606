//! Which of the values that `std` takes for addresses have a host name in them, or may.
//!
//! `std`'s own look-up is WASI's. To have Berkeley's for whatever `std`'s trait is implemented for, generic code
//! included, the few types with a name are told from the others by their identity, as a specialised implementation would
//! be chosen if Rust had that.
#![allow(unsafe_code, reason = "a value whose type was found out is taken as being of that type")]

use std::any::TypeId;
use std::mem::transmute_copy;

/// A host, which may be a name, as `std` takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named<'a> {
    /// `host:port`.
    Text(&'a str),
    /// The host and the port.
    Pair(&'a str, u16),
}

/// For each type behind so many references, what becomes of its value.
macro_rules! cases {
    ($value:ident: $($type:ty => $give:expr;)*) => {
        $(
            // SAFETY: what the type borrows is borrowed for the value's lifetime at least, and `give` gives no more
            // than that out, for `Named` has that lifetime.
            if let Some(found) = unsafe { cast::<_, $type>($value) } {
                let give: fn(&'a $type) -> Named<'a> = $give;
                return Some(give(found));
            }
        )*
    };
}

/// The host in the value, if it is of a type that has one. What is behind more than three references is left to `std`.
pub(super) fn named<'a, T: ?Sized>(value: &'a T) -> Option<Named<'a>> {
    use Named::{Pair, Text};
    cases! { value:
        str => |text| Text(text);
        &'static str => |text| Text(text);
        &'static &'static str => |text| Text(text);
        &'static &'static &'static str => |text| Text(text);
        String => |text| Text(text);
        &'static String => |text| Text(text);
        &'static &'static String => |text| Text(text);
        &'static &'static &'static String => |text| Text(text);
        (&'static str, u16) => |(host, port)| Pair(host, *port);
        &'static (&'static str, u16) => |(host, port)| Pair(host, *port);
        &'static &'static (&'static str, u16) => |pair| Pair(pair.0, pair.1);
        &'static &'static &'static (&'static str, u16) => |pair| Pair(pair.0, pair.1);
        (String, u16) => |(host, port)| Pair(host, *port);
        &'static (String, u16) => |(host, port)| Pair(host, *port);
        &'static &'static (String, u16) => |pair| Pair(&pair.0, pair.1);
        &'static &'static &'static (String, u16) => |pair| Pair(&pair.0, pair.1);
    }
    None
}

/// The value as what it is, if it is a `U`, whatever the lifetimes.
///
/// # Safety
///
/// `U` is written with `'static` for every lifetime, which the value's own may not be: the caller must not use what it
/// borrows for longer than the value is borrowed.
unsafe fn cast<T: ?Sized, U: ?Sized + 'static>(value: &T) -> Option<&U> {
    // SAFETY: the types are one but for lifetimes, and so are the references to them, of whatever size.
    (typeid::of::<T>() == TypeId::of::<U>()).then(|| unsafe { transmute_copy::<&T, &U>(&value) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn behind<'a, T>(value: T, expected: Named<'a>) {
        assert_eq!(named(&value), Some(expected));
        assert_eq!(named(&&value), Some(expected));
        assert_eq!(named(&&&value), Some(expected));
    }

    #[test]
    fn hosts_are_found_behind_references() {
        let (text, host) = ("host:80".to_owned(), "host".to_owned());
        assert_eq!(named(text.as_str()), Some(Named::Text("host:80")));
        behind(text.as_str(), Named::Text("host:80"));
        behind(&text, Named::Text("host:80"));
        behind(text.clone(), Named::Text("host:80"));
        behind((host.as_str(), 80_u16), Named::Pair("host", 80));
        behind((host.clone(), 80_u16), Named::Pair("host", 80));
        behind(&(host, 80_u16), Named::Pair("host", 80));
    }

    #[test]
    fn nothing_else_is_one() {
        assert_eq!(named(&("host", 80_i32)), None);
        assert_eq!(named(&[1_u8][..]), None);
        assert_eq!(named(&80_u16), None);
        assert_eq!(named(&(std::net::Ipv4Addr::LOCALHOST, 80_u16)), None);
    }
}
