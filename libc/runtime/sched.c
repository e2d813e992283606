/* The one thread, on one processor. See <sched.h> and <pthread.h>. */

#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* With the end of it. */
#define NAME 16

/* Of a scheduler: whether it is one, and whether it has priorities. */
static int is_known(int policy)
{
    return policy == SCHED_OTHER || policy == SCHED_FIFO || policy == SCHED_RR || policy == SCHED_BATCH
        || policy == SCHED_IDLE;
}

static int has_priorities(int policy)
{
    return policy == SCHED_FIFO || policy == SCHED_RR;
}

static int fails(int error)
{
    errno = error;
    return -1;
}

static int refuses_process(pid_t process)
{
    return process < 0 ? EINVAL : process != 0 && process != getpid() ? ESRCH : 0;
}

/* Whether that is refused: nothing but what is so already. */
static int refuses(int policy, int priority)
{
    if (!is_known(policy) || (has_priorities(policy) ? priority < 1 || priority > 99 : priority != 0))
        return EINVAL;
    return policy == SCHED_OTHER ? 0 : EPERM;
}

int sched_get_priority_max(int policy)
{
    return is_known(policy) ? (has_priorities(policy) ? 99 : 0) : fails(EINVAL);
}

int sched_get_priority_min(int policy)
{
    return is_known(policy) ? has_priorities(policy) : fails(EINVAL);
}

int sched_getscheduler(pid_t process)
{
    int error = refuses_process(process);
    return error == 0 ? SCHED_OTHER : fails(error);
}

int sched_setscheduler(pid_t process, int policy, const struct sched_param *parameters)
{
    int error = refuses_process(process);
    if (error == 0)
        error = refuses(policy, parameters->sched_priority);
    return error == 0 ? SCHED_OTHER : fails(error);
}

int sched_getparam(pid_t process, struct sched_param *parameters)
{
    if (sched_getscheduler(process) < 0)
        return -1;
    *parameters = (struct sched_param){0};
    return 0;
}

int sched_setparam(pid_t process, const struct sched_param *parameters)
{
    return sched_setscheduler(process, SCHED_OTHER, parameters) < 0 ? -1 : 0;
}

int sched_getcpu(void)
{
    return 0;
}

int sched_getaffinity(pid_t process, size_t size, cpu_set_t *set)
{
    int error = size < sizeof(long) || size % sizeof(long) != 0 ? EINVAL : refuses_process(process);
    if (error != 0)
        return fails(error);
    memset(set, 0, size);
    set->__bits[0] = 1;
    return 0;
}

/* It goes on where the one processor is among them. */
int sched_setaffinity(pid_t process, size_t size, const cpu_set_t *set)
{
    int error = refuses_process(process);
    if (error == 0 && (size < sizeof(long) || (set->__bits[0] & 1) == 0))
        error = EINVAL;
    return error == 0 ? 0 : fails(error);
}

int pthread_getaffinity_np(pthread_t thread, size_t size, cpu_set_t *set)
{
    (void)thread;
    return sched_getaffinity(0, size, set) == 0 ? 0 : errno;
}

int pthread_setaffinity_np(pthread_t thread, size_t size, const cpu_set_t *set)
{
    (void)thread;
    return sched_setaffinity(0, size, set) == 0 ? 0 : errno;
}

int pthread_getschedparam(pthread_t thread, int *restrict policy, struct sched_param *restrict parameters)
{
    (void)thread;
    *policy = SCHED_OTHER;
    *parameters = (struct sched_param){0};
    return 0;
}

int pthread_setschedparam(pthread_t thread, int policy, const struct sched_param *parameters)
{
    (void)thread;
    return refuses(policy, parameters->sched_priority);
}

int pthread_setname_np(pthread_t thread, const char *name)
{
    (void)thread;
    if (strlen(name) >= NAME)
        return ERANGE;
    return prctl(PR_SET_NAME, name) == 0 ? 0 : errno;
}

int pthread_getname_np(pthread_t thread, char *name, size_t size)
{
    (void)thread;
    if (size < NAME)
        return ERANGE;
    return prctl(PR_GET_NAME, name) == 0 ? 0 : errno;
}

void pthread_exit(void *result)
{
    (void)result;
    exit(EXIT_SUCCESS);
}
