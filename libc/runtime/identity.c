/* The numbers of the one user and the one group. They are not 0: programs that find themselves to be root want to become
 * somebody else, or refuse to run. */

#include <errno.h>
#include <unistd.h>

#define SELF 1000

uid_t getuid(void)
{
    return SELF;
}

uid_t geteuid(void)
{
    return SELF;
}

gid_t getgid(void)
{
    return SELF;
}

gid_t getegid(void)
{
    return SELF;
}

int getgroups(int room, gid_t groups[])
{
    (void)room;
    (void)groups;
    return 0;
}

/* Whether it stays as it is: -1 stands for that too. */
static int become(unsigned int number)
{
    if (number == SELF || number == (unsigned int)-1)
        return 0;
    errno = EPERM;
    return -1;
}

int setuid(uid_t user)
{
    return become(user);
}

int seteuid(uid_t user)
{
    return become(user);
}

int setreuid(uid_t real, uid_t effective)
{
    return become(real) | become(effective);
}

int setresuid(uid_t real, uid_t effective, uid_t saved)
{
    return become(real) | become(effective) | become(saved);
}

int setgid(gid_t group)
{
    return become(group);
}

int setegid(gid_t group)
{
    return become(group);
}

int setregid(gid_t real, gid_t effective)
{
    return become(real) | become(effective);
}

int setresgid(gid_t real, gid_t effective, gid_t saved)
{
    return become(real) | become(effective) | become(saved);
}

int getresuid(uid_t *real, uid_t *effective, uid_t *saved)
{
    *real = *effective = *saved = SELF;
    return 0;
}

int getresgid(gid_t *real, gid_t *effective, gid_t *saved)
{
    *real = *effective = *saved = SELF;
    return 0;
}

int setgroups(size_t count, const gid_t *groups)
{
    for (size_t at = 0; at < count; at++)
        if (become(groups[at]) != 0)
            return -1;
    return 0;
}

int getgrouplist(const char *user, gid_t group, gid_t *groups, int *count)
{
    (void)user;
    int room = *count;
    *count = 1;
    if (room < 1)
        return -1;
    groups[0] = group;
    return 1;
}

int initgroups(const char *user, gid_t group)
{
    (void)user;
    return become(group);
}
