/* The names of errors, whose texts differ from one C library to another. */

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const char *error_name(int number)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {EAGAIN, "EAGAIN"}, {EINPROGRESS, "EINPROGRESS"}, {EALREADY, "EALREADY"}, {EFAULT, "EFAULT"},
        {EINVAL, "EINVAL"}, {EPIPE, "EPIPE"}, {EMSGSIZE, "EMSGSIZE"}, {ENOTCONN, "ENOTCONN"}, {ENOTSOCK, "ENOTSOCK"},
        {ENOBUFS, "ENOBUFS"}, {ECONNREFUSED, "ECONNREFUSED"}, {ECONNRESET, "ECONNRESET"}, {EBADF, "EBADF"},
        {EDEADLK, "EDEADLK"}, {ENOENT, "ENOENT"}, {ENOTDIR, "ENOTDIR"}, {EADDRINUSE, "EADDRINUSE"},
        {EADDRNOTAVAIL, "EADDRNOTAVAIL"},
        {EISCONN, "EISCONN"}, {EAFNOSUPPORT, "EAFNOSUPPORT"}, {ENAMETOOLONG, "ENAMETOOLONG"}, {EPERM, "EPERM"},
        {EDESTADDRREQ, "EDESTADDRREQ"}, {ETIMEDOUT, "ETIMEDOUT"}, {EOVERFLOW, "EOVERFLOW"}, {ESRCH, "ESRCH"},
        {ENOSYS, "ENOSYS"}, {ERANGE, "ERANGE"}, {EINTR, "EINTR"}, {EMFILE, "EMFILE"},
    };
    for (size_t at = 0; at < sizeof names / sizeof *names; at++)
        if (names[at].number == number)
            return names[at].name;
    return strerror(number);
}
