/* The stack, which a component does not see. */

#include <execinfo.h>
#include <stdlib.h>

int backtrace(void **frames, int most)
{
    (void)frames;
    (void)most;
    return 0;
}

char **backtrace_symbols(void *const *frames, int count)
{
    (void)frames;
    return calloc(count > 0 ? (size_t)count : 1, sizeof(char *));
}

void backtrace_symbols_fd(void *const *frames, int count, int file)
{
    (void)frames;
    (void)count;
    (void)file;
}
