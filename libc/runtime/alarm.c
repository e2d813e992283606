/* A clock that rings while the program waits for it. See <unistd.h>. */

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL

/* When it rings, by the monotonic clock in nanoseconds; 0 for never. */
static long long due;

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

/* What was left, in nanoseconds. */
static long long set(long long after)
{
    long long at = now(), left = due == 0 ? 0 : due > at ? due - at : 1;
    due = after == 0 ? 0 : at + after;
    return left;
}

unsigned int alarm(unsigned int seconds)
{
    return (unsigned int)((set(seconds * SECOND) + SECOND - 1) / SECOND);
}

unsigned int ualarm(unsigned int microseconds, unsigned int interval)
{
    (void)interval;
    return (unsigned int)(set(microseconds * 1000LL) / 1000);
}

int pause(void)
{
    if (due == 0) {
        /* Nothing will ever come. */
        errno = ENOSYS;
        return -1;
    }
    long long left = due - now();
    if (left > 0) {
        struct timespec time = {.tv_sec = left / SECOND, .tv_nsec = left % SECOND};
        nanosleep(&time, NULL);
    }
    due = 0;
    raise(SIGALRM);
    errno = EINTR;
    return -1;
}
