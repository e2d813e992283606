/* A clock that rings in a moment, and what a call answered that it rang in. It goes on ringing, for on a busy machine it may
 * ring before the call waits. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

#include "error_name.h"

static volatile sig_atomic_t rung;
/* What the handler does besides, once, if it does anything. */
static void (*answer)(void);

static void handler(int number)
{
    rung += number == SIGALRM;
    if (answer)
        answer();
    answer = NULL;
}

static void ring(int microseconds)
{
    struct timeval time = {.tv_usec = microseconds};
    struct itimerval often = {.it_interval = time, .it_value = time};
    setitimer(ITIMER_REAL, &often, NULL);
}

static int rings;

/* In a moment. */
static void soon(void)
{
    rings = 1;
    ring(20000);
}

static void tell(const char *what, long told)
{
    int why = errno;
    if (rings)
        ring(0);
    if (told < 0)
        printf("%s: %s, rung %d\n", what, error_name(why), rung > 0);
    else
        printf("%s: %ld, rung %d\n", what, told, rung > 0);
    rings = rung = 0;
}

static void on_alarm(void (*function)(int), int flags)
{
    struct sigaction action = {.sa_handler = function, .sa_flags = flags};
    sigaction(SIGALRM, &action, NULL);
}
