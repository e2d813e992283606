/* What signals that come by themselves do to calls, and what a program is told of itself. It prints the same natively. */

#define _GNU_SOURCE

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "alarm.h"

static void on_pipe(int number)
{
    rung += number == SIGPIPE;
}

static char room[100];
static int listener, pair[2], set;

static void give_byte(void)
{
    if (write(pair[1], "x", 1) != 1)
        _Exit(1);
}

static int by_poll(void) { return poll(&(struct pollfd){.fd = pair[0], .events = POLLIN}, 1, -1); }

static int by_poll_of_nothing(void) { return poll(NULL, 0, -1); }

static int by_ppoll(void)
{
    sigset_t none;
    sigemptyset(&none);
    return ppoll(&(struct pollfd){.fd = pair[0], .events = POLLIN}, 1, NULL, &none);
}

static int by_select(void)
{
    fd_set read;
    FD_ZERO(&read);
    FD_SET(pair[0], &read);
    return select(pair[0] + 1, &read, NULL, NULL, NULL);
}

static int by_pselect(void)
{
    struct timespec limit = {100, 0};
    fd_set read;
    FD_ZERO(&read);
    FD_SET(pair[0], &read);
    return pselect(pair[0] + 1, &read, NULL, NULL, &limit, NULL);
}

static int by_epoll(void)
{
    struct epoll_event event;
    return epoll_wait(set, &event, 1, -1);
}

static int by_epoll_of_a_while(void)
{
    struct epoll_event event;
    return epoll_pwait(set, &event, 1, 100000, NULL);
}

static int by_sigsuspend(void)
{
    sigset_t none;
    sigemptyset(&none);
    return sigsuspend(&none);
}

static int by_nanosleep(void) { return nanosleep(&(struct timespec){.tv_sec = 100}, NULL); }
static int by_recv(void) { return recv(pair[0], room, sizeof room, 0); }
static int by_recvfrom(void) { return recvfrom(pair[0], room, sizeof room, 0, NULL, NULL); }
static int by_read(void) { return read(pair[0], room, sizeof room); }
static int by_accept(void) { return accept(listener, NULL, NULL); }

static int by_recvmsg(void)
{
    struct iovec part = {room, sizeof room};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    return recvmsg(pair[0], &message, 0);
}

static const struct {
    const char *name;
    int (*wait)(void);
    /* Whether SA_RESTART has it go on, and a byte end it. */
    int restarts;
} waits[] = {
    {"poll", by_poll, 0},           {"poll of nothing", by_poll_of_nothing, 0},
    {"ppoll", by_ppoll, 0},         {"select", by_select, 0},
    {"pselect", by_pselect, 0},     {"epoll_wait", by_epoll, 0},
    {"epoll_pwait", by_epoll_of_a_while, 0}, {"pause", pause, 0},
    {"sigsuspend", by_sigsuspend, 0}, {"nanosleep", by_nanosleep, 0},
    {"recv", by_recv, 1},           {"recvfrom", by_recvfrom, 1},
    {"read", by_read, 1},           {"recvmsg", by_recvmsg, 1},
    {"accept", by_accept, 0},
};

static void interrupted(void)
{
    for (size_t at = 0; at < sizeof waits / sizeof *waits; at++) {
        on_alarm(handler, 0);
        soon();
        tell(waits[at].name, waits[at].wait());
    }
    for (size_t at = 0; at < sizeof waits / sizeof *waits; at++) {
        if (waits[at].wait == by_accept)
            continue;
        /* What may go on does, and gets what the handler gives. */
        on_alarm(handler, SA_RESTART);
        answer = waits[at].restarts ? give_byte : NULL;
        soon();
        tell(waits[at].name, waits[at].wait());
        answer = NULL;
    }
}

/* What never waits is told of the time as well. */
static void calls_without_waiting(void)
{
    long sum = 0;
    on_alarm(handler, 0);
    soon();
    while (!rung)
        sum += send(pair[1], "x", 1, 0) + recv(pair[0], room, 1, 0);
    tell("calls that need not wait", 0);
    soon();
    while (!rung)
        sum += recv(pair[0], room, 1, MSG_DONTWAIT);
    tell("calls that do not wait", sum == 0 ? 0 : recv(pair[0], room, 1, MSG_DONTWAIT));
}

