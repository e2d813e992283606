//! The numbers of control messages that neither Python's module nor an option has.

/// SOL_SOCKET: the security label of who sent a message over a unix socket, which SO_PASSSEC asks for.
pub const SCM_SECURITY: i32 = 3;
/// SOL_TLS: the type of the record to send.
pub const TLS_SET_RECORD_TYPE: i32 = 1;
/// SOL_TLS: the type of the record that was received.
pub const TLS_GET_RECORD_TYPE: i32 = 2;
