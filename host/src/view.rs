//! How the contract's functions come to a store's sockets.

use wasmtime::component::{HasData, ResourceTable};

use crate::ctx::SocketCtx;

/// Access to a guest's sockets and resources, for the length of one call.
#[derive(Debug)]
pub struct SocketCtxView<'a> {
    /// The sockets' common state.
    pub ctx: &'a mut SocketCtx,
    /// The resources that the guest holds.
    pub table: &'a mut ResourceTable,
}

/// Access to the sockets of a store's guest.
///
/// [`Guest`](crate::Guest) has it; an embedder's own store type gets it as WASI's view is got:
///
/// ```
/// use berkeley_host::{SocketCtx, SocketCtxView, SocketView};
/// use wasmtime::component::ResourceTable;
///
/// struct Mine {
///     sockets: SocketCtx,
///     table: ResourceTable,
/// }
///
/// impl SocketView for Mine {
///     fn sockets(&mut self) -> SocketCtxView<'_> {
///         SocketCtxView { ctx: &mut self.sockets, table: &mut self.table }
///     }
/// }
/// ```
pub trait SocketView: Send {
    /// The sockets' state, and the table that the guest's resources are in: WASI's, if the guest has WASI too.
    fn sockets(&mut self) -> SocketCtxView<'_>;
}

/// Gives bindings a guest's [`SocketCtxView`].
pub(crate) struct HasSockets;

impl HasData for HasSockets {
    type Data<'a> = SocketCtxView<'a>;
}
