#ifndef __BERKELEY_POLL_H
#define __BERKELEY_POLL_H

#include_next <poll.h>

/* wasi-libc has no numbers for these. */
#define POLLPRI 0x4
#define POLLRDHUP 0x800
#define POLLRDBAND 0x80
#define POLLWRBAND 0x200

#define __NEED_sigset_t
#define __NEED_time_t
#define __NEED_struct_timespec
#include <bits/alltypes.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The mask is put in force while it waits, and signals that were held back are delivered before. */
int ppoll(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *);

#ifdef __cplusplus
}
#endif

#endif
