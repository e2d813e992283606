/* Where calls with MSG_WAITALL end short of what they ask for, behind little and behind as much as a host gives by one
 * call: before an error, urgent data, what somebody else sent, and behind descriptors. It prints the same natively. */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "error_name.h"

#define LARGE (4 << 20)

static char data[LARGE];

static void tell(const char *where, const char *what, long answer)
{
    if (answer < 0)
        printf("%s %s: %s\n", where, what, error_name(errno));
    else
        printf("%s %s: %ld\n", where, what, answer);
}

static void check(const char *what, long answer)
{
    if (answer < 0)
        perror(what);
}

static void connected_tcp(int pair[2])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), much = LARGE;
    /* All of it is there before it is received. */
    check("SO_RCVBUF", setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &much, sizeof much));
    check("bind", bind(listener, (struct sockaddr *)&address, length));
    check("listen", listen(listener, 1));
    check("getsockname", getsockname(listener, (struct sockaddr *)&address, &length));
    pair[0] = socket(AF_INET, SOCK_STREAM, 0);
    check("connect", connect(pair[0], (struct sockaddr *)&address, length));
    pair[1] = accept(listener, NULL, NULL);
    close(listener);
}

static void connected_unix(int pair[2])
{
    int much = LARGE;
    check("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    check("SO_SNDBUF", setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &much, sizeof much));
}

static ssize_t by_recv(int fd) { return recv(fd, data, LARGE, MSG_WAITALL); }

static ssize_t by_recvfrom(int fd)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    return recvfrom(fd, data, LARGE, MSG_WAITALL, (struct sockaddr *)&address, &length);
}

static ssize_t by_recvmsg(int fd)
{
    struct iovec part = {data, LARGE};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    return recvmsg(fd, &message, MSG_WAITALL);
}

static const struct {
    const char *name;
    ssize_t (*all)(int);
} calls[] = {{"recv", by_recv}, {"recvfrom", by_recvfrom}, {"recvmsg", by_recvmsg}};

/* Sends so much, and waits until it has come. */
static void send_all(const int pair[2], size_t size)
{
    int there = 0;
    check("write", write(pair[0], data, size));
    while ((size_t)there < size && ioctl(pair[1], FIONREAD, &there) == 0)
        continue;
}

/* One byte with a descriptor. */
static void send_descriptor(int to)
{
    char room[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec part = {data, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &to, sizeof to);
    check("sendmsg", sendmsg(to, &message, 0));
}

/* Behind so much. */
static void ends(int is_tcp, int call, size_t much)
{
    static const struct timeval limit = {0, 30000};
    struct linger at_once = {1, 0};
    int pair[2];
    char where[64];
    snprintf(where, sizeof where, "%s of %s behind %zu:", calls[call].name, is_tcp ? "tcp" : "unix", much);
    (is_tcp ? connected_tcp : connected_unix)(pair);
    send_all(pair, much);
    /* What the other end has not received resets a unix stream. */
    check("write", write(pair[1], "x", 1));
    if (is_tcp)
        check("SO_LINGER", setsockopt(pair[0], SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
    close(pair[0]);
    tell(where, "before a reset", calls[call].all(pair[1]));
    tell(where, "the reset", calls[call].all(pair[1]));
    tell(where, "behind the reset", calls[call].all(pair[1]));
    close(pair[1]);

    (is_tcp ? connected_tcp : connected_unix)(pair);
    check("SO_RCVTIMEO", setsockopt(pair[1], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
    if (is_tcp) {
        send_all(pair, much);
        check("send", send(pair[0], "!", 1, MSG_OOB));
        check("send", send(pair[0], "12345", 5, 0));
        tell(where, "before urgent data", calls[call].all(pair[1]));
    } else {
        send_all(pair, much - 1);
        send_descriptor(pair[0]);
        check("send", send(pair[0], "12345", 5, 0));
        tell(where, "to a descriptor", calls[call].all(pair[1]));
    }
    tell(where, "behind it", calls[call].all(pair[1]));
    tell(where, "nothing more", calls[call].all(pair[1]));
    send_all(pair, much);
    close(pair[0]);
    tell(where, "before the end", calls[call].all(pair[1]));
    tell(where, "the end", calls[call].all(pair[1]));
    close(pair[1]);
}

int main(void)
{
    static const size_t sizes[] = {10, 1 << 16, 1 << 17};
    for (int is_tcp = 0; is_tcp < 2; is_tcp++)
        for (size_t call = 0; call < sizeof calls / sizeof *calls; call++)
            for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++)
                ends(is_tcp, call, sizes[size]);
    return 0;
}
