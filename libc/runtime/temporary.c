/* Temporary files. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES 100

int getentropy(void *, size_t);

/* Puts six letters drawn by chance in the place of the X's before the suffix. */
static int draw(char *template, int suffix)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t length = strlen(template);
    unsigned char drawn[6];
    if (suffix < 0 || length < 6 + (size_t)suffix
        || (memcmp(template + length - suffix - 6, "XXXXXX", 6) != 0)) {
        errno = EINVAL;
        return -1;
    }
    if (getentropy(drawn, sizeof drawn) != 0)
        return -1;
    for (size_t at = 0; at < sizeof drawn; at++)
        template[length - suffix - 6 + at] = letters[drawn[at] % 64];
    return 0;
}

static void put_back(char *template, int suffix)
{
    memcpy(template + strlen(template) - suffix - 6, "XXXXXX", 6);
}

int mkostemps(char *template, int suffix, int flags)
{
    for (int tries = 0; tries < TRIES; tries++) {
        if (draw(template, suffix) != 0)
            return -1;
        int file = open(template, (flags & ~O_ACCMODE) | O_RDWR | O_CREAT | O_EXCL, 0600);
        if (file >= 0)
            return file;
        put_back(template, suffix);
        if (errno != EEXIST)
            return -1;
    }
    errno = EEXIST;
    return -1;
}

int mkostemp(char *template, int flags)
{
    return mkostemps(template, 0, flags);
}

int mkstemps(char *template, int suffix)
{
    return mkostemps(template, suffix, 0);
}

int mkstemp(char *template)
{
    return mkostemps(template, 0, 0);
}

char *mkdtemp(char *template)
{
    for (int tries = 0; tries < TRIES; tries++) {
        if (draw(template, 0) != 0)
            return NULL;
        if (mkdir(template, 0700) == 0)
            return template;
        put_back(template, 0);
        if (errno != EEXIST)
            return NULL;
    }
    errno = EEXIST;
    return NULL;
}

char *mktemp(char *template)
{
    struct stat found;
    for (int tries = 0; tries < TRIES; tries++) {
        if (draw(template, 0) != 0)
            break;
        if (stat(template, &found) != 0)
            return template;
        put_back(template, 0);
    }
    *template = 0;
    return template;
}

FILE *tmpfile(void)
{
    char name[] = P_tmpdir "/tmpfile-XXXXXX";
    int file = mkstemp(name);
    if (file < 0)
        return NULL;
    unlink(name);
    FILE *stream = fdopen(file, "w+");
    if (stream == NULL)
        close(file);
    return stream;
}

char *tmpnam(char *name)
{
    static char own[L_tmpnam];
    char *to = name ? name : own;
    strcpy(to, P_tmpdir "/XXXXXX");
    return *mktemp(to) ? to : NULL;
}

char *tempnam(const char *directory, const char *prefix)
{
    char *name = NULL;
    if (asprintf(&name, "%s/%.5sXXXXXX", directory ? directory : P_tmpdir, prefix ? prefix : "") < 0)
        return NULL;
    if (*mktemp(name))
        return name;
    free(name);
    return NULL;
}
