/* Limits of the one process. */

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

/* No descriptor has this number, or a higher one, whatever the program allows itself. */
#define DESCRIPTORS 65536

/* libberkeley_libc.a: has no new descriptor get this number, or a higher one. */
void __berkeley_descriptors(unsigned int limit);

static struct rlimit descriptors = {DESCRIPTORS, DESCRIPTORS};

int getrlimit(int which, struct rlimit *limit)
{
    if (which < 0 || which >= RLIM_NLIMITS) {
        errno = EINVAL;
        return -1;
    }
    rlim_t value = which == RLIMIT_CORE ? 0 : RLIM_INFINITY;
    *limit = which == RLIMIT_NOFILE ? descriptors : (struct rlimit){value, value};
    return 0;
}

int setrlimit(int which, const struct rlimit *limit)
{
    struct rlimit own;
    if (getrlimit(which, &own) != 0)
        return -1;
    if (limit->rlim_cur > limit->rlim_max) {
        errno = EINVAL;
        return -1;
    }
    if (limit->rlim_max > own.rlim_max) {
        errno = EPERM;
        return -1;
    }
    if (which == RLIMIT_NOFILE) {
        descriptors = *limit;
        __berkeley_descriptors((unsigned int)limit->rlim_cur);
    }
    return 0;
}

int getdtablesize(void)
{
    return (int)descriptors.rlim_cur;
}

int prlimit(pid_t process, int which, const struct rlimit *limit, struct rlimit *before)
{
    if (process != 0 && process != getpid()) {
        errno = ESRCH;
        return -1;
    }
    if (before != NULL && getrlimit(which, before) != 0)
        return -1;
    return limit == NULL ? 0 : setrlimit(which, limit);
}

void sync(void)
{
}

int syncfs(int file)
{
    return fsync(file);
}
