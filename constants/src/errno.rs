//! Error numbers: errno(3).

/// Hands the table of error numbers to the macro `$then`: a row is the name, the name as
/// Rust's bindings spell it, the number in Linux's generic numbering and Linux's description.
///
/// ```
/// macro_rules! count {
///     ($($name:ident $case:ident $number:literal $text:literal;)*) => { [$($number),*].len() };
/// }
/// assert_eq!(berkeley_constants::for_each_errno!(count), 131);
/// ```
#[macro_export]
macro_rules! for_each_errno {
    ($then:ident) => {
        $then! {
            EPERM Eperm 1 "Operation not permitted";
            ENOENT Enoent 2 "No such file or directory";
            ESRCH Esrch 3 "No such process";
            EINTR Eintr 4 "Interrupted system call";
            EIO Eio 5 "Input/output error";
            ENXIO Enxio 6 "No such device or address";
            E2BIG E2big 7 "Argument list too long";
            ENOEXEC Enoexec 8 "Exec format error";
            EBADF Ebadf 9 "Bad file descriptor";
            ECHILD Echild 10 "No child processes";
            EAGAIN Eagain 11 "Resource temporarily unavailable";
            ENOMEM Enomem 12 "Cannot allocate memory";
            EACCES Eacces 13 "Permission denied";
            EFAULT Efault 14 "Bad address";
            ENOTBLK Enotblk 15 "Block device required";
            EBUSY Ebusy 16 "Device or resource busy";
            EEXIST Eexist 17 "File exists";
            EXDEV Exdev 18 "Invalid cross-device link";
            ENODEV Enodev 19 "No such device";
            ENOTDIR Enotdir 20 "Not a directory";
            EISDIR Eisdir 21 "Is a directory";
            EINVAL Einval 22 "Invalid argument";
            ENFILE Enfile 23 "Too many open files in system";
            EMFILE Emfile 24 "Too many open files";
            ENOTTY Enotty 25 "Inappropriate ioctl for device";
            ETXTBSY Etxtbsy 26 "Text file busy";
            EFBIG Efbig 27 "File too large";
            ENOSPC Enospc 28 "No space left on device";
            ESPIPE Espipe 29 "Illegal seek";
            EROFS Erofs 30 "Read-only file system";
            EMLINK Emlink 31 "Too many links";
            EPIPE Epipe 32 "Broken pipe";
            EDOM Edom 33 "Numerical argument out of domain";
            ERANGE Erange 34 "Numerical result out of range";
            EDEADLK Edeadlk 35 "Resource deadlock avoided";
            ENAMETOOLONG Enametoolong 36 "File name too long";
            ENOLCK Enolck 37 "No locks available";
            ENOSYS Enosys 38 "Function not implemented";
            ENOTEMPTY Enotempty 39 "Directory not empty";
            ELOOP Eloop 40 "Too many levels of symbolic links";
            ENOMSG Enomsg 42 "No message of desired type";
            EIDRM Eidrm 43 "Identifier removed";
            ECHRNG Echrng 44 "Channel number out of range";
            EL2NSYNC El2nsync 45 "Level 2 not synchronized";
            EL3HLT El3hlt 46 "Level 3 halted";
            EL3RST El3rst 47 "Level 3 reset";
            ELNRNG Elnrng 48 "Link number out of range";
            EUNATCH Eunatch 49 "Protocol driver not attached";
            ENOCSI Enocsi 50 "No CSI structure available";
            EL2HLT El2hlt 51 "Level 2 halted";
            EBADE Ebade 52 "Invalid exchange";
            EBADR Ebadr 53 "Invalid request descriptor";
            EXFULL Exfull 54 "Exchange full";
            ENOANO Enoano 55 "No anode";
            EBADRQC Ebadrqc 56 "Invalid request code";
            EBADSLT Ebadslt 57 "Invalid slot";
            EBFONT Ebfont 59 "Bad font file format";
            ENOSTR Enostr 60 "Device not a stream";
            ENODATA Enodata 61 "No data available";
            ETIME Etime 62 "Timer expired";
            ENOSR Enosr 63 "Out of streams resources";
            ENONET Enonet 64 "Machine is not on the network";
            ENOPKG Enopkg 65 "Package not installed";
            EREMOTE Eremote 66 "Object is remote";
            ENOLINK Enolink 67 "Link has been severed";
            EADV Eadv 68 "Advertise error";
            ESRMNT Esrmnt 69 "Srmount error";
            ECOMM Ecomm 70 "Communication error on send";
            EPROTO Eproto 71 "Protocol error";
            EMULTIHOP Emultihop 72 "Multihop attempted";
            EDOTDOT Edotdot 73 "RFS specific error";
            EBADMSG Ebadmsg 74 "Bad message";
            EOVERFLOW Eoverflow 75 "Value too large for defined data type";
            ENOTUNIQ Enotuniq 76 "Name not unique on network";
            EBADFD Ebadfd 77 "File descriptor in bad state";
            EREMCHG Eremchg 78 "Remote address changed";
            ELIBACC Elibacc 79 "Can not access a needed shared library";
            ELIBBAD Elibbad 80 "Accessing a corrupted shared library";
            ELIBSCN Elibscn 81 ".lib section in a.out corrupted";
            ELIBMAX Elibmax 82 "Attempting to link in too many shared libraries";
            ELIBEXEC Elibexec 83 "Cannot exec a shared library directly";
            EILSEQ Eilseq 84 "Invalid or incomplete multibyte or wide character";
            ERESTART Erestart 85 "Interrupted system call should be restarted";
            ESTRPIPE Estrpipe 86 "Streams pipe error";
            EUSERS Eusers 87 "Too many users";
            ENOTSOCK Enotsock 88 "Socket operation on non-socket";
            EDESTADDRREQ Edestaddrreq 89 "Destination address required";
            EMSGSIZE Emsgsize 90 "Message too long";
            EPROTOTYPE Eprototype 91 "Protocol wrong type for socket";
            ENOPROTOOPT Enoprotoopt 92 "Protocol not available";
            EPROTONOSUPPORT Eprotonosupport 93 "Protocol not supported";
            ESOCKTNOSUPPORT Esocktnosupport 94 "Socket type not supported";
            EOPNOTSUPP Eopnotsupp 95 "Operation not supported";
            EPFNOSUPPORT Epfnosupport 96 "Protocol family not supported";
            EAFNOSUPPORT Eafnosupport 97 "Address family not supported by protocol";
            EADDRINUSE Eaddrinuse 98 "Address already in use";
            EADDRNOTAVAIL Eaddrnotavail 99 "Cannot assign requested address";
            ENETDOWN Enetdown 100 "Network is down";
            ENETUNREACH Enetunreach 101 "Network is unreachable";
            ENETRESET Enetreset 102 "Network dropped connection on reset";
            ECONNABORTED Econnaborted 103 "Software caused connection abort";
            ECONNRESET Econnreset 104 "Connection reset by peer";
            ENOBUFS Enobufs 105 "No buffer space available";
            EISCONN Eisconn 106 "Transport endpoint is already connected";
            ENOTCONN Enotconn 107 "Transport endpoint is not connected";
            ESHUTDOWN Eshutdown 108 "Cannot send after transport endpoint shutdown";
            ETOOMANYREFS Etoomanyrefs 109 "Too many references: cannot splice";
            ETIMEDOUT Etimedout 110 "Connection timed out";
            ECONNREFUSED Econnrefused 111 "Connection refused";
            EHOSTDOWN Ehostdown 112 "Host is down";
            EHOSTUNREACH Ehostunreach 113 "No route to host";
            EALREADY Ealready 114 "Operation already in progress";
            EINPROGRESS Einprogress 115 "Operation now in progress";
            ESTALE Estale 116 "Stale file handle";
            EUCLEAN Euclean 117 "Structure needs cleaning";
            ENOTNAM Enotnam 118 "Not a XENIX named type file";
            ENAVAIL Enavail 119 "No XENIX semaphores available";
            EISNAM Eisnam 120 "Is a named type file";
            EREMOTEIO Eremoteio 121 "Remote I/O error";
            EDQUOT Edquot 122 "Disk quota exceeded";
            ENOMEDIUM Enomedium 123 "No medium found";
            EMEDIUMTYPE Emediumtype 124 "Wrong medium type";
            ECANCELED Ecanceled 125 "Operation canceled";
            ENOKEY Enokey 126 "Required key not available";
            EKEYEXPIRED Ekeyexpired 127 "Key has expired";
            EKEYREVOKED Ekeyrevoked 128 "Key has been revoked";
            EKEYREJECTED Ekeyrejected 129 "Key was rejected by service";
            EOWNERDEAD Eownerdead 130 "Owner died";
            ENOTRECOVERABLE Enotrecoverable 131 "State not recoverable";
            ERFKILL Erfkill 132 "Operation not possible due to RF-kill";
            EHWPOISON Ehwpoison 133 "Memory page has hardware error";
        }
    };
}

