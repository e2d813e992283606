#ifndef __BERKELEY_LIMITS_H
#define __BERKELEY_LIMITS_H

#include_next <limits.h>

#if defined(_POSIX_SOURCE) || defined(_POSIX_C_SOURCE) || defined(_XOPEN_SOURCE) || defined(_GNU_SOURCE) \
    || defined(_BSD_SOURCE)

/* What wasi-libc leaves out, which has no pipes, semaphores of one thread, names of users or commands. */
#ifndef PIPE_BUF
#define PIPE_BUF 4096
#endif
#ifndef SEM_VALUE_MAX
#define SEM_VALUE_MAX 0x7fffffff
#define SEM_NSEMS_MAX 256
#endif
#ifndef LOGIN_NAME_MAX
#define LOGIN_NAME_MAX 256
#endif
#ifndef LINE_MAX
#define LINE_MAX 4096
#endif

#endif

#endif
