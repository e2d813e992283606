#ifndef __BERKELEY_SYS_STAT_H
#define __BERKELEY_SYS_STAT_H

#include_next <sys/stat.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Remembered, and given back; WASI gives files no permissions. */
mode_t umask(mode_t);
/* ENOSYS. */
int mkfifo(const char *, mode_t);
int mknod(const char *, mode_t, dev_t);

#ifdef __cplusplus
}
#endif

#endif
