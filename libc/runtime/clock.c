/* The time that the process has taken: since its start, for WASI does not tell what of it the processor worked. */

#include <errno.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>

static struct timespec began;

__attribute__((__constructor__)) static void begin(void)
{
    clock_gettime(CLOCK_MONOTONIC, &began);
}

static long long nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - began.tv_sec) * 1000000000LL + (now.tv_nsec - began.tv_nsec);
}

clock_t clock(void)
{
    return (clock_t)(nanoseconds() / (1000000000LL / (long long)CLOCKS_PER_SEC));
}

clock_t times(struct tms *usage)
{
    clock_t now = clock();
    *usage = (struct tms){.tms_utime = now};
    return now;
}

int getrusage(int who, struct rusage *usage)
{
    if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN) {
        errno = EINVAL;
        return -1;
    }
    *usage = (struct rusage){0};
    if (who == RUSAGE_SELF) {
        long long now = nanoseconds();
        usage->ru_utime.tv_sec = now / 1000000000LL;
        usage->ru_utime.tv_usec = now % 1000000000LL / 1000;
    }
    return 0;
}
