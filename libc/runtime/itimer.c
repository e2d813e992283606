/* Timers that would send signals. */

#include <errno.h>
#include <sys/time.h>

int getitimer(int which, struct itimerval *value)
{
    (void)which;
    (void)value;
    errno = ENOSYS;
    return -1;
}

int setitimer(int which, const struct itimerval *restrict value, struct itimerval *restrict before)
{
    (void)which;
    (void)value;
    (void)before;
    errno = ENOSYS;
    return -1;
}
