#ifndef __BERKELEY_PTHREAD_H
#define __BERKELEY_PTHREAD_H

#include_next <pthread.h>

#include <sched.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Ends the program, whose only thread it is, with success. */
void pthread_exit(void *) __attribute__((__noreturn__));
/* The thread's name is that of prctl(PR_SET_NAME). */
int pthread_setname_np(pthread_t, const char *);
int pthread_getname_np(pthread_t, char *, size_t);
/* SCHED_OTHER and priority 0, and nothing else: EPERM. */
int pthread_getschedparam(pthread_t, int *__restrict, struct sched_param *__restrict);
int pthread_setschedparam(pthread_t, int, const struct sched_param *);

#ifdef __cplusplus
}
#endif

#endif
