/* What calls give that find no room, nothing to receive, nobody to accept, under SO_SNDTIMEO and SO_RCVTIMEO, and with
 * buffers that are no memory. It prints the same natively. Argument: a directory of its own. */

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "error_name.h"

#define LARGE (8 << 20)
#define NOWHERE ((void *)(uintptr_t)0xfffff000)

static char data[LARGE];
static const char *directory;

/* How much of it, where that is not the same each time. */
static int rough;

static void tell(const char *where, const char *what, long answer)
{
    int error = errno;
    if (answer < 0)
        printf("%s %s: %s\n", where, what, error_name(error));
    else if (rough && answer > 0 && answer < LARGE)
        printf("%s %s: a part\n", where, what);
    else
        printf("%s %s: %ld\n", where, what, answer);
    errno = 0;
}

static void limit(int fd, int option, long milliseconds)
{
    struct timeval time = {milliseconds / 1000, milliseconds % 1000 * 1000};
    if (setsockopt(fd, SOL_SOCKET, option, &time, sizeof time) < 0)
        perror("setsockopt");
}

/* Streams and messages of every kind, connected with each other. */

/* The one path that sockets are bound to, which is free. */
static struct sockaddr_un free_path(void)
{
    struct sockaddr_un path = {.sun_family = AF_UNIX};
    snprintf(path.sun_path, sizeof path.sun_path, "%s/socket", directory);
    unlink(path.sun_path);
    return path;
}

static void pair_of(int type, int pair[2])
{
    if (socketpair(AF_UNIX, type, 0, pair) < 0)
        perror("socketpair");
}

static void connected_unix(int type, int pair[2])
{
    struct sockaddr_un path = free_path();
    int listener = socket(AF_UNIX, type, 0);
    if (bind(listener, (struct sockaddr *)&path, sizeof path) < 0)
        perror("bind");
    pair[0] = socket(AF_UNIX, type, 0);
    if (type == SOCK_DGRAM) {
        pair[1] = listener;
    } else if (listen(listener, 1) < 0) {
        perror("listen");
    }
    if (connect(pair[0], (struct sockaddr *)&path, sizeof path) < 0)
        perror("connect");
    if (type != SOCK_DGRAM) {
        pair[1] = accept(listener, NULL, NULL);
        close(listener);
    }
    unlink(path.sun_path);
}

static void connected_tcp(int type, int pair[2])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, type, 0);
    if (bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 1) < 0)
        perror("listen");
    getsockname(listener, (struct sockaddr *)&address, &length);
    pair[0] = socket(AF_INET, type, 0);
    if (connect(pair[0], (struct sockaddr *)&address, length) < 0)
        perror("connect");
    pair[1] = accept(listener, NULL, NULL);
    close(listener);
}

static const struct kind {
    const char *name;
    void (*make)(int, int[2]);
    int type;
    /* The most that is sent at once, or 0 for a stream. */
    size_t message;
} kinds[] = {
    {"pair", pair_of, SOCK_STREAM, 0},
    {"unix", connected_unix, SOCK_STREAM, 0},
    {"tcp", connected_tcp, SOCK_STREAM, 0},
    {"seqpacket pair", pair_of, SOCK_SEQPACKET, 1000},
    {"seqpacket", connected_unix, SOCK_SEQPACKET, 1000},
    {"datagram pair", pair_of, SOCK_DGRAM, 1000},
    {"datagram", connected_unix, SOCK_DGRAM, 1000},
};

static ssize_t by_write(int fd, size_t size) { return write(fd, data, size); }
static ssize_t by_send(int fd, size_t size) { return send(fd, data, size, MSG_NOSIGNAL); }
static ssize_t by_sendto(int fd, size_t size) { return sendto(fd, data, size, MSG_NOSIGNAL, NULL, 0); }

static ssize_t by_writev(int fd, size_t size)
{
    struct iovec parts[3] = {{data, size / 4}, {data, 0}, {data, size - size / 4}};
    return writev(fd, parts, 3);
}

