/* Connects to the port of the first argument, by name, by address and by a unix socket, and says what comes back. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int say(int socket, const char *what)
{
    if (socket < 0) {
        printf("%s: %s\n", what, strerror(errno));
        return 1;
    }
    char line[64];
    FILE *stream = fdopen(socket, "r+");
    fprintf(stream, "%s\n", what);
    fflush(stream);
    shutdown(socket, SHUT_WR);
    if (fgets(line, sizeof line, stream))
        fputs(line, stdout);
    return fclose(stream) != 0;
}

static int by_name(const char *host, const char *service)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list;
    int error = getaddrinfo(host, service, &hints, &list);
    if (error) {
        fprintf(stderr, "%s: %s\n", host, gai_strerror(error));
        return -1;
    }
    int made = -1;
    for (struct addrinfo *one = list; one && made < 0; one = one->ai_next) {
        made = socket(one->ai_family, one->ai_socktype, one->ai_protocol);
        if (made >= 0 && connect(made, one->ai_addr, one->ai_addrlen) != 0) {
            close(made);
            made = -1;
        }
    }
    freeaddrinfo(list);
    return made;
}

static int by_address(const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    int made = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (connect(made, (struct sockaddr *)&address, sizeof address) != 0) {
        struct pollfd wait = {.fd = made, .events = POLLOUT};
        int error = -1;
        socklen_t length = sizeof error;
        if (errno != EINPROGRESS || poll(&wait, 1, -1) != 1
            || getsockopt(made, SOL_SOCKET, SO_ERROR, &error, &length) != 0 || error != 0)
            return -1;
    }
    return fcntl(made, F_SETFL, fcntl(made, F_GETFL) & ~O_NONBLOCK) == 0 ? made : -1;
}

static int by_path(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, path);
    int made = socket(AF_UNIX, SOCK_STREAM, 0);
    return connect(made, (struct sockaddr *)&address, (socklen_t)SUN_LEN(&address)) == 0 ? made : -1;
}

int main(int count, char **arguments)
{
    if (count != 3)
        return 2;
    return say(by_name("localhost", arguments[1]), "by name") | say(by_path(arguments[2]), "by path")
        | say(by_address(arguments[1]), "by address");
}
