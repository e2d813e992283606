/* Other processes, of which there are none. */

#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int none(int error)
{
    errno = error;
    return -1;
}

pid_t fork(void)
{
    return none(ENOSYS);
}

pid_t vfork(void)
{
    return none(ENOSYS);
}

/* They would be called by fork alone. */
int pthread_atfork(void (*)(void), void (*)(void), void (*)(void));

int pthread_atfork(void (*before)(void), void (*parent)(void), void (*child)(void))
{
    (void)before;
    (void)parent;
    (void)child;
    return 0;
}

pid_t setsid(void)
{
    return none(ENOSYS);
}

int setpgid(pid_t process, pid_t group)
{
    (void)process;
    (void)group;
    return none(ENOSYS);
}

pid_t setpgrp(void)
{
    return none(ENOSYS);
}

pid_t wait(int *status)
{
    (void)status;
    return none(ECHILD);
}

pid_t waitpid(pid_t process, int *status, int options)
{
    (void)process;
    (void)status;
    (void)options;
    return none(ECHILD);
}

pid_t wait3(int *status, int options, struct rusage *usage)
{
    (void)usage;
    return waitpid(-1, status, options);
}

pid_t wait4(pid_t process, int *status, int options, struct rusage *usage)
{
    (void)usage;
    return waitpid(process, status, options);
}
