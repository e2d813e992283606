//! `--trace`: each call of a guest, a line for each.
//!
//! Each line, and for people the beginning of each, is written at once: so all is there however the guest ends, and the
//! last call is seen where it never does.

mod json;
mod output;
mod text;

pub(crate) use json::Json;
pub(crate) use text::Text;
