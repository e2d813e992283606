/* Random bytes. */

#include <errno.h>
#include <sys/random.h>

/* getentropy gives no more at once. */
#define MOST 256

ssize_t getrandom(void *memory, size_t length, unsigned flags)
{
    const unsigned other = GRND_RANDOM | GRND_INSECURE;
    if (flags & ~(GRND_NONBLOCK | other) || (flags & other) == other) {
        errno = EINVAL;
        return -1;
    }
    for (size_t done = 0; done < length;) {
        size_t part = length - done < MOST ? length - done : MOST;
        if (getentropy((char *)memory + done, part) != 0)
            return -1;
        done += part;
    }
    return (ssize_t)length;
}
