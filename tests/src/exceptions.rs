//! Where a guest is not to answer as CPython does, whatever network it is on.

use crate::script::Exception;

/// Where a guest is not to answer as CPython does.
pub const EXCEPTIONS: &[Exception] = &[
    Exception {
        call: "*",
        python: "timeout",
        guest: "ERRNO",
        reason: "With a time limit CPython waits until the socket is ready before it makes the call. A guest's call is \
                 made at once, so that what is wrong with it is told at once.",
    },
    Exception { call: "* send *", python: "timeout", guest: "*", reason: HALF },
    Exception { call: "* sendall *", python: "timeout", guest: "ok", reason: HALF },
    Exception { call: "* sendto *", python: "timeout", guest: "*", reason: HALF },
    Exception { call: "* sendmsg *", python: "timeout", guest: "*", reason: HALF },
    Exception { call: "* getsockopt *", python: "*", guest: "denied", reason: NEVER },
    Exception { call: "* getsockopt_bytes *", python: "*", guest: "denied", reason: NEVER },
    Exception { call: "* setsockopt *", python: "*", guest: "denied", reason: NEVER },
    Exception {
        call: "* sendmsg * 1:1:00000000 *",
        python: "*",
        guest: "EBADF",
        reason: "A control message of descriptors' numbers means the host's. A guest passes sockets by another call.",
    },
    Exception {
        call: "* send *",
        python: "ECONNRESET",
        guest: "EPIPE",
        reason: "A socket that has sent others is only shut down when a guest closes it, until they were received.",
    },
    Exception { call: "* connect *", python: "ECONNABORTED", guest: "*", reason: REFUSED },
    Exception { call: "* connect_ex *", python: "103", guest: "*", reason: REFUSED },
    Exception {
        call: "* unix/{dir:108}",
        python: "invalid: *",
        guest: "*",
        reason: "CPython itself says that a unix path is too long. The kernel takes one of 108 bytes, without a NUL behind it.",
    },
    Exception {
        call: "* facts",
        python: "* * *",
        guest: "* * 0",
        reason: "CPython asks the kernel for the protocol of a socket that it knows by its number alone. A guest's socket \
                 keeps the one that it was made with.",
    },
];

/// Of time limits.
const HALF: &str = "With a time limit CPython waits until half of a unix socket's or a datagram socket's buffer is free, \
                    which is when poll(2) says that it can be written to. A guest's call sends as long as there is room.";

/// Of connecting again.
const REFUSED: &str = "With a time limit CPython asks SO_ERROR how connecting went, after which the kernel fails the next \
                       attempt. A guest's socket is fit for it.";

/// Of options.
const NEVER: &str = "No guest may read or set options whose values are addresses in the host's memory, numbers of its \
                     descriptors, or that make the kernel read the host's memory after the call.";
