#ifndef __BERKELEY_SYS_TIMERFD_H
#define __BERKELEY_SYS_TIMERFD_H

#include <time.h>

#define TFD_CLOEXEC 0x80000
#define TFD_NONBLOCK 0x4
#define TFD_TIMER_ABSTIME 1
#define TFD_TIMER_CANCEL_ON_SET 2

struct itimerspec;

#ifdef __cplusplus
extern "C" {
#endif

/* The library knows clocks by Linux's numbers, and wasi-libc by their addresses. */
int timerfd_create(int, int);
#define timerfd_create(clock, flags) ((timerfd_create)((clock) == CLOCK_REALTIME ? 0 : 1, flags))

int timerfd_settime(int, int, const struct itimerspec *, struct itimerspec *);
int timerfd_gettime(int, struct itimerspec *);

#ifdef __cplusplus
}
#endif

#endif
