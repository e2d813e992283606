/* Owners of files, of which WASI knows none: all are the one user's, and told to be 0's. */

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static int stays(uid_t user, gid_t group)
{
    if ((user == 0 || user == getuid() || user == (uid_t)-1) && (group == 0 || group == getgid() || group == (gid_t)-1))
        return 0;
    errno = EPERM;
    return -1;
}

int chown(const char *path, uid_t user, gid_t group)
{
    struct stat found;
    return stat(path, &found) == 0 ? stays(user, group) : -1;
}

int lchown(const char *path, uid_t user, gid_t group)
{
    struct stat found;
    return lstat(path, &found) == 0 ? stays(user, group) : -1;
}

int fchown(int file, uid_t user, gid_t group)
{
    struct stat found;
    return fstat(file, &found) == 0 ? stays(user, group) : -1;
}
