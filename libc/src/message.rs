//! Messages with control messages: sendmsg(2), recvmsg(2), cmsg(3).

mod header;
mod many;
mod receive;
mod send;
