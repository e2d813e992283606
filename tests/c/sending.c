/* What an alarm does to calls that send or connect. It prints the same natively. */

#define _GNU_SOURCE

#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "alarm.h"

static char room[1 << 16];
static int file, listener, deaf;
/* Listeners of TCP and of unix sockets that have no room, and sockets whose peers have none, of streams and of datagrams. */
static int busy, full, stream[2], datagrams[2];

static void take_all(int from)
{
    while (recv(from, room, sizeof room, MSG_DONTWAIT) > 0)
        continue;
}

static void take_stream(void) { take_all(stream[1]); }
static void take_datagrams(void) { take_all(datagrams[1]); }
static void take_connection(void) { close(accept(full, NULL, NULL)); }

static void fill(int to)
{
    for (size_t size = sizeof room; size > 0; size /= 2)
        while (send(to, room, size, MSG_DONTWAIT) > 0)
            continue;
}

static void fill_all(void)
{
    fill(stream[0]);
    fill(datagrams[0]);
    lseek(file, 0, SEEK_SET);
}

/* Has as many connections wait as there is room for. */
static void crowd(int listening)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    getsockname(listening, (struct sockaddr *)&address, &length);
    for (int one = 0; one < 3; one++)
        connect(socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0), (struct sockaddr *)&address, length);
}

static int bound(int family)
{
    struct sockaddr_in internet = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    /* The system chooses a name. */
    struct sockaddr local = {.sa_family = AF_UNIX};
    int made = socket(family, SOCK_STREAM, 0);
    int is_local = family == AF_UNIX;
    bind(made, is_local ? &local : (struct sockaddr *)&internet, is_local ? sizeof local.sa_family : sizeof internet);
    return made;
}

static int make_busy(int family)
{
    int made = bound(family);
    listen(made, 0);
    crowd(made);
    return made;
}

static int connects_to(int listening, const struct timeval *limit)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    getsockname(listening, (struct sockaddr *)&address, &length);
    int one = socket(address.ss_family, SOCK_STREAM, 0);
    if (limit)
        setsockopt(one, SOL_SOCKET, SO_SNDTIMEO, limit, sizeof *limit);
    int made = connect(one, (struct sockaddr *)&address, length), why = errno;
    close(one);
    errno = why;
    return made;
}

static int by_connect(void) { return connects_to(busy, NULL); }
static int by_connect_of_unix(void) { return connects_to(full, NULL); }
static int by_send(void) { return send(stream[0], room, 10, 0); }
static int by_sendto(void) { return sendto(datagrams[0], room, 10, 0, NULL, 0); }
static int by_write(void) { return write(stream[0], room, 10); }
static int by_writev(void) { return writev(stream[0], (struct iovec[]){{room, 1}, {room, 9}}, 2); }
static int by_much(void) { return writev(stream[0], (struct iovec[]){{room, 50}, {room, 20000}}, 2); }
static int by_sendfile(void) { return sendfile(stream[0], file, NULL, 10); }

static int by_sendmsg(void)
{
    struct iovec part = {room, 10};
    char control[CMSG_SPACE(sizeof(int))];
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    *CMSG_FIRSTHDR(&message) =
        (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &listener, sizeof(int));
    return sendmsg(stream[0], &message, 0);
}

static int by_sendmmsg(void)
{
    struct iovec part = {room, 10};
    struct mmsghdr message = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
    return sendmmsg(datagrams[0], &message, 1, 0);
}

static const struct {
    const char *name;
    int (*wait)(void);
    /* What ends it, if SA_RESTART has it go on; else nothing in here can. */
    void (*end)(void);
} waits[] = {
    {"connect", by_connect, NULL},
    {"connect of a unix socket", by_connect_of_unix, take_connection},
    {"send", by_send, take_stream},
    {"sendto", by_sendto, take_datagrams},
    {"write", by_write, take_stream},
    {"writev", by_writev, take_stream},
    {"writev of much", by_much, take_stream},
    {"sendmsg", by_sendmsg, take_stream},
    {"sendmmsg", by_sendmmsg, take_datagrams},
    {"sendfile", by_sendfile, take_stream},
};

static void interrupted(void)
{
    for (size_t at = 0; at < sizeof waits / sizeof *waits; at++) {
        on_alarm(handler, 0);
        fill_all();
        soon();
        tell(waits[at].name, waits[at].wait());
    }
    for (size_t at = 0; at < sizeof waits / sizeof *waits; at++) {
        if (!waits[at].end)
            continue;
        /* It goes on, and has the room that the handler makes. */
        on_alarm(handler, SA_RESTART);
        answer = waits[at].end;
        fill_all();
        soon();
        tell(waits[at].name, waits[at].wait());
        answer = NULL;
    }
}

/* What of a large write went before the alarm is told, and the rest is not. */
static void in_part(void)
{
    static char much[1 << 22];
    static const int flags[] = {0, SA_RESTART};
    for (int at = 0; at < 2; at++) {
        on_alarm(handler, flags[at]);
        take_stream();
        soon();
        ssize_t sent = send(stream[0], much, sizeof much, 0);
        tell("a part", sent > 0 && sent < (ssize_t)sizeof much);
    }
}

static void limits(void)
{
    struct timeval limit = {0, 40000};
    setsockopt(stream[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    on_alarm(handler, SA_RESTART);
    fill_all();
    soon();
    tell("send under a limit", by_send());
    soon();
    tell("connect under a limit", connects_to(busy, &limit));
    soon();
    tell("connect of a unix socket under a limit", connects_to(full, &limit));
    alarm(100);
    tell("send to the limit", by_send());
    tell("connect to the limit", connects_to(busy, &limit));
    tell("connect of a unix socket to the limit", connects_to(full, &limit));
    tell("refused", connects_to(deaf, &limit));
    on_alarm(SIG_IGN, 0);
    soon();
    tell("send, ignored", by_send());
    soon();
    tell("connect, ignored", connects_to(full, &limit));
    tell("connect with nothing in the way", connects_to(listener, NULL));
    alarm(0);
}

int main(int count, char **arguments)
{
    if (count < 2 || chdir(arguments[1]) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, stream) < 0
        || socketpair(AF_UNIX, SOCK_DGRAM, 0, datagrams) < 0)
        return 1;
    file = open("sent", O_RDWR | O_CREAT, 0600);
    if (write(file, room, 100) != 100)
        return 1;
    deaf = bound(AF_INET);
    listener = bound(AF_INET);
    listen(listener, 1);
    busy = make_busy(AF_INET);
    full = make_busy(AF_UNIX);
    interrupted();
    in_part();
    limits();
    return 0;
}
