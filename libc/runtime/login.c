/* The user at a terminal, of whom nothing is known. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

char *getlogin(void)
{
    errno = ENXIO;
    return NULL;
}

int getlogin_r(char *name, size_t size)
{
    (void)name;
    (void)size;
    return ENXIO;
}

char *getpass(const char *prompt)
{
    (void)prompt;
    errno = ENXIO;
    return NULL;
}

char *ctermid(char *name)
{
    static char own[20];
    return strcpy(name ? name : own, "/dev/tty");
}
