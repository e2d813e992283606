/* Lists of what is mounted: see <mntent.h>. */

#include <mntent.h>
#include <stdlib.h>
#include <string.h>

FILE *setmntent(const char *name, const char *mode)
{
    return fopen(name, mode);
}

int endmntent(FILE *file)
{
    if (file)
        fclose(file);
    return 1;
}

static int is_octal(const char *text)
{
    for (int at = 0; at < 3; at++)
        if (text[at] < '0' || text[at] > '7')
            return 0;
    return 1;
}

/* The next word, read in place; "" behind the last. */
static char *word(char **rest)
{
    char *from = *rest + strspn(*rest, " \t"), *begin = from, *to = from;
    while (*from && !strchr(" \t", *from)) {
        if (*from == '\\' && is_octal(from + 1)) {
            *to++ = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
            from += 4;
        } else {
            *to++ = *from++;
        }
    }
    *rest = *from ? from + 1 : from;
    *to = 0;
    return begin;
}

struct mntent *getmntent_r(FILE *file, struct mntent *entry, char *room, int size)
{
    while (fgets(room, size, file)) {
        size_t length = strcspn(room, "\n");
        if (room[length] == 0 && !feof(file)) {
            /* Longer than there is room for: the rest is lost. */
            int one;
            while ((one = getc(file)) != '\n' && one != EOF)
                continue;
        }
        char *rest = room;
        room[length] = 0;
        entry->mnt_fsname = word(&rest);
        entry->mnt_dir = word(&rest);
        entry->mnt_type = word(&rest);
        entry->mnt_opts = word(&rest);
        entry->mnt_freq = atoi(word(&rest));
        entry->mnt_passno = atoi(word(&rest));
        if (*entry->mnt_fsname && *entry->mnt_fsname != '#' && *entry->mnt_dir)
            return entry;
    }
    return NULL;
}

struct mntent *getmntent(FILE *file)
{
    static struct mntent entry;
    static char room[4096];
    return getmntent_r(file, &entry, room, sizeof room);
}

static int put(FILE *file, const char *text)
{
    for (; *text; text++)
        if ((strchr(" \t\n\\", *text) ? fprintf(file, "\\%03o", (unsigned char)*text) : putc(*text, file)) < 0)
            return -1;
    return putc(' ', file);
}

int addmntent(FILE *file, const struct mntent *entry)
{
    if (fseek(file, 0, SEEK_END) < 0 || put(file, entry->mnt_fsname) < 0 || put(file, entry->mnt_dir) < 0
        || put(file, entry->mnt_type) < 0 || put(file, entry->mnt_opts) < 0)
        return 1;
    return fprintf(file, "%d %d\n", entry->mnt_freq, entry->mnt_passno) < 0;
}

char *hasmntopt(const struct mntent *entry, const char *option)
{
    size_t length = strlen(option);
    for (char *at = entry->mnt_opts; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, option, length) == 0 && (!at[length] || at[length] == ',' || at[length] == '='))
            return at;
    return NULL;
}
