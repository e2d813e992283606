/* What an alarm does to writing to what is neither a socket nor a file: to stderr, a pipe that nobody reads. It prints the same
 * natively. */

#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

#include "alarm.h"

static char much[1 << 20];

static long by_write(void) { return write(2, much, 1); }
static long by_large_write(void) { return write(2, much, sizeof much); }
static long by_writev(void) { return writev(2, (struct iovec[]){{much, 10}, {much, 20}}, 2); }
static long by_stdio(void) { return fprintf(stderr, "%s", "text"); }
static long by_poll(void) { return poll(&(struct pollfd){.fd = 2, .events = POLLOUT}, 1, 0); }

int main(void)
{
    tell("there is room", by_poll());
    on_alarm(handler, SA_RESTART);
    soon();
    long sent = by_large_write();
    /* How much goes differs by the stream. */
    tell("a part", sent > 0 && sent < (long)sizeof much);
    tell("there is none", by_poll());
    on_alarm(handler, 0);
    soon();
    tell("write", by_write());
    soon();
    tell("a large write", by_large_write());
    soon();
    tell("writev", by_writev());
    soon();
    tell("by stdio", by_stdio());
    return 0;
}
