//! Socket addresses of every family, and what becomes one.
//!
//! ```
//! use berkeley_guest::Address;
//!
//! let address = Address::can_isotp("vcan0", 0x123, 0x456);
//! assert_eq!(address.interface().as_deref(), Some("vcan0"));
//! assert_eq!(address.to_string(), "('vcan0', 291, 1110)");
//!
//! let Address::Rfcomm(fields) = Address::rfcomm("00:11:22:33:44:55", 3)? else { unreachable!() };
//! assert_eq!((fields.address.5, fields.channel), (0x55, 3));
//! # Ok::<(), berkeley_guest::Error>(())
//! ```

mod contract;
mod display;
mod host;
mod make;
mod text;
mod to_address;
mod variant;

pub(crate) use host::{NUMERIC, host_address};
pub use text::{ba2str, str2ba};
pub(crate) use text::{ip_text, uuid_text};
pub use to_address::ToAddress;
pub use variant::Address;

pub use crate::bindings::address::{
    AlgAddress, BluetoothAddress, CanAddress, CanIsotpAddress, CanJ1939Address, HciAddress, HypervAddress,
    L2capAddress, NetlinkAddress, OtherAddress, PacketAddress, QipcrtrAddress, RfcommAddress, SystemAddress,
    TipcAddress, VsockAddress,
};
