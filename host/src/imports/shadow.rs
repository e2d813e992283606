//! Functions that are added by hand, in the place of generated ones.

use wasmtime::StoreContextMut;
use wasmtime::component::Linker;

use super::error::Failure;

/// Adds what is in the linker already for a second time.
pub(super) fn shadowing<T: 'static>(
    linker: &mut Linker<T>,
    add: impl FnOnce(&mut Linker<T>) -> wasmtime::Result<()>,
) -> wasmtime::Result<()> {
    let allowed = allows_shadowing(linker)?;
    linker.allow_shadowing(true);
    let added = add(linker);
    linker.allow_shadowing(allowed);
    added
}

/// Whether the embedder lets functions be defined twice. Only trying tells.
fn allows_shadowing<T: 'static>(linker: &Linker<T>) -> wasmtime::Result<bool> {
    let mut copy = linker.clone();
    let mut define = || copy.root().func_wrap("berkeley:twice", |_: StoreContextMut<'_, T>, (): ()| Ok(()));
    define()?;
    Ok(define().is_ok())
}

/// What a generated function answers that has another in its place.
pub(super) fn shadowed() -> Failure {
    Failure::Trap(wasmtime::Error::msg("another function is in the place of this one"))
}
