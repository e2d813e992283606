//! Which version of WASI a component is written for.

use wasmtime::component::Component;

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

/// Whether the component is written for WASI 0.3: it imports or exports [some of it](is_p3).
///
/// ```no_run
/// let engine = wasmtime::Engine::default();
/// let component = wasmtime::component::Component::from_file(&engine, "guest.wasm")?;
/// if berkeley_host::wasi::needs_p3(&component) {
///     println!("its engine must support concurrency");
/// }
/// # Ok::<(), wasmtime::Error>(())
/// ```
pub fn needs_p3(component: &Component) -> bool {
    let (kind, engine) = (component.component_type(), component.engine());
    kind.imports(engine).any(|(name, _)| is_p3(name)) || kind.exports(engine).any(|(name, _)| is_p3(name))
}
