/* What only an administrator of the host could do, or only a system with directories of its own. */

#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int refused(int error)
{
    errno = error;
    return -1;
}

int chroot(const char *path)
{
    (void)path;
    return refused(ENOSYS);
}

int fchdir(int directory)
{
    struct stat found;
    if (fstat(directory, &found) < 0)
        return -1;
    return refused(S_ISDIR(found.st_mode) ? ENOSYS : ENOTDIR);
}

int nice(int more)
{
    (void)more;
    return refused(ENOSYS);
}

int getpriority(int which, id_t who)
{
    (void)which;
    (void)who;
    return 0;
}

int setpriority(int which, id_t who, int priority)
{
    (void)which;
    (void)who;
    return priority == 0 ? 0 : refused(EPERM);
}

int settimeofday(const struct timeval *time, const struct timezone *zone)
{
    (void)time;
    (void)zone;
    return refused(EPERM);
}

int adjtime(const struct timeval *by, struct timeval *left)
{
    (void)by;
    (void)left;
    return refused(EPERM);
}

int clock_settime(clockid_t clock, const struct timespec *time)
{
    (void)clock;
    (void)time;
    return refused(EPERM);
}
