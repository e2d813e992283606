/* C11's threads, of which there is one. See <threads.h>. */

#include <errno.h>
#include <stdlib.h>
#include <threads.h>

int thrd_create(thrd_t *thread, thrd_start_t function, void *argument)
{
    (void)thread;
    (void)function;
    (void)argument;
    return thrd_error;
}

int thrd_join(thrd_t thread, int *result)
{
    (void)thread;
    (void)result;
    return thrd_error;
}

int thrd_detach(thrd_t thread)
{
    (void)thread;
    return thrd_error;
}

void thrd_exit(int result)
{
    (void)result;
    exit(EXIT_SUCCESS);
}

int thrd_sleep(const struct timespec *time, struct timespec *left)
{
    int error = clock_nanosleep(CLOCK_REALTIME, 0, time, left);
    return error == 0 ? 0 : error == EINTR ? -1 : -2;
}

void thrd_yield(void)
{
}

thrd_t thrd_current(void)
{
    return pthread_self();
}

int thrd_equal(thrd_t one, thrd_t other)
{
    return one == other;
}

void call_once(once_flag *flag, void (*function)(void))
{
    if (!*flag) {
        *flag = 1;
        function();
    }
}

int mtx_init(mtx_t *mutex, int type)
{
    if (type & ~(mtx_recursive | mtx_timed))
        return thrd_error;
    *mutex = (mtx_t){.__type = type};
    return thrd_success;
}

void mtx_destroy(mtx_t *mutex)
{
    (void)mutex;
}

int mtx_trylock(mtx_t *mutex)
{
    if (mutex->__count > 0 && !(mutex->__type & mtx_recursive))
        return thrd_busy;
    mutex->__count++;
    return thrd_success;
}

int mtx_lock(mtx_t *mutex)
{
    return mtx_trylock(mutex) == thrd_success ? thrd_success : thrd_error;
}

/* Until the time is over, for nobody else would end it. */
static int wait_until(const struct timespec *until)
{
    int error;
    do
        error = clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, until, NULL);
    while (error == EINTR);
    return error == 0 ? thrd_timedout : thrd_error;
}

int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict until)
{
    return mtx_trylock(mutex) == thrd_success ? thrd_success : wait_until(until);
}

int mtx_unlock(mtx_t *mutex)
{
    if (mutex->__count == 0)
        return thrd_error;
    mutex->__count--;
    return thrd_success;
}

int cnd_init(cnd_t *condition)
{
    *condition = (cnd_t){0};
    return thrd_success;
}

void cnd_destroy(cnd_t *condition)
{
    (void)condition;
}

int cnd_broadcast(cnd_t *condition)
{
    (void)condition;
    return thrd_success;
}

int cnd_signal(cnd_t *condition)
{
    return cnd_broadcast(condition);
}

int cnd_wait(cnd_t *condition, mtx_t *mutex)
{
    (void)condition;
    (void)mutex;
    return thrd_error;
}

int cnd_timedwait(cnd_t *restrict condition, mtx_t *restrict mutex, const struct timespec *restrict until)
{
    (void)condition;
    (void)mutex;
    return wait_until(until);
}

int tss_create(tss_t *key, tss_dtor_t destroy)
{
    return pthread_key_create(key, destroy) == 0 ? thrd_success : thrd_error;
}

void tss_delete(tss_t key)
{
    pthread_key_delete(key);
}

int tss_set(tss_t key, void *value)
{
    return pthread_setspecific(key, value) == 0 ? thrd_success : thrd_error;
}

void *tss_get(tss_t key)
{
    return pthread_getspecific(key);
}
