#ifndef __BERKELEY_SYS_STAT_H
#define __BERKELEY_SYS_STAT_H

#include_next <sys/stat.h>

#ifndef ALLPERMS
#define ACCESSPERMS 0777
#define ALLPERMS 07777
#define DEFFILEMODE 0666
#define S_BLKSIZE 512
#endif

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
