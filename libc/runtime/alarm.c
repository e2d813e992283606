/* The clock that rings: see <unistd.h> and <sys/time.h>. It rings in calls that wait,
 * and at the end of those that do not, of which the library tells. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
/* More seconds than this, which is beyond the year 2200, are as many. */
#define LONGEST 7500000000LL
#define NEVER ~0ULL

/* What came of ringing, for who waits. */
enum { UNHEARD, HANDLED, RESTARTS };

/* libberkeley_libc.a: has that function called in so many nanoseconds, by a call that waits, with its mask of signals. */
void __berkeley_alarm(unsigned long long after, int (*ring)(const sigset_t *));

/* When it rings, by the monotonic clock in nanoseconds, 0 for never; and how long after that again, if at all. */
static long long due, interval;

static long long monotonic(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static int ring(const sigset_t *mask);

/* Sets the clock. What was left, in nanoseconds. */
static long long set(long long after, long long again)
{
    long long at = monotonic(), left = due == 0 ? 0 : due > at ? due - at : 1;
    due = after == 0 ? 0 : at + after;
    interval = again;
    __berkeley_alarm(after == 0 ? NEVER : (unsigned long long)after, ring);
    return left;
}

static int ring(const sigset_t *mask)
{
    struct sigaction action;
    sigset_t before, now;
    set(interval, interval);
    if (mask)
        sigprocmask(SIG_SETMASK, mask, &before);
    sigprocmask(SIG_BLOCK, NULL, &now);
    sigaction(SIGALRM, NULL, &action);
    raise(SIGALRM);
    if (mask)
        sigprocmask(SIG_SETMASK, &before, NULL);
    if (sigismember(&now, SIGALRM) || action.sa_handler == SIG_IGN)
        return UNHEARD;
    return action.sa_flags & SA_RESTART ? RESTARTS : HANDLED;
}

static unsigned int up(long long nanoseconds, long long unit)
{
    return (unsigned int)((nanoseconds + unit - 1) / unit);
}

unsigned int alarm(unsigned int seconds)
{
    return up(set(seconds * SECOND, 0), SECOND);
}

unsigned int ualarm(unsigned int microseconds, unsigned int again)
{
    return up(set(microseconds * 1000LL, again * 1000LL), 1000);
}

static struct timeval shown(long long nanoseconds)
{
    long long microseconds = (nanoseconds + 999) / 1000;
    return (struct timeval){.tv_sec = microseconds / 1000000, .tv_usec = microseconds % 1000000};
}

static int is_time(const struct timeval *time)
{
    return time->tv_sec >= 0 && time->tv_usec >= 0 && time->tv_usec < 1000000;
}

static long long nanoseconds(const struct timeval *time)
{
    long long seconds = time->tv_sec < LONGEST ? time->tv_sec : LONGEST;
    return seconds * SECOND + time->tv_usec * 1000LL;
}

static int is_kept(int which)
{
    if (which == ITIMER_REAL)
        return 1;
    errno = which == ITIMER_VIRTUAL || which == ITIMER_PROF ? ENOSYS : EINVAL;
    return 0;
}

int getitimer(int which, struct itimerval *value)
{
    if (!is_kept(which))
        return -1;
    long long at = monotonic();
    value->it_value = shown(due == 0 ? 0 : due > at ? due - at : 1);
    value->it_interval = shown(interval);
    return 0;
}

int setitimer(int which, const struct itimerval *restrict value, struct itimerval *restrict before)
{
    struct itimerval none = {0};
    if (!is_kept(which))
        return -1;
    if (value == NULL)
        value = &none;
    if (!is_time(&value->it_value) || !is_time(&value->it_interval)) {
        errno = EINVAL;
        return -1;
    }
    if (before)
        getitimer(which, before);
    set(nanoseconds(&value->it_value), nanoseconds(&value->it_interval));
    return 0;
}

/* Waits for the signal, under the mask if there is one. */
int __berkeley_suspend(const sigset_t *mask)
{
    if (due == 0) {
        /* Nothing will ever come. */
        errno = ENOSYS;
        return -1;
    }
    return ppoll(NULL, 0, NULL, mask);
}

int pause(void)
{
    return __berkeley_suspend(NULL);
}
