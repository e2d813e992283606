/* What the headers' own numbers and structures mean to the library: each call gets what they say. */

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int failures;

#define CHECK(condition)                                                                                             \
    do {                                                                                                             \
        if (!(condition)) {                                                                                          \
            printf("line %d: %s (errno %d, %s)\n", __LINE__, #condition, errno, strerror(errno));                    \
            failures++;                                                                                              \
        }                                                                                                            \
    } while (0)

static int option(int socket, int level, int name)
{
    int value = -1;
    socklen_t length = sizeof value;
    return getsockopt(socket, level, name, &value, &length) == 0 ? value : -1;
}

static void kinds(void)
{
    static const struct {
        int family, type;
    } all[] = {
        {AF_INET, SOCK_STREAM}, {AF_INET6, SOCK_DGRAM},     {AF_UNIX, SOCK_STREAM},
        {AF_UNIX, SOCK_DGRAM},  {AF_UNIX, SOCK_SEQPACKET},
    };
    for (size_t at = 0; at < sizeof all / sizeof *all; at++) {
        int made = socket(all[at].family, all[at].type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        struct sockaddr_storage name;
        socklen_t length = sizeof name;
        struct stat found;
        CHECK(made >= 0 && option(made, SOL_SOCKET, SO_TYPE) == all[at].type);
        CHECK(option(made, SOL_SOCKET, SO_DOMAIN) == all[at].family && option(made, SOL_SOCKET, SO_ERROR) == 0);
        CHECK(getsockname(made, (struct sockaddr *)&name, &length) == 0 && name.ss_family == all[at].family);
        CHECK(fcntl(made, F_GETFL) & O_NONBLOCK);
        CHECK(fstat(made, &found) == 0 && S_ISSOCK(found.st_mode));
        CHECK(close(made) == 0);
    }
    int tcp = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    struct timeval limit = {.tv_usec = 1000};
    CHECK(setsockopt(tcp, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    CHECK(setsockopt(tcp, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0 && option(tcp, IPPROTO_TCP, TCP_NODELAY));
    CHECK(setsockopt(tcp, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one) == 0 && option(tcp, SOL_SOCKET, SO_KEEPALIVE));
    CHECK(setsockopt(77, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one) == -1 && errno == EBADF);
    CHECK(setsockopt(tcp, 99, 1, &one, sizeof one) == -1 && (errno == ENOPROTOOPT || errno == EOPNOTSUPP));
    close(tcp);
}

static void messages(void)
{
    int pair[2], passed[2], got[2] = {-1, -1};
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && socketpair(AF_UNIX, SOCK_DGRAM, 0, passed) == 0);
    union {
        struct cmsghdr align;
        char room[CMSG_SPACE(2 * sizeof(int))];
    } control = {.room = {0}};
    char text[8] = "two", read_text[8];
    struct iovec parts[] = {{text, 1}, {text + 1, 2}}, room = {read_text, sizeof read_text};
    struct msghdr out = {
        .msg_iov = parts, .msg_iovlen = 2, .msg_control = control.room, .msg_controllen = sizeof control.room};
    struct cmsghdr *header = CMSG_FIRSTHDR(&out);
    *header = (struct cmsghdr){CMSG_LEN(sizeof passed), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(header), passed, sizeof passed);
    CHECK(CMSG_NXTHDR(&out, header) == NULL && sendmsg(pair[0], &out, MSG_NOSIGNAL) == 3);
    struct msghdr in = {
        .msg_iov = &room, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
    memset(&control, 0, sizeof control);
    CHECK(recvmsg(pair[1], &in, 0) == 3 && memcmp(read_text, "two", 3) == 0 && in.msg_flags == 0);
    header = CMSG_FIRSTHDR(&in);
    CHECK(header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS);
    if (header)
        memcpy(got, CMSG_DATA(header), sizeof got);
    CHECK(write(got[0], "x", 1) == 1 && recv(got[1], read_text, 8, MSG_DONTWAIT) == 1);
    CHECK(recv(got[1], read_text, 8, MSG_DONTWAIT) == -1 && errno == EAGAIN);
    CHECK(shutdown(pair[0], SHUT_WR) == 0 && read(pair[1], read_text, 1) == 0);
    CHECK(writev(passed[0], parts, 2) == 3 && read(passed[1], read_text, 8) == 3);
    for (int at = 0; at < 2; at++)
        CHECK(close(pair[at]) == 0 && close(passed[at]) == 0 && close(got[at]) == 0);
}

static void readiness(void)
{
    int pipes[2], counter = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), set = epoll_create1(EPOLL_CLOEXEC);
    eventfd_t value;
    CHECK(counter >= 0 && set >= 0 && pipe2(pipes, O_CLOEXEC | O_NONBLOCK) == 0);
    CHECK(eventfd_read(counter, &value) == -1 && errno == EAGAIN);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = 0x1234567890ULL}, told[2];
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, counter, &event) == 0 && epoll_wait(set, told, 2, 0) == 0);
    CHECK(eventfd_write(counter, 7) == 0 && epoll_wait(set, told, 2, -1) == 1);
    CHECK(told[0].events == EPOLLIN && told[0].data.u64 == 0x1234567890ULL);
    CHECK(eventfd_read(counter, &value) == 0 && value == 7);
    struct pollfd polled[] = {{.fd = pipes[0], .events = POLLIN}, {.fd = pipes[1], .events = POLLOUT}, {.fd = 99}};
    CHECK(poll(polled, 3, 0) == 2 && polled[0].revents == 0 && polled[1].revents == POLLOUT && polled[2].revents == POLLNVAL);
    CHECK(write(pipes[1], "y", 1) == 1 && ppoll(polled, 1, &(struct timespec){0}, NULL) == 1);
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(pipes[0], &readable);
    FD_SET(counter, &readable);
    CHECK(select(99, &readable, NULL, NULL, &(struct timeval){0}) == 1 && FD_ISSET(pipes[0], &readable));
    int waiting = 0, second = dup(pipes[0]);
    CHECK(ioctl(second, FIONREAD, &waiting) == 0 && waiting == 1 && dup2(second, 40) == 40 && dup3(40, 41, 0) == 41);
    CHECK(fcntl(41, F_DUPFD, 50) == 50 && fcntl(50, F_GETFL) & O_NONBLOCK);
    CHECK(ioctl(counter, TIOCGWINSZ, &waiting) == -1 && errno == ENOTTY);
    close(pipes[1]);
    polled[0].revents = 0;
    char byte;
    CHECK(read(50, &byte, 1) == 1 && byte == 'y' && poll(polled, 1, -1) == 1 && polled[0].revents & POLLHUP);
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    struct itimerspec soon = {.it_value = {.tv_nsec = 1000000}};
    uint64_t times = 0;
    struct pollfd rings = {.fd = timer, .events = POLLIN};
    CHECK(timer >= 0 && timerfd_settime(timer, 0, &soon, NULL) == 0 && poll(&rings, 1, -1) == 1);
    CHECK(read(timer, &times, sizeof times) == sizeof times && times == 1 && close(timer) == 0);
    close(pipes[0]);
    close(counter);
    close(set);
}

static void names(void)
{
    struct servent *service = getservbyname("http", "tcp");
    struct protoent *protocol = getprotobyname("tcp");
    struct hostent *host = gethostbyname("localhost");
    CHECK(service && ntohs((uint16_t)service->s_port) == 80 && protocol && protocol->p_proto == IPPROTO_TCP);
    CHECK(host && host->h_addrtype == AF_INET && host->h_length == 4 && host->h_addr[0] == 127);
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_family = AF_INET6, .ai_socktype = SOCK_DGRAM}, *list = NULL;
    CHECK(getaddrinfo("::1", "53", &hints, &list) == 0 && list->ai_family == AF_INET6 && list->ai_socktype == SOCK_DGRAM);
    char name[NI_MAXHOST], port[NI_MAXSERV];
    CHECK(list && getnameinfo(list->ai_addr, list->ai_addrlen, name, sizeof name, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) == 0);
    CHECK(strcmp(name, "::1") == 0 && strcmp(port, "53") == 0);
    freeaddrinfo(list);
    CHECK(getaddrinfo("not an address", NULL, &hints, &list) == EAI_NONAME);
    struct ifaddrs *interfaces = NULL;
    int loopback = 0;
    CHECK(getifaddrs(&interfaces) == 0);
    for (struct ifaddrs *one = interfaces; one; one = one->ifa_next)
        loopback |= one->ifa_addr && one->ifa_addr->sa_family == AF_INET && one->ifa_flags & IFF_LOOPBACK;
    freeifaddrs(interfaces);
    CHECK(loopback && if_nametoindex("lo") > 0 && gethostent() == NULL);
}

int main(void)
{
    kinds();
    messages();
    readiness();
    names();
    puts(failures ? "failed" : "ok");
    return failures != 0;
}
