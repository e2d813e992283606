#ifndef __BERKELEY_SYS_RANDOM_H
#define __BERKELEY_SYS_RANDOM_H

#define __NEED_size_t
#define __NEED_ssize_t
#include <bits/alltypes.h>

#define GRND_NONBLOCK 0x1
#define GRND_RANDOM 0x2
#define GRND_INSECURE 0x4

#ifdef __cplusplus
extern "C" {
#endif

int getentropy(void *, size_t);
/* From the host's secure source, all that is asked for. EINVAL for what is no flag, or for two that exclude each other. */
ssize_t getrandom(void *, size_t, unsigned);

#ifdef __cplusplus
}
#endif

#endif
