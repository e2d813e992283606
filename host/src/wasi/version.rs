//! Which version of WASI a component is written for.

/// Whether an import or export of that name, such as `wasi:cli/run@0.3.0`, is of WASI 0.3, or for its guests alone:
/// `berkeley:sockets/stream`.
///
/// A component that has one needs an engine with support for concurrency, and the feature `p3`.
///
/// ```
/// assert!(berkeley_host::wasi::is_p3("wasi:cli/run@0.3.0"));
/// assert!(!berkeley_host::wasi::is_p3("wasi:cli/run@0.2.12"));
/// ```
pub fn is_p3(name: &str) -> bool {
    name.starts_with("wasi:") && name.contains("@0.3.") || name.starts_with("berkeley:sockets/stream@")
}
