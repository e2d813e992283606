#ifndef __BERKELEY_ERRNO_H
#define __BERKELEY_ERRNO_H

#include_next <errno.h>

/* The errors that wasi-libc has no numbers for: Linux's numbers, and 1000. */
#include <berkeley/errno.h>

/* As a call, it may be declared once more, as programs did of old: extern int errno. */
#undef errno
#define errno (*__errno_location())

#ifdef __cplusplus
extern "C" {
#endif

int *__errno_location(void) __attribute__((__const__));

#ifdef __cplusplus
}
#endif

#ifndef EDEADLOCK
#define EDEADLOCK EDEADLK
#endif

#endif
