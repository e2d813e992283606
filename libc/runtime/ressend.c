/* Carries a question to the servers, one after the other, until one answers. */

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <resolv.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* A question, and where its answer is to be. */
struct exchange {
    const unsigned char *query;
    int length;
    unsigned char *answer;
    int room;
    /* Milliseconds for which an answer is awaited. */
    long patience;
};

static long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (long)(time.tv_sec * 1000 + time.tv_nsec / 1000000);
}

/* Whether so much of an answer answers that question: nobody else's, and no one else. */
static int answers(const struct exchange *exchange, int length)
{
    char asked[NS_MAXDNAME], told[NS_MAXDNAME];
    const unsigned char *query = exchange->query, *answer = exchange->answer;
    if (length < NS_HFIXEDSZ || memcmp(query, answer, 2) != 0 || !(answer[2] & 0x80))
        return 0;
    /* A server that has not understood may leave the question out. */
    if (ns_get16(answer + 4) == 0)
        return (answer[3] & 15) != ns_r_noerror;
    const unsigned char *query_end = query + exchange->length, *answer_end = answer + length;
    int one = dn_expand(query, query_end, query + NS_HFIXEDSZ, asked, sizeof asked);
    int other = dn_expand(answer, answer_end, answer + NS_HFIXEDSZ, told, sizeof told);
    if (one < 0 || other < 0 || strcasecmp(asked, told) != 0)
        return 0;
    query += NS_HFIXEDSZ + one;
    answer += NS_HFIXEDSZ + other;
    return query_end - query >= NS_QFIXEDSZ && answer_end - answer >= NS_QFIXEDSZ && memcmp(query, answer, NS_QFIXEDSZ) == 0;
}

static int connected(const struct sockaddr *server, int type)
{
    socklen_t length = server->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    int fd = socket(server->sa_family, type | SOCK_CLOEXEC, 0);
    if (fd >= 0 && type == SOCK_STREAM) {
        /* What takes longer is given up. */
        struct timeval limit = {RES_TIMEOUT, 0};
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    if (fd >= 0 && connect(fd, server, length) < 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

/* The answer's length, which may be more than there is room for; -1 with errno. */
static int by_datagram(int fd, const struct exchange *exchange)
{
    if (send(fd, exchange->query, (size_t)exchange->length, MSG_NOSIGNAL) < 0)
        return -1;
    for (long until = now() + exchange->patience;;) {
        struct pollfd ready = {fd, POLLIN, 0};
        long left = until - now();
        int found = poll(&ready, 1, left < 0 ? 0 : (int)left);
        if (found <= 0) {
            errno = found == 0 ? ETIMEDOUT : errno;
            return -1;
        }
        ssize_t length = recv(fd, exchange->answer, (size_t)exchange->room, MSG_TRUNC | MSG_DONTWAIT);
        if (length < 0 && errno != EAGAIN)
            return -1;
        int came = length < exchange->room ? (int)length : exchange->room;
        if (length >= 0 && answers(exchange, came))
            return (int)length;
    }
}

static int receive_all(int fd, unsigned char *to, size_t length)
{
    ssize_t came = recv(fd, to, length, MSG_WAITALL);
    if (came == (ssize_t)length)
        return 0;
    if (came >= 0 || errno == EAGAIN)
        errno = came == 0 ? ECONNRESET : ETIMEDOUT;
    return -1;
}

static int by_stream(int fd, const struct exchange *exchange)
{
    unsigned char size[2];
    ns_put16((unsigned)exchange->length, size);
    struct iovec parts[2] = {{size, sizeof size}, {(void *)exchange->query, (size_t)exchange->length}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    if (sendmsg(fd, &message, MSG_NOSIGNAL) != (ssize_t)sizeof size + exchange->length)
        return -1;
    if (receive_all(fd, size, sizeof size) < 0)
        return -1;
    int length = (int)ns_get16(size), kept = length < exchange->room ? length : exchange->room;
    if (receive_all(fd, exchange->answer, (size_t)kept) < 0)
        return -1;
    if (!answers(exchange, kept)) {
        errno = EBADMSG;
        return -1;
    }
    if (kept < length)
        exchange->answer[2] |= 2;
    return length;
}

static int over(const struct sockaddr *server, int type, const struct exchange *exchange)
{
    int fd = connected(server, type);
    if (fd < 0)
        return -1;
    int length = type == SOCK_STREAM ? by_stream(fd, exchange) : by_datagram(fd, exchange);
    int error = errno;
    close(fd);
    errno = error;
    return length;
}

/* Asks one server; one that cannot or will not tell has not answered. */
static int ask(res_state state, const struct sockaddr *server, const struct exchange *exchange)
{
    int length = -1;
    int by_stream_alone = (state->options & RES_USEVC) || exchange->length > NS_PACKETSZ;
    if (!by_stream_alone)
        length = over(server, SOCK_DGRAM, exchange);
    int is_cut = length >= 0 && ((exchange->answer[2] & 2) || length > exchange->room);
    if (by_stream_alone || (is_cut && !(state->options & RES_IGNTC)))
        length = over(server, SOCK_STREAM, exchange);
    if (length < 0)
        return -1;
    unsigned code = exchange->answer[3] & 15;
    if (code == ns_r_servfail || code == ns_r_notimpl || code == ns_r_refused) {
        errno = ETIMEDOUT;
        return -1;
    }
    return length;
}

int res_nsend(res_state state, const unsigned char *query, int length, unsigned char *answer, int room)
{
    struct exchange exchange = {query, length, answer, room, 0};
    if (!(state->options & RES_INIT))
        res_ninit(state);
    if (length < NS_HFIXEDSZ || length > NS_MAXMSG || room < NS_HFIXEDSZ) {
        errno = EINVAL;
        return -1;
    }
    if (state->nscount <= 0) {
        errno = ESRCH;
        return -1;
    }
    int error = ETIMEDOUT;
    for (int round = 0; round < state->retry; round++) {
        long seconds = (long)state->retrans << round;
        if (round > 0)
            seconds /= state->nscount;
        exchange.patience = (seconds > 0 ? seconds : 1) * 1000;
        for (int at = 0; at < state->nscount; at++) {
            const struct sockaddr *server = (const struct sockaddr *)&state->nsaddr_list[at];
            if (server->sa_family == AF_UNSPEC && state->_u._ext.nsaddrs[at] != NULL)
                server = (const struct sockaddr *)state->_u._ext.nsaddrs[at];
            int came = ask(state, server, &exchange);
            if (came >= 0)
                return came;
            error = errno;
        }
    }
    errno = error;
    return -1;
}

int res_send(const unsigned char *query, int length, unsigned char *answer, int room)
{
    return res_nsend(&_res, query, length, answer, room);
}
