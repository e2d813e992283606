/* Semaphores of the one thread. See <semaphore.h>. */

#include <errno.h>
#include <limits.h>
#include <semaphore.h>
#include <time.h>

/* As Linux has it. */
#define MOST ((unsigned)INT_MAX)

static int fails(int error)
{
    errno = error;
    return -1;
}

int sem_init(sem_t *semaphore, int shared, unsigned value)
{
    (void)shared;
    if (value > MOST)
        return fails(EINVAL);
    semaphore->__value = value;
    return 0;
}

int sem_destroy(sem_t *semaphore)
{
    (void)semaphore;
    return 0;
}

int sem_post(sem_t *semaphore)
{
    if (semaphore->__value >= MOST)
        return fails(EOVERFLOW);
    semaphore->__value++;
    return 0;
}

int sem_getvalue(sem_t *restrict semaphore, int *restrict value)
{
    *value = (int)semaphore->__value;
    return 0;
}

int sem_trywait(sem_t *semaphore)
{
    if (semaphore->__value == 0)
        return fails(EAGAIN);
    semaphore->__value--;
    return 0;
}

int sem_wait(sem_t *semaphore)
{
    return sem_trywait(semaphore) == 0 ? 0 : fails(EDEADLK);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until)
{
    if (until->tv_nsec < 0 || until->tv_nsec >= 1000000000L)
        return fails(EINVAL);
    if (sem_trywait(semaphore) == 0)
        return 0;
    int error = clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, until, NULL);
    if (sem_trywait(semaphore) == 0)
        return 0;
    return fails(error == 0 ? ETIMEDOUT : error);
}

sem_t *sem_open(const char *name, int flags, ...)
{
    (void)name;
    (void)flags;
    fails(ENOSYS);
    return SEM_FAILED;
}

int sem_close(sem_t *semaphore)
{
    (void)semaphore;
    return fails(EINVAL);
}

int sem_unlink(const char *name)
{
    (void)name;
    return fails(ENOSYS);
}
