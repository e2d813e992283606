/* The mask for permissions, which WASI gives no files. */

#include <errno.h>
#include <sys/stat.h>

static mode_t mask = 022;

mode_t umask(mode_t next)
{
    mode_t before = mask;
    mask = next & 0777;
    return before;
}

int mkfifo(const char *path, mode_t mode)
{
    (void)path;
    (void)mode;
    errno = ENOSYS;
    return -1;
}

int mknod(const char *path, mode_t mode, dev_t device)
{
    (void)path;
    (void)mode;
    (void)device;
    errno = ENOSYS;
    return -1;
}
