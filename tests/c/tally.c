/* A tally that is kept in a file and counted up over TCP, and its client, which asks again until it is answered. A question that
 * is asked again counts once. The role `hasty` knows the last question in memory alone, and so counts it twice where the
 * server falls between keeping the tally and answering.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define STATE "/tally"
#define NEXT STATE ".next"

struct state {
    long count;
    char last[64];
};

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

static struct state load(void)
{
    struct state state = {0};
    FILE *file = fopen(STATE, "r");
    if (file == NULL)
        return state;
    if (fread(&state, sizeof state, 1, file) != 1)
        fail("the tally");
    fclose(file);
    return state;
}

static void keep(const struct state *state)
{
    int file = open(NEXT, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    if (file < 0 || write(file, state, sizeof *state) != (ssize_t)sizeof *state || fsync(file) != 0)
        fail(NEXT);
    close(file);
    if (rename(NEXT, STATE) != 0)
        fail(STATE);
}

static void watch(int set, int descriptor)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    if (epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &event) != 0)
        fail("epoll_ctl");
}

/* Answers one question, or closes the connection. */
static void answer(int connection, struct state *state, int is_hasty)
{
    char question[sizeof state->last] = {0}, told[32];
    ssize_t length = recv(connection, question, sizeof question - 1, 0);
    if (length <= 0) {
        close(connection);
        return;
    }
    if (strcmp(question, state->last) != 0) {
        state->count++;
        strcpy(state->last, question);
        struct state kept = *state;
        if (is_hasty)
            kept.last[0] = 0;
        keep(&kept);
    }
    int size = snprintf(told, sizeof told, "%ld", state->count);
    send(connection, told, (size_t)size, MSG_NOSIGNAL);
}

static void serve(int port, int is_hasty)
{
    struct state state = load();
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), set = epoll_create1(EPOLL_CLOEXEC);
    if (listener < 0 || set < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0
        || listen(listener, 8) != 0)
        fail("listen");
    watch(set, listener);
    for (;;) {
        struct epoll_event events[8];
        int count = epoll_wait(set, events, 8, -1);
        if (count < 0)
            fail("epoll_wait");
        for (int at = 0; at < count; at++) {
            if (events[at].data.fd != listener) {
                answer(events[at].data.fd, &state, is_hasty);
                continue;
            }
            int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
            if (connection >= 0)
                watch(set, connection);
        }
    }
}

/* What the server says to the question; -1 if it does not within a second. */
static long ask(const char *host, const char *port, const char *question)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return -1;
    int connection = socket(found->ai_family, SOCK_STREAM, 0);
    struct timeval second = {.tv_sec = 1};
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
    char told[32] = {0};
    ssize_t length = -1;
    if (connect(connection, found->ai_addr, found->ai_addrlen) == 0
        && send(connection, question, strlen(question), MSG_NOSIGNAL) > 0)
        length = recv(connection, told, sizeof told - 1, 0);
    freeaddrinfo(found);
    close(connection);
    return length > 0 ? atol(told) : -1;
}

static void rest(long milliseconds)
{
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
}

int main(int count, char **arguments)
{
    if (count == 3) {
        serve(atoi(arguments[2]), strcmp(arguments[1], "hasty") == 0);
        return 2;
    }
    unsigned own;
    if (count != 4 || getrandom(&own, sizeof own, 0) != (ssize_t)sizeof own)
        return 2;
    int most = atoi(arguments[3]);
    for (int number = 1; number <= most; number++) {
        char question[64];
        long told;
        snprintf(question, sizeof question, "%u.%d", own, number);
        while ((told = ask(arguments[1], arguments[2], question)) < 0)
            rest(100 + random() % 400);
        if (told != number) {
            printf("the tally is %ld after %d\n", told, number);
            return 1;
        }
        rest(300);
    }
    puts("done");
    return 0;
}
