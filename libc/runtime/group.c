/* The one group. */

#include <errno.h>
#include <grp.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static struct group *self(void)
{
    static char *nobody[1];
    static struct group entry = {.gr_name = (char *)"guest", .gr_passwd = (char *)"x", .gr_mem = nobody};
    entry.gr_gid = getgid();
    return &entry;
}

struct group *getgrgid(gid_t group)
{
    return group == getgid() ? self() : NULL;
}

struct group *getgrnam(const char *name)
{
    return strcmp(name, self()->gr_name) == 0 ? self() : NULL;
}

/* Its texts and its list last as long as the program, so that no room is needed for them. */
static int copy(const struct group *from, struct group *to, struct group **found)
{
    if (from)
        *to = *from;
    *found = from ? to : NULL;
    return 0;
}

int getgrgid_r(gid_t group, struct group *entry, char *room, size_t size, struct group **found)
{
    (void)room;
    (void)size;
    return copy(getgrgid(group), entry, found);
}

int getgrnam_r(const char *name, struct group *entry, char *room, size_t size, struct group **found)
{
    (void)room;
    (void)size;
    return copy(getgrnam(name), entry, found);
}

static int told;

struct group *getgrent(void)
{
    return told++ ? NULL : self();
}

void setgrent(void)
{
    told = 0;
}

void endgrent(void)
{
    told = 0;
}
