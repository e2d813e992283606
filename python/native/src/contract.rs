//! Generated from the contract by `cargo xtask bindings`.
#![allow(unsafe_code, reason = "the functions are the host's")]
#![allow(
    clashing_extern_declarations,
    clippy::all,
    clippy::undocumented_unsafe_blocks,
    reason = "the code is generated"
)]

use core::ffi::CStr;

use crate::call::enter;
use crate::python::PyObject;
use crate::types::{Call, Case, Field, Function, Outcome, Place, Type, Values};

macro_rules! entry {
    ($name:ident, $at:literal) => {
        unsafe extern "C" fn $name(
            this: *mut PyObject,
            arguments: *const *mut PyObject,
            count: isize,
        ) -> *mut PyObject {
            unsafe { enter(&FUNCTIONS[$at], this, arguments, count) }
        }
    };
}

/// How many words the parameters that are passed in memory take at most, and a result.
pub(crate) const PARAMETER_WORDS: usize = 11;
pub(crate) const RESULT_WORDS: usize = 11;

/// The classes of the bindings, by the modules that they are in.
pub(crate) static CLASSES: [(&CStr, &CStr); 113] = [
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_socket_0_1_0", c"Socket"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_Unspecified"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_Inet"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"InetAddress"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_Inet6"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"Inet6Address"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_Unix"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_Netlink"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"NetlinkAddress"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_Packet"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"PacketAddress"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_Vsock"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"VsockAddress"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_Can"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"CanAddress"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_CanIsotp"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"CanIsotpAddress"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_CanJ1939"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"CanJ1939Address"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_L2cap"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"L2capAddress"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_Rfcomm"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"RfcommAddress"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_Hci"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"HciAddress"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_Sco"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_Alg"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"AlgAddress"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_Tipc"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"TipcAddress"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_Qipcrtr"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"QipcrtrAddress"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_Hyperv"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"HypervAddress"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_System"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SystemAddress_Name"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SystemAddress_Control"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"SocketAddress_Other"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_address_0_1_0", c"OtherAddress"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_error_0_1_0", c"Error_Os"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_error_0_1_0", c"Errno"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_error_0_1_0", c"Error_OsNumber"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_error_0_1_0", c"Error_TimedOut"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_error_0_1_0", c"Error_Denied"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_error_0_1_0", c"Error_Gai"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_error_0_1_0", c"GaiCode"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_error_0_1_0", c"Error_GaiNumber"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_error_0_1_0", c"Error_Herror"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_error_0_1_0", c"HostCode"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_option_0_1_0", c"OptionValue_Int"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_option_0_1_0", c"OptionValue_Bytes"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_option_0_1_0", c"OptionValue_Null"),
    (c"berkeley_sockets.bindings.imports.wasi_io_streams_0_2_12", c"OutputStream"),
    (c"berkeley_sockets.bindings.imports.wasi_io_streams_0_2_12", c"StreamError_LastOperationFailed"),
    (c"berkeley_sockets.bindings.imports.wasi_io_error_0_2_12", c"Error"),
    (c"berkeley_sockets.bindings.imports.wasi_io_streams_0_2_12", c"StreamError_Closed"),
    (c"berkeley_sockets.bindings.imports.wasi_filesystem_types_0_2_12", c"Descriptor"),
    (c"berkeley_sockets.bindings.imports.wasi_filesystem_types_0_2_12", c"ErrorCode"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"OutgoingControlMessage_Rights"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"OutgoingControlMessage_Data"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"ControlData_Credentials"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"Credentials"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"ControlData_Timestamp"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"Timestamp"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"ControlData_Timestampns"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"ControlData_Timestamping"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"ControlData_IpPktinfo"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"IpPktinfo"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"ControlData_Ipv6Pktinfo"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"Ipv6Pktinfo"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"ControlData_IpTtl"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"ControlData_IpTos"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"ControlData_Ipv6Hoplimit"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"ControlData_Ipv6Tclass"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"ControlData_IpRecverr"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"ExtendedError"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"ControlData_Ipv6Recverr"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"ControlData_Raw"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"RawControlMessage"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"OutgoingDescriptor_Socket"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"OutgoingDescriptor_File"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"IncomingControlMessage_Rights"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"PassedDescriptor_Socket"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"PassedDescriptor_File"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"IncomingControlMessage_Data"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"Message"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"OutgoingDatagram"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0", c"IncomingDatagram"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_poll_0_1_0", c"Interest"),
    (c"berkeley_sockets.bindings.imports.wasi_io_poll_0_2_12", c"Pollable"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_poller_0_1_0", c"Poller"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_poller_0_1_0", c"Event"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_netdb_0_1_0", c"AddressInfo"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_netdb_0_1_0", c"HostEntry"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"Config"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"VerifyMode"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"RevocationCheck"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"Identity"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"Terms"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"Error_WantRead"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"Error_WantWrite"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"Error_WantChoice"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"Error_Closed"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"Error_UnexpectedEof"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"Error_Verification"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"Verification"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"Error_Alert"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"Error_Protocol"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"Error_Invalid"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"Error_Limit"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"VerifyFlags"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"Connection"),
    (c"berkeley_sockets.bindings.imports.berkeley_sockets_tls_0_1_0", c"ClientHello"),
];

/// The names of attributes.
pub(crate) static NAMES: [&CStr; 76] = [
    c"value",
    c"handle",
    c"finalizer",
    c"address",
    c"port",
    c"flow_info",
    c"scope_id",
    c"pid",
    c"groups",
    c"interface",
    c"protocol",
    c"packet_type",
    c"hardware_type",
    c"hardware_address",
    c"cid",
    c"rx_id",
    c"tx_id",
    c"name",
    c"pgn",
    c"psm",
    c"address_type",
    c"channel",
    c"device",
    c"type",
    c"features",
    c"mask",
    c"v1",
    c"v2",
    c"v3",
    c"scope",
    c"node",
    c"vm_id",
    c"service_id",
    c"family",
    c"bytes",
    c"uid",
    c"gid",
    c"seconds",
    c"nanoseconds",
    c"interface_index",
    c"local_address",
    c"destination",
    c"number",
    c"origin",
    c"code",
    c"info",
    c"data",
    c"offender",
    c"level",
    c"length",
    c"ancillary",
    c"flags",
    c"whole_length",
    c"socket",
    c"events",
    c"token",
    c"canonical_name",
    c"aliases",
    c"addresses",
    c"verify",
    c"check_name",
    c"common_name",
    c"roots",
    c"host_roots",
    c"crls",
    c"revocation",
    c"identity",
    c"chain",
    c"key",
    c"alpn",
    c"minimum_version",
    c"maximum_version",
    c"cipher_suites",
    c"choice",
    c"text",
    c"server_name",
];