static void limits(void)
{
    struct timeval limit = {0, 40000};
    struct itimerval often = {.it_interval = {.tv_usec = 10000}, .it_value = {.tv_usec = 10000}}, left, none = {0};
    sigset_t alarms;
    on_alarm(SIG_IGN, 0);
    soon();
    tell("ignored", poll(NULL, 0, 50));
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    on_alarm(handler, 0);
    soon();
    tell("held back by ppoll", ppoll(NULL, 0, &(struct timespec){.tv_nsec = 50000000}, &alarms));
    sigprocmask(SIG_BLOCK, &alarms, NULL);
    soon();
    tell("held back", poll(NULL, 0, 50));
    sigprocmask(SIG_UNBLOCK, &alarms, NULL);
    tell("let through", 0);
    setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    on_alarm(handler, SA_RESTART);
    soon();
    tell("under a limit", recv(pair[0], room, 1, 0));
    alarm(100);
    tell("to the limit", recv(pair[0], room, 1, 0));
    tell("left", alarm(0));
    setitimer(ITIMER_REAL, &often, NULL);
    for (int round = 0; round < 3; round++)
        poll(NULL, 0, -1);
    tell("again and again", getitimer(ITIMER_REAL, &left));
    tell("its interval", left.it_interval.tv_usec);
    setitimer(ITIMER_REAL, &none, &left);
    tell("it is off", getitimer(ITIMER_REAL, &left) + left.it_value.tv_usec);
    often.it_value.tv_usec = 1000000;
    tell("too many microseconds", setitimer(ITIMER_REAL, &often, NULL));
    tell("no timer", setitimer(99, &none, NULL));
}

static void broken_pipes(void)
{
    struct iovec part = {room, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    int ends[2], halves[2], datagrams[2];
    if (pipe(ends) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, halves) < 0
        || socketpair(AF_UNIX, SOCK_DGRAM, 0, datagrams) < 0)
        return;
    signal(SIGPIPE, on_pipe);
    close(ends[0]);
    close(halves[1]);
    shutdown(datagrams[0], SHUT_WR);
    tell("write to a pipe", write(ends[1], "x", 1));
    tell("write", write(halves[0], "x", 1));
    tell("send", send(halves[0], "x", 1, 0));
    tell("sendto", sendto(halves[0], "x", 1, 0, NULL, 0));
    tell("sendmsg", sendmsg(halves[0], &message, 0));
    tell("writev", writev(halves[0], &part, 1));
    tell("send without a signal", send(halves[0], "x", 1, MSG_NOSIGNAL));
    tell("a datagram", send(datagrams[0], "x", 1, 0));
    signal(SIGPIPE, SIG_IGN);
    tell("ignored", write(halves[0], "x", 1));
}

static void of_itself(const char *name)
{
    struct timespec time;
    int most = getdtablesize();
    const char *slash = strrchr(name, '/');
    printf("its name: %d\n", strcmp(program_invocation_name, name));
    printf("without directories: %d\n", strcmp(program_invocation_short_name, slash ? slash + 1 : name));
    tell("the last number", dup2(0, most - 1) == most - 1);
    tell("the one after it", dup2(0, most));
    tell("from it", fcntl(0, F_DUPFD, most));
    tell("a copy is inherited", fcntl(dup(0), F_GETFD));
    tell("another too", fcntl(dup2(0, 50), F_GETFD));
    tell("but for one", fcntl(fcntl(0, F_DUPFD_CLOEXEC, 60), F_GETFD));
    struct rlimit was, few;
    getrlimit(RLIMIT_NOFILE, &was);
    few = was;
    few.rlim_cur = dup(0);
    close(few.rlim_cur);
    tell("few are allowed", setrlimit(RLIMIT_NOFILE, &few));
    tell("they are told", getdtablesize() == (int)few.rlim_cur);
    tell("a copy", dup(0));
    tell("a number beyond", dup2(0, few.rlim_cur));
    tell("a socket", socket(AF_INET, SOCK_STREAM, 0));
    tell("a pipe", pipe(pair));
    tell("the one below", close(few.rlim_cur - 1) + (socket(AF_INET, SOCK_STREAM, 0) == (int)few.rlim_cur - 1));
    tell("as many as before", setrlimit(RLIMIT_NOFILE, &was));
    /* Programs take a time near 0 for none. */
    clock_gettime(CLOCK_MONOTONIC, &time);
    printf("the machine runs for a while: %d\n", time.tv_sec > 5);
    struct itimerspec at = {.it_value = {time.tv_sec, time.tv_nsec}};
    int timer = timerfd_create(CLOCK_MONOTONIC, 0);
    tell("a timer for now", timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL));
    tell("it is over", poll(&(struct pollfd){.fd = timer, .events = POLLIN}, 1, -1));
}

int main(int count, char **arguments)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN};
    if (count < 1 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        return 1;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    bind(listener, (struct sockaddr *)&address, sizeof address);
    listen(listener, 1);
    set = epoll_create1(0);
    epoll_ctl(set, EPOLL_CTL_ADD, pair[0], &event);
    interrupted();
    calls_without_waiting();
    limits();
    broken_pipes();
    of_itself(arguments[0]);
    return 0;
}
