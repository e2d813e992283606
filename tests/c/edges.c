/* What Linux answers at the edges of calls: wrong pointers, wrong numbers, the longest names. Each holds natively too. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int failures;

#define CHECK(condition)                                                                                             \
    do {                                                                                                             \
        errno = 0;                                                                                                   \
        if (!(condition)) {                                                                                          \
            printf("line %d: %s (errno %d, %s)\n", __LINE__, #condition, errno, strerror(errno));                    \
            failures++;                                                                                              \
        }                                                                                                            \
    } while (0)

#define FAILS(call, error) CHECK((call) == -1 && errno == (error))

static int selects(int fd, long seconds, long micros, long *left)
{
    struct timeval limit = {seconds, micros};
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    int answer = select(fd + 1, &set, NULL, NULL, &limit);
    *left = limit.tv_sec * 1000000 + limit.tv_usec;
    return answer;
}

static void select_limits(void)
{
    int pair[2];
    long left;
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    FAILS(selects(pair[0], 0, -1, &left), EINVAL);
    FAILS(selects(pair[0], -1, 0, &left), EINVAL);
    CHECK(selects(pair[0], 0, 1000, &left) == 0 && left == 0);
    CHECK(write(pair[1], "x", 1) == 1);
    /* More than a second's microseconds are seconds. */
    CHECK(selects(pair[0], 0, 3000000, &left) == 1 && left > 1000000 && left <= 3000000);
    CHECK(selects(pair[0], 5, 0, &left) == 1 && left > 4000000 && left <= 5000000);
    close(pair[0]);
    close(pair[1]);
}

/* Programs give the most descriptors that they may have, though the sets have not so many. */
static void more_than_a_set(void)
{
    int pair[2], most[] = {getdtablesize(), 1 << 16, 0x7fffffff};
    struct {
        unsigned char before[16];
        fd_set set;
        unsigned char after[16384];
    } room;
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    CHECK(write(pair[1], "x", 1) == 1);
    for (size_t at = 0; at < sizeof most / sizeof *most; at++) {
        struct timeval none = {0};
        memset(&room, 0xa5, sizeof room);
        FD_ZERO(&room.set);
        FD_SET(pair[0], &room.set);
        CHECK(select(most[at], &room.set, NULL, NULL, &none) == 1 && FD_ISSET(pair[0], &room.set));
        for (size_t byte = 0; byte < sizeof room.after; byte++)
            CHECK(room.after[byte] == 0xa5);
        CHECK(room.before[15] == 0xa5);
    }
    close(pair[0]);
    close(pair[1]);
}

/* What has the number of what was there at the start is closed like any other. This ends what has it. */
static void closing_the_first(void)
{
    int pair[2];
    char byte;
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    CHECK(dup2(pair[0], 3) == 3);
    if (pair[0] != 3)
        close(pair[0]);
    CHECK(close(3) == 0 && read(pair[1], &byte, 1) == 0);
    close(pair[1]);
}

/* Programs look into sets, and make larger ones. */
static void sets_of_bits(void)
{
    int pair[2];
    fd_set one, *large = calloc(4, sizeof(fd_set));
    struct timeval none = {0};
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    int high = fcntl(pair[0], F_DUPFD, 100);
    CHECK(write(pair[1], "x", 1) == 1 && high >= 100 && sizeof one * 8 == FD_SETSIZE);
    FD_ZERO(&one);
    FD_SET(high, &one);
    FD_SET(pair[1], &one);
    FD_SET(FD_SETSIZE, &one);
    CHECK(one.fds_bits[high / NFDBITS] == (fd_mask)(1UL << high % NFDBITS) && !FD_ISSET(FD_SETSIZE, &one));
    FD_COPY(&one, large);
    CHECK(select(FD_SETSIZE * 4, large, NULL, NULL, &none) == 1);
    CHECK(FD_ISSET(high, large) && !FD_ISSET(pair[1], large) && !FD_ISSET(pair[0], large));
    FD_CLR(high, &one);
    CHECK(select(high + 1, &one, &one, NULL, NULL) == 1 && FD_ISSET(pair[1], &one));
    /* What is asked for beyond the count is not, and stays only in words that are not looked at. */
    FD_SET(high, &one);
    CHECK(select(pair[1] + 1, NULL, &one, NULL, &none) == 1 && FD_ISSET(high, &one));
    FAILS(select(1, (fd_set *)-4, NULL, NULL, &none), EFAULT);
    FAILS(select(-1, NULL, NULL, NULL, &none), EINVAL);
    close(high);
    FAILS(select(high + 1, &one, NULL, NULL, &none), EBADF);
    close(pair[0]);
    close(pair[1]);
    free(large);
}