static TYPE_0: Type = Type::Borrow;
static TYPE_1: Type = Type::Signed(4);
static TYPE_2: Type = Type::Unsigned(8);
static TYPE_3: Type = Type::Option { some: &TYPE_2, payload: 8, flat: 2 };
static TYPE_4: Type = Type::Unsigned(1);
static TYPE_5: Type = Type::Tuple(&[Field { name: 0, at: 0, ty: &TYPE_4 }, Field { name: 0, at: 1, ty: &TYPE_4 }, Field { name: 0, at: 2, ty: &TYPE_4 }, Field { name: 0, at: 3, ty: &TYPE_4 }]);
static TYPE_6: Type = Type::Unsigned(2);
static TYPE_7: Type = Type::Record { class: 3, fields: &[Field { name: 3, at: 0, ty: &TYPE_5 }, Field { name: 4, at: 4, ty: &TYPE_6 }] };
static TYPE_8: Type = Type::Tuple(&[Field { name: 0, at: 0, ty: &TYPE_6 }, Field { name: 0, at: 2, ty: &TYPE_6 }, Field { name: 0, at: 4, ty: &TYPE_6 }, Field { name: 0, at: 6, ty: &TYPE_6 }, Field { name: 0, at: 8, ty: &TYPE_6 }, Field { name: 0, at: 10, ty: &TYPE_6 }, Field { name: 0, at: 12, ty: &TYPE_6 }, Field { name: 0, at: 14, ty: &TYPE_6 }]);
static TYPE_9: Type = Type::Unsigned(4);
static TYPE_10: Type = Type::Record { class: 5, fields: &[Field { name: 3, at: 0, ty: &TYPE_8 }, Field { name: 4, at: 16, ty: &TYPE_6 }, Field { name: 5, at: 20, ty: &TYPE_9 }, Field { name: 6, at: 24, ty: &TYPE_9 }] };
static TYPE_11: Type = Type::Bytes;
static TYPE_12: Type = Type::Record { class: 8, fields: &[Field { name: 7, at: 0, ty: &TYPE_9 }, Field { name: 8, at: 4, ty: &TYPE_9 }] };
static TYPE_13: Type = Type::Record { class: 10, fields: &[Field { name: 9, at: 0, ty: &TYPE_11 }, Field { name: 10, at: 8, ty: &TYPE_6 }, Field { name: 11, at: 10, ty: &TYPE_4 }, Field { name: 12, at: 12, ty: &TYPE_6 }, Field { name: 13, at: 16, ty: &TYPE_11 }] };
static TYPE_14: Type = Type::Record { class: 12, fields: &[Field { name: 14, at: 0, ty: &TYPE_9 }, Field { name: 4, at: 4, ty: &TYPE_9 }] };
static TYPE_15: Type = Type::Record { class: 14, fields: &[Field { name: 9, at: 0, ty: &TYPE_11 }] };
static TYPE_16: Type = Type::Record { class: 16, fields: &[Field { name: 9, at: 0, ty: &TYPE_11 }, Field { name: 15, at: 8, ty: &TYPE_9 }, Field { name: 16, at: 12, ty: &TYPE_9 }] };
static TYPE_17: Type = Type::Record { class: 18, fields: &[Field { name: 9, at: 0, ty: &TYPE_11 }, Field { name: 17, at: 8, ty: &TYPE_2 }, Field { name: 18, at: 16, ty: &TYPE_9 }, Field { name: 3, at: 20, ty: &TYPE_4 }] };
static TYPE_18: Type = Type::Tuple(&[Field { name: 0, at: 0, ty: &TYPE_4 }, Field { name: 0, at: 1, ty: &TYPE_4 }, Field { name: 0, at: 2, ty: &TYPE_4 }, Field { name: 0, at: 3, ty: &TYPE_4 }, Field { name: 0, at: 4, ty: &TYPE_4 }, Field { name: 0, at: 5, ty: &TYPE_4 }]);
static TYPE_19: Type = Type::Record { class: 20, fields: &[Field { name: 3, at: 0, ty: &TYPE_18 }, Field { name: 19, at: 6, ty: &TYPE_6 }, Field { name: 14, at: 8, ty: &TYPE_6 }, Field { name: 20, at: 10, ty: &TYPE_4 }] };
static TYPE_20: Type = Type::Record { class: 22, fields: &[Field { name: 3, at: 0, ty: &TYPE_18 }, Field { name: 21, at: 6, ty: &TYPE_4 }] };
static TYPE_21: Type = Type::Record { class: 24, fields: &[Field { name: 22, at: 0, ty: &TYPE_6 }, Field { name: 21, at: 2, ty: &TYPE_6 }] };
static TYPE_22: Type = Type::Record { class: 27, fields: &[Field { name: 23, at: 0, ty: &TYPE_11 }, Field { name: 17, at: 8, ty: &TYPE_11 }, Field { name: 24, at: 16, ty: &TYPE_9 }, Field { name: 25, at: 20, ty: &TYPE_9 }] };
static TYPE_23: Type = Type::Signed(1);
static TYPE_24: Type = Type::Record { class: 29, fields: &[Field { name: 20, at: 0, ty: &TYPE_4 }, Field { name: 26, at: 4, ty: &TYPE_9 }, Field { name: 27, at: 8, ty: &TYPE_9 }, Field { name: 28, at: 12, ty: &TYPE_9 }, Field { name: 29, at: 16, ty: &TYPE_23 }] };
static TYPE_25: Type = Type::Record { class: 31, fields: &[Field { name: 30, at: 0, ty: &TYPE_9 }, Field { name: 4, at: 4, ty: &TYPE_9 }] };
static TYPE_26: Type = Type::Record { class: 33, fields: &[Field { name: 31, at: 0, ty: &TYPE_11 }, Field { name: 32, at: 8, ty: &TYPE_11 }] };
static TYPE_27: Type = Type::Tuple(&[Field { name: 0, at: 0, ty: &TYPE_9 }, Field { name: 0, at: 4, ty: &TYPE_9 }]);
static TYPE_28: Type = Type::Variant { cases: &[Case { class: 35, ty: Some(&TYPE_11) }, Case { class: 36, ty: Some(&TYPE_27) }], payload: 4, flat: 3 };
static TYPE_29: Type = Type::Record { class: 38, fields: &[Field { name: 33, at: 0, ty: &TYPE_6 }, Field { name: 34, at: 4, ty: &TYPE_11 }] };
static TYPE_30: Type = Type::Variant { cases: &[Case { class: 1, ty: None }, Case { class: 2, ty: Some(&TYPE_7) }, Case { class: 4, ty: Some(&TYPE_10) }, Case { class: 6, ty: Some(&TYPE_11) }, Case { class: 7, ty: Some(&TYPE_12) }, Case { class: 9, ty: Some(&TYPE_13) }, Case { class: 11, ty: Some(&TYPE_14) }, Case { class: 13, ty: Some(&TYPE_15) }, Case { class: 15, ty: Some(&TYPE_16) }, Case { class: 17, ty: Some(&TYPE_17) }, Case { class: 19, ty: Some(&TYPE_19) }, Case { class: 21, ty: Some(&TYPE_20) }, Case { class: 23, ty: Some(&TYPE_21) }, Case { class: 25, ty: Some(&TYPE_18) }, Case { class: 26, ty: Some(&TYPE_22) }, Case { class: 28, ty: Some(&TYPE_24) }, Case { class: 30, ty: Some(&TYPE_25) }, Case { class: 32, ty: Some(&TYPE_26) }, Case { class: 34, ty: Some(&TYPE_28) }, Case { class: 37, ty: Some(&TYPE_29) }], payload: 8, flat: 12 };
static TYPE_31: Type = Type::Numbered { class: 40, size: 1 };
static TYPE_32: Type = Type::Text;
static TYPE_33: Type = Type::Numbered { class: 45, size: 1 };
static TYPE_34: Type = Type::Numbered { class: 48, size: 1 };
static TYPE_35: Type = Type::Variant { cases: &[Case { class: 39, ty: Some(&TYPE_31) }, Case { class: 41, ty: Some(&TYPE_1) }, Case { class: 42, ty: None }, Case { class: 43, ty: Some(&TYPE_32) }, Case { class: 44, ty: Some(&TYPE_33) }, Case { class: 46, ty: Some(&TYPE_1) }, Case { class: 47, ty: Some(&TYPE_34) }], payload: 4, flat: 3 };
static TYPE_36: Type = Type::Own { class: 0, drop: 0 };
static TYPE_37: Type = Type::Option { some: &TYPE_30, payload: 8, flat: 13 };
static TYPE_38: Type = Type::Tuple(&[Field { name: 0, at: 0, ty: &TYPE_36 }, Field { name: 0, at: 8, ty: &TYPE_37 }]);
static TYPE_39: Type = Type::Tuple(&[Field { name: 0, at: 0, ty: &TYPE_11 }, Field { name: 0, at: 8, ty: &TYPE_37 }]);
static TYPE_40: Type = Type::Tuple(&[Field { name: 0, at: 0, ty: &TYPE_36 }, Field { name: 0, at: 4, ty: &TYPE_36 }]);
static TYPE_41: Type = Type::Tuple(&[Field { name: 0, at: 0, ty: &TYPE_32 }, Field { name: 0, at: 8, ty: &TYPE_36 }]);
static TYPE_42: Type = Type::List { item: &TYPE_41, size: 12 };
static TYPE_43: Type = Type::Borrow;
static TYPE_44: Type = Type::Variant { cases: &[Case { class: 49, ty: Some(&TYPE_1) }, Case { class: 50, ty: Some(&TYPE_11) }, Case { class: 51, ty: Some(&TYPE_9) }], payload: 4, flat: 3 };
static TYPE_45: Type = Type::Borrow;
static TYPE_46: Type = Type::Bytes;
static TYPE_47: Type = Type::Own { class: 54, drop: 2 };
static TYPE_48: Type = Type::Variant { cases: &[Case { class: 53, ty: Some(&TYPE_47) }, Case { class: 55, ty: None }], payload: 4, flat: 2 };
static TYPE_49: Type = Type::Borrow;
static TYPE_50: Type = Type::Bytes;
static TYPE_51: Type = Type::Numbered { class: 57, size: 1 };
static TYPE_52: Type = Type::Borrow;
static TYPE_53: Type = Type::Borrow;
static TYPE_54: Type = Type::Borrow;
static TYPE_55: Type = Type::List { item: &TYPE_11, size: 8 };
static TYPE_56: Type = Type::List { item: &TYPE_54, size: 4 };
static TYPE_57: Type = Type::Record { class: 61, fields: &[Field { name: 7, at: 0, ty: &TYPE_1 }, Field { name: 35, at: 4, ty: &TYPE_9 }, Field { name: 36, at: 8, ty: &TYPE_9 }] };
static TYPE_58: Type = Type::Signed(8);
static TYPE_59: Type = Type::Record { class: 63, fields: &[Field { name: 37, at: 0, ty: &TYPE_58 }, Field { name: 38, at: 8, ty: &TYPE_9 }] };
static TYPE_60: Type = Type::Tuple(&[Field { name: 0, at: 0, ty: &TYPE_59 }, Field { name: 0, at: 16, ty: &TYPE_59 }, Field { name: 0, at: 32, ty: &TYPE_59 }]);
static TYPE_61: Type = Type::Record { class: 67, fields: &[Field { name: 39, at: 0, ty: &TYPE_9 }, Field { name: 40, at: 4, ty: &TYPE_5 }, Field { name: 41, at: 8, ty: &TYPE_5 }] };
static TYPE_62: Type = Type::Record { class: 69, fields: &[Field { name: 3, at: 0, ty: &TYPE_8 }, Field { name: 39, at: 16, ty: &TYPE_9 }] };
static TYPE_63: Type = Type::Option { some: &TYPE_30, payload: 8, flat: 13 };
static TYPE_64: Type = Type::Record { class: 75, fields: &[Field { name: 42, at: 0, ty: &TYPE_9 }, Field { name: 43, at: 4, ty: &TYPE_4 }, Field { name: 23, at: 5, ty: &TYPE_4 }, Field { name: 44, at: 6, ty: &TYPE_4 }, Field { name: 45, at: 8, ty: &TYPE_9 }, Field { name: 46, at: 12, ty: &TYPE_9 }, Field { name: 47, at: 16, ty: &TYPE_63 }] };
static TYPE_65: Type = Type::Record { class: 78, fields: &[Field { name: 48, at: 0, ty: &TYPE_1 }, Field { name: 23, at: 4, ty: &TYPE_1 }, Field { name: 46, at: 8, ty: &TYPE_11 }] };
static TYPE_66: Type = Type::Variant { cases: &[Case { class: 60, ty: Some(&TYPE_57) }, Case { class: 62, ty: Some(&TYPE_59) }, Case { class: 64, ty: Some(&TYPE_59) }, Case { class: 65, ty: Some(&TYPE_60) }, Case { class: 66, ty: Some(&TYPE_61) }, Case { class: 68, ty: Some(&TYPE_62) }, Case { class: 70, ty: Some(&TYPE_1) }, Case { class: 71, ty: Some(&TYPE_4) }, Case { class: 72, ty: Some(&TYPE_1) }, Case { class: 73, ty: Some(&TYPE_1) }, Case { class: 74, ty: Some(&TYPE_64) }, Case { class: 76, ty: Some(&TYPE_64) }, Case { class: 77, ty: Some(&TYPE_65) }], payload: 8, flat: 20 };
static TYPE_67: Type = Type::Variant { cases: &[Case { class: 58, ty: Some(&TYPE_56) }, Case { class: 59, ty: Some(&TYPE_66) }], payload: 8, flat: 21 };
static TYPE_68: Type = Type::List { item: &TYPE_67, size: 80 };
static TYPE_69: Type = Type::Borrow;
static TYPE_70: Type = Type::Variant { cases: &[Case { class: 79, ty: Some(&TYPE_54) }, Case { class: 80, ty: Some(&TYPE_69) }], payload: 4, flat: 2 };
static TYPE_71: Type = Type::List { item: &TYPE_70, size: 8 };
static TYPE_72: Type = Type::List { item: &TYPE_66, size: 72 };
static TYPE_73: Type = Type::Own { class: 0, drop: 0 };
static TYPE_74: Type = Type::Own { class: 56, drop: 3 };
static TYPE_75: Type = Type::Variant { cases: &[Case { class: 82, ty: Some(&TYPE_73) }, Case { class: 83, ty: Some(&TYPE_74) }], payload: 4, flat: 2 };
static TYPE_76: Type = Type::List { item: &TYPE_75, size: 8 };
static TYPE_77: Type = Type::Variant { cases: &[Case { class: 81, ty: Some(&TYPE_76) }, Case { class: 84, ty: Some(&TYPE_66) }], payload: 8, flat: 21 };
static TYPE_78: Type = Type::List { item: &TYPE_77, size: 80 };
static TYPE_79: Type = Type::Record { class: 85, fields: &[Field { name: 46, at: 0, ty: &TYPE_11 }, Field { name: 49, at: 8, ty: &TYPE_2 }, Field { name: 50, at: 16, ty: &TYPE_78 }, Field { name: 51, at: 24, ty: &TYPE_1 }, Field { name: 3, at: 32, ty: &TYPE_63 }] };
static TYPE_80: Type = Type::Record { class: 86, fields: &[Field { name: 49, at: 0, ty: &TYPE_9 }, Field { name: 3, at: 8, ty: &TYPE_63 }, Field { name: 50, at: 56, ty: &TYPE_72 }] };
static TYPE_81: Type = Type::List { item: &TYPE_80, size: 64 };
static TYPE_82: Type = Type::Record { class: 87, fields: &[Field { name: 49, at: 0, ty: &TYPE_9 }, Field { name: 52, at: 4, ty: &TYPE_9 }, Field { name: 51, at: 8, ty: &TYPE_1 }, Field { name: 3, at: 16, ty: &TYPE_63 }, Field { name: 50, at: 64, ty: &TYPE_72 }] };
static TYPE_83: Type = Type::List { item: &TYPE_82, size: 72 };
static TYPE_84: Type = Type::Tuple(&[Field { name: 0, at: 0, ty: &TYPE_11 }, Field { name: 0, at: 8, ty: &TYPE_83 }]);
static TYPE_85: Type = Type::Borrow;
static TYPE_86: Type = Type::Signed(2);
static TYPE_87: Type = Type::Record { class: 88, fields: &[Field { name: 53, at: 0, ty: &TYPE_85 }, Field { name: 54, at: 4, ty: &TYPE_86 }] };
static TYPE_88: Type = Type::List { item: &TYPE_87, size: 8 };
static TYPE_89: Type = Type::List { item: &TYPE_86, size: 2 };
static TYPE_90: Type = Type::Own { class: 89, drop: 4 };
static TYPE_91: Type = Type::Borrow;
static TYPE_92: Type = Type::Borrow;
static TYPE_93: Type = Type::Record { class: 91, fields: &[Field { name: 54, at: 0, ty: &TYPE_9 }, Field { name: 55, at: 8, ty: &TYPE_2 }] };
static TYPE_94: Type = Type::List { item: &TYPE_93, size: 16 };
static TYPE_95: Type = Type::Own { class: 89, drop: 4 };
static TYPE_96: Type = Type::Own { class: 90, drop: 5 };
static TYPE_97: Type = Type::Option { some: &TYPE_11, payload: 4, flat: 3 };
static TYPE_98: Type = Type::Record { class: 92, fields: &[Field { name: 33, at: 0, ty: &TYPE_1 }, Field { name: 23, at: 4, ty: &TYPE_1 }, Field { name: 10, at: 8, ty: &TYPE_1 }, Field { name: 56, at: 12, ty: &TYPE_11 }, Field { name: 3, at: 24, ty: &TYPE_30 }] };
static TYPE_99: Type = Type::List { item: &TYPE_98, size: 64 };
static TYPE_100: Type = Type::Tuple(&[Field { name: 0, at: 0, ty: &TYPE_11 }, Field { name: 0, at: 8, ty: &TYPE_11 }]);
static TYPE_101: Type = Type::Record { class: 93, fields: &[Field { name: 17, at: 0, ty: &TYPE_11 }, Field { name: 57, at: 8, ty: &TYPE_55 }, Field { name: 58, at: 16, ty: &TYPE_55 }] };
static TYPE_102: Type = Type::Option { some: &TYPE_6, payload: 2, flat: 2 };
static TYPE_103: Type = Type::Option { some: &TYPE_1, payload: 4, flat: 2 };
static TYPE_104: Type = Type::Tuple(&[Field { name: 0, at: 0, ty: &TYPE_9 }, Field { name: 0, at: 4, ty: &TYPE_11 }]);
static TYPE_105: Type = Type::List { item: &TYPE_104, size: 12 };
static TYPE_106: Type = Type::Numbered { class: 95, size: 1 };
static TYPE_107: Type = Type::Bool;
static TYPE_108: Type = Type::Numbered { class: 96, size: 1 };
static TYPE_109: Type = Type::Record { class: 97, fields: &[Field { name: 67, at: 0, ty: &TYPE_55 }, Field { name: 68, at: 8, ty: &TYPE_11 }] };
static TYPE_110: Type = Type::Option { some: &TYPE_109, payload: 4, flat: 5 };
static TYPE_111: Type = Type::List { item: &TYPE_6, size: 2 };
static TYPE_112: Type = Type::Record { class: 98, fields: &[Field { name: 59, at: 0, ty: &TYPE_106 }, Field { name: 60, at: 1, ty: &TYPE_107 }, Field { name: 61, at: 2, ty: &TYPE_107 }, Field { name: 62, at: 4, ty: &TYPE_55 }, Field { name: 63, at: 12, ty: &TYPE_107 }, Field { name: 64, at: 16, ty: &TYPE_55 }, Field { name: 65, at: 24, ty: &TYPE_108 }, Field { name: 66, at: 28, ty: &TYPE_110 }, Field { name: 69, at: 48, ty: &TYPE_55 }, Field { name: 70, at: 56, ty: &TYPE_6 }, Field { name: 71, at: 58, ty: &TYPE_6 }, Field { name: 72, at: 60, ty: &TYPE_111 }, Field { name: 73, at: 68, ty: &TYPE_107 }] };
static TYPE_113: Type = Type::Own { class: 94, drop: 6 };
static TYPE_114: Type = Type::Record { class: 105, fields: &[Field { name: 44, at: 0, ty: &TYPE_9 }, Field { name: 74, at: 4, ty: &TYPE_32 }] };
static TYPE_115: Type = Type::Variant { cases: &[Case { class: 99, ty: None }, Case { class: 100, ty: None }, Case { class: 101, ty: None }, Case { class: 102, ty: None }, Case { class: 103, ty: None }, Case { class: 104, ty: Some(&TYPE_114) }, Case { class: 106, ty: Some(&TYPE_4) }, Case { class: 107, ty: Some(&TYPE_32) }, Case { class: 108, ty: Some(&TYPE_32) }, Case { class: 109, ty: Some(&TYPE_32) }], payload: 4, flat: 4 };
static TYPE_116: Type = Type::Numbered { class: 110, size: 1 };
static TYPE_117: Type = Type::Borrow;
static TYPE_118: Type = Type::Option { some: &TYPE_32, payload: 4, flat: 3 };
static TYPE_119: Type = Type::Own { class: 111, drop: 7 };
static TYPE_120: Type = Type::Borrow;
static TYPE_121: Type = Type::Record { class: 112, fields: &[Field { name: 75, at: 0, ty: &TYPE_118 }, Field { name: 69, at: 12, ty: &TYPE_55 }, Field { name: 72, at: 20, ty: &TYPE_111 }] };
static TYPE_122: Type = Type::Option { some: &TYPE_121, payload: 4, flat: 8 };

