#ifndef __BERKELEY_SYS_FILE_H
#define __BERKELEY_SYS_FILE_H

#include_next <sys/file.h>

#include <fcntl.h>

#ifndef LOCK_SH
#define LOCK_SH 1
#define LOCK_EX 2
#define LOCK_NB 4
#define LOCK_UN 8
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ENOTSUP: WASI locks no files. */
int flock(int, int);

#ifdef __cplusplus
}
#endif

#endif
