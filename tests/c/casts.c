/* Functions that are called, by pointers, as what they are not, as many programs for Linux do it. */

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static int more(int number) { return number + 1; }
static void nothing(void) { puts("nothing"); }
static double sum(double first, int second) { return first + second; }
static int compare(const int *one, const int *other) { return *one - *other; }
static ssize_t sends(int fd, const void *data, size_t length, int flags) { return send(fd, data, length, flags); }

static int (*volatile as_three)(int, int, int) = (int (*)(int, int, int))more;
static int (*volatile as_answering)(int) = (int (*)(int))nothing;
static double (*volatile as_it_is)(double, int) = sum;
static int (*volatile as_comparing)(const void *, const void *) = (int (*)(const void *, const void *))compare;
static ssize_t (*volatile as_silent)(int, const void *, size_t) = (ssize_t(*)(int, const void *, size_t))sends;

int main(void)
{
    printf("%d\n", as_three(1, 2, 3));
    as_answering(5);
    printf("%g\n", as_it_is(1.5, 2));
    int numbers[] = {3, 1, 2};
    qsort(numbers, 3, sizeof *numbers, as_comparing);
    printf("%d%d%d\n", numbers[0], numbers[1], numbers[2]);
    int pair[2];
    char text[6] = "";
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    as_silent(pair[0], "hello", 5);
    recv(pair[1], text, 5, 0);
    puts(text);
    return 0;
}