static int control(int set, int operation, int fd, unsigned events)
{
    struct epoll_event event = {.events = events};
    return epoll_ctl(set, operation, fd, &event);
}

static void sets(void)
{
    int chain[8], pair[2];
    struct epoll_event event;
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    int set = epoll_create1(0), other = epoll_create1(0);
    FAILS(control(set, EPOLL_CTL_ADD, other, EPOLLIN | EPOLLEXCLUSIVE), EINVAL);
    FAILS(control(set, EPOLL_CTL_MOD, pair[0], EPOLLIN | EPOLLEXCLUSIVE), EINVAL);
    FAILS(control(set, EPOLL_CTL_ADD, pair[0], EPOLLPRI | EPOLLEXCLUSIVE), EINVAL);
    CHECK(control(set, EPOLL_CTL_ADD, pair[0], EPOLLIN | EPOLLEXCLUSIVE) == 0);
    FAILS(control(set, EPOLL_CTL_ADD, pair[0], EPOLLIN | EPOLLEXCLUSIVE), EEXIST);
    FAILS(control(set, EPOLL_CTL_MOD, pair[0], EPOLLIN), EINVAL);
    FAILS(control(set, 99, pair[0], EPOLLIN), EINVAL);
    FAILS(control(set, EPOLL_CTL_ADD, set, EPOLLIN), EINVAL);
    FAILS(control(pair[0], EPOLL_CTL_ADD, pair[1], EPOLLIN), EINVAL);
    FAILS(control(pair[0], EPOLL_CTL_ADD, 9999, EPOLLIN), EBADF);
    FAILS(epoll_ctl(set, EPOLL_CTL_ADD, 9999, NULL), EFAULT);
    FAILS(epoll_ctl(9999, EPOLL_CTL_MOD, pair[0], NULL), EFAULT);
    /* Nothing is put there where nothing has come. */
    CHECK(epoll_wait(set, NULL, 1, 0) == 0);
    FAILS(epoll_wait(set, &event, 1 << 30, 0), EINVAL);
    CHECK(write(pair[1], "x", 1) == 1);
    FAILS(epoll_wait(set, NULL, 1, -1), EFAULT);
    CHECK(epoll_wait(set, &event, 1, 0) == 1);
    for (int at = 0; at < 8; at++) {
        chain[at] = epoll_create1(0);
    }
    /* From the outermost on, and from the innermost on. */
    for (int at = 0; at < 4; at++) {
        CHECK(control(chain[at], EPOLL_CTL_ADD, chain[at + 1], EPOLLIN) == 0);
    }
    FAILS(control(chain[4], EPOLL_CTL_ADD, chain[5], EPOLLIN), ELOOP);
    FAILS(control(chain[4], EPOLL_CTL_ADD, chain[0], EPOLLIN), ELOOP);
    for (int at = 0; at < 8; at++) {
        close(chain[at]);
        chain[at] = epoll_create1(0);
    }
    for (int at = 7; at > 3; at--) {
        CHECK(control(chain[at - 1], EPOLL_CTL_ADD, chain[at], EPOLLIN) == 0);
    }
    FAILS(control(chain[2], EPOLL_CTL_ADD, chain[3], EPOLLIN), ELOOP);
    for (int at = 0; at < 8; at++) {
        close(chain[at]);
    }
    close(set);
    close(other);
    close(pair[0]);
    close(pair[1]);
}

static void null_buffers(void)
{
    int pair[2], ends[2];
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof name;
    struct iovec nowhere = {NULL, 5};
    struct msghdr message = {.msg_iov = &nowhere, .msg_iovlen = 1};
    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair);
    FAILS(recv(pair[0], NULL, 5, 0), EAGAIN);
    FAILS(recvfrom(pair[0], NULL, 5, 0, (struct sockaddr *)&name, NULL), EAGAIN);
    FAILS(read(pair[0], NULL, 5), EAGAIN);
    FAILS(readv(pair[0], &nowhere, 1), EAGAIN);
    FAILS(recvmsg(pair[0], &message, 0), EAGAIN);
    CHECK(write(pair[1], "abc", 3) == 3);
    FAILS(recv(pair[0], NULL, 5, 0), EFAULT);
    FAILS(read(pair[0], NULL, 5), EFAULT);
    FAILS(readv(pair[0], &nowhere, 1), EFAULT);
    FAILS(recvmsg(pair[0], &message, 0), EFAULT);
    char came[4] = "";
    CHECK(recv(pair[0], came, 3, 0) == 3 && memcmp(came, "abc", 3) == 0);
    shutdown(pair[1], SHUT_WR);
    CHECK(recv(pair[0], NULL, 5, 0) == 0);
    CHECK(read(pair[0], NULL, 5) == 0);
    CHECK(pipe2(ends, O_NONBLOCK) == 0);
    FAILS(read(ends[0], NULL, 5), EAGAIN);
    CHECK(write(ends[1], "x", 1) == 1);
    FAILS(read(ends[0], NULL, 5), EFAULT);
    char one;
    CHECK(read(ends[0], &one, 1) == 1 && one == 'x');
    close(ends[1]);
    CHECK(read(ends[0], NULL, 5) == 0);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    FAILS(accept(server, (struct sockaddr *)&name, NULL), EINVAL);
    CHECK(bind(server, (struct sockaddr *)&name, sizeof name) == 0 && listen(server, 1) == 0);
    FAILS(accept(server, (struct sockaddr *)&name, NULL), EAGAIN);
    CHECK(getsockname(server, (struct sockaddr *)&name, &length) == 0);
    message = (struct msghdr){.msg_control = NULL, .msg_controllen = 16};
    FAILS(sendmsg(pair[1], &message, 0), EFAULT);
    close(server);
    close(ends[0]);
    close(pair[0]);
    close(pair[1]);
}

