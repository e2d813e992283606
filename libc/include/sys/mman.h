#ifndef __BERKELEY_SYS_MMAN_H
#define __BERKELEY_SYS_MMAN_H

#define _WASI_EMULATED_MMAN
#include_next <sys/mman.h>

#ifndef MAP_ANONYMOUS
#define MAP_ANON 0x20
#define MAP_ANONYMOUS MAP_ANON
#endif

#ifndef MCL_CURRENT
#define MCL_CURRENT 1
#define MCL_FUTURE 2
#define MCL_ONFAULT 4
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Memory, and copies of files: what is written to a shared mapping goes to no file. ENOTSUP where that is asked for. */
void *mmap(void *, size_t, int, int, int, off_t);
int munmap(void *, size_t);
/* ENOSYS, but succeeds where nothing is taken away. */
int mprotect(void *, size_t, int);
int msync(void *, size_t, int);
int madvise(void *, size_t, int);
int posix_madvise(void *, size_t, int);
/* Succeed: memory is never swapped by the component. */
int mlock(const void *, size_t);
int munlock(const void *, size_t);
int mlockall(int);
int munlockall(void);

#ifdef __cplusplus
}
#endif

#endif
