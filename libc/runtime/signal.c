/* Signals of a program to itself: dispositions, masks, and delivery. See <signal.h>. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static struct sigaction actions[_NSIG];
static sigset_t blocked, pending;

void __SIG_ERR(int number)
{
    (void)number;
    __builtin_trap();
}

void __SIG_IGN(int number)
{
    (void)number;
}

static sigset_t bit(int number)
{
    return 1ULL << (number - 1);
}

static int is_signal(int number)
{
    return number > 0 && number < _NSIG;
}

/* What Linux does with the signal where the program says nothing. */
static int ends_by_default(int number)
{
    return number != SIGCHLD && number != SIGURG && number != SIGWINCH && number != SIGCONT && number != SIGSTOP
        && number != SIGTSTP && number != SIGTTIN && number != SIGTTOU;
}

/* What is told of a signal, which only the program itself has sent. */
static siginfo_t own(int number)
{
    return (siginfo_t){.si_signo = number, .si_code = SI_USER, .si_pid = getpid(), .si_uid = getuid()};
}

static void deliver(int number)
{
    struct sigaction action = actions[number];
    if (action.sa_handler == SIG_DFL) {
        if (number == SIGABRT)
            abort();
        if (ends_by_default(number))
            _Exit(128 + number);
        return;
    }
    if (action.sa_handler == SIG_IGN)
        return;
    if (action.sa_flags & (int)SA_RESETHAND)
        actions[number].sa_handler = SIG_DFL;
    sigset_t before = blocked;
    blocked |= action.sa_mask;
    if (!(action.sa_flags & SA_NODEFER))
        blocked |= bit(number);
    if (action.sa_flags & SA_SIGINFO) {
        siginfo_t information = own(number);
        action.sa_sigaction(number, &information, NULL);
    } else {
        action.sa_handler(number);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
}

int raise(int number)
{
    if (!is_signal(number)) {
        errno = EINVAL;
        return -1;
    }
    if (blocked & bit(number) && number != SIGKILL && number != SIGSTOP)
        pending |= bit(number);
    else
        deliver(number);
    return 0;
}

int kill(pid_t process, int number)
{
    if (number < 0 || number >= _NSIG) {
        errno = EINVAL;
        return -1;
    }
    if (process != getpid() && process != 0 && process != -getpid()) {
        errno = ESRCH;
        return -1;
    }
    return number == 0 ? 0 : raise(number);
}

int killpg(pid_t group, int number)
{
    return kill(group == 0 ? 0 : -group, number);
}

int pthread_kill(pthread_t thread, int number)
{
    (void)thread;
    if (number == 0)
        return 0;
    return raise(number) == 0 ? 0 : errno;
}

int sigaction(int number, const struct sigaction *restrict action, struct sigaction *restrict before)
{
    if (!is_signal(number) || (action && (number == SIGKILL || number == SIGSTOP))) {
        errno = EINVAL;
        return -1;
    }
    struct sigaction old = actions[number];
    if (action)
        actions[number] = *action;
    if (before)
        *before = old;
    return 0;
}

void (*signal(int number, void (*handler)(int)))(int)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, before;
    return sigaction(number, &action, &before) == 0 ? before.sa_handler : SIG_ERR;
}

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict before)
{
    sigset_t old = blocked;
    if (set) {
        if (how == SIG_BLOCK)
            blocked |= *set;
        else if (how == SIG_UNBLOCK)
            blocked &= ~*set;
        else if (how == SIG_SETMASK)
            blocked = *set;
        else {
            errno = EINVAL;
            return -1;
        }
        blocked &= ~(bit(SIGKILL) | bit(SIGSTOP));
    }
    if (before)
        *before = old;
    for (int number = 1; number < _NSIG; number++)
        if (pending & ~blocked & bit(number)) {
            pending &= ~bit(number);
            deliver(number);
        }
    return 0;
}

int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict before)
{
    return sigprocmask(how, set, before) == 0 ? 0 : errno;
}

int sigpending(sigset_t *set)
{
    *set = pending;
    return 0;
}

/* alarm.c: waits for the one signal that comes by itself. */
int __berkeley_suspend(const sigset_t *);

int sigsuspend(const sigset_t *mask)
{
    sigset_t before;
    if ((pending & ~*mask) == 0)
        return __berkeley_suspend(mask);
    sigprocmask(SIG_SETMASK, mask, &before);
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = EINTR;
    return -1;
}

int sigwait(const sigset_t *restrict set, int *restrict number)
{
    for (int one = 1; one < _NSIG; one++)
        if (pending & *set & bit(one)) {
            pending &= ~bit(one);
            *number = one;
            return 0;
        }
    return ENOSYS;
}

int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict information)
{
    int number;
    int error = sigwait(set, &number);
    if (error != 0) {
        errno = error;
        return -1;
    }
    if (information != NULL)
        *information = own(number);
    return number;
}

int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict information, const struct timespec *restrict time)
{
    if (time->tv_nsec < 0 || time->tv_nsec >= 1000000000L) {
        errno = EINVAL;
        return -1;
    }
    int number = sigwaitinfo(set, information);
    if (number > 0)
        return number;
    int error = clock_nanosleep(CLOCK_MONOTONIC, 0, time, NULL);
    number = sigwaitinfo(set, information);
    if (number < 0)
        errno = error == EINTR ? EINTR : EAGAIN;
    return number;
}

int sigqueue(pid_t process, int number, const union sigval value)
{
    (void)value;
    return kill(process, number);
}

int siginterrupt(int number, int flag)
{
    struct sigaction action;
    if (sigaction(number, NULL, &action) != 0)
        return -1;
    action.sa_flags = flag ? action.sa_flags & ~SA_RESTART : action.sa_flags | SA_RESTART;
    return sigaction(number, &action, NULL);
}

int sigaltstack(const stack_t *restrict stack, stack_t *restrict before)
{
    (void)stack;
    (void)before;
    errno = ENOSYS;
    return -1;
}

int sigemptyset(sigset_t *set)
{
    *set = 0;
    return 0;
}

int sigfillset(sigset_t *set)
{
    *set = ~0ULL;
    return 0;
}

int sigaddset(sigset_t *set, int number)
{
    if (!is_signal(number)) {
        errno = EINVAL;
        return -1;
    }
    *set |= bit(number);
    return 0;
}

int sigdelset(sigset_t *set, int number)
{
    if (!is_signal(number)) {
        errno = EINVAL;
        return -1;
    }
    *set &= ~bit(number);
    return 0;
}

int sigismember(const sigset_t *set, int number)
{
    if (!is_signal(number)) {
        errno = EINVAL;
        return -1;
    }
    return (*set & bit(number)) != 0;
}

int sigisemptyset(const sigset_t *set)
{
    return *set == 0;
}

int sigandset(sigset_t *set, const sigset_t *one, const sigset_t *other)
{
    *set = *one & *other;
    return 0;
}

int sigorset(sigset_t *set, const sigset_t *one, const sigset_t *other)
{
    *set = *one | *other;
    return 0;
}
