/* close(2) leaves the directories alone that the program was given, which are the first numbers after the standard ones.
 * Natively there are none, and many programs close at their start whatever they may have inherited. The linker puts this in
 * the place of the C library's. */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define FIRST 3

/* wasi-libc, where something of the program opens files: gives the directories their numbers. */
void __wasilibc_populate_preopens(void) __attribute__((__weak__));

int __real_close(int fd);
int __wrap_close(int fd);

static int end = FIRST;

/* Before the program's own constructors, so that nothing else has a number yet. */
__attribute__((__constructor__(101))) static void begin(void)
{
    int before = errno;
    if (__wasilibc_populate_preopens)
        __wasilibc_populate_preopens();
    while (fcntl(end, F_GETFD) >= 0)
        end++;
    errno = before;
}

/* Another descriptor may have the number since, by dup2. */
static int is_directory(int fd)
{
    struct stat status;
    int before = errno, is = fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
    errno = before;
    return is;
}

int __wrap_close(int fd)
{
    if (fd < FIRST || fd >= end || !is_directory(fd))
        return __real_close(fd);
    errno = EBADF;
    return -1;
}
