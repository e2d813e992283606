//! Options, whose numbers and values are the contract's.

pub(crate) use crate::sys::call::{
    get_option as getsockopt, set_option as setsockopt, set_option_null as setsockopt_null,
};
