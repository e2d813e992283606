#ifndef __BERKELEY_SEMAPHORE_H
#define __BERKELEY_SEMAPHORE_H

#define __NEED_struct_timespec
#include <bits/alltypes.h>
#include <fcntl.h>

#define SEM_FAILED ((sem_t *)0)

typedef struct {
    volatile unsigned __value;
    int __reserved[7];
} sem_t;

#ifdef __cplusplus
extern "C" {
#endif

int sem_init(sem_t *, int, unsigned);
int sem_destroy(sem_t *);
int sem_post(sem_t *);
int sem_getvalue(sem_t *__restrict, int *__restrict);
/* EAGAIN where the value is 0. */
int sem_trywait(sem_t *);
/* EDEADLK where the value is 0: there is no other thread that would post. */
int sem_wait(sem_t *);
/* ETIMEDOUT once the time is over; until then a signal's handler may post. */
int sem_timedwait(sem_t *__restrict, const struct timespec *__restrict);
/* ENOSYS: there are no other processes. */
sem_t *sem_open(const char *, int, ...);
int sem_close(sem_t *);
int sem_unlink(const char *);

#ifdef __cplusplus
}
#endif

#endif
