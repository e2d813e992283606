#ifndef __BERKELEY_TIME_H
#define __BERKELEY_TIME_H

#include_next <time.h>

/* Time since the program's start: WASI does not tell what of it the processor worked. */
#ifndef CLOCK_PROCESS_CPUTIME_ID
#define CLOCK_PROCESS_CPUTIME_ID CLOCK_MONOTONIC
#endif
#ifndef CLOCK_THREAD_CPUTIME_ID
#define CLOCK_THREAD_CPUTIME_ID CLOCK_MONOTONIC
#endif
#ifndef CLOCK_MONOTONIC_RAW
#define CLOCK_MONOTONIC_RAW CLOCK_MONOTONIC
#endif
#ifndef CLOCK_MONOTONIC_COARSE
#define CLOCK_MONOTONIC_COARSE CLOCK_MONOTONIC
#endif
#ifndef CLOCK_REALTIME_COARSE
#define CLOCK_REALTIME_COARSE CLOCK_REALTIME
#endif
#ifndef CLOCK_BOOTTIME
#define CLOCK_BOOTTIME CLOCK_MONOTONIC
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* There is one time zone, UTC. */
void tzset(void);
extern char *tzname[2];
extern long timezone;
extern int daylight;

/* EPERM: a component does not set the host's clock. */
int clock_settime(clockid_t, const struct timespec *);

#ifdef __cplusplus
}
#endif

#endif
