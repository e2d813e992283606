/* How much goes to a unix stream whose peer takes it slowly, each part in less than SO_SNDTIMEO allows, and all in more, while
 * an alarm is set. It prints the same natively. */

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static char much[4 << 20];

static void handler(int number)
{
    (void)number;
}

int main(int count, char **arguments)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval limit = {.tv_usec = 400000};
    int stream = socket(AF_UNIX, SOCK_STREAM, 0);
    if (count < 2)
        return 1;
    strncpy(address.sun_path, arguments[1], sizeof address.sun_path - 1);
    if (connect(stream, (struct sockaddr *)&address, sizeof address) < 0)
        return 1;
    setsockopt(stream, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    signal(SIGALRM, handler);
    alarm(100);
    printf("%zd\n", send(stream, much, sizeof much, 0));
    return 0;
}
