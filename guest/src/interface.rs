//! The host's network interfaces and its name. The host must grant them.

use crate::bindings::interface as wit;
use crate::error::Result;
use crate::text::lossy;

/// All interfaces, by index and name: if_nameindex(3).
pub fn if_nameindex() -> Result<Vec<(u32, String)>> {
    Ok(wit::if_nameindex()?.into_iter().map(|(index, name)| (index, lossy(&name))).collect())
}

/// The index of the interface of that name: if_nametoindex(3). ENODEV.
pub fn if_nametoindex(name: &str) -> Result<u32> {
    Ok(wit::if_nametoindex(name.as_bytes())?)
}

/// The name of the interface of that index: if_indextoname(3). ENXIO.
pub fn if_indextoname(index: u32) -> Result<String> {
    Ok(lossy(&wit::if_indextoname(index)?))
}

/// The host's name: gethostname(2).
pub fn gethostname() -> Result<String> {
    Ok(lossy(&wit::gethostname()?))
}

/// Sets the host's name: sethostname(2). EPERM, EINVAL.
pub fn sethostname(name: &str) -> Result<()> {
    Ok(wit::sethostname(name.as_bytes())?)
}

/// The machine's own context id among virtual machines: vsock(7), IOCTL_VM_SOCKETS_GET_LOCAL_CID. VMADDR_CID_ANY where it
/// has none. ENODEV where there is no AF_VSOCK.
pub fn local_cid() -> Result<u32> {
    Ok(wit::local_cid()?)
}
