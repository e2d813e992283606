/* File systems, as far as wasi-libc's statvfs tells of them: see <sys/statfs.h>. */

#include <string.h>
#include <sys/statfs.h>

static int told(int answer, const struct statvfs *from, struct statfs *to)
{
    if (answer < 0)
        return answer;
    memset(to, 0, sizeof *to);
    to->f_bsize = from->f_bsize;
    to->f_frsize = from->f_frsize;
    to->f_blocks = from->f_blocks;
    to->f_bfree = from->f_bfree;
    to->f_bavail = from->f_bavail;
    to->f_files = from->f_files;
    to->f_ffree = from->f_ffree;
    to->f_namelen = from->f_namemax;
    to->f_flags = from->f_flag;
    return 0;
}

int statfs(const char *path, struct statfs *to)
{
    struct statvfs from;
    return told(statvfs(path, &from), &from, to);
}

int fstatfs(int file, struct statfs *to)
{
    struct statvfs from;
    return told(fstatvfs(file, &from), &from, to);
}
