/* Takes the place of wasi-libc's, as <__typedef_fd_set.h> does. */
#ifndef __wasilibc___fd_set_h
#define __wasilibc___fd_set_h

#include <__typedef_fd_set.h>

/* Where the size of the set is known, a number beyond it is not set. */
#define __FD_FITS(fd, set) ((size_t)(fd) / 8 < __builtin_object_size((set), 0))
#define __FD_WORD(fd, set) ((set)->fds_bits[(unsigned)(fd) / NFDBITS])
#define __FD_MASK(fd) ((fd_mask)(1UL << ((unsigned)(fd) % NFDBITS)))

#define FD_ZERO(set) ((void)__builtin_memset((set), 0, sizeof(fd_set)))
#define FD_COPY(from, to) ((void)__builtin_memcpy((to), (from), sizeof(fd_set)))
#define FD_SET(fd, set) ((void)(__FD_FITS(fd, set) && (__FD_WORD(fd, set) |= __FD_MASK(fd))))
#define FD_CLR(fd, set) ((void)(__FD_FITS(fd, set) && (__FD_WORD(fd, set) &= ~__FD_MASK(fd))))
#define FD_ISSET(fd, set) (__FD_FITS(fd, set) && (__FD_WORD(fd, set) & __FD_MASK(fd)) != 0)

#endif
