//! The probes, by the sections of the surface.

mod ancillary;
mod constant;
mod ends;
mod family;
mod flag;
mod function;
mod method;
mod option;

use crate::platform::Platform;

/// Runs the probe of a row, and prints what it found.
///
/// The arguments are the row's section and name, and what else the probe takes. One that is not known prints nothing.
pub(crate) async fn run<P: Platform>(arguments: &[String]) {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["function", name] => function::probe::<P>(name).await,
        ["method", name, rest @ ..] => method::probe::<P>(name, rest).await,
        ["family", name, rest @ ..] => family::probe::<P>(name, rest).await,
        ["flag", name] => flag::probe::<P>(name).await,
        ["ancillary", name] => ancillary::probe::<P>(name).await,
        ["option", _, rest @ ..] => option::probe::<P>(rest).await,
        ["constant", _, rest @ ..] => constant::probe(rest).await,
        _ => {}
    }
}
