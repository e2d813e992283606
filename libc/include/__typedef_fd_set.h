/* Takes the place of wasi-libc's, which is a list of numbers: Linux's bits, into which many programs look. */
#ifndef __wasilibc___typedef_fd_set_h
#define __wasilibc___typedef_fd_set_h

#define __need_size_t
#include <stddef.h>

#include <__macro_FD_SETSIZE.h>

typedef long fd_mask;
typedef fd_mask __fd_mask;

#define NFDBITS (8 * (int)sizeof(fd_mask))
#define __NFDBITS NFDBITS
#define __FDS_BITS(set) ((set)->fds_bits)

typedef struct {
    fd_mask fds_bits[FD_SETSIZE / NFDBITS];
} fd_set;

#endif
