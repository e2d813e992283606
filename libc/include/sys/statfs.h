#ifndef __BERKELEY_SYS_STATFS_H
#define __BERKELEY_SYS_STATFS_H

#include <sys/statvfs.h>

typedef struct {
    int __val[2];
} fsid_t;

/* What wasi-libc's statvfs tells, which is no more than that WASI knows nothing of it. */
struct statfs {
    unsigned long f_type;
    unsigned long f_bsize;
    fsblkcnt_t f_blocks;
    fsblkcnt_t f_bfree;
    fsblkcnt_t f_bavail;
    fsfilcnt_t f_files;
    fsfilcnt_t f_ffree;
    fsid_t f_fsid;
    unsigned long f_namelen;
    unsigned long f_frsize;
    unsigned long f_flags;
    unsigned long f_spare[4];
};

#ifdef __cplusplus
extern "C" {
#endif

int statfs(const char *, struct statfs *);
int fstatfs(int, struct statfs *);

#ifdef __cplusplus
}
#endif

#endif