static void places(void)
{
    int pair[2];
    char byte = 0;
    struct iovec part = {&byte, 1};
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    FAILS(pread(pair[0], &byte, 1, 0), ESPIPE);
    FAILS(pwrite(pair[0], &byte, 1, 0), ESPIPE);
    FAILS(preadv(pair[0], &part, 1, 0), ESPIPE);
    FAILS(pwritev(pair[0], &part, 1, 0), ESPIPE);
    FAILS(lseek(pair[0], 0, SEEK_SET), ESPIPE);
    FAILS(pread(9999, &byte, 1, 0), EBADF);
    FAILS(openat(9999, "x", O_RDONLY), EBADF);
    FAILS(ftruncate(pair[0], 0), EINVAL);
    FAILS(fsync(pair[0]), EINVAL);
    FAILS(fdatasync(pair[0]), EINVAL);
    close(pair[0]);
    close(pair[1]);
}

static void texts(void)
{
    static const struct {
        const char *text;
        unsigned address;
        int valid;
    } addresses[] = {
        {"1.2.3.4", 0x01020304, 1}, {"1.2.3.4 ", 0x01020304, 1}, {"1.2.3.4\tx", 0x01020304, 1},
        {"4294967295", 0xffffffff, 1}, {"4294967296", 0, 0}, {"1.2.65536", 0, 0}, {"0x7f.1", 0x7f000001, 1},
        {"1.2.3.4x", 0, 0}, {"256.1", 0, 0}, {" 1.2.3.4", 0, 0}, {"", 0, 0}, {"1.", 0, 0}, {"017.1", 0x0f000001, 1},
        {"99999999999999999999", 0, 0}, {"08.1", 0, 0}, {"+1.2.3.4", 0, 0}, {"-1", 0, 0}, {"1.2.3.4.5", 0, 0},
    };
    for (size_t at = 0; at < sizeof addresses / sizeof *addresses; at++) {
        struct in_addr parsed = {0};
        int valid = inet_aton(addresses[at].text, &parsed);
        if (valid != addresses[at].valid || (valid && ntohl(parsed.s_addr) != addresses[at].address)) {
            printf("inet_aton of '%s': %d, %x\n", addresses[at].text, valid, ntohl(parsed.s_addr));
            failures++;
        }
    }
    static const char *const written[] = {
        "::1.2.3.4", "::ffff:1.2.3.4", "::1", "::", "::2:0", "1::", "1:0:0:2::", "::ffff:0:0:0", "64:ff9b::102:304",
        "1:2:3:4:5:6:7:8", "fe80::1:0:0:1", "1:0:2::", "::0.1.0.0",
    };
    for (size_t at = 0; at < sizeof written / sizeof *written; at++) {
        struct in6_addr parsed;
        char text[INET6_ADDRSTRLEN] = "";
        inet_pton(AF_INET6, written[at], &parsed);
        inet_ntop(AF_INET6, &parsed, text, sizeof text);
        if (at != 4 && at != 12 && strcmp(text, written[at]) != 0) {
            printf("inet_ntop of %s: %s\n", written[at], text);
            failures++;
        }
    }
    char text[INET6_ADDRSTRLEN];
    FAILS(inet_ntop(AF_INET6, &in6addr_loopback, text, 3) ? 0 : -1, ENOSPC);
    FAILS(inet_ntop(99, &in6addr_loopback, text, sizeof text) ? 0 : -1, EAFNOSUPPORT);
    CHECK(getprotobynumber(255) == NULL && getprotobynumber(6) != NULL);
    struct sockaddr_un path = {.sun_family = AF_UNIX, .sun_path = "/some/where"};
    char host[64], service[128];
    CHECK(getnameinfo((struct sockaddr *)&path, sizeof path, host, sizeof host, service, sizeof service, 0) == 0);
    CHECK(strcmp(service, "/some/where") == 0 && host[0] != 0);
}

