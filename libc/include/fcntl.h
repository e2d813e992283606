#ifndef __BERKELEY_FCNTL_H
#define __BERKELEY_FCNTL_H

#include_next <fcntl.h>

/* wasi-libc's own numbers, written so that the preprocessor can compare them. */
#undef O_APPEND
#define O_APPEND 0x1
#undef O_DSYNC
#define O_DSYNC 0x2
#undef O_NONBLOCK
#define O_NONBLOCK 0x4
#undef O_RSYNC
#define O_RSYNC 0x8
#undef O_SYNC
#define O_SYNC 0x10
#undef O_CREAT
#define O_CREAT 0x1000
#undef O_DIRECTORY
#define O_DIRECTORY 0x2000
#undef O_EXCL
#define O_EXCL 0x4000
#undef O_TRUNC
#define O_TRUNC 0x8000

#ifndef F_DUPFD
#define F_DUPFD 0
#endif
#ifndef F_DUPFD_CLOEXEC
#define F_DUPFD_CLOEXEC 1030
#endif
/* EINVAL: WASI locks no files, and sends no signals. */
#ifndef F_GETLK
#define F_GETLK 5
#define F_SETLK 6
#define F_SETLKW 7
#endif
#ifndef F_SETOWN
#define F_SETOWN 8
#define F_GETOWN 9
#endif
#ifndef F_RDLCK
#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2
#endif
/* Every file is one that may be large. */
#ifndef O_LARGEFILE
#define O_LARGEFILE 0
#endif
#ifndef O_NDELAY
#define O_NDELAY O_NONBLOCK
#endif
#ifndef FNDELAY
#define FNDELAY O_NONBLOCK
#define FNONBLOCK O_NONBLOCK
#define FAPPEND O_APPEND
#endif

#endif
