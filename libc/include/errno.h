#ifndef __BERKELEY_ERRNO_H
#define __BERKELEY_ERRNO_H

#include_next <errno.h>

/* The errors that wasi-libc has no numbers for: Linux's numbers, and 1000. */
#include <berkeley/errno.h>

#ifndef EDEADLOCK
#define EDEADLOCK EDEADLK
#endif

#endif