static void passed_files(void)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr header;
    } control;
    char byte = 'x';
    struct iovec part = {&byte, 1};
    for (int round = 0; round < 2; round++) {
        int flags = round ? MSG_CMSG_CLOEXEC : 0;
        int pair[2], file = open("passed", O_RDWR | O_CREAT, 0600);
        socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        *header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof file), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(header), &file, sizeof file);
        CHECK(sendmsg(pair[1], &message, 0) == 1);
        message.msg_controllen = sizeof control;
        CHECK(recvmsg(pair[0], &message, flags) == 1 && message.msg_controllen > 0);
        int came;
        memcpy(&came, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof came);
        CHECK(fcntl(came, F_GETFD) == (flags ? FD_CLOEXEC : 0));
        CHECK(fcntl(came, F_SETFD, FD_CLOEXEC) == 0 && fcntl(came, F_GETFD) == FD_CLOEXEC);
        CHECK(fcntl(came, F_SETFD, 0) == 0 && fcntl(came, F_GETFD) == 0);
        close(came);
        close(file);
        close(pair[0]);
        close(pair[1]);
    }
    CHECK(unlink("passed") == 0);
}

static void lowest_numbers(void)
{
    int made[6];
    struct stat found;
    /* A guest's directories take their numbers when they are used for the first time. */
    CHECK(stat(".", &found) == 0);
    for (int at = 0; at < 6; at++) {
        made[at] = socket(AF_UNIX, SOCK_STREAM, 0);
        CHECK(at == 0 || made[at] == made[at - 1] + 1);
    }
    close(made[1]);
    close(made[4]);
    close(made[2]);
    CHECK(socket(AF_UNIX, SOCK_STREAM, 0) == made[1]);
    CHECK(eventfd(0, 0) == made[2]);
    CHECK(dup(made[0]) == made[4]);
    CHECK(dup(made[0]) == made[5] + 1);
    close(made[3]);
    int pair[2];
    CHECK(pipe(pair) == 0 && pair[0] == made[3] && pair[1] == made[5] + 2);
    CHECK(fcntl(made[0], F_DUPFD, made[5]) == made[5] + 3);
    for (int fd = made[0]; fd <= made[5] + 3; fd++) {
        close(fd);
    }
    CHECK(socket(AF_UNIX, SOCK_STREAM, 0) == made[0]);
    close(made[0]);
}

/* What is at most PIPE_BUF goes into a pipe whole, or not at all. */
static void whole_writes(void)
{
    static char data[PIPE_BUF];
    int ends[2];
    CHECK(pipe2(ends, O_NONBLOCK) == 0);
    while (write(ends[1], data, sizeof data) > 0) {
    }
    CHECK(read(ends[0], data, PIPE_BUF - 1) == PIPE_BUF - 1);
    FAILS(write(ends[1], data, PIPE_BUF), EAGAIN);
    CHECK(read(ends[0], data, 1) == 1 && write(ends[1], data, PIPE_BUF) == PIPE_BUF);
    close(ends[0]);
    close(ends[1]);
    CHECK(LOGIN_NAME_MAX >= _POSIX_LOGIN_NAME_MAX && LINE_MAX >= _POSIX2_LINE_MAX && SEM_VALUE_MAX >= 32767);
}

static void itself(void)
{
    char name[16];
    CHECK(prctl(PR_SET_NAME, "a name that is longer than fifteen") == 0);
    CHECK(prctl(PR_GET_NAME, name) == 0 && strcmp(name, "a name that is ") == 0);
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
    FAILS(prctl(99999), EINVAL);
    CHECK(get_nprocs() >= 1 && sizeof(struct signalfd_siginfo) == 128);
}

/* As daemons do at their start: the files stay within reach. */
static void close_what_was_inherited(void)
{
    int most = getdtablesize();
    for (int fd = 3; fd < most; fd++)
        CHECK(close(fd) == -1 && errno == EBADF);
    int own = open("kept", O_RDWR | O_CREAT, 0600);
    CHECK(own >= 3 && write(own, "x", 1) == 1 && close(own) == 0 && unlink("kept") == 0);
}

int main(void)
{
    close_what_was_inherited();
    lowest_numbers();
    select_limits();
    sets_of_bits();
    more_than_a_set();
    sets();
    null_buffers();
    places();
    texts();
    passed_files();
    whole_writes();
    itself();
    closing_the_first();
    puts(failures ? "failed" : "ok");
    return failures != 0;
}
