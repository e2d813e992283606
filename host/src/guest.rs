//! What a store holds for a guest.

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use crate::ctx::SocketCtx;
use crate::view::{SocketCtxView, SocketView};

/// What a [`wasmtime::Store`] holds for a guest that has WASI and sockets, where an embedder has nothing to add.
///
/// Who keeps more in a store implements [`WasiView`] and [`SocketView`] on a type of their own, as is done here.
///
/// ```
/// use berkeley_host::policy::Rules;
/// use berkeley_host::{Guest, SocketCtx};
/// use wasmtime_wasi::WasiCtx;
///
/// let sockets = SocketCtx::builder().rules(Rules::parse(["connect=db.internal:5432"])?)?.build();
/// let guest = Guest::new(WasiCtx::builder().inherit_stdio(), sockets);
/// assert_eq!(guest.socket_ctx().open_sockets(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Guest {
    wasi: WasiCtx,
    sockets: SocketCtx,
    table: ResourceTable,
}

impl Guest {
    /// A guest with these sockets. What the builder says of WASI's own is of no account: they are these as well.
    ///
    /// # Panics
    ///
    /// As [`WasiCtxBuilder::build`] does, where something was built by that builder before.
    pub fn new(wasi: &mut WasiCtxBuilder, sockets: SocketCtx) -> Self {
        Self { wasi: wasi.build(), sockets, table: ResourceTable::new() }
    }

    /// The guest's sockets.
    pub fn socket_ctx(&self) -> &SocketCtx {
        &self.sockets
    }
}

impl std::fmt::Debug for Guest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guest").field("sockets", &self.sockets).finish_non_exhaustive()
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl SocketView for Guest {
    fn sockets(&mut self) -> SocketCtxView<'_> {
        SocketCtxView { ctx: &mut self.sockets, table: &mut self.table }
    }
}
