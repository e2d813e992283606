#ifndef __BERKELEY_MNTENT_H
#define __BERKELEY_MNTENT_H

#include <stdio.h>

/* Lists of what is mounted, as files have them. A component has no such file of its own. */
#define MOUNTED "/etc/mtab"
#define _PATH_MOUNTED MOUNTED
#define MNTTAB "/etc/fstab"
#define _PATH_MNTTAB MNTTAB
#define MNTTYPE_IGNORE "ignore"
#define MNTTYPE_NFS "nfs"
#define MNTTYPE_SWAP "swap"
#define MNTOPT_DEFAULTS "defaults"
#define MNTOPT_RO "ro"
#define MNTOPT_RW "rw"
#define MNTOPT_SUID "suid"
#define MNTOPT_NOSUID "nosuid"
#define MNTOPT_NOAUTO "noauto"

struct mntent {
    char *mnt_fsname;
    char *mnt_dir;
    char *mnt_type;
    char *mnt_opts;
    int mnt_freq;
    int mnt_passno;
};

#ifdef __cplusplus
extern "C" {
#endif

FILE *setmntent(const char *, const char *);
int endmntent(FILE *);
/* The next line; what there is no room for is cut off. Blanks written as \040 and its like are read. */
struct mntent *getmntent(FILE *);
struct mntent *getmntent_r(FILE *, struct mntent *, char *, int);
int addmntent(FILE *, const struct mntent *);
char *hasmntopt(const struct mntent *, const char *);

#ifdef __cplusplus
}
#endif

#endif