static ssize_t by_sendmsg(int fd, size_t size)
{
    struct iovec parts[2] = {{data, size / 2}, {data, size - size / 2}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

static ssize_t by_rights(int fd, size_t size)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr header;
    } control;
    struct iovec part = {data, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_len = CMSG_LEN(sizeof fd);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

/* Tells how many went, and of the last how much. */
static ssize_t by_sendmmsg(int fd, size_t size)
{
    struct iovec part = {data, size};
    struct mmsghdr messages[3] = {{.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}}};
    messages[2] = messages[1] = messages[0];
    int sent = sendmmsg(fd, messages, 3, MSG_NOSIGNAL);
    return sent <= 0 ? sent : sent * 10 + (messages[sent - 1].msg_len == size);
}

static ssize_t by_sendfile(int fd, size_t size)
{
    char path[200];
    snprintf(path, sizeof path, "%s/file", directory);
    int file = open(path, O_RDWR | O_CREAT, 0600);
    if (ftruncate(file, LARGE) < 0)
        perror("ftruncate");
    ssize_t sent = sendfile(fd, file, NULL, size);
    int error = errno;
    close(file);
    unlink(path);
    errno = error;
    return sent;
}

static const struct call {
    const char *name;
    ssize_t (*send)(int, size_t);
    int only_unix;
} calls[] = {
    {"write", by_write, 0},     {"send", by_send, 0},         {"sendto", by_sendto, 0},  {"writev", by_writev, 0},
    {"sendmsg", by_sendmsg, 0}, {"sendmsg with rights", by_rights, 1}, {"sendmmsg", by_sendmmsg, 0},
    {"sendfile", by_sendfile, 0},
};

static long drained(int fd, int *count)
{
    static char room[1 << 16];
    long all = 0;
    *count = 0;
    for (;;) {
        ssize_t length = recv(fd, room, sizeof room, MSG_DONTWAIT);
        if (length <= 0)
            return all;
        all += length;
        ++*count;
    }
}

static void sends(const struct kind *kind, const struct call *call)
{
    char where[64];
    int pair[2], count;
    int is_tcp = kind->make == connected_tcp, is_file = call->send == by_sendfile;
    if (call->only_unix && is_tcp)
        return;
    /* The kernel makes messages of a file by a rule of its own. */
    if (is_file && kind->message)
        return;
    kind->make(kind->type, pair);
    limit(pair[0], SO_SNDTIMEO, 30);
    snprintf(where, sizeof where, "%s %s", kind->name, call->name);
    rough = is_tcp || is_file;
    if (kind->message == 0) {
        ssize_t answer = call->send(pair[0], LARGE);
        tell(where, "first", answer);
        /* The kernel may make room meanwhile. */
        while ((answer = call->send(pair[0], LARGE)) > 0 && rough)
            continue;
        tell(where, "second", answer);
        long came = drained(pair[1], &count);
        if (!rough)
            tell(where, "came", came);
    } else {
        long sent = 0;
        ssize_t answer;
        while ((answer = call->send(pair[0], kind->message)) > 0)
            sent++;
        tell(where, "then", answer);
        tell(where, "sent", sent);
        drained(pair[1], &count);
        tell(where, "came", count);
    }
    /* A part of it fits again. */
    if (kind->message == 0 && !rough) {
        tell(where, "third", call->send(pair[0], 1000));
        tell(where, "came", drained(pair[1], &count));
    }
    shutdown(pair[1], SHUT_RD);
    if (!is_tcp)
        tell(where, "to nobody", call->send(pair[0], 1000));
    close(pair[0]);
    close(pair[1]);
    rough = 0;
}

static ssize_t into_read(int fd, void *room, size_t size) { return read(fd, room, size); }
static ssize_t into_recv(int fd, void *room, size_t size) { return recv(fd, room, size, 0); }
static ssize_t into_all(int fd, void *room, size_t size) { return recv(fd, room, size, MSG_WAITALL); }
static ssize_t into_peek(int fd, void *room, size_t size) { return recv(fd, room, size, MSG_PEEK); }

static ssize_t into_recvfrom(int fd, void *room, size_t size)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    return recvfrom(fd, room, size, 0, (struct sockaddr *)&address, &length);
}

