/* Locks of files, which WASI has not. */

#include <errno.h>
#include <sys/file.h>
#include <unistd.h>

int flock(int file, int operation)
{
    (void)file;
    (void)operation;
    errno = ENOTSUP;
    return -1;
}

int lockf(int file, int command, off_t length)
{
    (void)file;
    (void)command;
    (void)length;
    errno = ENOTSUP;
    return -1;
}
