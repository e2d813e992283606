#ifndef __BERKELEY_SYS_TIME_H
#define __BERKELEY_SYS_TIME_H

#include_next <sys/time.h>

#ifndef ITIMER_REAL
#define ITIMER_REAL 0
#define ITIMER_VIRTUAL 1
#define ITIMER_PROF 2
#endif

#ifndef __BERKELEY_ITIMERVAL
#define __BERKELEY_ITIMERVAL
struct itimerval {
    struct timeval it_interval;
    struct timeval it_value;
};
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* As alarm: see <unistd.h>. ENOSYS: a timer other than ITIMER_REAL. */
int getitimer(int, struct itimerval *);
int setitimer(int, const struct itimerval *__restrict, struct itimerval *__restrict);
/* EPERM: a component does not set the host's clock. */
struct timezone;
int settimeofday(const struct timeval *, const struct timezone *);
int adjtime(const struct timeval *, struct timeval *);

#ifdef __cplusplus
}
#endif

#endif
