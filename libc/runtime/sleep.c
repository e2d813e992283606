/* Sleeping.
 *
 * The C library's own clock_nanosleep knows the monotonic clock alone, and so its sleep does not sleep. */

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
/* More seconds than this, which is beyond the year 2200, are as many. */
#define LONGEST 7500000000LL

static long long now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static long long monotonic(void)
{
    return now(CLOCK_MONOTONIC);
}

static struct timespec of(long long nanoseconds)
{
    return (struct timespec){.tv_sec = nanoseconds / SECOND, .tv_nsec = nanoseconds % SECOND};
}

/* Sleeps so long, or until a signal comes. What is left, which is 0 unless one came. */
static long long sleep_for(long long nanoseconds)
{
    long long end = monotonic() + nanoseconds;
    for (;;) {
        long long at = monotonic();
        if (at >= end)
            return 0;
        struct timespec left = of(end - at);
        if (ppoll(NULL, 0, &left, NULL) < 0) {
            at = monotonic();
            return end > at ? end - at : 1;
        }
    }
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request, struct timespec *remain)
{
    if (request == NULL) {
        return EFAULT;
    }
    if (request->tv_sec < 0 || request->tv_nsec < 0 || request->tv_nsec >= SECOND) {
        return EINVAL;
    }
    if (clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME) {
        return ENOTSUP;
    }
    long long seconds = request->tv_sec < LONGEST ? request->tv_sec : LONGEST;
    long long length = seconds * SECOND + request->tv_nsec;
    if (flags & TIMER_ABSTIME) {
        length -= now(clock);
    }
    long long left = sleep_for(length > 0 ? length : 0);
    if (left == 0) {
        return 0;
    }
    if (remain != NULL && !(flags & TIMER_ABSTIME)) {
        *remain = of(left);
    }
    return EINTR;
}

/* The name by which the C library calls it. */
int __clock_nanosleep(clockid_t, int, const struct timespec *, struct timespec *)
    __attribute__((alias("clock_nanosleep")));

int nanosleep(const struct timespec *request, struct timespec *remain)
{
    int failure = clock_nanosleep(CLOCK_MONOTONIC, 0, request, remain);
    if (failure == 0) {
        return 0;
    }
    errno = failure;
    return -1;
}

int usleep(useconds_t microseconds)
{
    struct timespec time = of(microseconds * 1000LL);
    return nanosleep(&time, NULL);
}

unsigned int sleep(unsigned int seconds)
{
    return (unsigned int)((sleep_for(seconds * SECOND) + SECOND - 1) / SECOND);
}