macro_rules! numbers {
    ($($name:ident $case:ident $number:literal $text:literal;)*) => {
        $(
            #[doc = concat!($text, ".")]
            pub const $name: i32 = $number;
        )*

        /// Every error number with its name and Linux's description, in ascending order.
        pub const ERRNOS: &[(i32, &str, &str)] = &[$(($number, stringify!($name), $text)),*];
    };
}

for_each_errno!(numbers);

/// The same as [`EAGAIN`].
pub const EWOULDBLOCK: i32 = EAGAIN;
/// The same as [`EDEADLK`].
pub const EDEADLOCK: i32 = EDEADLK;
/// The same as [`EOPNOTSUPP`].
pub const ENOTSUP: i32 = EOPNOTSUPP;
/// Wrong file type for the intended operation. It is younger than the contract, and crosses as its number.
pub const EFTYPE: i32 = 134;

/// The names that are not in [`ERRNOS`]: second names, and numbers that the contract has no case for.
pub const OTHERS: &[(i32, &str)] =
    &[(EWOULDBLOCK, "EWOULDBLOCK"), (EDEADLOCK, "EDEADLOCK"), (ENOTSUP, "ENOTSUP"), (EFTYPE, "EFTYPE")];

/// The name of an error number, such as `ECONNREFUSED`; of those that it has, that of [`ERRNOS`].
///
/// ```
/// assert_eq!(berkeley_constants::errno::name(111), Some("ECONNREFUSED"));
/// assert_eq!(berkeley_constants::errno::name(0), None);
/// ```
pub fn name(number: i32) -> Option<&'static str> {
    let other = || OTHERS.iter().find(|row| row.0 == number).map(|row| row.1);
    find(number).map(|row| row.1).or_else(other)
}

/// Linux's description of an error number, such as `Connection refused`.
///
/// ```
/// assert_eq!(berkeley_constants::errno::description(111), Some("Connection refused"));
/// ```
pub fn description(number: i32) -> Option<&'static str> {
    find(number).map(|row| row.2)
}

fn find(number: i32) -> Option<&'static (i32, &'static str, &'static str)> {
    ERRNOS.binary_search_by_key(&number, |row| row.0).ok().map(|at| &ERRNOS[at])
}