#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.family"]
    fn import_0(_: i32) -> i32;
}
unsafe fn call_0(values: &Values) -> u64 {
    unsafe { import_0(values[0] as i32) as u64 }
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.type"]
    fn import_1(_: i32) -> i32;
}
unsafe fn call_1(values: &Values) -> u64 {
    unsafe { import_1(values[0] as i32) as u64 }
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.protocol"]
    fn import_2(_: i32) -> i32;
}
unsafe fn call_2(values: &Values) -> u64 {
    unsafe { import_2(values[0] as i32) as u64 }
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.settimeout"]
    fn import_3(_: i32, _: i32, _: i64);
}
unsafe fn call_3(values: &Values) -> u64 {
    unsafe { import_3(values[0] as i32, values[1] as i32, values[2] as i64) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.gettimeout"]
    fn import_4(_: i32, _: i32);
}
unsafe fn call_4(values: &Values) -> u64 {
    unsafe { import_4(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.bind"]
    fn import_5(_: i32, _: i32, _: i32, _: i32, _: i64, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_5(values: &Values) -> u64 {
    unsafe { import_5(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32, values[4] as i64, values[5] as i32, values[6] as i32, values[7] as i32, values[8] as i32, values[9] as i32, values[10] as i32, values[11] as i32, values[12] as i32, values[13] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.listen"]
    fn import_6(_: i32, _: i32, _: i32);
}
unsafe fn call_6(values: &Values) -> u64 {
    unsafe { import_6(values[0] as i32, values[1] as i32, values[2] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.accept"]
    fn import_7(_: i32, _: i32);
}
unsafe fn call_7(values: &Values) -> u64 {
    unsafe { import_7(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.connect"]
    fn import_8(_: i32, _: i32, _: i32, _: i32, _: i64, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_8(values: &Values) -> u64 {
    unsafe { import_8(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32, values[4] as i64, values[5] as i32, values[6] as i32, values[7] as i32, values[8] as i32, values[9] as i32, values[10] as i32, values[11] as i32, values[12] as i32, values[13] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.send"]
    fn import_9(_: i32, _: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_9(values: &Values) -> u64 {
    unsafe { import_9(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32, values[4] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.sendall"]
    fn import_10(_: i32, _: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_10(values: &Values) -> u64 {
    unsafe { import_10(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32, values[4] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.sendto"]
    fn import_11(_: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i64, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_11(values: &Values) -> u64 {
    unsafe { import_11(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32, values[4] as i32, values[5] as i32, values[6] as i32, values[7] as i64, values[8] as i32, values[9] as i32, values[10] as i32, values[11] as i32, values[12] as i32, values[13] as i32, values[14] as i32, values[15] as i32, values[16] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.recv"]
    fn import_12(_: i32, _: i64, _: i32, _: i32);
}
unsafe fn call_12(values: &Values) -> u64 {
    unsafe { import_12(values[0] as i32, values[1] as i64, values[2] as i32, values[3] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.recvfrom"]
    fn import_13(_: i32, _: i64, _: i32, _: i32);
}
unsafe fn call_13(values: &Values) -> u64 {
    unsafe { import_13(values[0] as i32, values[1] as i64, values[2] as i32, values[3] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.shutdown"]
    fn import_14(_: i32, _: i32, _: i32);
}
unsafe fn call_14(values: &Values) -> u64 {
    unsafe { import_14(values[0] as i32, values[1] as i32, values[2] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.close"]
    fn import_15(_: i32, _: i32);
}
unsafe fn call_15(values: &Values) -> u64 {
    unsafe { import_15(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.dup"]
    fn import_16(_: i32, _: i32);
}
unsafe fn call_16(values: &Values) -> u64 {
    unsafe { import_16(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.ioctl"]
    fn import_17(_: i32, _: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_17(values: &Values) -> u64 {
    unsafe { import_17(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32, values[4] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.share"]
    fn import_18(_: i32, _: i32, _: i32);
}
unsafe fn call_18(values: &Values) -> u64 {
    unsafe { import_18(values[0] as i32, values[1] as i32, values[2] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.getsockname"]
    fn import_19(_: i32, _: i32);
}
unsafe fn call_19(values: &Values) -> u64 {
    unsafe { import_19(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]socket.getpeername"]
    fn import_20(_: i32, _: i32);
}
unsafe fn call_20(values: &Values) -> u64 {
    unsafe { import_20(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "create"]
    fn import_21(_: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_21(values: &Values) -> u64 {
    unsafe { import_21(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "socketpair"]
    fn import_22(_: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_22(values: &Values) -> u64 {
    unsafe { import_22(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "fromshare"]
    fn import_23(_: i32, _: i32, _: i32);
}
unsafe fn call_23(values: &Values) -> u64 {
    unsafe { import_23(values[0] as i32, values[1] as i32, values[2] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "preopened"]
    fn import_24(_: i32);
}
unsafe fn call_24(values: &Values) -> u64 {
    unsafe { import_24(values[0] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/option@0.1.0"))]
unsafe extern "C" {
    #[link_name = "getsockopt"]
    fn import_25(_: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_25(values: &Values) -> u64 {
    unsafe { import_25(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/option@0.1.0"))]
unsafe extern "C" {
    #[link_name = "getsockopt-bytes"]
    fn import_26(_: i32, _: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_26(values: &Values) -> u64 {
    unsafe { import_26(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32, values[4] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/option@0.1.0"))]
unsafe extern "C" {
    #[link_name = "setsockopt"]
    fn import_27(_: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_27(values: &Values) -> u64 {
    unsafe { import_27(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32, values[4] as i32, values[5] as i32, values[6] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "wasi:io/streams@0.2.12"))]
unsafe extern "C" {
    #[link_name = "[method]output-stream.write"]
    fn import_28(_: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_28(values: &Values) -> u64 {
    unsafe { import_28(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "wasi:io/streams@0.2.12"))]
unsafe extern "C" {
    #[link_name = "[method]output-stream.blocking-write-and-flush"]
    fn import_29(_: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_29(values: &Values) -> u64 {
    unsafe { import_29(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "wasi:filesystem/types@0.2.12"))]
unsafe extern "C" {
    #[link_name = "[method]descriptor.write"]
    fn import_30(_: i32, _: i32, _: i32, _: i64, _: i32);
}
unsafe fn call_30(values: &Values) -> u64 {
    unsafe { import_30(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i64, values[4] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/file@0.1.0"))]
unsafe extern "C" {
    #[link_name = "sendfile"]
    fn import_31(_: i32, _: i32, _: i64, _: i32, _: i64, _: i32);
}
unsafe fn call_31(values: &Values) -> u64 {
    unsafe { import_31(values[0] as i32, values[1] as i32, values[2] as i64, values[3] as i32, values[4] as i64, values[5] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/ancillary@0.1.0"))]
unsafe extern "C" {
    #[link_name = "sendmsg"]
    fn import_32(_: i32, _: i32);
}
unsafe fn call_32(values: &Values) -> u64 {
    unsafe { import_32(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/ancillary@0.1.0"))]
unsafe extern "C" {
    #[link_name = "sendmsg-rights"]
    fn import_33(_: i32, _: i32);
}
unsafe fn call_33(values: &Values) -> u64 {
    unsafe { import_33(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/ancillary@0.1.0"))]
unsafe extern "C" {
    #[link_name = "recvmsg"]
    fn import_34(_: i32, _: i64, _: i64, _: i32, _: i32);
}
unsafe fn call_34(values: &Values) -> u64 {
    unsafe { import_34(values[0] as i32, values[1] as i64, values[2] as i64, values[3] as i32, values[4] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/ancillary@0.1.0"))]
unsafe extern "C" {
    #[link_name = "sendmmsg"]
    fn import_35(_: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_35(values: &Values) -> u64 {
    unsafe { import_35(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32, values[4] as i32, values[5] as i32, values[6] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/ancillary@0.1.0"))]
unsafe extern "C" {
    #[link_name = "recvmmsg"]
    fn import_36(_: i32, _: i32, _: i64, _: i64, _: i32, _: i32);
}
unsafe fn call_36(values: &Values) -> u64 {
    unsafe { import_36(values[0] as i32, values[1] as i32, values[2] as i64, values[3] as i64, values[4] as i32, values[5] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/poll@0.1.0"))]
unsafe extern "C" {
    #[link_name = "poll"]
    fn import_37(_: i32, _: i32, _: i32, _: i64, _: i32);
}
unsafe fn call_37(values: &Values) -> u64 {
    unsafe { import_37(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i64, values[4] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/poll@0.1.0"))]
unsafe extern "C" {
    #[link_name = "subscribe"]
    fn import_38(_: i32, _: i32, _: i32);
}
unsafe fn call_38(values: &Values) -> u64 {
    unsafe { import_38(values[0] as i32, values[1] as i32, values[2] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/poller@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]poller.add"]
    fn import_39(_: i32, _: i32, _: i32, _: i64, _: i32);
}
unsafe fn call_39(values: &Values) -> u64 {
    unsafe { import_39(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i64, values[4] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/poller@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]poller.modify"]
    fn import_40(_: i32, _: i32, _: i32, _: i64, _: i32);
}
unsafe fn call_40(values: &Values) -> u64 {
    unsafe { import_40(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i64, values[4] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/poller@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]poller.remove"]
    fn import_41(_: i32, _: i32, _: i32);
}
unsafe fn call_41(values: &Values) -> u64 {
    unsafe { import_41(values[0] as i32, values[1] as i32, values[2] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/poller@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]poller.wait"]
    fn import_42(_: i32, _: i32, _: i32, _: i64, _: i32);
}
unsafe fn call_42(values: &Values) -> u64 {
    unsafe { import_42(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i64, values[4] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/poller@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]poller.subscribe"]
    fn import_43(_: i32) -> i32;
}
unsafe fn call_43(values: &Values) -> u64 {
    unsafe { import_43(values[0] as i32) as u64 }
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/poller@0.1.0"))]
unsafe extern "C" {
    #[link_name = "create"]
    fn import_44(_: i32);
}
unsafe fn call_44(values: &Values) -> u64 {
    unsafe { import_44(values[0] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/netdb@0.1.0"))]
unsafe extern "C" {
    #[link_name = "getaddrinfo"]
    fn import_45(_: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_45(values: &Values) -> u64 {
    unsafe { import_45(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32, values[4] as i32, values[5] as i32, values[6] as i32, values[7] as i32, values[8] as i32, values[9] as i32, values[10] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/netdb@0.1.0"))]
unsafe extern "C" {
    #[link_name = "getnameinfo"]
    fn import_46(_: i32, _: i32, _: i32, _: i64, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_46(values: &Values) -> u64 {
    unsafe { import_46(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i64, values[4] as i32, values[5] as i32, values[6] as i32, values[7] as i32, values[8] as i32, values[9] as i32, values[10] as i32, values[11] as i32, values[12] as i32, values[13] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/netdb@0.1.0"))]
unsafe extern "C" {
    #[link_name = "gethostbyname-ex"]
    fn import_47(_: i32, _: i32, _: i32);
}
unsafe fn call_47(values: &Values) -> u64 {
    unsafe { import_47(values[0] as i32, values[1] as i32, values[2] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/netdb@0.1.0"))]
unsafe extern "C" {
    #[link_name = "gethostbyaddr"]
    fn import_48(_: i32, _: i32, _: i32);
}
unsafe fn call_48(values: &Values) -> u64 {
    unsafe { import_48(values[0] as i32, values[1] as i32, values[2] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/netdb@0.1.0"))]
unsafe extern "C" {
    #[link_name = "getservbyname"]
    fn import_49(_: i32, _: i32, _: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_49(values: &Values) -> u64 {
    unsafe { import_49(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32, values[4] as i32, values[5] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/netdb@0.1.0"))]
unsafe extern "C" {
    #[link_name = "getservbyport"]
    fn import_50(_: i32, _: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_50(values: &Values) -> u64 {
    unsafe { import_50(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32, values[4] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/netdb@0.1.0"))]
unsafe extern "C" {
    #[link_name = "getprotobyname"]
    fn import_51(_: i32, _: i32, _: i32);
}
unsafe fn call_51(values: &Values) -> u64 {
    unsafe { import_51(values[0] as i32, values[1] as i32, values[2] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/interface@0.1.0"))]
unsafe extern "C" {
    #[link_name = "if-nameindex"]
    fn import_52(_: i32);
}
unsafe fn call_52(values: &Values) -> u64 {
    unsafe { import_52(values[0] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/interface@0.1.0"))]
unsafe extern "C" {
    #[link_name = "if-nametoindex"]
    fn import_53(_: i32, _: i32, _: i32);
}
unsafe fn call_53(values: &Values) -> u64 {
    unsafe { import_53(values[0] as i32, values[1] as i32, values[2] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/interface@0.1.0"))]
unsafe extern "C" {
    #[link_name = "if-indextoname"]
    fn import_54(_: i32, _: i32);
}
unsafe fn call_54(values: &Values) -> u64 {
    unsafe { import_54(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/interface@0.1.0"))]
unsafe extern "C" {
    #[link_name = "gethostname"]
    fn import_55(_: i32);
}
unsafe fn call_55(values: &Values) -> u64 {
    unsafe { import_55(values[0] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/interface@0.1.0"))]
unsafe extern "C" {
    #[link_name = "sethostname"]
    fn import_56(_: i32, _: i32, _: i32);
}
unsafe fn call_56(values: &Values) -> u64 {
    unsafe { import_56(values[0] as i32, values[1] as i32, values[2] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/interface@0.1.0"))]
unsafe extern "C" {
    #[link_name = "local-cid"]
    fn import_57(_: i32);
}
unsafe fn call_57(values: &Values) -> u64 {
    unsafe { import_57(values[0] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[static]config.create"]
    fn import_58(_: i32, _: i32);
}
unsafe fn call_58(values: &Values) -> u64 {
    unsafe { import_58(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[static]config.create-with"]
    fn import_59(_: i32, _: i32);
}
unsafe fn call_59(values: &Values) -> u64 {
    unsafe { import_59(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[static]config.create-by"]
    fn import_60(_: i32, _: i32);
}
unsafe fn call_60(values: &Values) -> u64 {
    unsafe { import_60(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[static]connection.client"]
    fn import_61(_: i32, _: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_61(values: &Values) -> u64 {
    unsafe { import_61(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32, values[4] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[static]connection.server"]
    fn import_62(_: i32, _: i32);
}
unsafe fn call_62(values: &Values) -> u64 {
    unsafe { import_62(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]connection.put"]
    fn import_63(_: i32, _: i32, _: i32) -> i64;
}
unsafe fn call_63(values: &Values) -> u64 {
    unsafe { import_63(values[0] as i32, values[1] as i32, values[2] as i32) as u64 }
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]connection.needed"]
    fn import_64(_: i32) -> i64;
}
unsafe fn call_64(values: &Values) -> u64 {
    unsafe { import_64(values[0] as i32) as u64 }
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]connection.put-eof"]
    fn import_65(_: i32);
}
unsafe fn call_65(values: &Values) -> u64 {
    unsafe { import_65(values[0] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]connection.take"]
    fn import_66(_: i32, _: i64, _: i32);
}
unsafe fn call_66(values: &Values) -> u64 {
    unsafe { import_66(values[0] as i32, values[1] as i64, values[2] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]connection.handshake"]
    fn import_67(_: i32, _: i32);
}
unsafe fn call_67(values: &Values) -> u64 {
    unsafe { import_67(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]connection.client-hello"]
    fn import_68(_: i32, _: i32);
}
unsafe fn call_68(values: &Values) -> u64 {
    unsafe { import_68(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]connection.choose"]
    fn import_69(_: i32, _: i32, _: i32);
}
unsafe fn call_69(values: &Values) -> u64 {
    unsafe { import_69(values[0] as i32, values[1] as i32, values[2] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]connection.refuse"]
    fn import_70(_: i32, _: i32, _: i32);
}
unsafe fn call_70(values: &Values) -> u64 {
    unsafe { import_70(values[0] as i32, values[1] as i32, values[2] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]connection.read"]
    fn import_71(_: i32, _: i64, _: i32);
}
unsafe fn call_71(values: &Values) -> u64 {
    unsafe { import_71(values[0] as i32, values[1] as i64, values[2] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]connection.unread"]
    fn import_72(_: i32) -> i64;
}
unsafe fn call_72(values: &Values) -> u64 {
    unsafe { import_72(values[0] as i32) as u64 }
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]connection.write"]
    fn import_73(_: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_73(values: &Values) -> u64 {
    unsafe { import_73(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]connection.close"]
    fn import_74(_: i32, _: i32);
}
unsafe fn call_74(values: &Values) -> u64 {
    unsafe { import_74(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]connection.version"]
    fn import_75(_: i32, _: i32);
}
unsafe fn call_75(values: &Values) -> u64 {
    unsafe { import_75(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]connection.cipher-suite"]
    fn import_76(_: i32, _: i32);
}
unsafe fn call_76(values: &Values) -> u64 {
    unsafe { import_76(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]connection.alpn"]
    fn import_77(_: i32, _: i32);
}
unsafe fn call_77(values: &Values) -> u64 {
    unsafe { import_77(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]connection.peer-certificates"]
    fn import_78(_: i32, _: i32);
}
unsafe fn call_78(values: &Values) -> u64 {
    unsafe { import_78(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]connection.verified-chain"]
    fn import_79(_: i32, _: i32);
}
unsafe fn call_79(values: &Values) -> u64 {
    unsafe { import_79(values[0] as i32, values[1] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[method]connection.export-keying-material"]
    fn import_80(_: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32);
}
unsafe fn call_80(values: &Values) -> u64 {
    unsafe { import_80(values[0] as i32, values[1] as i32, values[2] as i32, values[3] as i32, values[4] as i32, values[5] as i32, values[6] as i32, values[7] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/socket@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[resource-drop]socket"]
    fn import_81(_: i32);
}
unsafe fn call_81(values: &Values) -> u64 {
    unsafe { import_81(values[0] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "wasi:io/streams@0.2.12"))]
unsafe extern "C" {
    #[link_name = "[resource-drop]output-stream"]
    fn import_82(_: i32);
}
unsafe fn call_82(values: &Values) -> u64 {
    unsafe { import_82(values[0] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "wasi:io/error@0.2.12"))]
unsafe extern "C" {
    #[link_name = "[resource-drop]error"]
    fn import_83(_: i32);
}
unsafe fn call_83(values: &Values) -> u64 {
    unsafe { import_83(values[0] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "wasi:filesystem/types@0.2.12"))]
unsafe extern "C" {
    #[link_name = "[resource-drop]descriptor"]
    fn import_84(_: i32);
}
unsafe fn call_84(values: &Values) -> u64 {
    unsafe { import_84(values[0] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "wasi:io/poll@0.2.12"))]
unsafe extern "C" {
    #[link_name = "[resource-drop]pollable"]
    fn import_85(_: i32);
}
unsafe fn call_85(values: &Values) -> u64 {
    unsafe { import_85(values[0] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/poller@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[resource-drop]poller"]
    fn import_86(_: i32);
}
unsafe fn call_86(values: &Values) -> u64 {
    unsafe { import_86(values[0] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[resource-drop]config"]
    fn import_87(_: i32);
}
unsafe fn call_87(values: &Values) -> u64 {
    unsafe { import_87(values[0] as i32) };
    0
}
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "berkeley:sockets/tls@0.1.0"))]
unsafe extern "C" {
    #[link_name = "[resource-drop]connection"]
    fn import_88(_: i32);
}
unsafe fn call_88(values: &Values) -> u64 {
    unsafe { import_88(values[0] as i32) };
    0
}

entry!(entry_0, 0);
entry!(entry_1, 1);
entry!(entry_2, 2);
entry!(entry_3, 3);
entry!(entry_4, 4);
entry!(entry_5, 5);
entry!(entry_6, 6);
entry!(entry_7, 7);
entry!(entry_8, 8);
entry!(entry_9, 9);
entry!(entry_10, 10);
entry!(entry_11, 11);
entry!(entry_12, 12);
entry!(entry_13, 13);
entry!(entry_14, 14);
entry!(entry_15, 15);
entry!(entry_16, 16);
entry!(entry_17, 17);
entry!(entry_18, 18);
entry!(entry_19, 19);
entry!(entry_20, 20);
entry!(entry_21, 21);
entry!(entry_22, 22);
entry!(entry_23, 23);
entry!(entry_24, 24);
entry!(entry_25, 25);
entry!(entry_26, 26);
entry!(entry_27, 27);
entry!(entry_28, 28);
entry!(entry_29, 29);
entry!(entry_30, 30);
entry!(entry_31, 31);
entry!(entry_32, 32);
entry!(entry_33, 33);
entry!(entry_34, 34);
entry!(entry_35, 35);
entry!(entry_36, 36);
entry!(entry_37, 37);
entry!(entry_38, 38);
entry!(entry_39, 39);
entry!(entry_40, 40);
entry!(entry_41, 41);
entry!(entry_42, 42);
entry!(entry_43, 43);
entry!(entry_44, 44);
entry!(entry_45, 45);
entry!(entry_46, 46);
entry!(entry_47, 47);
entry!(entry_48, 48);
entry!(entry_49, 49);
entry!(entry_50, 50);
entry!(entry_51, 51);
entry!(entry_52, 52);
entry!(entry_53, 53);
entry!(entry_54, 54);
entry!(entry_55, 55);
entry!(entry_56, 56);
entry!(entry_57, 57);
entry!(entry_58, 58);
entry!(entry_59, 59);
entry!(entry_60, 60);
entry!(entry_61, 61);
entry!(entry_62, 62);
entry!(entry_63, 63);
entry!(entry_64, 64);
entry!(entry_65, 65);
entry!(entry_66, 66);
entry!(entry_67, 67);
entry!(entry_68, 68);
entry!(entry_69, 69);
entry!(entry_70, 70);
entry!(entry_71, 71);
entry!(entry_72, 72);
entry!(entry_73, 73);
entry!(entry_74, 74);
entry!(entry_75, 75);
entry!(entry_76, 76);
entry!(entry_77, 77);
entry!(entry_78, 78);
entry!(entry_79, 79);
entry!(entry_80, 80);

/// What is called.
pub(crate) static FUNCTIONS: [Function; 81] = [
    Function { name: c"family", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }], is_indirect: false, outcome: Outcome::Value(&TYPE_1), in_memory: false, call: call_0, entry: entry_0 },
    Function { name: c"type", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }], is_indirect: false, outcome: Outcome::Value(&TYPE_1), in_memory: false, call: call_1, entry: entry_1 },
    Function { name: c"protocol", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }], is_indirect: false, outcome: Outcome::Value(&TYPE_1), in_memory: false, call: call_2, entry: entry_2 },
    Function { name: c"settimeout", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }, Field { name: 0, at: 8, ty: &TYPE_3 }], is_indirect: false, outcome: Outcome::Nothing, in_memory: false, call: call_3, entry: entry_3 },
    Function { name: c"gettimeout", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }], is_indirect: false, outcome: Outcome::Value(&TYPE_3), in_memory: true, call: call_4, entry: entry_4 },
    Function { name: c"bind", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }, Field { name: 0, at: 8, ty: &TYPE_30 }], is_indirect: false, outcome: Outcome::Result { ok: None, err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_5, entry: entry_5 },
    Function { name: c"listen", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }, Field { name: 0, at: 4, ty: &TYPE_1 }], is_indirect: false, outcome: Outcome::Result { ok: None, err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_6, entry: entry_6 },
    Function { name: c"accept", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_38), err: Some(&TYPE_35), payload: 8 }, in_memory: true, call: call_7, entry: entry_7 },
    Function { name: c"connect", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }, Field { name: 0, at: 8, ty: &TYPE_30 }], is_indirect: false, outcome: Outcome::Result { ok: None, err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_8, entry: entry_8 },
    Function { name: c"send", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }, Field { name: 0, at: 4, ty: &TYPE_11 }, Field { name: 0, at: 12, ty: &TYPE_1 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_2), err: Some(&TYPE_35), payload: 8 }, in_memory: true, call: call_9, entry: entry_9 },
    Function { name: c"sendall", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }, Field { name: 0, at: 4, ty: &TYPE_11 }, Field { name: 0, at: 12, ty: &TYPE_1 }], is_indirect: false, outcome: Outcome::Result { ok: None, err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_10, entry: entry_10 },
    Function { name: c"sendto", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }, Field { name: 0, at: 4, ty: &TYPE_11 }, Field { name: 0, at: 12, ty: &TYPE_1 }, Field { name: 0, at: 16, ty: &TYPE_30 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_2), err: Some(&TYPE_35), payload: 8 }, in_memory: true, call: call_11, entry: entry_11 },
    Function { name: c"recv", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }, Field { name: 0, at: 8, ty: &TYPE_2 }, Field { name: 0, at: 16, ty: &TYPE_1 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_11), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_12, entry: entry_12 },
    Function { name: c"recvfrom", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }, Field { name: 0, at: 8, ty: &TYPE_2 }, Field { name: 0, at: 16, ty: &TYPE_1 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_39), err: Some(&TYPE_35), payload: 8 }, in_memory: true, call: call_13, entry: entry_13 },
    Function { name: c"shutdown", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }, Field { name: 0, at: 4, ty: &TYPE_1 }], is_indirect: false, outcome: Outcome::Result { ok: None, err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_14, entry: entry_14 },
    Function { name: c"close", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }], is_indirect: false, outcome: Outcome::Result { ok: None, err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_15, entry: entry_15 },
    Function { name: c"dup", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_36), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_16, entry: entry_16 },
    Function { name: c"ioctl", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }, Field { name: 0, at: 4, ty: &TYPE_9 }, Field { name: 0, at: 8, ty: &TYPE_11 }], is_indirect: false, outcome: Outcome::Result { ok: None, err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_17, entry: entry_17 },
    Function { name: c"share", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }, Field { name: 0, at: 4, ty: &TYPE_9 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_11), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_18, entry: entry_18 },
    Function { name: c"getsockname", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_37), err: Some(&TYPE_35), payload: 8 }, in_memory: true, call: call_19, entry: entry_19 },
    Function { name: c"getpeername", place: Place::Method(0), parameters: &[Field { name: 0, at: 0, ty: &TYPE_0 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_37), err: Some(&TYPE_35), payload: 8 }, in_memory: true, call: call_20, entry: entry_20 },
    Function { name: c"create", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_socket_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_1 }, Field { name: 0, at: 4, ty: &TYPE_1 }, Field { name: 0, at: 8, ty: &TYPE_1 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_36), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_21, entry: entry_21 },
    Function { name: c"socketpair", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_socket_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_1 }, Field { name: 0, at: 4, ty: &TYPE_1 }, Field { name: 0, at: 8, ty: &TYPE_1 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_40), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_22, entry: entry_22 },
    Function { name: c"fromshare", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_socket_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_11 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_36), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_23, entry: entry_23 },
    Function { name: c"preopened", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_socket_0_1_0"), parameters: &[], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_42), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_24, entry: entry_24 },
    Function { name: c"getsockopt", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_option_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_43 }, Field { name: 0, at: 4, ty: &TYPE_1 }, Field { name: 0, at: 8, ty: &TYPE_1 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_1), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_25, entry: entry_25 },
    Function { name: c"getsockopt_bytes", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_option_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_43 }, Field { name: 0, at: 4, ty: &TYPE_1 }, Field { name: 0, at: 8, ty: &TYPE_1 }, Field { name: 0, at: 12, ty: &TYPE_9 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_11), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_26, entry: entry_26 },
    Function { name: c"setsockopt", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_option_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_43 }, Field { name: 0, at: 4, ty: &TYPE_1 }, Field { name: 0, at: 8, ty: &TYPE_1 }, Field { name: 0, at: 12, ty: &TYPE_44 }], is_indirect: false, outcome: Outcome::Result { ok: None, err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_27, entry: entry_27 },
    Function { name: c"write", place: Place::Method(52), parameters: &[Field { name: 0, at: 0, ty: &TYPE_45 }, Field { name: 0, at: 4, ty: &TYPE_46 }], is_indirect: false, outcome: Outcome::Result { ok: None, err: Some(&TYPE_48), payload: 4 }, in_memory: true, call: call_28, entry: entry_28 },
    Function { name: c"blocking_write_and_flush", place: Place::Method(52), parameters: &[Field { name: 0, at: 0, ty: &TYPE_45 }, Field { name: 0, at: 4, ty: &TYPE_46 }], is_indirect: false, outcome: Outcome::Result { ok: None, err: Some(&TYPE_48), payload: 4 }, in_memory: true, call: call_29, entry: entry_29 },
    Function { name: c"write", place: Place::Method(56), parameters: &[Field { name: 0, at: 0, ty: &TYPE_49 }, Field { name: 0, at: 4, ty: &TYPE_50 }, Field { name: 0, at: 16, ty: &TYPE_2 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_2), err: Some(&TYPE_51), payload: 8 }, in_memory: true, call: call_30, entry: entry_30 },
    Function { name: c"sendfile", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_file_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_52 }, Field { name: 0, at: 4, ty: &TYPE_53 }, Field { name: 0, at: 8, ty: &TYPE_2 }, Field { name: 0, at: 16, ty: &TYPE_3 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_2), err: Some(&TYPE_35), payload: 8 }, in_memory: true, call: call_31, entry: entry_31 },
    Function { name: c"sendmsg", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_54 }, Field { name: 0, at: 4, ty: &TYPE_55 }, Field { name: 0, at: 12, ty: &TYPE_68 }, Field { name: 0, at: 20, ty: &TYPE_1 }, Field { name: 0, at: 24, ty: &TYPE_63 }], is_indirect: true, outcome: Outcome::Result { ok: Some(&TYPE_2), err: Some(&TYPE_35), payload: 8 }, in_memory: true, call: call_32, entry: entry_32 },
    Function { name: c"sendmsg_rights", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_54 }, Field { name: 0, at: 4, ty: &TYPE_55 }, Field { name: 0, at: 12, ty: &TYPE_71 }, Field { name: 0, at: 20, ty: &TYPE_72 }, Field { name: 0, at: 28, ty: &TYPE_1 }, Field { name: 0, at: 32, ty: &TYPE_63 }], is_indirect: true, outcome: Outcome::Result { ok: Some(&TYPE_2), err: Some(&TYPE_35), payload: 8 }, in_memory: true, call: call_33, entry: entry_33 },
    Function { name: c"recvmsg", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_54 }, Field { name: 0, at: 8, ty: &TYPE_2 }, Field { name: 0, at: 16, ty: &TYPE_2 }, Field { name: 0, at: 24, ty: &TYPE_1 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_79), err: Some(&TYPE_35), payload: 8 }, in_memory: true, call: call_34, entry: entry_34 },
    Function { name: c"sendmmsg", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_54 }, Field { name: 0, at: 4, ty: &TYPE_11 }, Field { name: 0, at: 12, ty: &TYPE_81 }, Field { name: 0, at: 20, ty: &TYPE_1 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_9), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_35, entry: entry_35 },
    Function { name: c"recvmmsg", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_ancillary_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_54 }, Field { name: 0, at: 4, ty: &TYPE_9 }, Field { name: 0, at: 8, ty: &TYPE_2 }, Field { name: 0, at: 16, ty: &TYPE_2 }, Field { name: 0, at: 24, ty: &TYPE_1 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_84), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_36, entry: entry_36 },
    Function { name: c"poll", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_poll_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_88 }, Field { name: 0, at: 8, ty: &TYPE_3 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_89), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_37, entry: entry_37 },
    Function { name: c"subscribe", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_poll_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_85 }, Field { name: 0, at: 4, ty: &TYPE_86 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_90), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_38, entry: entry_38 },
    Function { name: c"add", place: Place::Method(90), parameters: &[Field { name: 0, at: 0, ty: &TYPE_91 }, Field { name: 0, at: 4, ty: &TYPE_92 }, Field { name: 0, at: 8, ty: &TYPE_9 }, Field { name: 0, at: 16, ty: &TYPE_2 }], is_indirect: false, outcome: Outcome::Result { ok: None, err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_39, entry: entry_39 },
    Function { name: c"modify", place: Place::Method(90), parameters: &[Field { name: 0, at: 0, ty: &TYPE_91 }, Field { name: 0, at: 4, ty: &TYPE_92 }, Field { name: 0, at: 8, ty: &TYPE_9 }, Field { name: 0, at: 16, ty: &TYPE_2 }], is_indirect: false, outcome: Outcome::Result { ok: None, err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_40, entry: entry_40 },
    Function { name: c"remove", place: Place::Method(90), parameters: &[Field { name: 0, at: 0, ty: &TYPE_91 }, Field { name: 0, at: 4, ty: &TYPE_92 }], is_indirect: false, outcome: Outcome::Result { ok: None, err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_41, entry: entry_41 },
    Function { name: c"wait", place: Place::Method(90), parameters: &[Field { name: 0, at: 0, ty: &TYPE_91 }, Field { name: 0, at: 4, ty: &TYPE_9 }, Field { name: 0, at: 8, ty: &TYPE_3 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_94), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_42, entry: entry_42 },
    Function { name: c"subscribe", place: Place::Method(90), parameters: &[Field { name: 0, at: 0, ty: &TYPE_91 }], is_indirect: false, outcome: Outcome::Value(&TYPE_95), in_memory: false, call: call_43, entry: entry_43 },
    Function { name: c"create", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_poller_0_1_0"), parameters: &[], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_96), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_44, entry: entry_44 },
    Function { name: c"getaddrinfo", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_netdb_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_97 }, Field { name: 0, at: 12, ty: &TYPE_97 }, Field { name: 0, at: 24, ty: &TYPE_1 }, Field { name: 0, at: 28, ty: &TYPE_1 }, Field { name: 0, at: 32, ty: &TYPE_1 }, Field { name: 0, at: 36, ty: &TYPE_1 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_99), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_45, entry: entry_45 },
    Function { name: c"getnameinfo", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_netdb_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_30 }, Field { name: 0, at: 40, ty: &TYPE_1 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_100), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_46, entry: entry_46 },
    Function { name: c"gethostbyname_ex", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_netdb_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_11 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_101), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_47, entry: entry_47 },
    Function { name: c"gethostbyaddr", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_netdb_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_11 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_101), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_48, entry: entry_48 },
    Function { name: c"getservbyname", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_netdb_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_11 }, Field { name: 0, at: 8, ty: &TYPE_97 }], is_indirect: false, outcome: Outcome::Value(&TYPE_102), in_memory: true, call: call_49, entry: entry_49 },
    Function { name: c"getservbyport", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_netdb_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_6 }, Field { name: 0, at: 4, ty: &TYPE_97 }], is_indirect: false, outcome: Outcome::Value(&TYPE_97), in_memory: true, call: call_50, entry: entry_50 },
    Function { name: c"getprotobyname", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_netdb_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_11 }], is_indirect: false, outcome: Outcome::Value(&TYPE_103), in_memory: true, call: call_51, entry: entry_51 },
    Function { name: c"if_nameindex", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_interface_0_1_0"), parameters: &[], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_105), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_52, entry: entry_52 },
    Function { name: c"if_nametoindex", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_interface_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_11 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_9), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_53, entry: entry_53 },
    Function { name: c"if_indextoname", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_interface_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_9 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_11), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_54, entry: entry_54 },
    Function { name: c"gethostname", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_interface_0_1_0"), parameters: &[], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_11), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_55, entry: entry_55 },
    Function { name: c"sethostname", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_interface_0_1_0"), parameters: &[Field { name: 0, at: 0, ty: &TYPE_11 }], is_indirect: false, outcome: Outcome::Result { ok: None, err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_56, entry: entry_56 },
    Function { name: c"local_cid", place: Place::Module(c"berkeley_sockets.bindings.imports.berkeley_sockets_interface_0_1_0"), parameters: &[], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_9), err: Some(&TYPE_35), payload: 4 }, in_memory: true, call: call_57, entry: entry_57 },
    Function { name: c"create", place: Place::Static(94), parameters: &[Field { name: 0, at: 0, ty: &TYPE_112 }], is_indirect: true, outcome: Outcome::Result { ok: Some(&TYPE_113), err: Some(&TYPE_115), payload: 4 }, in_memory: true, call: call_58, entry: entry_58 },
    Function { name: c"create_with", place: Place::Static(94), parameters: &[Field { name: 0, at: 0, ty: &TYPE_112 }, Field { name: 0, at: 72, ty: &TYPE_116 }], is_indirect: true, outcome: Outcome::Result { ok: Some(&TYPE_113), err: Some(&TYPE_115), payload: 4 }, in_memory: true, call: call_59, entry: entry_59 },
    Function { name: c"create_by", place: Place::Static(94), parameters: &[Field { name: 0, at: 0, ty: &TYPE_112 }, Field { name: 0, at: 72, ty: &TYPE_116 }, Field { name: 0, at: 76, ty: &TYPE_111 }], is_indirect: true, outcome: Outcome::Result { ok: Some(&TYPE_113), err: Some(&TYPE_115), payload: 4 }, in_memory: true, call: call_60, entry: entry_60 },
    Function { name: c"client", place: Place::Static(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_117 }, Field { name: 0, at: 4, ty: &TYPE_118 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_119), err: Some(&TYPE_115), payload: 4 }, in_memory: true, call: call_61, entry: entry_61 },
    Function { name: c"server", place: Place::Static(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_117 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_119), err: Some(&TYPE_115), payload: 4 }, in_memory: true, call: call_62, entry: entry_62 },
    Function { name: c"put", place: Place::Method(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_120 }, Field { name: 0, at: 4, ty: &TYPE_11 }], is_indirect: false, outcome: Outcome::Value(&TYPE_2), in_memory: false, call: call_63, entry: entry_63 },
    Function { name: c"needed", place: Place::Method(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_120 }], is_indirect: false, outcome: Outcome::Value(&TYPE_2), in_memory: false, call: call_64, entry: entry_64 },
    Function { name: c"put_eof", place: Place::Method(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_120 }], is_indirect: false, outcome: Outcome::Nothing, in_memory: false, call: call_65, entry: entry_65 },
    Function { name: c"take", place: Place::Method(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_120 }, Field { name: 0, at: 8, ty: &TYPE_2 }], is_indirect: false, outcome: Outcome::Value(&TYPE_11), in_memory: true, call: call_66, entry: entry_66 },
    Function { name: c"handshake", place: Place::Method(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_120 }], is_indirect: false, outcome: Outcome::Result { ok: None, err: Some(&TYPE_115), payload: 4 }, in_memory: true, call: call_67, entry: entry_67 },
    Function { name: c"client_hello", place: Place::Method(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_120 }], is_indirect: false, outcome: Outcome::Value(&TYPE_122), in_memory: true, call: call_68, entry: entry_68 },
    Function { name: c"choose", place: Place::Method(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_120 }, Field { name: 0, at: 4, ty: &TYPE_117 }], is_indirect: false, outcome: Outcome::Result { ok: None, err: Some(&TYPE_115), payload: 4 }, in_memory: true, call: call_69, entry: entry_69 },
    Function { name: c"refuse", place: Place::Method(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_120 }, Field { name: 0, at: 4, ty: &TYPE_4 }], is_indirect: false, outcome: Outcome::Result { ok: None, err: Some(&TYPE_115), payload: 4 }, in_memory: true, call: call_70, entry: entry_70 },
    Function { name: c"read", place: Place::Method(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_120 }, Field { name: 0, at: 8, ty: &TYPE_2 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_11), err: Some(&TYPE_115), payload: 4 }, in_memory: true, call: call_71, entry: entry_71 },
    Function { name: c"unread", place: Place::Method(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_120 }], is_indirect: false, outcome: Outcome::Value(&TYPE_2), in_memory: false, call: call_72, entry: entry_72 },
    Function { name: c"write", place: Place::Method(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_120 }, Field { name: 0, at: 4, ty: &TYPE_11 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_2), err: Some(&TYPE_115), payload: 8 }, in_memory: true, call: call_73, entry: entry_73 },
    Function { name: c"close", place: Place::Method(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_120 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_107), err: Some(&TYPE_115), payload: 4 }, in_memory: true, call: call_74, entry: entry_74 },
    Function { name: c"version", place: Place::Method(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_120 }], is_indirect: false, outcome: Outcome::Value(&TYPE_102), in_memory: true, call: call_75, entry: entry_75 },
    Function { name: c"cipher_suite", place: Place::Method(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_120 }], is_indirect: false, outcome: Outcome::Value(&TYPE_102), in_memory: true, call: call_76, entry: entry_76 },
    Function { name: c"alpn", place: Place::Method(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_120 }], is_indirect: false, outcome: Outcome::Value(&TYPE_97), in_memory: true, call: call_77, entry: entry_77 },
    Function { name: c"peer_certificates", place: Place::Method(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_120 }], is_indirect: false, outcome: Outcome::Value(&TYPE_55), in_memory: true, call: call_78, entry: entry_78 },
    Function { name: c"verified_chain", place: Place::Method(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_120 }], is_indirect: false, outcome: Outcome::Value(&TYPE_55), in_memory: true, call: call_79, entry: entry_79 },
    Function { name: c"export_keying_material", place: Place::Method(111), parameters: &[Field { name: 0, at: 0, ty: &TYPE_120 }, Field { name: 0, at: 4, ty: &TYPE_9 }, Field { name: 0, at: 8, ty: &TYPE_11 }, Field { name: 0, at: 16, ty: &TYPE_97 }], is_indirect: false, outcome: Outcome::Result { ok: Some(&TYPE_11), err: Some(&TYPE_115), payload: 4 }, in_memory: true, call: call_80, entry: entry_80 },
];

/// What gives resources back, by their numbers in [`Type::Own`].
pub(crate) static DROPS: [Call; 8] = [
    call_81,
    call_82,
    call_83,
    call_84,
    call_85,
    call_86,
    call_87,
    call_88,
];

#[cfg(target_arch = "wasm32")]
#[used]
#[unsafe(link_section = "component-type:berkeley-python")]
static DESCRIPTION: [u8; 13447] = *b"\
\x00asm\x0d\x00\x01\x00\x00\x19\x16wit-component-encodin\
g\x04\x00\x07\xa1h\x01A\x02\x01A/\x01B\x08\x01m\x83\x01\x05eperm\x06enoent\
\x05esrch\x05eintr\x03eio\x05enxio\x05e2big\x07eno\
exec\x05ebadf\x06echild\x06eagain\x06enomem\x06\
eacces\x06efault\x07enotblk\x05ebusy\x06eexi\
st\x05exdev\x06enodev\x07enotdir\x06eisdir\x06e\
inval\x06enfile\x06emfile\x06enotty\x07etxtb\
sy\x05efbig\x06enospc\x06espipe\x05erofs\x06eml\
ink\x05epipe\x04edom\x06erange\x07edeadlk\x0cen\
ametoolong\x06enolck\x06enosys\x09enotemp\
ty\x05eloop\x06enomsg\x05eidrm\x06echrng\x08el2\
nsync\x06el3hlt\x06el3rst\x06elnrng\x07eunat\
ch\x06enocsi\x06el2hlt\x05ebade\x05ebadr\x06exf\
ull\x06enoano\x07ebadrqc\x07ebadslt\x06ebfon\
t\x06enostr\x07enodata\x05etime\x05enosr\x06eno\
net\x06enopkg\x07eremote\x07enolink\x04eadv\x06\
esrmnt\x05ecomm\x06eproto\x09emultihop\x07ed\
otdot\x07ebadmsg\x09eoverflow\x08enotuniq\
\x06ebadfd\x07eremchg\x07elibacc\x07elibbad\x07\
elibscn\x07elibmax\x08elibexec\x06eilseq\x08\
erestart\x08estrpipe\x06eusers\x08enotsoc\
k\x0cedestaddrreq\x08emsgsize\x0aeprototy\
pe\x0benoprotoopt\x0feprotonosupport\x0fe\
socktnosupport\x0aeopnotsupp\x0cepfnos\
upport\x0ceafnosupport\x0aeaddrinuse\x0de\
addrnotavail\x08enetdown\x0benetunreac\
h\x09enetreset\x0ceconnaborted\x0aeconnre\
set\x07enobufs\x07eisconn\x08enotconn\x09esh\
utdown\x0cetoomanyrefs\x09etimedout\x0cec\
onnrefused\x09ehostdown\x0cehostunreac\
h\x08ealready\x0beinprogress\x06estale\x07eu\
clean\x07enotnam\x07enavail\x06eisnam\x09ere\
moteio\x06edquot\x09enomedium\x0bemediumt\
ype\x09ecanceled\x06enokey\x0bekeyexpired\
\x0bekeyrevoked\x0cekeyrejected\x0aeowner\
dead\x0fenotrecoverable\x07erfkill\x09ehw\
poison\x04\x00\x05errno\x03\x00\x00\x01m\x0b\x0aaddrfamily\x05\
again\x08badflags\x04fail\x06family\x06memor\
y\x06nodata\x06noname\x08overflow\x07service\
\x08socktype\x04\x00\x08gai-code\x03\x00\x02\x01m\x04\x0ehost-\
not-found\x09try-again\x0bno-recovery\x07\
no-data\x04\x00\x09host-code\x03\x00\x04\x01q\x07\x02os\x01\x01\x00\x09\
os-number\x01z\x00\x09timed-out\x00\x00\x06denied\x01\
s\x00\x03gai\x01\x03\x00\x0agai-number\x01z\x00\x06herror\x01\x05\
\x00\x04\x00\x05error\x03\x00\x06\x03\x00\x1cberkeley:sockets/\
error@0.1.0\x05\x00\x01B,\x01o\x04}}}}\x04\x00\x0cipv4-a\
ddress\x03\x00\x00\x01o\x08{{{{{{{{\x04\x00\x0cipv6-addr\
ess\x03\x00\x02\x01o\x06}}}}}}\x04\x00\x11bluetooth-addr\
ess\x03\x00\x04\x01r\x02\x07address\x01\x04port{\x04\x00\x0cinet-\
address\x03\x00\x06\x01r\x04\x07address\x03\x04port{\x09flo\
w-infoy\x08scope-idy\x04\x00\x0dinet6-addres\
s\x03\x00\x08\x01r\x02\x03pidy\x06groupsy\x04\x00\x0fnetlink-a\
ddress\x03\x00\x0a\x01p}\x01r\x05\x09interface\x0c\x08proto\
col{\x0bpacket-type}\x0dhardware-type{\
\x10hardware-address\x0c\x04\x00\x0epacket-addr\
ess\x03\x00\x0d\x01r\x02\x03cidy\x04porty\x04\x00\x0dvsock-add\
ress\x03\x00\x0f\x01r\x01\x09interface\x0c\x04\x00\x0bcan-addr\
ess\x03\x00\x11\x01r\x03\x09interface\x0c\x05rx-idy\x05tx-i\
dy\x04\x00\x11can-isotp-address\x03\x00\x13\x01r\x04\x09int\
erface\x0c\x04namew\x03pgny\x07address}\x04\x00\x11ca\
n-j1939-address\x03\x00\x15\x01r\x04\x07address\x05\x03p\
sm{\x03cid{\x0caddress-type}\x04\x00\x0dl2cap-a\
ddress\x03\x00\x17\x01r\x02\x07address\x05\x07channel}\x04\x00\
\x0erfcomm-address\x03\x00\x19\x01r\x02\x06device{\x07ch\
annel{\x04\x00\x0bhci-address\x03\x00\x1b\x01r\x04\x04type\x0c\
\x04name\x0c\x08featuresy\x04masky\x04\x00\x0balg-add\
ress\x03\x00\x1d\x01r\x05\x0caddress-type}\x02v1y\x02v2y\
\x02v3y\x05scope~\x04\x00\x0ctipc-address\x03\x00\x1f\x01r\x02\
\x04nodey\x04porty\x04\x00\x0fqipcrtr-address\x03\x00\
!\x01r\x02\x05vm-id\x0c\x0aservice-id\x0c\x04\x00\x0ehyperv\
-address\x03\x00#\x01o\x02yy\x01q\x02\x04name\x01\x0c\x00\x07cont\
rol\x01%\x00\x04\x00\x0esystem-address\x03\x00&\x01r\x02\x06fa\
mily{\x05bytes\x0c\x04\x00\x0dother-address\x03\x00(\x01\
q\x14\x0bunspecified\x00\x00\x04inet\x01\x07\x00\x05inet6\x01\x09\
\x00\x04unix\x01\x0c\x00\x07netlink\x01\x0b\x00\x06packet\x01\x0e\x00\x05v\
sock\x01\x10\x00\x03can\x01\x12\x00\x09can-isotp\x01\x14\x00\x09can-\
j1939\x01\x16\x00\x05l2cap\x01\x18\x00\x06rfcomm\x01\x1a\x00\x03hci\x01\
\x1c\x00\x03sco\x01\x05\x00\x03alg\x01\x1e\x00\x04tipc\x01\x20\x00\x07qipcrtr\
\x01\x22\x00\x06hyperv\x01$\x00\x06system\x01'\x00\x05other\x01)\x00\
\x04\x00\x0esocket-address\x03\x00*\x03\x00\x1eberkeley:\
sockets/address@0.1.0\x05\x01\x02\x03\x00\x00\x05erro\
r\x02\x03\x00\x01\x0esocket-address\x01BF\x02\x03\x02\x01\x02\x04\x00\x05e\
rror\x03\x00\x00\x02\x03\x02\x01\x03\x04\x00\x0esocket-address\x03\x00\x02\
\x04\x00\x06socket\x03\x01\x01h\x04\x01@\x01\x04self\x05\x00z\x04\x00\x15[met\
hod]socket.family\x01\x06\x04\x00\x13[method]so\
cket.type\x01\x06\x04\x00\x17[method]socket.pro\
tocol\x01\x06\x01kw\x01@\x02\x04self\x05\x05limit\x07\x01\x00\x04\x00\x19[\
method]socket.settimeout\x01\x08\x01@\x01\x04se\
lf\x05\x00\x07\x04\x00\x19[method]socket.gettimeou\
t\x01\x09\x01j\x00\x01\x01\x01@\x02\x04self\x05\x07address\x03\x00\x0a\x04\x00\x13[\
method]socket.bind\x01\x0b\x01@\x02\x04self\x05\x07ba\
cklogz\x00\x0a\x04\x00\x15[method]socket.listen\
\x01\x0c\x01i\x04\x01k\x03\x01o\x02\x0d\x0e\x01j\x01\x0f\x01\x01\x01@\x01\x04self\x05\x00\x10\x04\x00\
\x15[method]socket.accept\x01\x11\x04\x00\x16[meth\
od]socket.connect\x01\x0b\x01p}\x01j\x01w\x01\x01\x01@\x03\x04\
self\x05\x04data\x12\x05flagsz\x00\x13\x04\x00\x13[method]s\
ocket.send\x01\x14\x01@\x03\x04self\x05\x04data\x12\x05flag\
sz\x00\x0a\x04\x00\x16[method]socket.sendall\x01\x15\x01\
@\x04\x04self\x05\x04data\x12\x05flagsz\x07address\x03\x00\x13\
\x04\x00\x15[method]socket.sendto\x01\x16\x01j\x01\x12\x01\x01\
\x01@\x03\x04self\x05\x04sizew\x05flagsz\x00\x17\x04\x00\x13[meth\
od]socket.recv\x01\x18\x01o\x02\x12\x0e\x01j\x01\x19\x01\x01\x01@\x03\x04s\
elf\x05\x04sizew\x05flagsz\x00\x1a\x04\x00\x17[method]so\
cket.recvfrom\x01\x1b\x01@\x02\x04self\x05\x03howz\x00\x0a\x04\
\x00\x17[method]socket.shutdown\x01\x1c\x01@\x01\x04s\
elf\x05\x00\x0a\x04\x00\x14[method]socket.close\x01\x1d\x01\
j\x01\x0d\x01\x01\x01@\x01\x04self\x05\x00\x1e\x04\x00\x12[method]socke\
t.dup\x01\x1f\x01@\x03\x04self\x05\x07controly\x08argume\
nt\x12\x00\x0a\x04\x00\x14[method]socket.ioctl\x01\x20\x01@\
\x02\x04self\x05\x07processy\x00\x17\x04\x00\x14[method]soc\
ket.share\x01!\x01j\x01\x0e\x01\x01\x01@\x01\x04self\x05\x00\x22\x04\x00\x1a[\
method]socket.getsockname\x01#\x04\x00\x1a[m\
ethod]socket.getpeername\x01#\x01@\x03\x06fa\
milyz\x04typez\x08protocolz\x00\x1e\x04\x00\x06create\
\x01$\x01o\x02\x0d\x0d\x01j\x01%\x01\x01\x01@\x03\x06familyz\x04typez\x08p\
rotocolz\x00&\x04\x00\x0asocketpair\x01'\x01@\x01\x04dat\
a\x12\x00\x1e\x04\x00\x09fromshare\x01(\x01o\x02s\x0d\x01p)\x01j\x01*\x01\x01\
\x01@\x00\x00+\x04\x00\x09preopened\x01,\x03\x00\x1dberkeley:s\
ockets/socket@0.1.0\x05\x04\x02\x03\x00\x02\x06socket\
\x01B\x11\x02\x03\x02\x01\x02\x04\x00\x05error\x03\x00\x00\x02\x03\x02\x01\x05\x04\x00\x06socke\
t\x03\x00\x02\x01p}\x01q\x03\x03int\x01z\x00\x05bytes\x01\x04\x00\x04null\x01\
y\x00\x04\x00\x0coption-value\x03\x00\x05\x01h\x03\x01j\x01z\x01\x01\x01@\x03\
\x06socket\x07\x05levelz\x04namez\x00\x08\x04\x00\x0agetsoc\
kopt\x01\x09\x01j\x01\x04\x01\x01\x01@\x04\x06socket\x07\x05levelz\x04n\
amez\x04sizey\x00\x0a\x04\x00\x10getsockopt-bytes\x01\
\x0b\x01j\x00\x01\x01\x01@\x04\x06socket\x07\x05levelz\x04namez\x05v\
alue\x06\x00\x0c\x04\x00\x0asetsockopt\x01\x0d\x03\x00\x1dberkele\
y:sockets/option@0.1.0\x05\x06\x01B\x04\x04\x00\x05er\
ror\x03\x01\x01h\x00\x01@\x01\x04self\x01\x00s\x04\x00\x1d[method]er\
ror.to-debug-string\x01\x02\x03\x00\x14wasi:io/\
error@0.2.12\x05\x07\x01B\x0a\x04\x00\x08pollable\x03\x01\x01h\
\x00\x01@\x01\x04self\x01\x00\x7f\x04\x00\x16[method]pollable.\
ready\x01\x02\x01@\x01\x04self\x01\x01\x00\x04\x00\x16[method]pol\
lable.block\x01\x03\x01p\x01\x01py\x01@\x01\x02in\x04\x00\x05\x04\x00\x04p\
oll\x01\x06\x03\x00\x13wasi:io/poll@0.2.12\x05\x08\x02\x03\x00\
\x04\x05error\x02\x03\x00\x05\x08pollable\x01B(\x02\x03\x02\x01\x09\x04\x00\x05e\
rror\x03\x00\x00\x02\x03\x02\x01\x0a\x04\x00\x08pollable\x03\x00\x02\x01i\x01\x01q\x02\
\x15last-operation-failed\x01\x04\x00\x06closed\
\x00\x00\x04\x00\x0cstream-error\x03\x00\x05\x04\x00\x0cinput-str\
eam\x03\x01\x04\x00\x0doutput-stream\x03\x01\x01h\x07\x01p}\x01j\x01\
\x0a\x01\x06\x01@\x02\x04self\x09\x03lenw\x00\x0b\x04\x00\x19[method]in\
put-stream.read\x01\x0c\x04\x00\x22[method]inpu\
t-stream.blocking-read\x01\x0c\x01j\x01w\x01\x06\x01@\
\x02\x04self\x09\x03lenw\x00\x0d\x04\x00\x19[method]input-s\
tream.skip\x01\x0e\x04\x00\x22[method]input-str\
eam.blocking-skip\x01\x0e\x01i\x03\x01@\x01\x04self\x09\x00\
\x0f\x04\x00\x1e[method]input-stream.subscri\
be\x01\x10\x01h\x08\x01@\x01\x04self\x11\x00\x0d\x04\x00![method]out\
put-stream.check-write\x01\x12\x01j\x00\x01\x06\x01@\x02\
\x04self\x11\x08contents\x0a\x00\x13\x04\x00\x1b[method]out\
put-stream.write\x01\x14\x04\x00.[method]out\
put-stream.blocking-write-and-fl\
ush\x01\x14\x01@\x01\x04self\x11\x00\x13\x04\x00\x1b[method]outpu\
t-stream.flush\x01\x15\x04\x00$[method]outpu\
t-stream.blocking-flush\x01\x15\x01@\x01\x04sel\
f\x11\x00\x0f\x04\x00\x1f[method]output-stream.sub\
scribe\x01\x16\x01@\x02\x04self\x11\x03lenw\x00\x13\x04\x00\x22[meth\
od]output-stream.write-zeroes\x01\x17\x04\
\x005[method]output-stream.blocking\
-write-zeroes-and-flush\x01\x17\x01@\x03\x04sel\
f\x11\x03src\x09\x03lenw\x00\x0d\x04\x00\x1c[method]output-\
stream.splice\x01\x18\x04\x00%[method]output\
-stream.blocking-splice\x01\x18\x03\x00\x16wasi\
:io/streams@0.2.12\x05\x0b\x01B\x05\x01r\x02\x07secon\
dsw\x0bnanosecondsy\x04\x00\x08datetime\x03\x00\x00\x01@\
\x00\x00\x01\x04\x00\x03now\x01\x02\x04\x00\x0aresolution\x01\x02\x03\x00\x1dwas\
i:clocks/wall-clock@0.2.12\x05\x0c\x02\x03\x00\x06\
\x0cinput-stream\x02\x03\x00\x06\x0doutput-stream\x02\
\x03\x00\x06\x05error\x02\x03\x00\x07\x08datetime\x01Br\x02\x03\x02\x01\x0d\x04\x00\
\x0cinput-stream\x03\x00\x00\x02\x03\x02\x01\x0e\x04\x00\x0doutput-s\
tream\x03\x00\x02\x02\x03\x02\x01\x0f\x04\x00\x05error\x03\x00\x04\x02\x03\x02\x01\x10\x04\x00\x08\
datetime\x03\x00\x06\x01w\x04\x00\x08filesize\x03\x00\x08\x01m\x08\x07u\
nknown\x0cblock-device\x10character-de\
vice\x09directory\x04fifo\x0dsymbolic-lin\
k\x0cregular-file\x06socket\x04\x00\x0fdescript\
or-type\x03\x00\x0a\x01n\x06\x04read\x05write\x13file-in\
tegrity-sync\x13data-integrity-sync\
\x14requested-write-sync\x10mutate-dir\
ectory\x04\x00\x10descriptor-flags\x03\x00\x0c\x01n\x01\x0e\
symlink-follow\x04\x00\x0apath-flags\x03\x00\x0e\x01n\
\x04\x06create\x09directory\x09exclusive\x08tru\
ncate\x04\x00\x0aopen-flags\x03\x00\x10\x01w\x04\x00\x0alink-c\
ount\x03\x00\x12\x01k\x07\x01r\x06\x04type\x0b\x0alink-count\x13\x04\
size\x09\x15data-access-timestamp\x14\x1bdat\
a-modification-timestamp\x14\x17status\
-change-timestamp\x14\x04\x00\x0fdescriptor-\
stat\x03\x00\x15\x01q\x03\x09no-change\x00\x00\x03now\x00\x00\x09tim\
estamp\x01\x07\x00\x04\x00\x0dnew-timestamp\x03\x00\x17\x01r\x02\x04\
type\x0b\x04names\x04\x00\x0fdirectory-entry\x03\x00\x19\
\x01m%\x06access\x0bwould-block\x07already\x0eb\
ad-descriptor\x04busy\x08deadlock\x05quot\
a\x05exist\x0efile-too-large\x15illegal-b\
yte-sequence\x0bin-progress\x0binterru\
pted\x07invalid\x02io\x0cis-directory\x04loo\
p\x0etoo-many-links\x0cmessage-size\x0dna\
me-too-long\x09no-device\x08no-entry\x07n\
o-lock\x13insufficient-memory\x12insuf\
ficient-space\x0dnot-directory\x09not-\
empty\x0fnot-recoverable\x0bunsupporte\
d\x06no-tty\x0eno-such-device\x08overflow\
\x0dnot-permitted\x04pipe\x09read-only\x0cin\
valid-seek\x0etext-file-busy\x0ccross-\
device\x04\x00\x0aerror-code\x03\x00\x1b\x01m\x06\x06normal\
\x0asequential\x06random\x09will-need\x09don\
t-need\x08no-reuse\x04\x00\x06advice\x03\x00\x1d\x01r\x02\x05l\
owerw\x05upperw\x04\x00\x13metadata-hash-val\
ue\x03\x00\x1f\x04\x00\x0adescriptor\x03\x01\x04\x00\x16directory\
-entry-stream\x03\x01\x01h!\x01i\x01\x01j\x01$\x01\x1c\x01@\x02\x04s\
elf#\x06offset\x09\x00%\x04\x00\x22[method]descrip\
tor.read-via-stream\x01&\x01i\x03\x01j\x01'\x01\x1c\x01@\
\x02\x04self#\x06offset\x09\x00(\x04\x00#[method]desc\
riptor.write-via-stream\x01)\x01@\x01\x04sel\
f#\x00(\x04\x00$[method]descriptor.append\
-via-stream\x01*\x01j\x00\x01\x1c\x01@\x04\x04self#\x06offs\
et\x09\x06length\x09\x06advice\x1e\x00+\x04\x00\x19[method]\
descriptor.advise\x01,\x01@\x01\x04self#\x00+\x04\x00\
\x1c[method]descriptor.sync-data\x01-\x01\
j\x01\x0d\x01\x1c\x01@\x01\x04self#\x00.\x04\x00\x1c[method]descr\
iptor.get-flags\x01/\x01j\x01\x0b\x01\x1c\x01@\x01\x04self#\
\x000\x04\x00\x1b[method]descriptor.get-type\
\x011\x01@\x02\x04self#\x04size\x09\x00+\x04\x00\x1b[method]de\
scriptor.set-size\x012\x01@\x03\x04self#\x15dat\
a-access-timestamp\x18\x1bdata-modific\
ation-timestamp\x18\x00+\x04\x00\x1c[method]des\
criptor.set-times\x013\x01p}\x01o\x024\x7f\x01j\x015\x01\
\x1c\x01@\x03\x04self#\x06length\x09\x06offset\x09\x006\x04\x00\x17[\
method]descriptor.read\x017\x01j\x01\x09\x01\x1c\x01@\
\x03\x04self#\x06buffer4\x06offset\x09\x008\x04\x00\x18[met\
hod]descriptor.write\x019\x01i\x22\x01j\x01:\x01\x1c\x01\
@\x01\x04self#\x00;\x04\x00![method]descriptor.\
read-directory\x01<\x04\x00\x17[method]descr\
iptor.sync\x01-\x01@\x02\x04self#\x04paths\x00+\x04\x00&\
[method]descriptor.create-direct\
ory-at\x01=\x01j\x01\x16\x01\x1c\x01@\x01\x04self#\x00>\x04\x00\x17[met\
hod]descriptor.stat\x01?\x01@\x03\x04self#\x0ap\
ath-flags\x0f\x04paths\x00>\x04\x00\x1a[method]des\
criptor.stat-at\x01@\x01@\x05\x04self#\x0apath-\
flags\x0f\x04paths\x15data-access-timesta\
mp\x18\x1bdata-modification-timestamp\x18\
\x00+\x04\x00\x1f[method]descriptor.set-time\
s-at\x01A\x01@\x05\x04self#\x0eold-path-flags\x0f\x08\
old-paths\x0enew-descriptor#\x08new-pa\
ths\x00+\x04\x00\x1a[method]descriptor.link-\
at\x01B\x01i!\x01j\x01\xc3\x00\x01\x1c\x01@\x05\x04self#\x0apath-fla\
gs\x0f\x04paths\x0aopen-flags\x11\x05flags\x0d\x00\xc4\x00\x04\
\x00\x1a[method]descriptor.open-at\x01E\x01j\
\x01s\x01\x1c\x01@\x02\x04self#\x04paths\x00\xc6\x00\x04\x00\x1e[method\
]descriptor.readlink-at\x01G\x04\x00&[met\
hod]descriptor.remove-directory-\
at\x01=\x01@\x04\x04self#\x08old-paths\x0enew-desc\
riptor#\x08new-paths\x00+\x04\x00\x1c[method]de\
scriptor.rename-at\x01H\x01@\x03\x04self#\x08ol\
d-paths\x08new-paths\x00+\x04\x00\x1d[method]de\
scriptor.symlink-at\x01I\x04\x00![method]\
descriptor.unlink-file-at\x01=\x01@\x02\x04s\
elf#\x05other#\x00\x7f\x04\x00![method]descript\
or.is-same-object\x01J\x01j\x01\x20\x01\x1c\x01@\x01\x04sel\
f#\x00\xcb\x00\x04\x00\x20[method]descriptor.metad\
ata-hash\x01L\x01@\x03\x04self#\x0apath-flags\x0f\x04\
paths\x00\xcb\x00\x04\x00#[method]descriptor.me\
tadata-hash-at\x01M\x01h\x22\x01k\x1a\x01j\x01\xcf\x00\x01\x1c\x01@\x01\
\x04self\xce\x00\x00\xd0\x00\x04\x003[method]directory-e\
ntry-stream.read-directory-entry\
\x01Q\x01h\x05\x01k\x1c\x01@\x01\x03err\xd2\x00\x00\xd3\x00\x04\x00\x15filesyste\
m-error-code\x01T\x03\x00\x1cwasi:filesystem\
/types@0.2.12\x05\x11\x02\x03\x00\x08\x0adescriptor\x01B\
\x0c\x02\x03\x02\x01\x12\x04\x00\x0adescriptor\x03\x00\x00\x02\x03\x02\x01\x02\x04\x00\x05er\
ror\x03\x00\x02\x02\x03\x02\x01\x05\x04\x00\x06socket\x03\x00\x04\x01h\x05\x01h\x01\x01kw\
\x01j\x01w\x01\x03\x01@\x04\x06socket\x06\x04file\x07\x06offsetw\x05\
count\x08\x00\x09\x04\x00\x08sendfile\x01\x0a\x03\x00\x1bberkeley\
:sockets/file@0.1.0\x05\x13\x02\x03\x00\x01\x0cipv4-a\
ddress\x02\x03\x00\x01\x0cipv6-address\x02\x03\x00\x09\x0adesc\
riptor\x01BG\x02\x03\x02\x01\x02\x04\x00\x05error\x03\x00\x00\x02\x03\x02\x01\x03\x04\x00\
\x0esocket-address\x03\x00\x02\x02\x03\x02\x01\x14\x04\x00\x0cipv4-a\
ddress\x03\x00\x04\x02\x03\x02\x01\x15\x04\x00\x0cipv6-address\x03\x00\x06\
\x02\x03\x02\x01\x05\x04\x00\x06socket\x03\x00\x08\x02\x03\x02\x01\x16\x04\x00\x0adescrip\
tor\x03\x00\x0a\x01r\x03\x03pidz\x03uidy\x03gidy\x04\x00\x0bcrede\
ntials\x03\x00\x0c\x01r\x03\x0finterface-indexy\x0dlo\
cal-address\x05\x0bdestination\x05\x04\x00\x0aip-p\
ktinfo\x03\x00\x0e\x01r\x02\x07address\x07\x0finterface-\
indexy\x04\x00\x0cipv6-pktinfo\x03\x00\x10\x01r\x02\x07seco\
ndsx\x0bnanosecondsy\x04\x00\x09timestamp\x03\x00\x12\
\x01k\x03\x01r\x07\x06numbery\x06origin}\x04type}\x04cod\
e}\x04infoy\x04datay\x08offender\x14\x04\x00\x0eexten\
ded-error\x03\x00\x15\x01p}\x01r\x03\x05levelz\x04typez\x04\
data\x17\x04\x00\x13raw-control-message\x03\x00\x18\x01o\
\x03\x13\x13\x13\x01q\x0d\x0bcredentials\x01\x0d\x00\x09timestamp\
\x01\x13\x00\x0btimestampns\x01\x13\x00\x0ctimestamping\x01\
\x1a\x00\x0aip-pktinfo\x01\x0f\x00\x0cipv6-pktinfo\x01\x11\x00\
\x06ip-ttl\x01z\x00\x06ip-tos\x01}\x00\x0dipv6-hoplim\
it\x01z\x00\x0bipv6-tclass\x01z\x00\x0aip-recverr\x01\
\x16\x00\x0cipv6-recverr\x01\x16\x00\x03raw\x01\x19\x00\x04\x00\x0ccont\
rol-data\x03\x00\x1b\x01i\x09\x01i\x0b\x01q\x02\x06socket\x01\x1d\x00\x04f\
ile\x01\x1e\x00\x04\x00\x11passed-descriptor\x03\x00\x1f\x01h\x09\
\x01p!\x01q\x02\x06rights\x01\x22\x00\x04data\x01\x1c\x00\x04\x00\x18outgo\
ing-control-message\x03\x00#\x01h\x0b\x01q\x02\x06soc\
ket\x01!\x00\x04file\x01%\x00\x04\x00\x13outgoing-descri\
ptor\x03\x00&\x01p\x20\x01q\x02\x06rights\x01(\x00\x04data\x01\x1c\x00\x04\
\x00\x18incoming-control-message\x03\x00)\x01p*\
\x01r\x05\x04data\x17\x06lengthw\x09ancillary+\x05fla\
gsz\x07address\x14\x04\x00\x07message\x03\x00,\x01p\x1c\x01r\x03\x06\
lengthy\x07address\x14\x09ancillary.\x04\x00\x11ou\
tgoing-datagram\x03\x00/\x01r\x05\x06lengthy\x0cwh\
ole-lengthy\x05flagsz\x07address\x14\x09anci\
llary.\x04\x00\x11incoming-datagram\x03\x001\x01p\x17\
\x01p$\x01j\x01w\x01\x01\x01@\x05\x06socket!\x07buffers3\x09an\
cillary4\x05flagsz\x07address\x14\x005\x04\x00\x07sen\
dmsg\x016\x01p'\x01@\x06\x06socket!\x07buffers3\x06ri\
ghts7\x09ancillary.\x05flagsz\x07address\x14\
\x005\x04\x00\x0esendmsg-rights\x018\x01j\x01-\x01\x01\x01@\x04\x06s\
ocket!\x04sizew\x0eancillary-sizew\x05fla\
gsz\x009\x04\x00\x07recvmsg\x01:\x01p0\x01j\x01y\x01\x01\x01@\x04\x06so\
cket!\x04data\x17\x09datagrams;\x05flagsz\x00<\x04\
\x00\x08sendmmsg\x01=\x01p2\x01o\x02\x17>\x01j\x01?\x01\x01\x01@\x05\x06so\
cket!\x05county\x04sizew\x0eancillary-siz\
ew\x05flagsz\x00\xc0\x00\x04\x00\x08recvmmsg\x01A\x03\x00\x20berk\
eley:sockets/ancillary@0.1.0\x05\x17\x01B\
\x07\x02\x03\x02\x01\x12\x04\x00\x0adescriptor\x03\x00\x00\x01i\x01\x01o\x02\x02s\x01p\
\x03\x01@\x00\x00\x04\x04\x00\x0fget-directories\x01\x05\x03\x00\x1fwas\
i:filesystem/preopens@0.2.12\x05\x18\x01B\
\x13\x02\x03\x02\x01\x0a\x04\x00\x08pollable\x03\x00\x00\x02\x03\x02\x01\x02\x04\x00\x05erro\
r\x03\x00\x02\x02\x03\x02\x01\x05\x04\x00\x06socket\x03\x00\x04\x01h\x05\x01r\x02\x06sock\
et\x06\x06events|\x04\x00\x08interest\x03\x00\x07\x01p\x08\x01kw\x01\
p|\x01j\x01\x0b\x01\x03\x01@\x02\x09interests\x09\x05limit\x0a\x00\x0c\x04\
\x00\x04poll\x01\x0d\x01i\x01\x01j\x01\x0e\x01\x03\x01@\x02\x06socket\x06\x06eve\
nts|\x00\x0f\x04\x00\x09subscribe\x01\x10\x03\x00\x1bberkeley:\
sockets/poll@0.1.0\x05\x19\x01B\x1d\x02\x03\x02\x01\x0a\x04\x00\x08p\
ollable\x03\x00\x00\x02\x03\x02\x01\x02\x04\x00\x05error\x03\x00\x02\x02\x03\x02\x01\x05\x04\
\x00\x06socket\x03\x00\x04\x01r\x02\x06eventsy\x05tokenw\x04\x00\x05\
event\x03\x00\x06\x04\x00\x06poller\x03\x01\x01h\x08\x01h\x05\x01j\x00\x01\x03\x01@\
\x04\x04self\x09\x06socket\x0a\x06eventsy\x05tokenw\x00\x0b\
\x04\x00\x12[method]poller.add\x01\x0c\x04\x00\x15[metho\
d]poller.modify\x01\x0c\x01@\x02\x04self\x09\x06socke\
t\x0a\x00\x0b\x04\x00\x15[method]poller.remove\x01\x0d\x01k\
w\x01p\x07\x01j\x01\x0f\x01\x03\x01@\x03\x04self\x09\x04mosty\x05limit\x0e\
\x00\x10\x04\x00\x13[method]poller.wait\x01\x11\x01i\x01\x01@\x01\
\x04self\x09\x00\x12\x04\x00\x18[method]poller.subscr\
ibe\x01\x13\x01i\x08\x01j\x01\x14\x01\x03\x01@\x00\x00\x15\x04\x00\x06create\x01\x16\x03\x00\
\x1dberkeley:sockets/poller@0.1.0\x05\x1a\
\x01B\x22\x02\x03\x02\x01\x02\x04\x00\x05error\x03\x00\x00\x02\x03\x02\x01\x03\x04\x00\x0esocke\
t-address\x03\x00\x02\x02\x03\x02\x01\x14\x04\x00\x0cipv4-address\
\x03\x00\x04\x01p}\x01r\x05\x06familyz\x04typez\x08protocol\
z\x0ecanonical-name\x06\x07address\x03\x04\x00\x0cadd\
ress-info\x03\x00\x07\x01p\x06\x01r\x03\x04name\x06\x07aliases\
\x09\x09addresses\x09\x04\x00\x0ahost-entry\x03\x00\x0a\x01k\x06\x01\
p\x08\x01j\x01\x0d\x01\x01\x01@\x06\x04host\x0c\x07service\x0c\x06famil\
yz\x04typez\x08protocolz\x05flagsz\x00\x0e\x04\x00\x0bge\
taddrinfo\x01\x0f\x01o\x02\x06\x06\x01j\x01\x10\x01\x01\x01@\x02\x07addres\
s\x03\x05flagsz\x00\x11\x04\x00\x0bgetnameinfo\x01\x12\x01j\x01\x0b\x01\
\x01\x01@\x01\x04name\x06\x00\x13\x04\x00\x10gethostbyname-ex\x01\
\x14\x01@\x01\x07address\x06\x00\x13\x04\x00\x0dgethostbyaddr\x01\
\x15\x01k{\x01@\x02\x04name\x06\x08protocol\x0c\x00\x16\x04\x00\x0dgets\
ervbyname\x01\x17\x01@\x02\x04port{\x08protocol\x0c\x00\x0c\
\x04\x00\x0dgetservbyport\x01\x18\x01kz\x01@\x01\x04name\x06\x00\x19\
\x04\x00\x0egetprotobyname\x01\x1a\x03\x00\x1cberkeley:s\
ockets/netdb@0.1.0\x05\x1b\x01B\x15\x02\x03\x02\x01\x02\x04\x00\x05e\
rror\x03\x00\x00\x01p}\x01o\x02y\x02\x01p\x03\x01j\x01\x04\x01\x01\x01@\x00\x00\x05\x04\x00\x0c\
if-nameindex\x01\x06\x01j\x01y\x01\x01\x01@\x01\x04name\x02\x00\x07\x04\
\x00\x0eif-nametoindex\x01\x08\x01j\x01\x02\x01\x01\x01@\x01\x05inde\
xy\x00\x09\x04\x00\x0eif-indextoname\x01\x0a\x01@\x00\x00\x09\x04\x00\x0bg\
ethostname\x01\x0b\x01j\x00\x01\x01\x01@\x01\x04name\x02\x00\x0c\x04\x00\x0bs\
ethostname\x01\x0d\x01@\x00\x00\x07\x04\x00\x09local-cid\x01\x0e\x03\
\x00\x20berkeley:sockets/interface@0.1\
.0\x05\x1c\x01BO\x01r\x02\x04codey\x04texts\x04\x00\x0cverific\
ation\x03\x00\x00\x01q\x0a\x09want-read\x00\x00\x0awant-wri\
te\x00\x00\x0bwant-choice\x00\x00\x06closed\x00\x00\x0eunex\
pected-eof\x00\x00\x0cverification\x01\x01\x00\x05ale\
rt\x01}\x00\x08protocol\x01s\x00\x07invalid\x01s\x00\x05lim\
it\x01s\x00\x04\x00\x05error\x03\x00\x02\x01m\x03\x04none\x08optiona\
l\x08required\x04\x00\x0bverify-mode\x03\x00\x04\x01m\x03\x04n\
one\x04leaf\x05chain\x04\x00\x10revocation-chec\
k\x03\x00\x06\x01p}\x01p\x08\x01r\x02\x05chain\x09\x03key\x08\x04\x00\x08iden\
tity\x03\x00\x0a\x01k\x0b\x01p{\x01r\x0d\x06verify\x05\x0acheck-n\
ame\x7f\x0bcommon-name\x7f\x05roots\x09\x0ahost-ro\
ots\x7f\x04crls\x09\x0arevocation\x07\x08identity\x0c\
\x04alpn\x09\x0fminimum-version{\x0fmaximum-\
version{\x0dcipher-suites\x0d\x06choice\x7f\x04\
\x00\x05terms\x03\x00\x0e\x01n\x02\x0dpartial-chain\x06stri\
ct\x04\x00\x0cverify-flags\x03\x00\x10\x04\x00\x06config\x03\x01\x01\
ks\x01r\x03\x0bserver-name\x13\x04alpn\x09\x0dcipher-\
suites\x0d\x04\x00\x0cclient-hello\x03\x00\x14\x04\x00\x0aconn\
ection\x03\x01\x01i\x12\x01j\x01\x17\x01\x03\x01@\x01\x05terms\x0f\x00\x18\x04\x00\x15\
[static]config.create\x01\x19\x01@\x02\x05terms\
\x0f\x05flags\x11\x00\x18\x04\x00\x1a[static]config.crea\
te-with\x01\x1a\x01@\x03\x05terms\x0f\x05flags\x11\x06group\
s\x0d\x00\x18\x04\x00\x18[static]config.create-by\x01\
\x1b\x01h\x12\x01i\x16\x01j\x01\x1d\x01\x03\x01@\x02\x06config\x1c\x0bserver-\
name\x13\x00\x1e\x04\x00\x19[static]connection.cli\
ent\x01\x1f\x01@\x01\x06config\x1c\x00\x1e\x04\x00\x19[static]con\
nection.server\x01\x20\x01h\x16\x01@\x02\x04self!\x0acip\
hertext\x08\x00w\x04\x00\x16[method]connection.\
put\x01\x22\x01@\x01\x04self!\x00w\x04\x00\x19[method]conne\
ction.needed\x01#\x01@\x01\x04self!\x01\x00\x04\x00\x1a[met\
hod]connection.put-eof\x01$\x01@\x02\x04self\
!\x04sizew\x00\x08\x04\x00\x17[method]connection.t\
ake\x01%\x01j\x00\x01\x03\x01@\x01\x04self!\x00&\x04\x00\x1c[method]\
connection.handshake\x01'\x01k\x15\x01@\x01\x04sel\
f!\x00(\x04\x00\x1f[method]connection.client\
-hello\x01)\x01@\x02\x04self!\x06config\x1c\x00&\x04\x00\x19[m\
ethod]connection.choose\x01*\x01@\x02\x04sel\
f!\x05alert}\x00&\x04\x00\x19[method]connection\
.refuse\x01+\x01j\x01\x08\x01\x03\x01@\x02\x04self!\x04sizew\x00,\
\x04\x00\x17[method]connection.read\x01-\x04\x00\x19[\
method]connection.unread\x01#\x01j\x01w\x01\x03\
\x01@\x02\x04self!\x09plaintext\x08\x00.\x04\x00\x18[method\
]connection.write\x01/\x01j\x01\x7f\x01\x03\x01@\x01\x04sel\
f!\x000\x04\x00\x18[method]connection.close\x01\
1\x01k{\x01@\x01\x04self!\x002\x04\x00\x1a[method]connec\
tion.version\x013\x04\x00\x1f[method]connect\
ion.cipher-suite\x013\x01k\x08\x01@\x01\x04self!\x004\
\x04\x00\x17[method]connection.alpn\x015\x01@\x01\x04\
self!\x00\x09\x04\x00$[method]connection.pee\
r-certificates\x016\x04\x00![method]conne\
ction.verified-chain\x016\x01@\x04\x04self!\x04\
sizey\x05label\x08\x07context4\x00,\x04\x00)[metho\
d]connection.export-keying-mater\
ial\x017\x03\x00\x1aberkeley:sockets/tls@0.1\
.0\x05\x1d\x04\x00\x1eberkeley:sockets/imports@\
0.1.0\x04\x00\x0b\x0d\x01\x00\x07imports\x03\x00\x00\x00/\x09produce\
rs\x01\x0cprocessed-by\x01\x0dwit-component\x07\
0.259.0";
