/* Going to the background. */

#include <errno.h>
#include <unistd.h>

int daemon(int keep_directory, int keep_streams)
{
    (void)keep_directory;
    (void)keep_streams;
    errno = ENOSYS;
    return -1;
}