static ssize_t into_readv(int fd, void *room, size_t size)
{
    struct iovec part = {room, size};
    return readv(fd, &part, 1);
}

static ssize_t into_recvmsg(int fd, void *room, size_t size)
{
    struct iovec part = {room, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    return recvmsg(fd, &message, 0);
}

static ssize_t into_all_recvmsg(int fd, void *room, size_t size)
{
    struct iovec part = {room, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    return recvmsg(fd, &message, MSG_WAITALL);
}

/* Tells how many came. */
static ssize_t into_recvmmsg(int fd, void *room, size_t size)
{
    struct iovec part = {room, size};
    struct mmsghdr messages[3] = {{.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}}};
    messages[2] = messages[1] = messages[0];
    return recvmmsg(fd, messages, 3, 0, NULL);
}

static const struct {
    const char *name;
    ssize_t (*receive)(int, void *, size_t);
    int takes_all;
} receives[] = {
    {"read", into_read, 0},         {"recv", into_recv, 0},         {"recv all", into_all, 1},
    {"peek", into_peek, 0},         {"recvfrom", into_recvfrom, 0}, {"readv", into_readv, 0},
    {"recvmsg", into_recvmsg, 0},   {"recvmsg all", into_all_recvmsg, 1}, {"recvmmsg", into_recvmmsg, 0},
};

static void receives_of(const struct kind *kind)
{
    char where[64];
    int pair[2];
    for (size_t at = 0; at < sizeof receives / sizeof *receives; at++) {
        ssize_t (*receive)(int, void *, size_t) = receives[at].receive;
        snprintf(where, sizeof where, "%s %s", kind->name, receives[at].name);
        kind->make(kind->type, pair);
        limit(pair[1], SO_RCVTIMEO, 30);
        tell(where, "nothing", receive(pair[1], data, 100));
        tell(where, "nothing to null", receive(pair[1], NULL, 100));
        tell(where, "nothing to nowhere", receive(pair[1], NOWHERE, 100));
        if (write(pair[0], "0123456789", 10) != 10)
            perror("write");
        /* What came for null is lost with a datagram. */
        if (kind->message == 0) {
            tell(where, "something to null", receive(pair[1], NULL, 100));
            tell(where, "something to nowhere", receive(pair[1], NOWHERE, 100));
        }
        tell(where, "something", receive(pair[1], data, 100));
        if (receive == into_peek)
            tell(where, "again", receive(pair[1], data, 100));
        if (receives[at].takes_all && kind->message == 0) {
            size_t most = kind->make == connected_tcp ? 1 << 16 : 100000;
            size_t sent = 0;
            while (sent < most)
                sent += write(pair[0], data, most - sent);
            tell(where, "much", receive(pair[1], data, LARGE));
            tell(where, "no more", receive(pair[1], data, LARGE));
        }
        close(pair[0]);
        if (receive != into_peek) {
            tell(where, "end to null", receive(pair[1], NULL, 100));
            tell(where, "end", receive(pair[1], data, 100));
        }
        close(pair[1]);
    }
}

static void lengths(void)
{
    /* As a compiler that knows better must not see them. */
    static volatile size_t everything = SIZE_MAX, half = 0x7fffffff;
    struct iovec *volatile no_list = NULL;
    int pair[2];
    struct iovec part = {data, SIZE_MAX};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    pair_of(SOCK_STREAM, pair);
    for (int round = 0; round < 4; round++)
        if (write(pair[0], "abc", 3) != 3)
            perror("write");
    tell("lengths", "read of all", read(pair[1], data, everything));
    tell("lengths", "readv of all", readv(pair[1], &part, 1));
    tell("lengths", "recvmsg of all", recvmsg(pair[1], &message, 0));
    tell("lengths", "write of all", write(pair[0], data, everything));
    tell("lengths", "recv of none", recv(pair[1], NULL, 0, MSG_DONTWAIT));
    tell("lengths", "read of none", read(pair[1], NULL, 0));
    tell("lengths", "recv of all", recv(pair[1], data, everything, 0));
    if (write(pair[0], "abc", 3) != 3)
        perror("write");
    tell("lengths", "recv of 2 GB", recv(pair[1], data, half, 0));
    if (write(pair[0], "abc", 3) != 3)
        perror("write");
    tell("lengths", "read of 2 GB", read(pair[1], data, half));
    tell("lengths", "recvmsg of nothing", recvmsg(pair[1], NULL, 0));
    message.msg_iov = NULL;
    tell("lengths", "recvmsg of no list", recvmsg(pair[1], &message, 0));
    tell("lengths", "readv of no list", readv(pair[1], no_list, 1));
    tell("lengths", "recvmmsg of no list", recvmmsg(pair[1], NULL, 1, 0, NULL));
    close(pair[0]);
    close(pair[1]);
}

static void accepts(void)
{
    struct sockaddr_un path = free_path();
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listeners[2] = {socket(AF_UNIX, SOCK_STREAM, 0), socket(AF_INET, SOCK_STREAM, 0)};
    if (bind(listeners[0], (struct sockaddr *)&path, sizeof path) < 0 || bind(listeners[1], (struct sockaddr *)&address, length) < 0)
        perror("bind");
    for (int at = 0; at < 2; at++) {
        const char *where = at ? "tcp" : "unix";
        struct sockaddr_storage peer;
        socklen_t room = sizeof peer;
        limit(listeners[at], SO_RCVTIMEO, 30);
        tell(where, "accept before listen", accept(listeners[at], NULL, NULL));
        listen(listeners[at], 5);
        tell(where, "accept", accept(listeners[at], NULL, NULL));
        tell(where, "accept to a peer", accept(listeners[at], (struct sockaddr *)&peer, &room));
        tell(where, "accept without room", accept(listeners[at], (struct sockaddr *)&peer, NULL));
        tell(where, "accept to nowhere", accept(listeners[at], NOWHERE, &room));
        close(listeners[at]);
    }
    unlink(path.sun_path);
}

static void connects(void)
{
    struct sockaddr_un path = free_path();
    int listener = socket(AF_UNIX, SOCK_STREAM, 0), clients[4];
    if (bind(listener, (struct sockaddr *)&path, sizeof path) < 0 || listen(listener, 1) < 0)
        perror("listen");
    for (int at = 0; at < 4; at++) {
        clients[at] = socket(AF_UNIX, SOCK_STREAM, 0);
        limit(clients[at], SO_SNDTIMEO, 30);
        tell("unix", "connect", connect(clients[at], (struct sockaddr *)&path, sizeof path));
    }
    /* What is accepted has no limit of its listener's: nothing to receive is EAGAIN by a flag alone. */
    limit(listener, SO_RCVTIMEO, -1000);
    int accepted = accept(listener, NULL, NULL);
    struct timeval time = {9, 9};
    socklen_t size = sizeof time;
    getsockopt(accepted, SOL_SOCKET, SO_RCVTIMEO, &time, &size);
    tell("unix", "the limit of what was accepted", time.tv_sec * 1000000 + time.tv_usec);
    if (write(clients[0], "x", 1) != 1)
        perror("write");
    tell("unix", "from who waited", recv(accepted, data, 1, 0));
    tell("unix", "connect when there is room", connect(clients[3], (struct sockaddr *)&path, sizeof path));
    for (int at = 0; at < 4; at++)
        close(clients[at]);
    close(listener);
    close(accepted);
    unlink(path.sun_path);
}

int main(int count, char **arguments)
{
    if (count != 2)
        return 2;
    directory = arguments[1];
    /* What is printed is there, whatever comes behind. */
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    signal(SIGPIPE, SIG_IGN);
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        for (size_t call = 0; call < sizeof calls / sizeof *calls; call++)
            sends(&kinds[kind], &calls[call]);
        receives_of(&kinds[kind]);
    }
    lengths();
    accepts();
    connects();
    return 0;
}
